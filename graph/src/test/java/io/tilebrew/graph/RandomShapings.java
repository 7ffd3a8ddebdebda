package io.tilebrew.graph;

import io.tilebrew.engine.Shape;
import io.tilebrew.engine.Tensor;
import io.tilebrew.engine.problem.Interpolation;
import io.tilebrew.engine.problem.Resampling;
import io.tilebrew.graph.op.Reduction.Reduce;
import io.tilebrew.graph.op.Resize;
import io.tilebrew.graph.op.Shaping.Pad;
import io.tilebrew.graph.op.Shaping.Reshape;
import io.tilebrew.graph.op.Shaping.Slice;
import io.tilebrew.graph.op.Shaping.Transpose;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;

/** Random operators that move, repeat, resize or reduce the pixels of feature maps. */
final class RandomShapings {
  private static final int MOST = 24;

  private RandomShapings() {}

  /** Some channels, or some pixels, or both. */
  static Value slice(GraphBuilder graph, Random random, Value x) {
    List<Integer> starts = new ArrayList<>();
    List<Integer> steps = new ArrayList<>();
    Shape shape = x.type().shape();
    boolean pixels = random.nextBoolean();
    for (int axis = 0; axis < 4; axis++) {
      int size = shape.dim(axis);
      boolean whole = axis == 0 || (axis > 1 && !pixels);
      int first = whole ? 0 : random.nextInt(size);
      int step = axis > 1 && !whole ? List.of(1, 1, 2, -1).get(random.nextInt(4)) : 1;
      int most = step > 0 ? Math.ceilDiv(size - first, step) : first + 1;
      starts.add(first);
      steps.add(step);
      shape = shape.with(axis, whole ? size : 1 + random.nextInt(most));
    }
    return graph.add("slice", new Slice(starts, steps, shape), x);
  }

  static Value pad(GraphBuilder graph, Random random, Value x) {
    Shape shape = x.type().shape();
    boolean channels = random.nextInt(4) == 0 && shape.dim(1) < 8;
    List<Integer> before = new ArrayList<>();
    List<Integer> after = new ArrayList<>();
    for (int axis = 0; axis < 4; axis++) {
      boolean grows = axis == 1 ? channels : axis > 1 && shape.dim(axis) < MOST;
      before.add(grows ? random.nextInt(3) : 0);
      after.add(grows ? random.nextInt(3) : 0);
    }
    Pad.Mode mode = random.nextBoolean() ? Pad.Mode.CONSTANT : pick(random, Pad.Mode.values());
    Pad pad = new Pad(before, after, mode);
    return mode == Pad.Mode.CONSTANT && random.nextInt(3) == 0
        ? graph.add(
            "pad", pad, x, graph.constant("value", Tensor.of(Shape.of(), random.nextFloat())))
        : graph.add("pad", pad, x);
  }

  /** Other sizes of the rows, which are axis {@code first}, and of the columns behind it. */
  static Value resize(GraphBuilder graph, Random random, Value x, int first) {
    Interpolation.Coordinates[] coordinates = {
      Interpolation.Coordinates.HALF_PIXEL,
      Interpolation.Coordinates.ASYMMETRIC,
      Interpolation.Coordinates.ALIGN_CORNERS
    };
    Interpolation how =
        new Interpolation(
            random.nextBoolean() ? Interpolation.Method.NEAREST : Interpolation.Method.LINEAR,
            coordinates[random.nextInt(3)],
            pick(random, Interpolation.Rounding.values()),
            -0.75f,
            false,
            random.nextInt(4) == 0);
    List<Resampling> axes = new ArrayList<>();
    for (int axis = 0; axis < 4; axis++) {
      int size = x.type().shape().dim(axis);
      boolean keeps = axis < first || axis > first + 1;
      int to = keeps ? size : random.nextBoolean() ? 2 * size : 1 + random.nextInt(2 * size);
      to = keeps ? size : Math.min(to, MOST);
      axes.add(new Resampling(size, to, (double) to / size));
    }
    return graph.add("resize", new Resize(how, axes, 0), x);
  }

  /** Groups of channels exchanged with the channels of a group. */
  static Value shuffle(GraphBuilder graph, Random random, Value x) {
    Shape shape = x.type().shape();
    int channels = shape.dim(1);
    int groups = channels % 3 == 0 ? 3 : channels % 2 == 0 ? 2 : 1;
    int perGroup = channels / groups;
    boolean flat = random.nextBoolean();
    int pixels = shape.size(2, 4);
    Shape split =
        flat
            ? Shape.of(shape.dim(0), groups, perGroup, pixels)
            : Shape.of(shape.dim(0), groups, perGroup, shape.dim(2), shape.dim(3));
    List<Integer> order = flat ? List.of(0, 2, 1, 3) : List.of(0, 2, 1, 3, 4);
    Value grouped = graph.add("groups", new Reshape(split), x);
    Value exchanged = graph.add("exchanged", new Transpose(order), grouped);
    return graph.add("shuffled", new Reshape(shape), exchanged);
  }

  /** The mean or the maximum of each map, as a map of one pixel. */
  static Value reduce(GraphBuilder graph, Random random, Value x) {
    Shape shape = x.type().shape();
    Reduce.Function function = pick(random, Reduce.Function.values());
    function = function == Reduce.Function.PROD ? Reduce.Function.MEAN : function;
    if (random.nextBoolean()) {
      return graph.add("reduced", new Reduce(function, List.of(2, 3), true), x);
    }
    Value nhwc = graph.add("nhwc", new Transpose(List.of(0, 2, 3, 1)), x);
    Value flat = graph.add("reduced", new Reduce(function, List.of(1, 2), false), nhwc);
    return graph.add("map", new Reshape(Shape.of(shape.dim(0), shape.dim(1), 1, 1)), flat);
  }

  private static <T> T pick(Random random, T[] values) {
    return List.of(values).get(random.nextInt(values.length));
  }
}
