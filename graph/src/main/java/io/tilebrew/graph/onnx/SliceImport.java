package io.tilebrew.graph.onnx;

import io.tilebrew.engine.Shape;
import io.tilebrew.graph.Value;
import io.tilebrew.graph.op.Shaping.Slice;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.stream.IntStream;
import java.util.stream.LongStream;
import org.jspecify.annotations.Nullable;

/** Slice: its bounds may lie outside of the input, count from the end, or be left out. */
final class SliceImport {
  private SliceImport() {}

  static Value slice(NodeImport n) {
    long[] starts = list(n, 1, "starts");
    long[] ends = list(n, 2, "ends");
    long[] axes = list(n, 3, "axes");
    long[] steps = list(n, 4, "steps");
    if (starts == null || ends == null) {
      throw new IllegalArgumentException("has no starts or no ends");
    }
    int count = starts.length;
    long[] allAxes = axes == null ? LongStream.range(0, count).toArray() : axes;
    long[] allSteps = steps == null ? LongStream.generate(() -> 1).limit(count).toArray() : steps;
    Check.that(
        ends.length == count && allAxes.length == count && allSteps.length == count,
        "has %d starts, %d ends, %d axes and %d steps, expected equally many",
        count,
        ends.length,
        allAxes.length,
        allSteps.length);
    return build(n, starts, ends, allAxes, allSteps);
  }

  private static long @Nullable [] list(NodeImport n, int index, String name) {
    return n.opset() < 10 ? n.attributes().longs(name) : n.has(index) ? n.longs(index, name) : null;
  }

  private static Value build(NodeImport n, long[] starts, long[] ends, long[] axes, long[] steps) {
    Shape x = n.shape(0);
    int[] firsts = new int[x.rank()];
    int[] distances = new int[x.rank()];
    int[] sizes = x.dims();
    Arrays.fill(distances, 1);
    boolean[] seen = new boolean[x.rank()];
    for (int i = 0; i < axes.length; i++) {
      int axis = ShapeImport.axis(axes[i], x.rank());
      Check.that(!seen[axis], "axes %s name one axis twice", Arrays.toString(axes));
      Check.that(steps[i] != 0, "step %d is 0", i);
      seen[axis] = true;
      int size = x.dim(axis);
      int step = Math.clamp(steps[i], -Integer.MAX_VALUE, Integer.MAX_VALUE);
      boolean back = step < 0;
      int first = bound(starts[i], size, 0, back ? size - 1 : size);
      int end = bound(ends[i], size, back ? -1 : 0, back ? size - 1 : size);
      int distance = back ? first - end : end - first;
      firsts[axis] = first;
      distances[axis] = step;
      sizes[axis] = distance <= 0 ? 0 : (distance - 1) / Math.abs(step) + 1;
    }
    Shape shape = Shape.of(sizes);
    boolean all = shape.equals(x) && Arrays.stream(distances).allMatch(step -> step > 0);
    return all
        ? n.input(0)
        : n.result(new Slice(boxed(firsts), boxed(distances), shape), n.input(0));
  }

  /** Split: one Slice for each output. */
  static List<Value> split(NodeImport n) {
    Shape x = n.shape(0);
    int axis = ShapeImport.axis(n.attributes().integer("axis", 0), x.rank());
    long[] sizes = splitSizes(n, x.dim(axis));
    Check.that(
        LongStream.of(sizes).allMatch(size -> size >= 0 && size <= x.dim(axis))
            && LongStream.of(sizes).sum() == x.dim(axis)
            && n.outputs() <= sizes.length,
        "splits axis %d of the input %s into %s for %d outputs",
        axis,
        n.input(0).type(),
        Arrays.toString(sizes),
        n.outputs());
    List<Value> parts = new ArrayList<>();
    int[] starts = new int[x.rank()];
    int[] steps = new int[x.rank()];
    Arrays.fill(steps, 1);
    for (int i = 0; i < n.outputs(); i++) {
      Shape part = x.with(axis, (int) sizes[i]);
      List<Integer> from = boxed(sizes[i] == 0 ? new int[x.rank()] : starts);
      parts.add(n.result(i, new Slice(from, boxed(steps), part), n.input(0)));
      starts[axis] += (int) sizes[i];
    }
    return parts;
  }

  /** The sizes given, else equal ones; since opset 18 the last may be smaller. */
  private static long[] splitSizes(NodeImport n, int size) {
    long[] given =
        n.opset() >= 13 || n.has(1)
            ? n.has(1) ? n.longs(1, "split") : null
            : n.attributes().longs("split");
    if (given != null) {
      return given;
    }
    int count = n.attributes().integer("num_outputs", n.allOutputs());
    Check.that(count >= 1 && count <= n.allOutputs(), "num_outputs is %d", count);
    int each = Math.ceilDiv(size, count);
    Check.that(
        n.opset() >= 18 || each * count == size, "%d elements do not split into %d", size, count);
    long[] sizes = new long[count];
    for (int i = 0; i < count; i++) {
      sizes[i] = Math.clamp(size - (long) i * each, 0, each);
    }
    return sizes;
  }

  /** {@code index} counted from the front and brought between the bounds. */
  private static int bound(long index, int size, int least, int most) {
    long fromFront = index < 0 ? index + size : index;
    return (int) Math.min(Math.max(fromFront, least), most);
  }

  private static List<Integer> boxed(int[] values) {
    return IntStream.of(values).boxed().toList();
  }
}
