package io.tilebrew.graph.onnx;

import io.tilebrew.engine.DataType;
import io.tilebrew.engine.Shape;
import io.tilebrew.graph.Value;
import java.util.Arrays;
import org.jspecify.annotations.Nullable;

/** The inputs of operators on tensors of 8 bits: the tensors, their scales and zero points. */
final class Quantities {
  private Quantities() {}

  /** Input {@code index}, {@code what} the operator calls it, which has integers of 8 bits. */
  static Value bytes(NodeImport n, int index, String what) {
    Value x = n.input(index);
    DataType type = x.type().element();
    Check.that(
        type == DataType.INT8 || type == DataType.UINT8,
        "%s is %s, expected i8 or u8",
        what,
        x.type());
    return x;
  }

  /** The float32 numbers of input {@code index}, less its zero point, one number at the next. */
  static QuantizedChain centered(NodeImport n, int index, int zeroIndex, String what) {
    Value x = bytes(n, index, what);
    return QuantizedChain.centered(n, x, zero(n, zeroIndex, x.type().element(), what));
  }

  /** Input {@code index}, the zero point of {@code what}, as a scalar; null if there is none. */
  static @Nullable Value zero(NodeImport n, int index, DataType type, String what) {
    Value zero = zeros(n, index, type, what);
    return zero == null ? null : one(n, zero, "the zero point of " + what);
  }

  /** Input {@code index}, the zero points of {@code what}, in their shape; null for none. */
  static @Nullable Value zeros(NodeImport n, int index, DataType type, String what) {
    if (!n.has(index)) {
      return null;
    }
    Value zero = n.input(index);
    Check.that(
        zero.type().element() == type,
        "the zero point of %s is %s, expected elements of %s",
        what,
        zero.type(),
        type);
    return zero;
  }

  /** Input {@code index}, the scale of {@code what}, as a scalar. */
  static Value scale(NodeImport n, int index, String what) {
    return one(n, scales(n, index, what), "the scale of " + what);
  }

  /** Input {@code index}, the scales of {@code what}, in their shape. */
  static Value scales(NodeImport n, int index, String what) {
    Value scale = n.input(index);
    Check.that(
        scale.type().element() == DataType.FLOAT32,
        "the scale of %s is %s, expected elements of f32",
        what,
        scale.type());
    return scale;
  }

  /** The type of what has the zero point {@code zero}, or {@code otherwise} without one. */
  static DataType type(NodeImport n, int zero, DataType otherwise) {
    return n.has(zero)
        ? bytes(n, zero, "the zero point of the output").type().element()
        : otherwise;
  }

  private static Value one(NodeImport n, Value value, String what) {
    Check.that(
        value.type().shape().size() == 1, "%s is %s, expected one number", what, value.type());
    return n.stepIn(Shape.SCALAR, value);
  }

  /**
   * One number as a scalar, or a list of {@code size} numbers with {@code after} dimensions of 1
   * behind it.
   */
  static Value along(NodeImport n, Value value, int size, int after, String what) {
    if (value.type().shape().size() == 1) {
      return n.stepIn(Shape.SCALAR, value);
    }
    Check.that(
        value.type().shape().equals(Shape.of(size)),
        "%s is %s, expected one number or [%d]",
        what,
        value.type(),
        size);
    int[] dims = new int[after + 1];
    Arrays.fill(dims, 1);
    dims[0] = size;
    return n.stepIn(Shape.of(dims), value);
  }
}
