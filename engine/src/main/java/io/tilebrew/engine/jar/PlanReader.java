package io.tilebrew.engine.jar;

import io.tilebrew.engine.DataType;
import io.tilebrew.engine.Port;
import io.tilebrew.engine.Port.Dimension;
import io.tilebrew.engine.Shape;
import io.tilebrew.engine.Tensor;
import io.tilebrew.engine.codegen.KernelLoader;
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
import io.tilebrew.engine.plan.Team;
import java.io.DataInputStream;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/** Reads what {@link PlanWriter} writes. */
final class PlanReader {
  private final DataInputStream in;
  private final List<Buffer> buffers;
  private final List<Kernel> kernels;
  private final List<float[]> weights;

  /** What is not in the plan. */
  interface Source {
    /** A loader of the classes of these names. */
    KernelLoader classes(List<String> names) throws IOException;

    /** Weights of these lengths. */
    List<float[]> weights(List<Integer> lengths) throws IOException;
  }

  private PlanReader(DataInputStream in, Source source) throws IOException {
    this.in = in;
    KernelLoader loader = source.classes(list(this::text));
    this.buffers = list(this::buffer);
    this.kernels = list(() -> kernel(loader));
    this.weights = source.weights(ints());
  }

  /**
   * Reads a network.
   *
   * @param in what is behind magic number and version
   * @param source has its classes and weights
   * @throws IOException if it ends too early
   * @throws RuntimeException if it holds what no plan does
   */
  static JarNetwork read(DataInputStream in, Source source) throws IOException {
    return new PlanReader(in, source).network();
  }

  /** Reads one of several things. */
  private interface Item<T> {
    T read() throws IOException;
  }

  private <T> List<T> list(Item<T> item) throws IOException {
    int count = in.readInt();
    List<T> things = new ArrayList<>();
    for (int i = 0; i < count; i++) {
      things.add(item.read());
    }
    return things;
  }

  private List<Integer> ints() throws IOException {
    return list(in::readInt);
  }

  private String text() throws IOException {
    return new String(in.readNBytes(in.readInt()), StandardCharsets.UTF_8);
  }

  private <T extends Enum<T>> T tag(Class<T> type) throws IOException {
    return Enum.valueOf(type, text());
  }

  private Buffer buffer() throws IOException {
    String name = text();
    int floats = in.readInt();
    return in.readBoolean() ? new Buffer(name, floats, in.readInt()) : new Buffer(name, floats);
  }

  /** A kernel of which those forms beyond the first are made when they are asked for. */
  private Kernel kernel(KernelLoader loader) throws IOException {
    List<String> names = list(this::text);
    Kernel first = made(loader, names.getFirst());
    List<Supplier<Kernel>> others =
        names.stream().skip(1).map(name -> (Supplier<Kernel>) () -> made(loader, name)).toList();
    return others.isEmpty() ? first : new TieredKernel(first, others);
  }

  private static Kernel made(KernelLoader loader, String name) {
    try {
      return loader.kernel(name);
    } catch (LinkageError | ReflectiveOperationException e) {
      throw new IllegalArgumentException("class %s is not valid".formatted(name), e);
    }
  }

  private JarNetwork network() throws IOException {
    List<Port> inputs = list(this::port);
    List<Port> outputs = list(this::port);
    @Nullable String batch = in.readBoolean() ? text() : null;
    Map<String, Integer> sizes = new HashMap<>();
    list(() -> sizes.put(text(), in.readInt()));
    return new JarNetwork(inputs, outputs, batch, sizes, in.readInt(), in.readLong(), plan());
  }

  private Port port() throws IOException {
    return new Port(text(), tag(DataType.class), list(this::dimension));
  }

  private Dimension dimension() throws IOException {
    return switch (tag(DimensionTag.class)) {
      case FIXED -> new Dimension.Fixed(in.readInt());
      case SYMBOL -> new Dimension.Symbol(text());
    };
  }

  private Plan plan() throws IOException {
    return new Plan(
        list(this::slot),
        ints(),
        ints(),
        list(this::step),
        memory(),
        in.readInt(),
        in.readBoolean(),
        Team.of(in.readInt(), null));
  }

  private Plan.TensorSlot slot() throws IOException {
    DataType type = tag(DataType.class);
    int[] dims = new int[in.readInt()];
    for (int i = 0; i < dims.length; i++) {
      dims[i] = in.readInt();
    }
    Shape shape = Shape.of(dims);
    return new Plan.TensorSlot(type, shape, in.readBoolean() ? constant(type, shape) : null);
  }

  private Tensor constant(DataType type, Shape shape) throws IOException {
    Tensor constant = Tensor.zeros(type, shape);
    for (int i = 0; i < constant.size(); i++) {
      if (type.isFloat()) {
        constant.set(i, in.readDouble());
      } else {
        constant.set(i, in.readLong());
      }
    }
    return constant;
  }

  private Step step() throws IOException {
    return switch (tag(StepTag.class)) {
      case COMPUTE -> compute();
      case CLEAR_HALO -> new Step.ClearHalo(map());
      case PACK -> new Step.Pack(in.readInt(), map(), in.readBoolean());
      case UNPACK -> new Step.Unpack(map(), in.readInt(), in.readBoolean());
    };
  }

  private Step.Compute compute() throws IOException {
    String name = text();
    return new Step.Compute(
        name,
        text(),
        kernels.get(in.readInt()),
        () -> {
          throw new AssertionError(name + " was compiled ahead of time");
        },
        weights.get(in.readInt()),
        list(this::argument),
        in.readInt(),
        in.readInt(),
        in.readLong(),
        list(this::map),
        list(this::map));
  }

  private FeatureMap map() throws IOException {
    Buffer buffer = buffers.get(in.readInt());
    List<Integer> n = ints();
    return new FeatureMap(
        buffer, n.get(0), n.get(1), n.get(2), n.get(3), n.get(4), n.get(5), n.get(6), n.get(7),
        n.get(8), n.get(9));
  }

  private Argument argument() throws IOException {
    return switch (tag(ArgumentTag.class)) {
      case FIXED -> new Argument.Fixed(in.readInt());
      case BATCH -> new Argument.Batch();
      case TURNS -> new Argument.Turns();
      case PLACE -> new Argument.Place(buffers.get(in.readInt()), in.readInt());
      case MOVING -> {
        int step = in.readInt();
        yield new Argument.Moving(argument(), step);
      }
      case COUNT -> new Argument.Count(in.readInt(), in.readInt());
      case LAST -> new Argument.Last(in.readInt(), in.readInt());
      case CHUNKS -> {
        int most = in.readInt();
        yield new Argument.Chunks(extent(), most);
      }
      case LARGEST_CHUNK -> new Argument.LargestChunk(extent(), extent());
      case SCRATCH -> {
        int within = in.readInt();
        yield new Argument.Scratch(ints().stream().map(buffers::get).toList(), within);
      }
    };
  }

  private Argument.Extent extent() throws IOException {
    return (Argument.Extent) argument();
  }

  private MemoryPlan memory() throws IOException {
    Map<Buffer, Integer> offsets = new HashMap<>();
    list(() -> offsets.put(buffers.get(in.readInt()), in.readInt()));
    return new MemoryPlan(offsets, in.readInt(), in.readInt());
  }
}
