package io.tilebrew.graph.onnx;

import io.tilebrew.engine.DataType;
import io.tilebrew.engine.Shape;
import io.tilebrew.engine.problem.Arithmetic;
import io.tilebrew.engine.problem.Relation;
import io.tilebrew.graph.Value;
import io.tilebrew.graph.op.Elementwise.Where;
import io.tilebrew.graph.op.Reduction.Reduce;
import java.util.List;
import java.util.stream.IntStream;
import org.jspecify.annotations.Nullable;

/** Quantization, by the arithmetic of floats: integers of 8 and 16 bits are exact there. */
final class QuantizedImport {
  private QuantizedImport() {}

  /** {@code (x - zeroPoint) * scale}; x of 32 bits, a bias, has no zero point but 0. */
  static Value dequantize(NodeImport n) {
    Value x = n.input(0);
    if (x.type().element() != DataType.INT32) {
      checkNarrow(x.type().element());
    }
    QuantizedChain centered = QuantizedChain.centered(n, x, zero(n, x.type().element()));
    return n.result(Arithmetic.MUL, centered.step(), scale(n));
  }

  /** {@code x / scale}, rounded, plus the zero point, brought into the range of its type. */
  static Value quantize(NodeImport n) {
    Value x = real(n);
    DataType type = n.has(2) ? n.input(2).type().element() : DataType.UINT8;
    checkNarrow(type);
    return new QuantizedChain(n, x).then(Arithmetic.DIV, scale(n)).quantized(zero(n, type), type);
  }

  private static Value scale(NodeImport n) {
    return alongAxis(n, Quantities.scales(n, 1, "the quantization"));
  }

  private static @Nullable Value zero(NodeImport n, DataType type) {
    Value zeros = Quantities.zeros(n, 2, type, "the quantization");
    return zeros == null ? null : alongAxis(n, zeros);
  }

  /** The input as uint8, its scale, and its zero point, such that 0 is exact. */
  static List<Value> dynamic(NodeImport n) {
    Value x = real(n);
    List<Integer> all = IntStream.range(0, x.type().rank()).boxed().toList();
    Value zero = n.scalar(x, 0);
    Value least =
        n.step(Arithmetic.MIN, n.step(new Reduce(Reduce.Function.MIN, all, false), x), zero);
    Value greatest =
        n.step(Arithmetic.MAX, n.step(new Reduce(Reduce.Function.MAX, all, false), x), zero);
    Value span = n.step(Arithmetic.SUB, greatest, least);
    Value none = n.step(Relation.EQUAL, span, zero);
    Value scale =
        n.step(new Where(), none, n.scalar(x, 1), n.step(Arithmetic.DIV, span, n.scalar(x, 255)));
    Value shift = n.step(Arithmetic.DIV, n.step(Arithmetic.SUB, zero, least), scale);
    QuantizedChain whole = new QuantizedChain(n, shift);
    Value point = n.narrow(2, DataType.UINT8, whole.shifted(null, DataType.UINT8));
    Value y = new QuantizedChain(n, x).then(Arithmetic.DIV, scale).quantized(point, DataType.UINT8);
    return List.of(y, scale, point);
  }

  private static Value real(NodeImport n) {
    Value x = n.input(0);
    Check.that(x.type().element() == DataType.FLOAT32, "the input is %s, expected f32", x.type());
    return x;
  }

  private static void checkNarrow(DataType type) {
    Check.that(
        !type.isFloat() && type != DataType.BOOL && type.bytes() <= 2,
        "elements of %s, expected integers of 8 or 16 bits",
        type);
  }

  /**
   * A parameter that is one for all, or one for each element along the axis.
   *
   * @throws Unsupported if it is one for each block of elements
   */
  private static Value alongAxis(NodeImport n, Value parameter) {
    Shape x = n.shape(0);
    if (parameter.type().shape().size() == 1) {
      return n.stepIn(Shape.SCALAR, parameter);
    }
    int block = n.attributes().integer("block_size", 0);
    if (block != 0) {
      throw new Unsupported(
          "block_size is %d, expected 0; quantization by blocks is not supported".formatted(block));
    }
    int axis = ShapeImport.axis(n.attributes().integer("axis", 1), x.rank());
    return Quantities.along(n, parameter, x.dim(axis), x.rank() - axis - 1, "a parameter");
  }
}
