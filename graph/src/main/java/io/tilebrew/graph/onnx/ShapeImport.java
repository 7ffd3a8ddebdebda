package io.tilebrew.graph.onnx;

import io.tilebrew.engine.Shape;
import io.tilebrew.engine.Tensor;
import io.tilebrew.graph.Value;
import io.tilebrew.graph.op.Shaping.Concat;
import io.tilebrew.graph.op.Shaping.Expand;
import io.tilebrew.graph.op.Shaping.Gather;
import io.tilebrew.graph.op.Shaping.Transpose;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.stream.IntStream;
import org.jspecify.annotations.Nullable;

/** Operators that move elements without computing. */
final class ShapeImport {
  private ShapeImport() {}

  /** {@code axis} counted from the front. */
  static int axis(long axis, int rank) {
    Check.that(axis >= -rank && axis < rank, "axis %d is outside of rank %d", axis, rank);
    return (int) (axis < 0 ? axis + rank : axis);
  }

  /** {@code axes}, each once, counted from the front and in order. */
  static List<Integer> axes(long[] axes, int rank) {
    boolean[] marked = marked(axes, rank);
    return IntStream.range(0, rank).filter(i -> marked[i]).boxed().toList();
  }

  /** For each of {@code rank} axes, whether it is among {@code axes}, where each is once. */
  private static boolean[] marked(long[] axes, int rank) {
    boolean[] marked = new boolean[rank];
    for (long axis : axes) {
      int index = axis(axis, rank);
      Check.that(!marked[index], "axes %s name one axis twice", Arrays.toString(axes));
      marked[index] = true;
    }
    return marked;
  }

  static Value reshape(NodeImport n) {
    long[] wanted = n.opset() < 5 ? n.attributes().longs("shape") : n.longs(1, "shape");
    if (wanted == null) {
      throw new IllegalArgumentException("has no attribute 'shape'");
    }
    return n.resultIn(reshaped(n.shape(0), wanted, n.attributes().flag("allowzero")), n.input(0));
  }

  private static Shape reshaped(Shape x, long[] wanted, boolean allowZero) {
    String text = Arrays.toString(wanted);
    long[] dims = wanted.clone();
    int free = -1;
    long known = 1;
    for (int i = 0; i < dims.length; i++) {
      if (dims[i] == 0 && !allowZero) {
        Check.that(i < x.rank(), "shape %s copies dimension %d of the input %s", text, i, x);
        dims[i] = x.dim(i);
      }
      if (dims[i] == -1) {
        Check.that(free < 0, "shape %s has more than one -1", text);
        free = i;
      } else {
        Check.that(dims[i] >= 0, "shape %s has a dimension of %d", text, dims[i]);
        known = Math.multiplyExact(known, dims[i]);
      }
    }
    if (free >= 0) {
      Check.that(
          known > 0 && x.size() % known == 0,
          "the %d elements of the input %s do not fit the shape %s",
          x.size(),
          x,
          text);
      dims[free] = x.size() / known;
    }
    return Shape.of(dims);
  }

  static Value flatten(NodeImport n) {
    Shape shape = n.shape(0);
    int rank = shape.rank();
    int axis = n.attributes().integer("axis", 1);
    Check.that(axis >= -rank && axis <= rank, "axis %d is outside of rank %d", axis, rank);
    int first = axis < 0 ? axis + rank : axis;
    return n.resultIn(Shape.of(shape.size(0, first), shape.size(first, rank)), n.input(0));
  }

  static Value squeeze(NodeImport n) {
    Shape shape = n.shape(0);
    long[] axes = axes(n);
    boolean[] dropped = marked(axes == null ? new long[0] : axes, shape.rank());
    List<Integer> dims = new ArrayList<>();
    for (int i = 0; i < shape.rank(); i++) {
      Check.that(
          !dropped[i] || shape.dim(i) == 1,
          "axis %d of the input %s is not of size 1",
          i,
          n.input(0).type());
      if (axes == null ? shape.dim(i) != 1 : !dropped[i]) {
        dims.add(shape.dim(i));
      }
    }
    return n.resultIn(shape(dims), n.input(0));
  }

  static Value unsqueeze(NodeImport n) {
    Shape shape = n.shape(0);
    long[] axes = axes(n);
    if (axes == null) {
      throw new IllegalArgumentException("has no axes");
    }
    boolean[] added = marked(axes, shape.rank() + axes.length);
    List<Integer> dims = new ArrayList<>();
    int next = 0;
    for (boolean isNew : added) {
      dims.add(isNew ? 1 : shape.dim(next++));
    }
    return n.resultIn(shape(dims), n.input(0));
  }

  private static long @Nullable [] axes(NodeImport n) {
    return n.opset() < 13 ? n.attributes().longs("axes") : n.has(1) ? n.longs(1, "axes") : null;
  }

  private static Shape shape(List<Integer> dims) {
    return Shape.of(dims.stream().mapToInt(Integer::intValue).toArray());
  }

  static Value transpose(NodeImport n) {
    int rank = n.shape(0).rank();
    int[] perm =
        n.attributes().has("perm")
            ? n.attributes().ints("perm", rank, 0)
            : IntStream.range(0, rank).map(i -> rank - 1 - i).toArray();
    return n.result(new Transpose(Arrays.stream(perm).boxed().toList()), n.input(0));
  }

  static Value concat(NodeImport n) {
    int axis = n.opset() < 4 ? n.attributes().integer("axis", 1) : n.attributes().integer("axis");
    Value[] inputs = IntStream.range(0, n.inputs()).mapToObj(n::input).toArray(Value[]::new);
    return n.result(new Concat(axis(axis, n.shape(0).rank())), inputs);
  }

  static Value expand(NodeImport n) {
    Shape from = n.shape(0);
    long[] wanted = n.longs(1, "shape");
    int rank = Math.max(from.rank(), wanted.length);
    long[] dims = new long[rank];
    for (int i = 1; i <= rank; i++) {
      long x = i <= from.rank() ? from.dim(-i) : 1;
      long y = i <= wanted.length ? wanted[wanted.length - i] : 1;
      Check.that(
          x == y || x == 1 || y == 1,
          "the input %s does not expand to %s",
          from,
          Arrays.toString(wanted));
      dims[rank - i] = x == 1 ? y : x;
    }
    Shape shape = Shape.of(dims);
    return shape.equals(from) ? n.input(0) : n.result(new Expand(shape), n.input(0));
  }

  static Value gather(NodeImport n) {
    int axis = axis(n.attributes().integer("axis", 0), n.shape(0).rank());
    int size = n.shape(0).dim(axis);
    Tensor indices = n.literalOrNull(1);
    for (int i = 0; indices != null && i < indices.size(); i++) {
      long index = indices.longAt(i);
      Check.that(
          index >= -size && index < size,
          "index %d is outside of axis %d of the input %s",
          index,
          axis,
          n.input(0).type());
    }
    return n.result(new Gather(axis), n.input(0), n.input(1));
  }
}
