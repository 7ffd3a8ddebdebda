package io.tilebrew.engine.jar;

import io.tilebrew.engine.Port;
import io.tilebrew.engine.Port.Dimension;
import io.tilebrew.engine.Shape;
import io.tilebrew.engine.Tensor;
import io.tilebrew.engine.jar.Format.ArgumentTag;
import io.tilebrew.engine.jar.Format.DimensionTag;
import io.tilebrew.engine.jar.Format.StepTag;
import io.tilebrew.engine.kernel.Kernel;
import io.tilebrew.engine.kernel.TieredKernel;
import io.tilebrew.engine.plan.Argument;
import io.tilebrew.engine.plan.Buffer;
import io.tilebrew.engine.plan.FeatureMap;
import io.tilebrew.engine.plan.MemoryPlan;
import io.tilebrew.engine.plan.Plan;
import io.tilebrew.engine.plan.Step;
import java.io.ByteArrayOutputStream;
import java.io.DataOutputStream;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.IdentityHashMap;
import java.util.List;
import java.util.TreeMap;

/** Writes what {@link PlanReader} reads. */
final class PlanWriter {
  private final ByteArrayOutputStream bytes = new ByteArrayOutputStream();
  private final DataOutputStream out = new DataOutputStream(bytes);
  private final Table<Buffer> buffers = new Table<>();
  private final Table<Kernel> kernels = new Table<>();
  private final Table<float[]> weights = new Table<>();

  /** Things with numbers; identity counts. */
  private static final class Table<T> {
    private final IdentityHashMap<T, Integer> numbers = new IdentityHashMap<>();
    private final List<T> things = new ArrayList<>();

    int number(T thing) {
      return numbers.computeIfAbsent(
          thing,
          t -> {
            things.add(t);
            return things.size() - 1;
          });
    }
  }

  /**
   * A plan in bytes.
   *
   * @param weights what its steps read as constants, in the order of their numbers
   */
  @SuppressWarnings("ArrayRecordComponent") // never compared
  record Written(byte[] bytes, List<float[]> weights) {}

  /** Writes {@code network}, whose kernels {@code made} has made. */
  static Written write(JarNetwork network, JarKernels made) throws IOException {
    PlanWriter body = new PlanWriter();
    body.network(network);
    PlanWriter tables = new PlanWriter();
    tables.list(body.buffers.things, tables::buffer);
    tables.list(body.kernels.things, tables::kernel);
    tables.list(body.weights.things, array -> tables.out.writeInt(array.length));
    PlanWriter all = new PlanWriter();
    all.out.writeInt(Format.MAGIC);
    all.out.writeInt(Format.VERSION);
    // Forms of kernels were made by now, all of them.
    all.list(List.copyOf(made.files().keySet()), all::text);
    tables.bytes.writeTo(all.out);
    body.bytes.writeTo(all.out);
    return new Written(all.bytes.toByteArray(), List.copyOf(body.weights.things));
  }

  /** Writes one of several things. */
  private interface Item<T> {
    void write(T thing) throws IOException;
  }

  private <T> void list(List<T> things, Item<T> item) throws IOException {
    out.writeInt(things.size());
    for (T thing : things) {
      item.write(thing);
    }
  }

  private void ints(List<Integer> numbers) throws IOException {
    list(numbers, out::writeInt);
  }

  private void text(String text) throws IOException {
    byte[] utf8 = text.getBytes(StandardCharsets.UTF_8);
    out.writeInt(utf8.length);
    out.write(utf8);
  }

  private void tag(Enum<?> tag) throws IOException {
    text(tag.name());
  }

  private void buffer(Buffer buffer) throws IOException {
    text(buffer.name());
    out.writeInt(buffer.floats());
    out.writeBoolean(buffer.isOfPart());
    if (buffer.isOfPart()) {
      out.writeInt(buffer.part());
    }
  }

  /** The classes of all forms. */
  private void kernel(Kernel kernel) throws IOException {
    List<Kernel> forms = new ArrayList<>();
    if (kernel instanceof TieredKernel tiered) {
      forms.add(tiered.generic());
      for (int i = 0; i <= tiered.last(); i++) {
        forms.add(tiered.form(i));
      }
    } else {
      forms.add(kernel);
    }
    list(forms, form -> text(((JarKernels.Named) form).className()));
  }

  private void network(JarNetwork network) throws IOException {
    list(network.inputs(), this::port);
    list(network.outputs(), this::port);
    String batch = network.batch();
    out.writeBoolean(batch != null);
    if (batch != null) {
      text(batch);
    }
    list(
        List.copyOf(new TreeMap<>(network.sizes()).entrySet()),
        size -> {
          text(size.getKey());
          out.writeInt(size.getValue());
        });
    out.writeInt(network.lanes());
    out.writeLong(network.multiplyAdds());
    plan(network.plan());
  }

  private void port(Port port) throws IOException {
    text(port.name());
    tag(port.element());
    list(port.dims(), this::dimension);
  }

  private void dimension(Dimension dimension) throws IOException {
    switch (dimension) {
      case Dimension.Fixed(int size) -> {
        tag(DimensionTag.FIXED);
        out.writeInt(size);
      }
      case Dimension.Symbol(String name) -> {
        tag(DimensionTag.SYMBOL);
        text(name);
      }
    }
  }

  private void plan(Plan plan) throws IOException {
    list(plan.tensors(), this::slot);
    ints(plan.inputs());
    ints(plan.outputs());
    list(plan.steps(), this::step);
    memory(plan.memory());
    out.writeInt(plan.images());
    out.writeBoolean(plan.isBatchFree());
    out.writeInt(plan.threads());
  }

  private void slot(Plan.TensorSlot slot) throws IOException {
    tag(slot.type());
    shape(slot.shape());
    Tensor constant = slot.constant();
    out.writeBoolean(constant != null);
    if (constant != null) {
      for (int i = 0; i < constant.size(); i++) {
        if (constant.type().isFloat()) {
          out.writeDouble(constant.doubleAt(i));
        } else {
          out.writeLong(constant.longAt(i));
        }
      }
    }
  }

  private void shape(Shape shape) throws IOException {
    out.writeInt(shape.rank());
    for (int dim : shape.dims()) {
      out.writeInt(dim);
    }
  }

  private void step(Step step) throws IOException {
    switch (step) {
      case Step.Compute compute -> {
        tag(StepTag.COMPUTE);
        compute(compute);
      }
      case Step.ClearHalo(FeatureMap map) -> {
        tag(StepTag.CLEAR_HALO);
        map(map);
      }
      case Step.Pack(int tensor, FeatureMap map, boolean channelsLast) -> {
        tag(StepTag.PACK);
        out.writeInt(tensor);
        map(map);
        out.writeBoolean(channelsLast);
      }
      case Step.Unpack(FeatureMap map, int tensor, boolean channelsLast) -> {
        tag(StepTag.UNPACK);
        map(map);
        out.writeInt(tensor);
        out.writeBoolean(channelsLast);
      }
      case Step.Refer refer -> throw new AssertionError("no class can be written for " + refer);
    }
  }

  private void compute(Step.Compute compute) throws IOException {
    text(compute.name());
    text(compute.problem());
    out.writeInt(kernels.number(compute.kernel()));
    out.writeInt(weights.number(compute.weights()));
    list(compute.arguments(), this::argument);
    out.writeInt(compute.units());
    out.writeInt(compute.parts());
    out.writeLong(compute.multiplyAdds());
    list(compute.sources(), this::map);
    list(compute.targets(), this::map);
  }

  private void map(FeatureMap map) throws IOException {
    out.writeInt(buffers.number(map.buffer()));
    ints(
        List.of(
            map.height(),
            map.width(),
            map.channels(),
            map.top(),
            map.left(),
            map.bottom(),
            map.right(),
            map.pixelStride(),
            map.firstChannel(),
            map.blocks()));
  }

  private void argument(Argument argument) throws IOException {
    switch (argument) {
      case Argument.Fixed(int value) -> numbers(ArgumentTag.FIXED, value);
      case Argument.Batch() -> numbers(ArgumentTag.BATCH);
      case Argument.Turns() -> numbers(ArgumentTag.TURNS);
      case Argument.Place(Buffer buffer, int within) ->
          numbers(ArgumentTag.PLACE, buffers.number(buffer), within);
      case Argument.Moving(Argument start, int step) -> {
        numbers(ArgumentTag.MOVING, step);
        argument(start);
      }
      case Argument.Count(int unit, int all) -> numbers(ArgumentTag.COUNT, unit, all);
      case Argument.Last(int units, int value) -> numbers(ArgumentTag.LAST, units, value);
      case Argument.Chunks(Argument.Extent count, int most) -> {
        numbers(ArgumentTag.CHUNKS, most);
        argument(count);
      }
      case Argument.LargestChunk(Argument.Extent count, Argument.Extent chunks) -> {
        numbers(ArgumentTag.LARGEST_CHUNK);
        argument(count);
        argument(chunks);
      }
      case Argument.Scratch(List<Buffer> parts, int within) -> {
        numbers(ArgumentTag.SCRATCH, within);
        ints(parts.stream().map(buffers::number).toList());
      }
    }
  }

  private void numbers(ArgumentTag tag, int... numbers) throws IOException {
    tag(tag);
    for (int number : numbers) {
      out.writeInt(number);
    }
  }

  private void memory(MemoryPlan memory) throws IOException {
    list(
        memory.offsets().entrySet().stream()
            .sorted(Comparator.comparingInt(place -> buffers.number(place.getKey())))
            .toList(),
        place -> {
          out.writeInt(buffers.number(place.getKey()));
          out.writeInt(place.getValue());
        });
    out.writeInt(memory.floats());
    out.writeInt(memory.largestLive());
  }
}
