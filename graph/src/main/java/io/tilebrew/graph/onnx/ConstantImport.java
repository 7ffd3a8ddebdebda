package io.tilebrew.graph.onnx;

import io.tilebrew.engine.DataType;
import io.tilebrew.engine.Shape;
import io.tilebrew.engine.Tensor;
import io.tilebrew.graph.Value;
import io.tilebrew.graph.op.Constant;
import io.tilebrew.graph.op.Shaping.Expand;
import java.util.Arrays;
import java.util.List;
import java.util.Objects;

/** Operators whose result is known at import. */
final class ConstantImport {
  private static final List<String> FORMS =
      List.of(
          "value",
          "value_float",
          "value_floats",
          "value_int",
          "value_ints",
          "value_string",
          "value_strings",
          "sparse_value");

  private ConstantImport() {}

  static Value constant(NodeImport n) {
    List<String> given = FORMS.stream().filter(n.attributes()::has).toList();
    Check.that(given.size() == 1, "has the values %s, expected one of %s", given, FORMS);
    return n.result(new Constant(tensor(n.attributes(), given.getFirst())));
  }

  private static Tensor tensor(Attributes attributes, String form) {
    return switch (form) {
      case "value" -> Objects.requireNonNull(attributes.tensor(form)).tensor();
      case "value_float" -> Tensor.of(Shape.SCALAR, attributes.real(form, 0));
      case "value_int" -> Tensor.of(Shape.SCALAR, attributes.longInteger(form));
      case "value_floats" -> list(DataType.FLOAT32, attributes.reals(form));
      case "value_ints" -> list(DataType.INT64, attributes.integers(form));
      default -> throw new Unsupported("has a %s, not supported".formatted(form));
    };
  }

  private static Tensor list(DataType type, Numbers numbers) {
    Check.that(numbers.count() <= Integer.MAX_VALUE, "has %d values", numbers.count());
    Shape shape = Shape.of((int) numbers.count());
    return Source.guarded(
        "a constant", () -> new TensorData.Typed(numbers, false).copy(type, shape));
  }

  static Value constantOfShape(NodeImport n) {
    TensorProto proto = n.attributes().tensor("value");
    Tensor value = proto == null ? Tensor.of(Shape.SCALAR, 0f) : proto.tensor();
    Check.that(value.size() == 1, "value is %s, expected one element", value);
    Shape shape = Shape.of(n.longs(0, "shape"));
    Tensor scalar = value.reshape(Shape.SCALAR);
    return shape.rank() == 0
        ? n.result(new Constant(scalar))
        : n.result(new Expand(shape), n.constant(scalar));
  }

  static Value shape(NodeImport n) {
    int[] dims = n.shape(0).dims();
    int start = bound(n.attributes().integer("start", 0), dims.length);
    int end = bound(n.attributes().integer("end", dims.length), dims.length);
    long[] part = Arrays.stream(dims, start, Math.max(start, end)).asLongStream().toArray();
    return n.result(new Constant(Tensor.of(Shape.of(part.length), part)));
  }

  private static int bound(int axis, int rank) {
    return Math.clamp(axis < 0 ? axis + (long) rank : axis, 0, rank);
  }

  static Value size(NodeImport n) {
    return n.result(new Constant(Tensor.of(Shape.SCALAR, (long) n.shape(0).size())));
  }
}
