package io.tilebrew.graph.onnx;

import io.tilebrew.engine.DataType;
import io.tilebrew.engine.Shape;
import io.tilebrew.engine.Tensor;
import io.tilebrew.engine.problem.Arithmetic;
import io.tilebrew.engine.problem.Relation;
import io.tilebrew.engine.problem.Window;
import io.tilebrew.graph.Value;
import io.tilebrew.graph.op.Elementwise.Cast;
import io.tilebrew.graph.op.Elementwise.Where;
import io.tilebrew.graph.op.Indexing.ScatterElements;
import io.tilebrew.graph.op.Indexing.Update;
import io.tilebrew.graph.op.Shaping.Expand;
import io.tilebrew.graph.op.Shaping.Pad;
import io.tilebrew.graph.op.Shaping.Slice;
import java.util.Arrays;
import java.util.Collections;
import java.util.List;
import java.util.function.IntUnaryOperator;
import java.util.stream.IntStream;

/** The indices of the elements that MaxPool takes, and MaxUnpool, which puts them back there. */
final class UnpoolImport {
  /** The most taps of a window whose indices are wanted: each is some nodes. */
  private static final int MOST_TAPS = 256;

  private UnpoolImport() {}

  /**
   * The windows along the rows or the columns of an image.
   *
   * @param size the rows or columns
   * @param outputs the windows
   * @param stride the rows or columns from one window to the next
   * @param dilation those from one tap to the next
   * @param span those that a window reaches over
   * @param before the padding before the first row or column
   * @param way the elements from one row or column to the next
   */
  private record Axis(
      int size, int outputs, int stride, int dilation, int span, int before, int way) {
    /** What window {@code output} reaches by its tap {@code tap}. */
    int place(int output, int tap) {
      return output * stride + tap * dilation - before;
    }

    /** The first row or column of window {@code output} that is not padding. */
    int firstInside(int output) {
      int first = place(output, 0);
      return first >= 0 ? first : Math.floorMod(first, dilation);
    }

    /** How far the last window reaches behind the image. */
    int behind() {
      return Math.max(place(outputs - 1, 0) + span - size, 0);
    }

    /** A number of elements for each window, in this shape. */
    Value numbers(NodeImport n, Shape shape, IntUnaryOperator place) {
      long[] numbers = new long[outputs];
      Arrays.setAll(numbers, output -> (long) place.applyAsInt(output) * way);
      return n.constant(Tensor.of(shape, numbers));
    }
  }

  static List<Value> maxPool(NodeImport n) {
    Value y = WindowImport.maxPool(n);
    return n.isUsed(1) ? List.of(y, indices(n, y)) : List.of(y);
  }

  /**
   * The indices among all elements of the input: the taps of all windows one after the other, of
   * which each takes the place of those before where it is greater.
   */
  private static Value indices(NodeImport n, Value y) {
    Window w = WindowImport.window(n);
    Check.that(
        w.taps() <= MOST_TAPS,
        "the indices of windows of %d elements are wanted, expected at most %d",
        w.taps(),
        MOST_TAPS);
    Value x = n.step(new Cast(DataType.FLOAT32), WindowImport.image(n, n.input(0)));
    Shape in = x.type().shape();
    Shape pooled = y.type().shape();
    boolean byColumns = n.attributes().flag("storage_order");
    Axis rows =
        new Axis(
            in.dim(2),
            pooled.rank() == 4 ? pooled.dim(2) : 1,
            w.strideHeight(),
            w.dilationHeight(),
            w.spanHeight(),
            w.padTop(),
            byColumns ? 1 : in.dim(3));
    Axis columns =
        new Axis(
            in.dim(3),
            pooled.dim(-1),
            w.strideWidth(),
            w.dilationWidth(),
            w.spanWidth(),
            w.padLeft(),
            byColumns ? in.dim(2) : 1);
    Value inMap = greatest(n, x, w, rows, columns);
    return n.stepIn(pooled, n.step(Arithmetic.ADD, maps(n, in), inMap));
  }

  /** The indices in the map of the first greatest elements of each window. */
  private static Value greatest(NodeImport n, Value x, Window w, Axis rows, Axis columns) {
    Shape in = x.type().shape();
    Shape out = Shape.of(in.dim(0), in.dim(1), rows.outputs, columns.outputs);
    List<Integer> steps = List.of(1, 1, rows.stride, columns.stride);
    Value padded = padded(n, x, rows, columns);
    Value best = n.scalar(x, Double.NEGATIVE_INFINITY);
    Value index = index(n, rows, columns, rows::firstInside, columns::firstInside);
    for (int row = 0; row < w.kernelHeight(); row++) {
      for (int column = 0; column < w.kernelWidth(); column++) {
        int down = row;
        int right = column;
        List<Integer> first = List.of(0, 0, row * rows.dilation, column * columns.dilation);
        Value found = n.step(new Slice(first, steps, out), padded);
        Value isGreater = n.step(Relation.LESS, best, found);
        Value place =
            index(n, rows, columns, i -> rows.place(i, down), i -> columns.place(i, right));
        best = n.step(new Where(), isGreater, found, best);
        index = n.step(new Where(), isGreater, place, index);
      }
    }
    return index;
  }

  /** The image within negative infinity, as far as windows reach. */
  private static Value padded(NodeImport n, Value x, Axis rows, Axis columns) {
    List<Integer> before = List.of(0, 0, rows.before, columns.before);
    List<Integer> after = List.of(0, 0, rows.behind(), columns.behind());
    Pad pad = new Pad(before, after, Pad.Mode.CONSTANT);
    return n.step(pad, x, n.scalar(x, Double.NEGATIVE_INFINITY));
  }

  /** The indices in a map of an element of each window. */
  private static Value index(
      NodeImport n, Axis rows, Axis columns, IntUnaryOperator row, IntUnaryOperator column) {
    Value down = rows.numbers(n, Shape.of(rows.outputs, 1), row);
    return n.step(Arithmetic.ADD, down, columns.numbers(n, Shape.of(columns.outputs), column));
  }

  /** The index of the first element of each map [N,C,1,1]. */
  private static Value maps(NodeImport n, Shape in) {
    long size = in.size(2, 4);
    long[] firsts = new long[in.size(0, 2)];
    Arrays.setAll(firsts, map -> map * size);
    return n.constant(Tensor.of(Shape.of(in.dim(0), in.dim(1), 1, 1), firsts));
  }

  /**
   * Puts elements at their indices among all of an output as large as the attributes say; a larger
   * one has zeros behind it.
   */
  static Value maxUnpool(NodeImport n) {
    Shape x = n.shape(0);
    int rank = x.rank() - 2;
    Check.that(rank >= 1, "the input has shape %s, expected rank 3 or more", x);
    Check.that(
        n.shape(1).equals(x), "the indices have shape %s, expected that of the input", n.shape(1));
    int[] kernel = WindowImport.kernel(n, rank);
    int[] strides = n.attributes().ints("strides", rank, 1);
    int[] pads = n.attributes().ints("pads", 2 * rank, 0);
    long[] dims = Arrays.stream(x.dims()).asLongStream().toArray();
    for (int i = 0; i < rank; i++) {
      dims[2 + i] = (dims[2 + i] - 1) * strides[i] - pads[i] - pads[rank + i] + kernel[i];
    }
    Shape shape = Shape.of(dims);
    Value zeros = n.step(new Expand(Shape.of(shape.size())), n.scalar(n.input(0), 0));
    Value put =
        n.step(
            new ScatterElements(0, Update.REPLACE),
            zeros,
            n.stepIn(Shape.of(x.size()), n.input(1)),
            n.stepIn(Shape.of(x.size()), n.input(0)));
    if (!n.has(2)) {
      return n.resultIn(shape, put);
    }
    Shape wanted = Shape.of(n.longs(2, "output_shape"));
    List<Integer> none = Collections.nCopies(x.rank(), 0);
    return n.result(new Pad(none, missing(shape, wanted), Pad.Mode.CONSTANT), n.stepIn(shape, put));
  }

  /** What {@code wanted} has behind {@code shape} along each axis. */
  private static List<Integer> missing(Shape shape, Shape wanted) {
    boolean fits = wanted.rank() == shape.rank();
    for (int i = 0; fits && i < shape.rank(); i++) {
      fits = wanted.dim(i) >= shape.dim(i);
    }
    Check.that(fits, "output_shape is %s, expected %s or more", wanted, shape);
    return IntStream.range(0, shape.rank()).mapToObj(i -> wanted.dim(i) - shape.dim(i)).toList();
  }
}
