package io.tilebrew.models.inspect;

import io.tilebrew.engine.Shape;
import io.tilebrew.engine.problem.Interpolation;
import io.tilebrew.engine.problem.Pointwise;
import io.tilebrew.engine.problem.Resampling;
import io.tilebrew.engine.problem.Window;
import io.tilebrew.graph.Graph;
import io.tilebrew.graph.Node;
import io.tilebrew.graph.Value;
import io.tilebrew.graph.op.Constant;
import io.tilebrew.graph.op.Conv;
import io.tilebrew.graph.op.ConvTranspose;
import io.tilebrew.graph.op.Convolution;
import io.tilebrew.graph.op.Elementwise;
import io.tilebrew.graph.op.Indexing;
import io.tilebrew.graph.op.Linear;
import io.tilebrew.graph.op.Normalization;
import io.tilebrew.graph.op.Pooling;
import io.tilebrew.graph.op.Reduction;
import io.tilebrew.graph.op.Reorder;
import io.tilebrew.graph.op.Resize;
import io.tilebrew.graph.op.Shaping;
import java.util.Arrays;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.stream.IntStream;
import org.jspecify.annotations.Nullable;

/** The receptive fields of the values of a graph on its inputs of rank 4, which are images. */
final class ReceptiveFields {
  private final Map<Value, Field> fields = new HashMap<>();

  /** The fields of all values of {@code graph}. */
  ReceptiveFields(Graph graph) {
    for (Value input : graph.inputs()) {
      if (input.type().rank() == 4) {
        fields.put(input, image(input.type().shape()));
      }
    }
    for (Node node : graph.nodes()) {
      Field field = field(node);
      if (field != null) {
        node.outputs().forEach(v -> fields.put(v, counted(field, v.type().shape())));
      }
    }
  }

  /** The field of {@code value}, or null if it depends on no image. */
  @Nullable Field of(Value value) {
    return fields.get(value);
  }

  /** Few channels at the end and more rows than that are [N,H,W,C]. */
  private static Field image(Shape shape) {
    return shape.dim(3) <= 4 && shape.dim(1) > 4
        ? Field.input(shape.dim(1), shape.dim(2)).at(3, 2)
        : Field.input(shape.dim(2), shape.dim(3));
  }

  /** With the positions that a tensor of this shape has, where that is broadcast. */
  private static Field counted(Field field, Shape shape) {
    return field
        .along(field.rowAxis(), span -> counted(span, shape, field.rowAxis()))
        .along(field.columnAxis(), span -> counted(span, shape, field.columnAxis()));
  }

  private static Span counted(Span span, Shape shape, int axis) {
    int count = axis == 0 || axis > shape.rank() ? span.count() : shape.dim(-axis);
    return count == span.count()
        ? span
        : new Span(span.from(), span.size(), 0, count, span.limit());
  }

  private @Nullable Field field(Node node) {
    Field x =
        node.inputs().stream()
            .map(fields::get)
            .filter(Objects::nonNull)
            .reduce(Field::and)
            .orElse(null);
    if (x == null) {
      return null;
    }
    Shape from = node.input(0).type().shape();
    Shape to = node.outputs().getFirst().type().shape();
    return switch (node.operator()) {
      case Constant _, Elementwise _, Reorder _ -> x;
      case Convolution convolution -> x.isImage() ? convolved(x, convolution, to) : x.whole();
      case Pooling pooling -> x.isImage() ? windows(x, pooling.window(), to) : x.whole();
      case Normalization normalization -> normalized(x, normalization, from.rank());
      case Resize resize -> resized(x, resize);
      case Reduction reduction -> reduced(x, reduction, from.rank());
      case Shaping shaping -> shaped(x, shaping, from, to);
      case Indexing _, Linear _ -> x.whole().at(0, 0);
    };
  }

  private static Field convolved(Field x, Convolution convolution, Shape to) {
    return switch (convolution) {
      case Conv conv -> windows(x, conv.window(), to);
      case ConvTranspose(Window w, int _, int height, int width, Pointwise _) ->
          x.with(
              x.rows()
                  .transposed(
                      w.kernelHeight(), w.strideHeight(), w.dilationHeight(), w.padTop(), height),
              x.columns()
                  .transposed(
                      w.kernelWidth(), w.strideWidth(), w.dilationWidth(), w.padLeft(), width));
    };
  }

  private static Field windows(Field x, Window w, Shape to) {
    return x.with(
        x.rows()
            .window(w.kernelHeight(), w.strideHeight(), w.dilationHeight(), w.padTop(), to.dim(2)),
        x.columns()
            .window(w.kernelWidth(), w.strideWidth(), w.dilationWidth(), w.padLeft(), to.dim(3)));
  }

  private static Field normalized(Field x, Normalization normalization, int rank) {
    return switch (normalization) {
      case Normalization.BatchNormalization _, Normalization.LocalResponse _ -> x;
      case Normalization.Softmax(int axis) -> x.mixed(List.of(axis), rank);
      case Normalization.Standardization(List<Integer> axes, float _) -> x.mixed(axes, rank);
    };
  }

  private static Field resized(Field x, Resize resize) {
    Field field = x;
    int rank = resize.axes().size();
    for (int axis = 0; axis < rank; axis++) {
      Resampling sizes = resize.axes().get(axis);
      if (sizes.from() != sizes.to()) {
        field =
            field.along(
                rank - axis,
                span -> span.resized(taps(resize.how(), sizes), sizes.scale(), sizes.to()));
      }
    }
    return field;
  }

  private static double taps(Interpolation how, Resampling sizes) {
    int taps =
        switch (how.method()) {
          case NEAREST -> 1;
          case LINEAR -> 2;
          case CUBIC -> 4;
        };
    return how.antialias() && sizes.scale() < 1 ? Math.ceil(taps / sizes.scale()) : taps;
  }

  private static Field reduced(Field x, Reduction reduction, int rank) {
    return switch (reduction) {
      case Reduction.Reduce(var _, List<Integer> axes, boolean keepDims) ->
          dropped(x.mixed(axes, rank), keepDims ? List.of() : axes, rank);
      case Reduction.ArgExtreme(boolean _, int axis, boolean keepDims, boolean _) ->
          dropped(x.mixed(List.of(axis), rank), keepDims ? List.of() : List.of(axis), rank);
      case Reduction.TopK(int axis, int _, boolean _) -> x.mixed(List.of(axis), rank);
      case Reduction.CumSum(int axis, boolean _, boolean _) -> x.mixed(List.of(axis), rank);
    };
  }

  /** Without some axes of a tensor of {@code rank} axes. */
  private static Field dropped(Field x, List<Integer> axes, int rank) {
    return x.at(dropped(x.rowAxis(), axes, rank), dropped(x.columnAxis(), axes, rank));
  }

  private static int dropped(int axis, List<Integer> axes, int rank) {
    int behind = (int) axes.stream().filter(a -> rank - a < axis).count();
    return axes.contains(rank - axis) ? 0 : axis - behind;
  }

  private Field shaped(Field x, Shaping shaping, Shape from, Shape to) {
    return switch (shaping) {
      case Shaping.Reshape _ -> reshaped(x, from, to);
      case Shaping.Transpose(List<Integer> permutation) ->
          x.at(moved(x.rowAxis(), permutation), moved(x.columnAxis(), permutation));
      case Shaping.Concat(int axis) -> x.mixed(List.of(axis), from.rank());
      case Shaping.Expand _ -> x;
      case Shaping.Slice(List<Integer> starts, List<Integer> steps, Shape shape) -> {
        Field field = x;
        for (int axis = 0; axis < shape.rank(); axis++) {
          int start = starts.get(axis);
          int step = steps.get(axis);
          int size = shape.dim(axis);
          field = field.along(shape.rank() - axis, span -> span.slice(start, step, size));
        }
        yield field;
      }
      case Shaping.Gather(int axis) -> {
        int more = to.rank() - from.rank();
        Field mixed = x.mixed(List.of(axis), from.rank());
        yield mixed.at(
            gathered(x.rowAxis(), from.rank() - axis, more),
            gathered(x.columnAxis(), from.rank() - axis, more));
      }
      case Shaping.Pad(List<Integer> before, List<Integer> _, var _) -> {
        Field field = x;
        for (int axis = 0; axis < to.rank(); axis++) {
          int start = -before.get(axis);
          int size = to.dim(axis);
          field = field.along(to.rank() - axis, span -> span.slice(start, 1, size));
        }
        yield field;
      }
    };
  }

  /** Where an axis is, counted from the end, once {@code gathered} has become {@code more} more. */
  private static int gathered(int axis, int gathered, int more) {
    return axis > gathered ? axis + more : axis == gathered && more != 0 ? 0 : axis;
  }

  private static int moved(int axis, List<Integer> permutation) {
    int rank = permutation.size();
    return axis == 0 ? 0 : rank - permutation.indexOf(rank - axis);
  }

  /**
   * Keeps rows and columns where they are the last axes, or behind the same axes, before and after.
   */
  private static Field reshaped(Field x, Shape from, Shape to) {
    int row = x.rowAxis();
    int column = x.columnAxis();
    if (row == 0 || column == 0) {
      return x.at(0, 0);
    }
    int last = Math.max(row, column);
    if (to.rank() >= last && tail(from, last).equals(tail(to, last))) {
      return x;
    }
    int kept = from.rank() - Math.min(row, column) + 1;
    int more = to.rank() - from.rank();
    return to.rank() >= kept && head(from, kept).equals(head(to, kept))
        ? x.at(row + more, column + more)
        : x.at(0, 0);
  }

  private static List<Integer> tail(Shape shape, int axes) {
    return IntStream.range(shape.rank() - axes, shape.rank()).map(shape::dim).boxed().toList();
  }

  private static List<Integer> head(Shape shape, int axes) {
    return Arrays.stream(shape.dims()).limit(axes).boxed().toList();
  }
}
