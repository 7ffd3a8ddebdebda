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
  private final Crew.Work someUnits = this::runPart;
  private final Crew.Work someInput = this::packPart;
  private float[] arena = new float[0];

  /** The step that is run in parts, and its arguments. */
  private Step.@Nullable Compute shared;

  private @Nullable ShareArguments sharedArguments;

  /** The maps whose halos the step clears, with its images. */
  private List<FeatureMap> halos = List.of();

  private int haloImages;

  /** The arguments of each part, which are written anew for each step. */
  private final int[][] partArguments;

  /** The input that is packed in parts, with its images. */
  private Step.@Nullable Pack packed;

  private int packedFirst;
  private int packedImages;

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
    arena(images);
    List<Step> steps = plan.steps();
    for (int i = 0; i < steps.size(); i++) {
      run(i, first, images, arguments[i]);
    }
  }

  /** Runs as {@link #run} and adds the nanoseconds that step i takes to {@code nanos[i]}. */
  void trace(int first, int images, @Nullable ShareArguments[] arguments, long[] nanos) {
    arena(images);
    List<Step> steps = plan.steps();
    long before = System.nanoTime();
    for (int i = 0; i < steps.size(); i++) {
      run(i, first, images, arguments[i]);
      long now = System.nanoTime();
      nanos[i] += now - before;
      before = now;
    }
  }

  /** Runs step {@code i}. */
  private void run(int i, int first, int images, @Nullable ShareArguments arguments) {
    halos = plan.halos(i);
    haloImages = images;
    switch (plan.steps().get(i)) {
      case Step.Compute compute -> run(compute, Objects.requireNonNull(arguments));
      case Step.ClearHalo _ -> clearHalos(0, 1, 1);
      case Step.Pack pack -> {
        FeatureMap map = pack.map();
        if (pack.channelsLast()) {
          Images.packLast(floats(pack.tensor()), first, images, arena, place(map, images), map);
        } else {
          pack(pack, first, images);
        }
      }
      case Step.Unpack(FeatureMap map, int tensor, boolean last) -> {
        if (last) {
          Images.unpackLast(arena, place(map, images), map, images, floats(tensor), first);
        } else {
          Images.unpack(arena, place(map, images), map, images, floats(tensor), first);
        }
      }
      case Step.Refer refer ->
          refer.kernel().run(tensors(refer.inputs()), tensors(refer.outputs()));
    }
  }

  private void run(Step.Compute compute, ShareArguments arguments) {
    if (compute.parts() == 1 && arguments.changes().isEmpty()) {
      compute.kernel().run(arena, compute.weights(), arguments.numbers());
    } else if (crew.isOpen()) {
      shared = compute;
      sharedArguments = arguments;
      crew.each(compute.parts(), compute.units(), someUnits);
    } else {
      run(compute, arguments, 0, 0, compute.units());
    }
  }

  private void run(Step.Compute compute, ShareArguments arguments, int part, int first, int end) {
    clearHalos(first, end, compute.units());
    int[] own = partArguments[part];
    arguments.write(own, part, first, end);
    compute.kernel().run(arena, compute.weights(), own);
  }

  /** Packs images, each thread some of the rows if that is worth a meeting. */
  private void pack(Step.Pack pack, int first, int images) {
    if (crew.isOpen() && plan.team().isWorthCutting(0, pack.map().floats())) {
      packed = pack;
      packedFirst = first;
      packedImages = images;
      int rows = pack.map().height();
      crew.each(Math.min(plan.threads(), rows), rows, someInput);
    } else {
      packRows(pack, first, images, 0, pack.map().height());
    }
  }

  private void packPart(int part, int top, int bottom) {
    packRows(Objects.requireNonNull(packed), packedFirst, packedImages, top, bottom);
  }

  private void packRows(Step.Pack pack, int first, int images, int top, int bottom) {
    FeatureMap map = pack.map();
    float[] x = floats(pack.tensor());
    Images.pack(x, first, images, arena, place(map, images), map, top, bottom);
  }

  private void runPart(int part, int first, int end) {
    run(Objects.requireNonNull(shared), Objects.requireNonNull(sharedArguments), part, first, end);
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

  private int place(FeatureMap map, int images) {
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
    for (int i = 0; i < halos.size(); i++) {
      FeatureMap map = halos.get(i);
      int from = (int) ((long) map.blocks() * first / all);
      int to = (int) ((long) map.blocks() * end / all);
      for (int n = 0; n < haloImages; n++) {
        int image = place(map, haloImages) + n * map.imageStride();
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
