package io.tilebrew.graph.onnx;

import io.tilebrew.engine.DataType;
import io.tilebrew.engine.Shape;
import io.tilebrew.engine.problem.Window;
import io.tilebrew.graph.Value;
import io.tilebrew.graph.op.Conv;
import io.tilebrew.graph.op.Operator;
import io.tilebrew.graph.op.Pooling;
import io.tilebrew.graph.op.Pooling.AveragePool;
import io.tilebrew.graph.op.Pooling.LpPool;
import io.tilebrew.graph.op.Pooling.MaxPool;
import java.util.Arrays;
import org.jspecify.annotations.Nullable;

/**
 * Operators with a sliding window. Padding becomes explicit, and one spatial dimension becomes the
 * columns of a map with one row. A pooling of three becomes one of rows and columns and one of the
 * depth.
 */
final class WindowImport {
  private WindowImport() {}

  static Value conv(NodeImport n) {
    Value x = n.input(0);
    return result(n, spatialRank(x), operator(n, x, n.input(1)), images(n));
  }

  /**
   * The convolution that the attributes describe, on the way to the outputs.
   *
   * @param x the input, as large as input 0
   * @param w the weight
   * @param bias the bias, or null for none
   */
  static Value sums(NodeImport n, Value x, Value w, @Nullable Value bias) {
    return step(n, spatialRank(x), operator(n, x, w), images(n, x, w, bias));
  }

  private static Conv operator(NodeImport n, Value x, Value w) {
    int rank = spatialRank(x);
    Check.that(
        w.type().rank() == rank + 2, "the weight is %s, expected rank %d", w.type(), rank + 2);
    int[] kernel = n.attributes().ints("kernel_shape");
    int[] actual = Arrays.copyOfRange(w.type().shape().dims(), 2, rank + 2);
    Check.that(
        kernel == null || Arrays.equals(kernel, actual),
        "kernel_shape is %s, but the weight is %s",
        Arrays.toString(kernel),
        w.type());
    return new Conv(window(n, actual, rank - 2, rank - 1), n.attributes().integer("group", 1));
  }

  /** The input and the weight as images, and the bias if there is one. */
  static Value[] images(NodeImport n) {
    return images(n, n.input(0), n.input(1), n.has(2) ? n.input(2) : null);
  }

  private static Value[] images(NodeImport n, Value x, Value w, @Nullable Value bias) {
    Value image = image(n, x);
    Value weight = image(n, w);
    return bias == null ? new Value[] {image, weight} : new Value[] {image, weight, bias};
  }

  /** A pooling by a window. */
  private interface PoolingOf {
    Pooling window(Window window);
  }

  static Value maxPool(NodeImport n) {
    boolean ceil = n.attributes().flag("ceil_mode");
    DataType type = n.input(0).type().element();
    if (type != DataType.INT8 && type != DataType.UINT8) {
      return pool(n, window -> new MaxPool(window, ceil));
    }
    Check.that(n.shape(0).rank() == 4, "the input is %s, expected f32", n.input(0).type());
    Shifted known = n.shifted(n.input(0));
    Shifted x = known == null ? new Shifted(n.wide(n.input(0)), 0) : known;
    Value y = n.step(new MaxPool(window(n), ceil), x.value());
    return n.narrow(0, type, new Shifted(y, x.shift()));
  }

  static Value lpPool(NodeImport n) {
    boolean ceil = n.attributes().flag("ceil_mode");
    int p = n.attributes().integer("p", 2);
    return pool(n, window -> new LpPool(window, ceil, p));
  }

  static Value averagePool(NodeImport n) {
    return pool(n, averages(n));
  }

  private static PoolingOf averages(NodeImport n) {
    boolean ceil = n.attributes().flag("ceil_mode");
    boolean countPadding = n.attributes().flag("count_include_pad");
    return window -> new AveragePool(window, ceil, countPadding);
  }

  /** The means by a window of {@code x}, as large as input 0, on the way to the outputs. */
  static Value averages(NodeImport n, Value x) {
    return step(n, spatialRank(x), averages(n).window(window(n)), image(n, x));
  }

  /** The mean of each map of {@code x}, on the way to the outputs. */
  static Value means(NodeImport n, Value x) {
    Shape shape = x.type().shape();
    Operator mean = new AveragePool(whole(shape), false, false);
    return n.stepIn(onePerMap(shape), n.step(mean, wholeImage(n, x)));
  }

  static Value globalLpPool(NodeImport n) {
    return globalPool(n, new LpPool(whole(n.shape(0)), false, n.attributes().integer("p", 2)));
  }

  static Value globalMaxPool(NodeImport n) {
    return globalPool(n, new MaxPool(whole(n.shape(0)), false));
  }

  static Value globalAveragePool(NodeImport n) {
    return globalPool(n, new AveragePool(whole(n.shape(0)), false, false));
  }

  /** The sizes of a pooling's window along {@code rank} dimensions, which must be given. */
  static int[] kernel(NodeImport n, int rank) {
    Check.that(n.attributes().has("kernel_shape"), "has no attribute 'kernel_shape'");
    return n.attributes().ints("kernel_shape", rank, 1);
  }

  private static Value pool(NodeImport n, PoolingOf pooling) {
    Value x = n.input(0);
    if (x.type().rank() == 5) {
      return deepPool(n, pooling);
    }
    Pooling operator = pooling.window(window(n));
    return result(n, spatialRank(x), operator, image(n, x));
  }

  /**
   * The pooling of [N,C,D,H,W] by the rows and columns of windows, whose results are pooled by the
   * depth: a window is the product of the two, and so is what counts of it at a border.
   */
  private static Value deepPool(NodeImport n, PoolingOf pooling) {
    Shape x = n.shape(0);
    int[] kernel = kernel(n, 3);
    int maps = Math.multiplyExact(x.dim(1), x.dim(2));
    Value flat = n.stepIn(Shape.of(x.dim(0), maps, x.dim(3), x.dim(4)), n.input(0));
    Value pooled = n.step(pooling.window(window(n, kernel, 1, 2)), flat);
    Shape map = pooled.type().shape();
    Shape deep = Shape.of(x.dim(0), x.dim(1), x.dim(2), map.size(2, 4));
    Value y = n.step(pooling.window(window(n, kernel, 0, -1)), n.stepIn(deep, pooled));
    int depth = y.type().shape().dim(2);
    return n.resultIn(Shape.of(x.dim(0), x.dim(1), depth, map.dim(2), map.dim(3)), y);
  }

  private static Value globalPool(NodeImport n, Operator operator) {
    Shape shape = n.shape(0);
    Value x = wholeImage(n, n.input(0));
    return shape.rank() == 4
        ? n.result(operator, x)
        : n.resultIn(onePerMap(shape), n.step(operator, x));
  }

  /** {@code x} as images of which {@link #whole} is the window. */
  private static Value wholeImage(NodeImport n, Value x) {
    Shape shape = x.type().shape();
    Window whole = whole(shape);
    return n.stepIn(
        Shape.of(shape.dim(0), shape.dim(1), whole.kernelHeight(), whole.kernelWidth()), x);
  }

  /** [N,C,1,...] for [N,C,...]. */
  private static Shape onePerMap(Shape shape) {
    int[] dims = new int[shape.rank()];
    Arrays.fill(dims, 1);
    dims[0] = shape.dim(0);
    dims[1] = shape.dim(1);
    return Shape.of(dims);
  }

  /** The window over all but batch and channels; those beyond two count as columns. */
  private static Window whole(Shape shape) {
    Check.that(shape.rank() >= 3, "the input has shape %s, expected rank 3 or more", shape);
    return shape.rank() == 3
        ? Window.of(1, shape.dim(2))
        : Window.of(shape.dim(2), shape.size(3, shape.rank()));
  }

  static int spatialRank(Value x) {
    int rank = x.type().rank();
    if (rank == 5) {
      throw new Unsupported(
          "the input is %s, expected [N,C,H,W] or [N,C,W]; three spatial dimensions are not supported"
              .formatted(x.type()));
    }
    Check.that(rank == 3 || rank == 4, "the input is %s, expected [N,C,H,W] or [N,C,W]", x.type());
    return rank - 2;
  }

  /** {@code x} with a row dimension of 1 before the last if it has none. */
  static Value image(NodeImport n, Value x) {
    Shape shape = x.type().shape();
    return shape.rank() == 4
        ? x
        : n.stepIn(Shape.of(shape.dim(0), shape.dim(1), 1, shape.dim(2)), x);
  }

  static Value result(NodeImport n, int rank, Operator operator, Value... inputs) {
    if (rank == 2) {
      return n.result(operator, inputs);
    }
    Value y = n.step(operator, inputs);
    return n.resultIn(withoutRows(y), y);
  }

  /** What {@link #result} gives, on the way to the outputs. */
  private static Value step(NodeImport n, int rank, Operator operator, Value... inputs) {
    Value y = n.step(operator, inputs);
    return rank == 2 ? y : n.stepIn(withoutRows(y), y);
  }

  private static Shape withoutRows(Value image) {
    Shape shape = image.type().shape();
    return Shape.of(shape.dim(0), shape.dim(1), shape.dim(3));
  }

  /** The window of a pooling of one or two spatial dimensions. */
  static Window window(NodeImport n) {
    int rank = spatialRank(n.input(0));
    return window(n, kernel(n, rank), rank - 2, rank - 1);
  }

  /**
   * The window over the spatial dimensions {@code row} and {@code column}; one of them that is
   * negative is no dimension.
   */
  private static Window window(NodeImport n, int[] kernel, int row, int column) {
    int[] pads = pads(n, kernel);
    int rank = kernel.length;
    return unpadded(n, kernel, row, column)
        .withPadding(
            at(pads, row, 0),
            at(pads, column, 0),
            row < 0 ? 0 : pads[rank + row],
            column < 0 ? 0 : pads[rank + column]);
  }

  /** Kernel, stride and dilation of the last two spatial dimensions, or the only one. */
  static Window unpadded(NodeImport n, int[] kernel) {
    return unpadded(n, kernel, kernel.length - 2, kernel.length - 1);
  }

  private static Window unpadded(NodeImport n, int[] kernel, int row, int column) {
    int[] strides = n.attributes().ints("strides", kernel.length, 1);
    int[] dilations = n.attributes().ints("dilations", kernel.length, 1);
    return new Window(
        at(kernel, row, 1),
        at(kernel, column, 1),
        at(strides, row, 1),
        at(strides, column, 1),
        at(dilations, row, 1),
        at(dilations, column, 1),
        0,
        0,
        0,
        0);
  }

  private static int at(int[] sizes, int dimension, int none) {
    return dimension < 0 ? none : sizes[dimension];
  }

  /** The padding before each spatial dimension, then the padding after each. */
  private static int[] pads(NodeImport n, int[] kernel) {
    int rank = kernel.length;
    String mode = n.attributes().text("auto_pad", "NOTSET");
    return switch (mode) {
      case "NOTSET", "" -> n.attributes().ints("pads", 2 * rank, 0);
      case "VALID" -> new int[2 * rank];
      case "SAME_UPPER", "SAME_LOWER" -> {
        boolean moreAfter = mode.equals("SAME_UPPER");
        int[] pads = new int[2 * rank];
        for (int i = 0; i < rank; i++) {
          Window alone = unpadded(n, kernel, -1, i);
          int total = samePadding(n.shape(0).dim(2 + i), alone.strideWidth(), alone.spanWidth());
          pads[i] = moreAfter ? total / 2 : total - total / 2;
          pads[rank + i] = total - pads[i];
        }
        yield pads;
      }
      default ->
          throw new IllegalArgumentException(
              "auto_pad is '%s', expected NOTSET, VALID, SAME_UPPER or SAME_LOWER".formatted(mode));
    };
  }

  /** The padding with which {@code size / stride}, rounded up, windows fit. */
  private static int samePadding(int size, int stride, int span) {
    long outputs = ((long) size + stride - 1) / stride;
    return Math.toIntExact(Math.max((outputs - 1) * stride + span - size, 0));
  }
}
