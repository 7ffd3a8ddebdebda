package io.tilebrew.graph.onnx;

import io.tilebrew.engine.DataType;
import io.tilebrew.engine.Shape;
import io.tilebrew.engine.Tensor;
import io.tilebrew.engine.problem.Arithmetic;
import io.tilebrew.engine.problem.Relation;
import io.tilebrew.graph.ModelException;
import io.tilebrew.graph.Value;
import io.tilebrew.graph.op.Constant;
import io.tilebrew.graph.op.Elementwise.Cast;
import io.tilebrew.graph.op.Elementwise.Where;
import io.tilebrew.graph.op.Indexing.GatherElements;
import io.tilebrew.graph.op.Indexing.GatherNd;
import io.tilebrew.graph.op.Indexing.ScatterElements;
import io.tilebrew.graph.op.Indexing.ScatterNd;
import io.tilebrew.graph.op.Indexing.Update;
import io.tilebrew.graph.op.Shaping.Expand;
import io.tilebrew.graph.op.Shaping.Gather;
import io.tilebrew.graph.op.Shaping.Transpose;
import java.util.List;

/** Operators that take or put elements by indices, repeat them, or move blocks of them. */
final class IndexImport {
  private IndexImport() {}

  private static int axis(NodeImport n) {
    return ShapeImport.axis(n.attributes().integer("axis", 0), n.shape(0).rank());
  }

  static Value gatherElements(NodeImport n) {
    return n.result(new GatherElements(axis(n)), n.input(0), n.input(1));
  }

  static Value gatherNd(NodeImport n) {
    GatherNd operator = new GatherNd(n.attributes().integer("batch_dims", 0));
    return n.result(operator, n.input(0), n.input(1));
  }

  static Value scatterElements(NodeImport n) {
    ScatterElements operator = new ScatterElements(axis(n), update(n));
    return n.result(operator, n.input(0), n.input(1), n.input(2));
  }

  static Value scatterNd(NodeImport n) {
    return n.result(new ScatterNd(update(n)), n.input(0), n.input(1), n.input(2));
  }

  private static Update update(NodeImport n) {
    String reduction = n.attributes().text("reduction", "none");
    return switch (reduction) {
      case "none" -> Update.REPLACE;
      case "add" -> Update.ADD;
      case "mul" -> Update.MUL;
      case "min" -> Update.MIN;
      case "max" -> Update.MAX;
      default ->
          throw new IllegalArgumentException(
              "reduction is '%s', expected none, add, mul, min or max"
                  .formatted(ModelException.shorten(reduction)));
    };
  }

  /** Each axis becomes one of copies and one of elements. */
  static Value tile(NodeImport n) {
    Shape x = n.shape(0);
    long[] repeats = n.longs(1, "repeats");
    Check.that(repeats.length == x.rank(), "has %d repeats for %s", repeats.length, x);
    long[] apart = new long[2 * x.rank()];
    long[] copied = new long[2 * x.rank()];
    long[] joined = new long[x.rank()];
    for (int i = 0; i < x.rank(); i++) {
      apart[2 * i] = 1;
      copied[2 * i] = repeats[i];
      apart[2 * i + 1] = x.dim(i);
      copied[2 * i + 1] = x.dim(i);
      joined[i] = Math.multiplyExact(repeats[i], x.dim(i));
    }
    Value copies = n.step(new Expand(Shape.of(copied)), n.stepIn(Shape.of(apart), n.input(0)));
    return n.resultIn(Shape.of(joined), copies);
  }

  /** The second value where a counting axis is equal to the index, else the first. */
  static Value oneHot(NodeImport n) {
    Tensor depth = n.constant(1, "depth");
    Check.that(
        depth.size() == 1 && depth.longAt(0) >= 0 && depth.longAt(0) <= Integer.MAX_VALUE,
        "depth is %s, expected one number from 0 on",
        depth);
    Check.that(n.shape(2).equals(Shape.of(2)), "values have shape %s, expected [2]", n.shape(2));
    Value indices = n.input(0);
    int[] dims = indices.type().shape().dims();
    int axis = ShapeImport.axis(n.attributes().integer("axis", -1), dims.length + 1);
    int[] with = new int[dims.length + 1];
    System.arraycopy(dims, 0, with, 0, axis);
    System.arraycopy(dims, axis, with, axis + 1, dims.length - axis);
    with[axis] = 1;
    Value whole = n.step(new Cast(DataType.INT64), n.stepIn(Shape.of(with), indices));
    Value size = n.scalar(whole, depth.doubleAt(0));
    Value isBelow = n.step(Relation.LESS, whole, n.scalar(whole, 0));
    Value wrapped = n.step(new Where(), isBelow, n.step(Arithmetic.ADD, whole, size), whole);
    Shape shape = Shape.of(with).with(axis, (int) depth.longAt(0));
    Value isPlace = n.step(Relation.EQUAL, wrapped, n.counting(shape, axis));
    return n.result(new Where(), isPlace, element(n, 1), element(n, 0));
  }

  /** Element {@code index} of the values. */
  private static Value element(NodeImport n, int index) {
    Value place = n.constant(Tensor.of(Shape.SCALAR, (long) index));
    return n.step(new Gather(0), n.input(2), place);
  }

  static Value eyeLike(NodeImport n) {
    Shape shape = n.shape(0);
    Check.that(shape.rank() == 2, "the input has shape %s, expected rank 2", shape);
    int shift = n.attributes().integer("k", 0);
    DataType type =
        n.attributes().has("dtype")
            ? ElementTypes.of(n.attributes().integer("dtype"))
            : n.input(0).type().element();
    Value rows = n.counting(shape, 0);
    Value columns = n.step(Arithmetic.SUB, n.counting(shape, 1), n.scalar(rows, shift));
    return n.result(new Cast(type), n.step(Relation.EQUAL, rows, columns));
  }

  static Value range(NodeImport n) {
    Tensor start = n.constant(0, "start");
    Tensor limit = n.constant(1, "limit");
    Tensor delta = n.constant(2, "delta");
    boolean fits =
        start.size() == 1
            && limit.size() == 1
            && delta.size() == 1
            && start.type() == limit.type()
            && start.type() == delta.type()
            && delta.doubleAt(0) != 0;
    Check.that(fits, "start, limit and delta are %s, %s and %s", start, limit, delta);
    double count = Math.ceil((limit.doubleAt(0) - start.doubleAt(0)) / delta.doubleAt(0));
    Check.that(count <= 1 << 24, "makes %s numbers, expected at most 2^24", count);
    Tensor numbers = Tensor.zeros(start.type(), Shape.of((int) Math.max(count, 0)));
    for (int i = 0; i < numbers.size(); i++) {
      if (start.type().isFloat()) {
        numbers.set(i, start.doubleAt(0) + i * delta.doubleAt(0));
      } else {
        numbers.set(i, start.longAt(0) + i * delta.longAt(0));
      }
    }
    return n.result(new Constant(numbers));
  }

  static Value depthToSpace(NodeImport n) {
    Shape x = n.shape(0);
    int size = blockSize(n, x);
    int channels = x.dim(1) / Math.multiplyExact(size, size);
    Check.that(x.dim(1) == channels * size * size, "%s does not divide into blocks", x);
    boolean columnsFirst = n.attributes().text("mode", "DCR").equals("CRD");
    Shape apart =
        columnsFirst
            ? Shape.of(x.dim(0), channels, size, size, x.dim(2), x.dim(3))
            : Shape.of(x.dim(0), size, size, channels, x.dim(2), x.dim(3));
    List<Integer> order = columnsFirst ? List.of(0, 1, 4, 2, 5, 3) : List.of(0, 3, 4, 1, 5, 2);
    Value moved = n.step(new Transpose(order), n.stepIn(apart, n.input(0)));
    int height = Math.multiplyExact(x.dim(2), size);
    int width = Math.multiplyExact(x.dim(3), size);
    return n.resultIn(Shape.of(x.dim(0), channels, height, width), moved);
  }

  static Value spaceToDepth(NodeImport n) {
    Shape x = n.shape(0);
    int size = blockSize(n, x);
    int height = x.dim(2) / size;
    int width = x.dim(3) / size;
    Check.that(
        height * size == x.dim(2) && width * size == x.dim(3),
        "%s does not divide into blocks of %d",
        x,
        size);
    Shape apart = Shape.of(x.dim(0), x.dim(1), height, size, width, size);
    Value moved = n.step(new Transpose(List.of(0, 3, 5, 1, 2, 4)), n.stepIn(apart, n.input(0)));
    int channels = Math.multiplyExact(x.dim(1), Math.multiplyExact(size, size));
    return n.resultIn(Shape.of(x.dim(0), channels, height, width), moved);
  }

  private static int blockSize(NodeImport n, Shape x) {
    int size = n.attributes().integer("blocksize");
    Check.that(x.rank() == 4 && size >= 1, "the input has shape %s and blocksize is %d", x, size);
    return size;
  }
}
