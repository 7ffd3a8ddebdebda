package io.tilebrew.engine.plan;

import io.tilebrew.engine.DataType;
import io.tilebrew.engine.Shape;
import io.tilebrew.engine.Tensor;
import java.util.List;
import java.util.concurrent.atomic.AtomicReferenceArray;
import org.jspecify.annotations.Nullable;

/**
 * A network ready to run for one set of shapes: steps in order, and the memory they need. Immutable
 * and shared by all runs.
 */
public final class Plan {
  /** The most floats of an arena: 4 GiB. */
  public static final int MAX_ARENA_FLOATS = 1 << 30;

  /** The most images that run together; more are run one part after the other. */
  public static final int MAX_IMAGES = 16;

  /** Floats behind the arena that a tile may load, and ignore, at its end. */
  private static final int GUARD = 256;

  private final List<TensorSlot> tensors;
  private final List<Integer> inputs;
  private final List<Integer> outputs;
  private final List<Step> steps;
  private final MemoryPlan memory;
  private final int images;
  private final boolean batchFree;
  private final int maxImages;
  private final AtomicReferenceArray<int @Nullable [][]> arguments;
  private final AtomicReferenceArray<@Nullable Context> idle =
      new AtomicReferenceArray<>(2 * Runtime.getRuntime().availableProcessors());

  /**
   * A row-major tensor of a plan.
   *
   * @param constant its value if known when compiling, else null
   */
  public record TensorSlot(DataType type, Shape shape, @Nullable Tensor constant) {}

  /**
   * A plan.
   *
   * @param tensors the row-major tensors, by number
   * @param inputs the numbers of the network's inputs
   * @param outputs the numbers of the network's outputs
   * @param steps the steps, in order
   * @param memory the places of the buffers
   * @param images the images of a run, the leading dimension of inputs and outputs
   * @param batchFree whether the leading dimension of inputs and outputs, 1 here, may be any number
   */
  public Plan(
      List<TensorSlot> tensors,
      List<Integer> inputs,
      List<Integer> outputs,
      List<Step> steps,
      MemoryPlan memory,
      int images,
      boolean batchFree) {
    this.tensors = List.copyOf(tensors);
    this.inputs = List.copyOf(inputs);
    this.outputs = List.copyOf(outputs);
    this.steps = List.copyOf(steps);
    this.memory = memory;
    this.images = images;
    this.batchFree = batchFree;
    assert images == 1 || !batchFree;
    int fitting = MAX_ARENA_FLOATS / Math.max(1, memory.floats());
    this.maxImages = batchFree ? Math.clamp(fitting, 1, MAX_IMAGES) : images;
    this.arguments = new AtomicReferenceArray<>(maxImages + 1);
  }

  public List<TensorSlot> tensors() {
    return tensors;
  }

  public List<Integer> inputs() {
    return inputs;
  }

  public List<Integer> outputs() {
    return outputs;
  }

  public List<Step> steps() {
    return steps;
  }

  public MemoryPlan memory() {
    return memory;
  }

  /** The images of a run, unless the batch is free. */
  public int images() {
    return images;
  }

  /** Whether any number of images can run. */
  public boolean isBatchFree() {
    return batchFree;
  }

  /** The shape of output {@code i} for one image, or for the whole batch if that is not free. */
  public Shape outputShape(int i) {
    return tensors.get(outputs.get(i)).shape();
  }

  /** The element type of output {@code i}. */
  public DataType outputType(int i) {
    return tensors.get(outputs.get(i)).type();
  }

  /**
   * Runs on tensors.
   *
   * @param images the images, 1 unless the batch is free
   * @param in the inputs, in order
   * @param out the outputs, in order
   */
  public void run(int images, Tensor[] in, Tensor[] out) {
    Context context = take();
    for (int i = 0; i < in.length; i++) {
      context.bind(inputs.get(i), in[i].array());
    }
    for (int i = 0; i < out.length; i++) {
      context.bind(outputs.get(i), out[i].array());
    }
    run(context, images);
  }

  /** Runs on the arrays of the only input and the only output. */
  public void run(int images, float[] in, float[] out) {
    Context context = take();
    context.bind(inputs.getFirst(), in);
    context.bind(outputs.getFirst(), out);
    run(context, images);
  }

  /** The images of a run of {@code wanted} that share the arena. */
  public int together(int wanted) {
    return Math.min(maxImages, batchFree ? wanted : images);
  }

  private void run(Context context, int wanted) {
    int all = batchFree ? wanted : images;
    for (int first = 0; first < all; first += maxImages) {
      int part = Math.min(maxImages, all - first);
      context.run(first, part, arguments(part));
    }
    give(context);
  }

  private Context take() {
    for (int i = 0; i < idle.length(); i++) {
      Context context = idle.getAndSet(i, null);
      if (context != null) {
        return context;
      }
    }
    return newContext();
  }

  private void give(Context context) {
    context.forget();
    for (int i = 0; i < idle.length(); i++) {
      if (idle.compareAndSet(i, null, context)) {
        return;
      }
    }
  }

  /** Memory for one run at a time. */
  Context newContext() {
    return new Context(this);
  }

  /** The floats of an arena for {@code images} images. */
  int arenaFloats(int images) {
    return Math.addExact(Math.multiplyExact(memory.floats(), images), GUARD);
  }

  /** The resolved arguments of each step for {@code images} images together. */
  int[][] arguments(int images) {
    int[][] known = arguments.get(images);
    if (known == null) {
      known = steps.stream().map(step -> resolve(step, images)).toArray(int[][]::new);
      arguments.set(images, known);
    }
    return known;
  }

  private int[] resolve(Step step, int images) {
    return step instanceof Step.Compute compute
        ? compute.arguments().stream().mapToInt(a -> resolve(a, images)).toArray()
        : new int[0];
  }

  private int resolve(Argument argument, int images) {
    return switch (argument) {
      case Argument.Fixed(int value) -> value;
      case Argument.Batch() -> images;
      case Argument.Place(Buffer buffer, int within) -> place(buffer, images) + within;
    };
  }

  /** The place of {@code buffer} in an arena of {@code images} images. */
  int place(Buffer buffer, int images) {
    return Math.multiplyExact(memory.offset(buffer), images);
  }

  /** The canonical text: a line for each step, and the memory. */
  @Override
  public String toString() {
    StringBuilder text = new StringBuilder("plan\n");
    for (Step step : steps) {
      text.append("  ").append(step).append('\n');
    }
    return text.append(
            "  arena %d floats an image, largest live set %d\n"
                .formatted(memory.floats(), memory.largestLive()))
        .toString();
  }
}
