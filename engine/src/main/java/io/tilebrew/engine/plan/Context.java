package io.tilebrew.engine.plan;

import io.tilebrew.engine.Tensor;
import io.tilebrew.engine.kernel.Memory;
import java.util.Arrays;
import java.util.List;
import java.util.Objects;
import org.jspecify.annotations.Nullable;

/**
 * The memory of one run of a plan: the arena, and the row-major tensors between references; with
 * helpers, the crew, too.
 */
final class Context {
  /** Ints that keep what two threads write in lines of the cache of their own. */
  private static final int APART = 32;

  private final @Nullable Object[] arrays;
  private final Plan plan;
  private final Crew crew;
  private final Crew.Work someImages = this::runShare;
  private final Crew.Work steps = this::runPart;

  /** How the images of a call are divided where each thread runs some. */
  private final Balance[] byImages;

  /** How each step is divided. */
  private final Balance[] bySteps;

  private float[] arena = new float[0];

  /** The images of this run, of those of the caller. */
  private int firstImage;

  private int images;

  /** The arguments of each step that has a kernel. */
  private @Nullable ShareArguments[] arguments = new ShareArguments[0];

  /** The arguments of each part, which are written anew for each step. */
  private final int[][] partArguments;

  Context(Plan plan) {
    this.plan = plan;
    this.crew = new Crew(plan.team().threads() - 1);
    int most = plan.computes().mapToInt(step -> step.arguments().size()).max().orElse(0);
    this.partArguments = new int[plan.threads()][most + APART];
    this.byImages = new Balance[] {new Balance(plan.threads(), plan.threads())};
    this.bySteps = plan.steps().stream().map(this::balance).toArray(Balance[]::new);
    this.arrays = new @Nullable Object[plan.tensors().size()];
    for (int i = 0; i < arrays.length; i++) {
      Plan.TensorSlot slot = plan.tensors().get(i);
      if (slot.constant() != null) {
        arrays[i] = slot.constant().array();
      } else if (!plan.inputs().contains(i) && !plan.outputs().contains(i)) {
        arrays[i] = slot.type().newArray(slot.shape().size());
      }
    }
  }

  /** Uses {@code array} as tensor {@code slot}, an input or output, until {@link #forget}. */
  void bind(int slot, Object array) {
    arrays[slot] = array;
  }

  /** Drops the arrays of the caller. */
  void forget() {
    for (int i = 0; i < plan.inputs().size(); i++) {
      arrays[plan.inputs().get(i)] = null;
    }
    for (int i = 0; i < plan.outputs().size(); i++) {
      arrays[plan.outputs().get(i)] = null;
    }
  }

  /** The arena, grown to {@code images} images. */
  float[] arena(int images) {
    int floats = plan.arenaFloats(images);
    if (arena.length < floats) {
      arena = new float[Memory.length(floats)];
    }
    return arena;
  }

  private Balance balance(Step step) {
    return switch (step) {
      case Step.Compute compute -> new Balance(compute.parts(), compute.units());
      case Step.Pack pack -> balance(pack);
      default -> new Balance(1, 1);
    };
  }

  /** Images are packed by rows, if that is worth a meeting. */
  private Balance balance(Step.Pack pack) {
    int rows = pack.map().height();
    boolean isShared = !pack.channelsLast() && plan.team().isWorthCutting(0, pack.map().floats());
    return new Balance(isShared ? Math.min(plan.threads(), rows) : 1, rows);
  }

  /** Runs images {@code first} to {@code first + images} of the arrays bound. */
  void run(int first, int images, @Nullable ShareArguments[] arguments) {
    begin(first, images, arguments);
    for (int step = 0; step < arguments.length; step++) {
      runStep(step);
    }
  }

  /** Runs as {@link #run} and adds the nanoseconds that step i takes to {@code nanos[i]}. */
  void trace(int first, int images, @Nullable ShareArguments[] arguments, long[] nanos) {
    begin(first, images, arguments);
    long before = System.nanoTime();
    for (int step = 0; step < arguments.length; step++) {
      runStep(step);
      long now = System.nanoTime();
      nanos[step] += now - before;
      before = now;
    }
  }

  private void begin(int first, int images, @Nullable ShareArguments[] arguments) {
    arena(images);
    this.firstImage = first;
    this.images = images;
    this.arguments = arguments;
    if (crew.isOpen()) {
      crew.begin();
    }
  }

  private void runStep(int step) {
    if (crew.isOpen()) {
      crew.perform(step);
    } else {
      Balance whole = bySteps[step];
      runPart(step, 0, 0, whole.first(whole.parts()));
    }
  }

  /** Runs units {@code first} to {@code end} of a step. */
  private void runPart(int step, int part, int first, int end) {
    Step now = plan.steps().get(step);
    if (now instanceof Step.Compute compute) {
      compute(compute, step, part, first, end);
    } else if (now instanceof Step.ClearHalo) {
      clearHalos(step, 0, 1, 1);
    } else if (now instanceof Step.Pack pack) {
      pack(pack, first, end);
    } else if (now instanceof Step.Unpack unpack) {
      unpack(unpack);
    } else {
      Step.Refer refer = (Step.Refer) now;
      refer.kernel().run(tensors(refer.inputs()), tensors(refer.outputs()));
    }
  }

  private void pack(Step.Pack pack, int top, int bottom) {
    FeatureMap map = pack.map();
    float[] x = floats(pack.tensor());
    if (pack.channelsLast()) {
      Images.packLast(x, firstImage, images, arena, place(map), map);
    } else {
      Images.pack(x, firstImage, images, arena, place(map), map, top, bottom);
    }
  }

  private void unpack(Step.Unpack unpack) {
    FeatureMap map = unpack.map();
    float[] to = floats(unpack.tensor());
    if (unpack.channelsLast()) {
      Images.unpackLast(arena, place(map), map, images, to, firstImage);
    } else {
      Images.unpack(arena, place(map), map, images, to, firstImage);
    }
  }

  private void compute(Step.Compute compute, int step, int part, int first, int end) {
    clearHalos(step, first, end, compute.units());
    ShareArguments all = Objects.requireNonNull(arguments[step]);
    compute.kernel().run(arena, compute.weights(), all.of(partArguments[part], part, first, end));
  }

  /**
   * Runs all images of the arrays bound with those who help: each thread some images, or where
   * these are too few, the parts of each step.
   */
  void runShared(int images) {
    Team team = plan.team();
    boolean byImage = plan.isBatchFree() && images >= team.threads();
    try {
      if (byImage) {
        byImages[0].resize(images);
        open(byImages, someImages);
        crew.begin();
        crew.perform(0);
      } else {
        open(bySteps, steps);
        plan.run(this, 0, images);
      }
    } finally {
      crew.close();
    }
  }

  private void open(Balance[] rounds, Crew.Work work) {
    Team team = plan.team();
    crew.open(team, team.maySpin() && plan.isSettled(), rounds, work);
  }

  /**
   * Runs all images of the arrays bound, each step with those who help, and adds the nanoseconds
   * that step i takes to {@code nanos[i]}.
   */
  void traceShared(int images, long[] nanos) {
    try {
      open(bySteps, steps);
      plan.trace(this, images, nanos);
    } finally {
      crew.close();
    }
  }

  private void runShare(int round, int part, int first, int end) {
    Context other = plan.take();
    for (int i = 0; i < arrays.length; i++) {
      if (other.arrays[i] == null) {
        other.arrays[i] = arrays[i];
      }
    }
    plan.run(other, first, end);
    plan.give(other);
  }

  private int place(FeatureMap map) {
    return plan.place(map.buffer(), images);
  }

  private float[] floats(int tensor) {
    Object array = arrays[tensor];
    assert array != null : tensor;
    return (float[]) array;
  }

  private Tensor[] tensors(List<Integer> ids) {
    return ids.stream()
        .map(
            id -> {
              Plan.TensorSlot slot = plan.tensors().get(id);
              Object array = arrays[id];
              assert array != null : id;
              return Tensor.of(slot.type(), slot.shape(), array);
            })
        .toArray(Tensor[]::new);
  }

  /** Clears the halos of as many blocks of all as units {@code first} to {@code end} are of all. */
  private void clearHalos(int step, int first, int end, int all) {
    List<FeatureMap> halos = plan.halos(step);
    for (int i = 0; i < halos.size(); i++) {
      FeatureMap map = halos.get(i);
      int from = (int) ((long) map.blocks() * first / all);
      int to = (int) ((long) map.blocks() * end / all);
      for (int n = 0; n < images; n++) {
        int image = place(map) + n * map.imageStride();
        for (int block = from; block < to; block++) {
          clearHalo(map, image + block * map.blockStride());
        }
      }
    }
  }

  /** Clears the halo of the block of {@code map} at {@code at}. */
  private void clearHalo(FeatureMap map, int at) {
    int row = map.rowStride();
    int left = map.left() * map.pixelStride();
    int right = map.right() * map.pixelStride();
    Arrays.fill(arena, at, at + map.top() * row + left, 0);
    int between = at + map.top() * row + row - right;
    for (int y = 0; y < map.height() - 1; y++, between += row) {
      Arrays.fill(arena, between, between + right + left, 0);
    }
    Arrays.fill(arena, between, at + map.blockStride(), 0);
  }
}
