package io.tilebrew.engine.plan;

import io.tilebrew.engine.Tensor;
import java.util.Arrays;
import java.util.List;
import java.util.Objects;
import org.jspecify.annotations.Nullable;

/**
 * The memory of one run of a plan: the arena, and the row-major tensors between references; with
 * helpers, the crew, too.
 */
final class Context {
  private final @Nullable Object[] arrays;
  private final Plan plan;
  private final Crew crew;
  private final Crew.Work someImages = this::runShare;
  private final Crew.Work someUnits = this::computePart;
  private final Crew.Work someRows = this::packRows;
  private float[] arena = new float[0];

  /** The images of this run, of those of the caller. */
  private int firstImage;

  private int images;

  /** The arguments of each step that has a kernel. */
  private @Nullable ShareArguments[] arguments = new ShareArguments[0];

  /** The number of the step that runs. */
  private int step;

  /** The arguments of each part, which are written anew for each step. */
  private final int[][] partArguments;

  Context(Plan plan) {
    this.plan = plan;
    this.crew = new Crew(plan.team().threads() - 1);
    int most = plan.computes().mapToInt(step -> step.arguments().size()).max().orElse(0);
    this.partArguments = new int[plan.threads()][most];
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
      arena = new float[floats];
    }
    return arena;
  }

  /** Runs images {@code first} to {@code first + images} of the arrays bound. */
  void run(int first, int images, @Nullable ShareArguments[] arguments) {
    begin(first, images, arguments);
    for (step = 0; step < arguments.length; step++) {
      runStep();
    }
  }

  /** Runs as {@link #run} and adds the nanoseconds that step i takes to {@code nanos[i]}. */
  void trace(int first, int images, @Nullable ShareArguments[] arguments, long[] nanos) {
    begin(first, images, arguments);
    long before = System.nanoTime();
    for (step = 0; step < arguments.length; step++) {
      runStep();
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
  }

  private void runStep() {
    Step now = plan.steps().get(step);
    if (now instanceof Step.Compute compute) {
      compute(compute);
    } else if (now instanceof Step.ClearHalo) {
      clearHalos(0, 1, 1);
    } else if (now instanceof Step.Pack pack) {
      pack(pack);
    } else if (now instanceof Step.Unpack unpack) {
      unpack(unpack);
    } else {
      Step.Refer refer = (Step.Refer) now;
      refer.kernel().run(tensors(refer.inputs()), tensors(refer.outputs()));
    }
  }

  private void pack(Step.Pack pack) {
    FeatureMap map = pack.map();
    if (pack.channelsLast()) {
      Images.packLast(floats(pack.tensor()), firstImage, images, arena, place(map), map);
    } else {
      pack(map);
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

  private void compute(Step.Compute compute) {
    if (compute.parts() > 1 && crew.isOpen()) {
      crew.each(compute.parts(), compute.units(), someUnits);
    } else {
      computePart(0, 0, compute.units());
    }
  }

  private void computePart(int part, int first, int end) {
    Step.Compute compute = (Step.Compute) plan.steps().get(step);
    clearHalos(first, end, compute.units());
    ShareArguments all = Objects.requireNonNull(arguments[step]);
    compute.kernel().run(arena, compute.weights(), all.of(partArguments[part], part, first, end));
  }

  /** Packs images, each thread some of the rows if that is worth a meeting. */
  private void pack(FeatureMap map) {
    int rows = map.height();
    if (crew.isOpen() && plan.team().isWorthCutting(0, map.floats())) {
      crew.each(Math.min(plan.threads(), rows), rows, someRows);
    } else {
      packRows(0, 0, rows);
    }
  }

  private void packRows(int part, int top, int bottom) {
    Step.Pack pack = (Step.Pack) plan.steps().get(step);
    FeatureMap map = pack.map();
    float[] x = floats(pack.tensor());
    Images.pack(x, firstImage, images, arena, place(map), map, top, bottom);
  }

  /**
   * Runs all images of the arrays bound with those who help: each thread some images, or where
   * these are too few, the parts of each step.
   */
  void runShared(int images) {
    Team team = plan.team();
    try {
      crew.open(team, team.maySpin() && plan.isSettled());
      if (plan.isBatchFree() && images >= team.threads()) {
        crew.each(team.threads(), images, someImages);
      } else {
        plan.run(this, 0, images);
      }
    } finally {
      crew.close();
    }
  }

  /**
   * Runs all images of the arrays bound, each step with those who help, and adds the nanoseconds
   * that step i takes to {@code nanos[i]}.
   */
  void traceShared(int images, long[] nanos) {
    Team team = plan.team();
    try {
      crew.open(team, team.maySpin() && plan.isSettled());
      plan.trace(this, images, nanos);
    } finally {
      crew.close();
    }
  }

  private void runShare(int part, int first, int end) {
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
  private void clearHalos(int first, int end, int all) {
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
