package io.tilebrew.engine.plan;

import io.tilebrew.engine.DataType;
import io.tilebrew.engine.Shape;
import io.tilebrew.engine.Tensor;
import io.tilebrew.engine.kernel.Memory;
import io.tilebrew.engine.kernel.TieredKernel;
import io.tilebrew.engine.kernel.TurnLimit;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.atomic.AtomicReferenceArray;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/**
 * A network ready to run for one set of shapes: steps in order, and the memory they need. Shared by
 * all runs.
 */
public final class Plan {
  /** The most floats of an arena: 4 GiB. */
  public static final int MAX_ARENA_FLOATS = 1 << 30;

  /** The most images that run together; more are run one part after the other. */
  public static final int MAX_IMAGES = 16;

  /** Floats before and behind the buffers that a tile may load, and ignore, at their ends. */
  private static final int GUARD = 256;

  private final List<TensorSlot> tensors;
  private final List<Integer> inputs;
  private final List<Integer> outputs;
  private final List<Step> steps;
  private final List<List<FeatureMap>> halos;
  private final MemoryPlan memory;
  private final int images;
  private final boolean batchFree;
  private final int maxImages;
  private final Team team;
  private final long multiplyAdds;
  private final List<TieredKernel> tiered;
  private final AtomicReferenceArray<@Nullable ShareArguments @Nullable []> arguments;
  private final AtomicReferenceArray<@Nullable Context> idle;
  private volatile Progress progress = Progress.NO_RUN;
  private volatile boolean ran;

  /** How far the first run of a plan has come. */
  public enum Progress {
    /** No run has begun. */
    NO_RUN,
    /** The first run is going on. */
    FIRST_RUN,
    /** A run has ended, with a result or without. */
    HAS_RUN
  }

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
    this(tensors, inputs, outputs, steps, memory, images, batchFree, Team.ALONE);
  }

  /**
   * A plan whose runs are shared.
   *
   * @param team who shares the work of a run
   */
  public Plan(
      List<TensorSlot> tensors,
      List<Integer> inputs,
      List<Integer> outputs,
      List<Step> steps,
      MemoryPlan memory,
      int images,
      boolean batchFree,
      Team team) {
    this.tensors = List.copyOf(tensors);
    this.inputs = List.copyOf(inputs);
    this.outputs = List.copyOf(outputs);
    this.steps = List.copyOf(steps);
    this.halos = halos(steps);
    this.memory = memory;
    this.images = images;
    this.batchFree = batchFree;
    this.team = team;
    this.multiplyAdds = computes().mapToLong(Step.Compute::multiplyAdds).sum();
    this.tiered =
        computes()
            .map(Step.Compute::kernel)
            .filter(TieredKernel.class::isInstance)
            .map(TieredKernel.class::cast)
            .distinct()
            .toList();
    assert images == 1 || !batchFree;
    int fitting = MAX_ARENA_FLOATS / Math.max(1, memory.floats(1));
    int most = Math.clamp(fitting, 1, MAX_IMAGES);
    this.maxImages = batchFree ? BatchChoice.of(steps, memory).images(most) : images;
    this.arguments = new AtomicReferenceArray<>(maxImages + 1);
    int threads = Math.max(Runtime.getRuntime().availableProcessors(), team.threads());
    this.idle = new AtomicReferenceArray<>(2 * threads);
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

  /** The maps whose halos each of {@code steps} clears, as {@link #halos(int)} tells. */
  private static List<List<FeatureMap>> halos(List<Step> steps) {
    List<List<FeatureMap>> halos = new ArrayList<>();
    List<FeatureMap> waiting = new ArrayList<>();
    for (int i = 0; i < steps.size(); i++) {
      if (steps.get(i) instanceof Step.ClearHalo(FeatureMap map)) {
        waiting.add(map);
      }
      if (isNextShared(steps, i)) {
        halos.add(List.of());
      } else {
        halos.add(List.copyOf(waiting));
        waiting.clear();
      }
    }
    return List.copyOf(halos);
  }

  /**
   * Whether step {@code i} clears a halo and a step that is shared follows, perhaps behind others
   * of its kind.
   */
  private static boolean isNextShared(List<Step> steps, int i) {
    int next = i;
    while (next < steps.size() && steps.get(next) instanceof Step.ClearHalo) {
      next++;
    }
    return next > i
        && next < steps.size()
        && steps.get(next) instanceof Step.Compute compute
        && compute.parts() > 1;
  }

  /**
   * The maps whose halos step {@code i} clears. A step that threads share takes over those of the
   * steps before it, so that each thread clears some.
   */
  List<FeatureMap> halos(int i) {
    return halos.get(i);
  }

  /** The steps that run a kernel, in order. */
  public Stream<Step.Compute> computes() {
    return steps.stream().filter(Step.Compute.class::isInstance).map(Step.Compute.class::cast);
  }

  public MemoryPlan memory() {
    return memory;
  }

  /** The threads at work on a run. */
  public int threads() {
    return team.threads();
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
    run(take(in, out), images);
  }

  private Context take(Tensor[] in, Tensor[] out) {
    Context context = take();
    for (int i = 0; i < in.length; i++) {
      context.bind(inputs.get(i), in[i].array());
    }
    for (int i = 0; i < out.length; i++) {
      context.bind(outputs.get(i), out[i].array());
    }
    return context;
  }

  /**
   * Runs on tensors and takes times, for reports. Several threads share each step here, where
   * {@link #run(int, Tensor[], Tensor[])} may give each some of the images.
   *
   * @param images the images, 1 unless the batch is free
   * @param in the inputs, in order
   * @param out the outputs, in order
   * @param nanos the nanoseconds that step i takes are added to element i
   */
  public void trace(int images, Tensor[] in, Tensor[] out, long[] nanos) {
    Context context = take(in, out);
    context.traceShared(batchFree ? images : this.images, nanos);
    give(context);
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
    if (progress == Progress.NO_RUN) {
      progress = Progress.FIRST_RUN;
    }
    setRan();
    try {
      if (team.isWorthCalling((double) multiplyAdds * all)) {
        context.runShared(all);
      } else {
        run(context, 0, all);
      }
    } finally {
      if (progress != Progress.HAS_RUN) {
        progress = Progress.HAS_RUN;
      }
      setRan();
    }
    give(context);
  }

  /** Tells that there is a run: seldom a write, which threads that run would wait for. */
  private void setRan() {
    if (!ran) {
      ran = true;
    }
  }

  /** Whether a run has begun or ended since the last call of this method. */
  boolean ran() {
    boolean before = ran;
    ran = false;
    return before;
  }

  /** Runs images {@code first} to {@code end} of the arrays bound, as many together as may be. */
  void run(Context context, int first, int end) {
    for (int at = first; at < end; at += maxImages) {
      int part = Math.min(maxImages, end - at);
      context.run(at, part, arguments(part));
    }
  }

  /** Runs all images of the arrays bound and takes the time of each step. */
  void trace(Context context, int end, long[] nanos) {
    for (int at = 0; at < end; at += maxImages) {
      int part = Math.min(maxImages, end - at);
      context.trace(at, part, arguments(part), nanos);
    }
  }

  /** How far the first run has come. */
  public Progress progress() {
    return progress;
  }

  /** A context that nobody else uses until {@link #give}. */
  Context take() {
    for (int i = 0; i < idle.length(); i++) {
      Context context = idle.getAndSet(i, null);
      if (context != null) {
        return context;
      }
    }
    return newContext();
  }

  /** Takes {@code context} back. */
  void give(Context context) {
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
    return Math.addExact(memory.floats(images), Memory.LINE_START + 2 * GUARD);
  }

  /** Who shares the work of a run. */
  Team team() {
    return team;
  }

  /** Whether all kernels have their final form. */
  boolean isSettled() {
    for (int i = 0; i < tiered.size(); i++) {
      if (!tiered.get(i).isSettled()) {
        return false;
      }
    }
    return true;
  }

  /** The arguments of each step that has a kernel for {@code images} images together. */
  @Nullable ShareArguments[] arguments(int images) {
    @Nullable ShareArguments[] known = arguments.get(images);
    if (known == null) {
      known =
          steps.stream()
              .map(step -> step instanceof Step.Compute compute ? resolve(compute, images) : null)
              .toArray(ShareArguments[]::new);
      arguments.set(images, known);
    }
    return known;
  }

  /** The arguments of {@code compute} for {@code images} images together. */
  ShareArguments resolve(Step.Compute compute, int images) {
    return ShareArguments.of(compute.arguments(), argument -> resolve(argument, images));
  }

  private int resolve(Argument argument, int images) {
    if (argument instanceof Argument.Fixed(int value)) {
      return value;
    }
    if (argument instanceof Argument.Place(Buffer buffer, int within)) {
      return place(buffer, images) + within;
    }
    if (argument instanceof Argument.Batch) {
      return images;
    }
    assert argument instanceof Argument.Turns : argument;
    return TurnLimit.NONE;
  }

  /** The place of {@code buffer} in an arena of {@code images} images. */
  int place(Buffer buffer, int images) {
    return Math.addExact(memory.place(buffer, images), Memory.LINE_START + GUARD);
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
                .formatted(memory.floats(1), memory.largestLive()))
        .toString();
  }
}
