package io.tilebrew.graph.onnx;

import io.tilebrew.engine.DataType;
import io.tilebrew.engine.Shape;
import io.tilebrew.engine.Tensor;
import io.tilebrew.engine.problem.Arithmetic;
import io.tilebrew.engine.problem.Relation;
import io.tilebrew.engine.problem.UnaryFunction;
import io.tilebrew.graph.ModelException;
import io.tilebrew.graph.Value;
import io.tilebrew.graph.op.Elementwise.Cast;
import io.tilebrew.graph.op.Elementwise.Where;
import io.tilebrew.graph.op.Indexing.GatherElements;
import io.tilebrew.graph.op.Shaping.Expand;
import io.tilebrew.graph.op.Shaping.Gather;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * GridSample (Jaderberg et al. 2015, arXiv:1506.02025, section 3.3): an output element is a
 * weighted sum of the input elements around a place that a grid tells. For each spatial axis there
 * are one, two or four of them; their products are gathered one after the other.
 *
 * <p>The grid counts from -1 to 1, and its last axis begins with the columns. Places, indices and
 * weights are tensors [N,1,P] for P output elements of a map.
 */
final class GridSampleImport {
  /** The coefficient of the cubic convolution (Keys 1981). */
  private static final double CUBIC = -0.75;

  /** What counts as the input around it. */
  private enum Padding {
    ZEROS,
    BORDER,
    REFLECTION
  }

  /** Which elements around a place there are. */
  private enum Mode {
    NEAREST,
    LINEAR,
    CUBIC
  }

  /**
   * Input elements along an axis, one for each output element.
   *
   * @param index their int64 indices
   * @param weight their weights, or null for 1
   */
  private record Taps(Value index, @Nullable Value weight) {}

  private final NodeImport n;
  private final Mode mode;
  private final Padding padding;
  private final boolean alignsCorners;

  private GridSampleImport(NodeImport n) {
    this.n = n;
    this.mode = mode(n.attributes().text("mode", "linear"));
    this.padding = padding(n.attributes().text("padding_mode", "zeros"));
    this.alignsCorners = n.attributes().flag("align_corners");
  }

  static Value gridSample(NodeImport n) {
    return new GridSampleImport(n).build();
  }

  private static Mode mode(String text) {
    return switch (text) {
      case "nearest" -> Mode.NEAREST;
      case "linear", "bilinear" -> Mode.LINEAR;
      case "cubic", "bicubic" -> Mode.CUBIC;
      default ->
          throw new IllegalArgumentException(
              "mode is '%s', expected nearest, linear or cubic"
                  .formatted(ModelException.shorten(text)));
    };
  }

  private static Padding padding(String text) {
    return switch (text) {
      case "zeros" -> Padding.ZEROS;
      case "border" -> Padding.BORDER;
      case "reflection" -> Padding.REFLECTION;
      default ->
          throw new IllegalArgumentException(
              "padding_mode is '%s', expected zeros, border or reflection"
                  .formatted(ModelException.shorten(text)));
    };
  }

  private Value build() {
    Shape x = n.shape(0);
    Shape grid = n.shape(1);
    int axes = x.rank() - 2;
    Check.that(
        n.input(0).type().element() == DataType.FLOAT32
            && n.input(1).type().element() == DataType.FLOAT32
            && (axes == 2 || (axes == 3 && mode != Mode.CUBIC))
            && x.size() > 0,
        "the input is %s, expected f32[N,C,H,W], or f32[N,C,D,H,W] unless it is cubic",
        n.input(0).type());
    Check.that(
        grid.rank() == x.rank() && grid.dim(0) == x.dim(0) && grid.dim(-1) == axes,
        "the grid is %s, expected %d coordinates for each output of %d images",
        n.input(1).type(),
        axes,
        x.dim(0));
    int outputs = grid.size(1, axes + 1);
    Value places = n.stepIn(Shape.of(x.dim(0), outputs, axes), n.input(1));
    Value flat = n.stepIn(Shape.of(x.dim(0), x.dim(1), x.size(2, x.rank())), n.input(0));
    List<Taps> products = List.of();
    for (int axis = 0; axis < axes; axis++) {
      int size = x.dim(2 + axis);
      List<Taps> taps = taps(place(places, axes - 1 - axis, size), size);
      products = axis == 0 ? taps : products(products, taps, size);
    }
    int[] dims = grid.dims();
    int[] result = new int[x.rank()];
    result[0] = x.dim(0);
    result[1] = x.dim(1);
    System.arraycopy(dims, 1, result, 2, axes);
    return n.resultIn(Shape.of(result), sum(flat, products, outputs));
  }

  /** Where coordinate {@code number} of each output is along an axis of {@code size}. */
  private Value place(Value places, int number, int size) {
    Value index = n.constant(Tensor.of(Shape.SCALAR, (long) number));
    Value coordinate = n.step(new Gather(2), places, index);
    Shape shape = coordinate.type().shape();
    Value from = n.stepIn(Shape.of(shape.dim(0), 1, shape.dim(1)), coordinate);
    // Between the centres of the first and the last element, or between the edges of all.
    double half = (alignsCorners ? size - 1 : size) / 2.0;
    Value place = plus(times(plus(from, 1), half), alignsCorners ? 0 : -0.5);
    Value rounded = mode == Mode.NEAREST ? n.step(UnaryFunction.ROUND, place) : place;
    return padding == Padding.ZEROS ? rounded : inside(rounded, size);
  }

  /**
   * The same place where it is inside of an axis of {@code size}, else the one that replaces it.
   */
  private Value inside(Value place, int size) {
    if (padding == Padding.REFLECTION) {
      double first = alignsCorners ? 0 : -0.5;
      double range = alignsCorners ? size - 1 : size;
      return range == 0 ? times(place, 0) : reflected(place, first, range);
    }
    return clamped(place, size);
  }

  /** Goes up and down between {@code first} and {@code first + range}. */
  private Value reflected(Value place, double first, double range) {
    Value way = n.step(Arithmetic.MOD, plus(place, -first), n.scalar(place, 2 * range));
    Value fromTop = n.step(UnaryFunction.ABS, plus(way, -range));
    return n.step(Arithmetic.SUB, n.scalar(place, first + range), fromTop);
  }

  private Value clamped(Value place, int size) {
    Value most = n.step(Arithmetic.MIN, place, n.scalar(place, size - 1));
    return n.step(Arithmetic.MAX, most, n.scalar(place, 0));
  }

  /** The elements around a place. */
  private List<Taps> taps(Value place, int size) {
    if (mode == Mode.NEAREST) {
      return List.of(tap(place, null, size));
    }
    Value floor = n.step(UnaryFunction.FLOOR, place);
    Value behind = n.step(Arithmetic.SUB, place, floor);
    Value before = n.step(Arithmetic.SUB, n.scalar(place, 1), behind);
    if (mode == Mode.LINEAR) {
      return List.of(tap(floor, before, size), tap(plus(floor, 1), behind, size));
    }
    return List.of(
        tap(plus(floor, -1), far(plus(behind, 1)), size),
        tap(floor, near(behind), size),
        tap(plus(floor, 1), near(before), size),
        tap(plus(floor, 2), far(plus(before, 1)), size));
  }

  /** The cubic weight at a distance of at most 1. */
  private Value near(Value distance) {
    Value inner = plus(times(distance, CUBIC + 2), -(CUBIC + 3));
    Value square = n.step(Arithmetic.MUL, distance, distance);
    return plus(n.step(Arithmetic.MUL, inner, square), 1);
  }

  /** The cubic weight at a distance of 1 to 2. */
  private Value far(Value distance) {
    Value square = n.step(Arithmetic.MUL, plus(times(distance, CUBIC), -5 * CUBIC), distance);
    return plus(n.step(Arithmetic.MUL, plus(square, 8 * CUBIC), distance), -4 * CUBIC);
  }

  /** The elements at whole places. */
  private Taps tap(Value place, @Nullable Value weight, int size) {
    if (padding != Padding.ZEROS) {
      // Rounding must not lead out of the input.
      return new Taps(index(clamped(inside(place, size), size)), weight);
    }
    Value index = clamped(place, size);
    Value isInside = n.step(Relation.EQUAL, index, place);
    Value one = weight == null ? n.scalar(place, 1) : weight;
    return new Taps(index(index), n.step(new Where(), isInside, one, n.scalar(place, 0)));
  }

  private Value index(Value place) {
    return n.step(new Cast(DataType.INT64), place);
  }

  /** Each of some axes with each of the next one, which has {@code size} elements. */
  private List<Taps> products(List<Taps> rows, List<Taps> columns, int size) {
    List<Taps> products = new ArrayList<>();
    for (Taps row : rows) {
      Value first = n.step(Arithmetic.MUL, row.index, n.scalar(row.index, size));
      for (Taps column : columns) {
        Value weight =
            row.weight == null || column.weight == null
                ? column.weight
                : n.step(Arithmetic.MUL, row.weight, column.weight);
        products.add(new Taps(n.step(Arithmetic.ADD, first, column.index), weight));
      }
    }
    return products;
  }

  private Value sum(Value x, List<Taps> products, int outputs) {
    Shape shape = x.type().shape().with(2, outputs);
    List<Value> sums = new ArrayList<>();
    for (Taps taps : products) {
      Value gathered = n.step(new GatherElements(2), x, n.step(new Expand(shape), taps.index));
      Value weighted =
          taps.weight == null ? gathered : n.step(Arithmetic.MUL, gathered, taps.weight);
      sums.add(sums.isEmpty() ? weighted : n.step(Arithmetic.ADD, sums.getLast(), weighted));
    }
    return sums.getLast();
  }

  private Value plus(Value x, double number) {
    return n.step(Arithmetic.ADD, x, n.scalar(x, number));
  }

  private Value times(Value x, double number) {
    return n.step(Arithmetic.MUL, x, n.scalar(x, number));
  }
}
