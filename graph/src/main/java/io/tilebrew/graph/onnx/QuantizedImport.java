package io.tilebrew.graph.onnx;

import io.tilebrew.engine.DataType;
import io.tilebrew.engine.Shape;
import io.tilebrew.engine.problem.Arithmetic;
import io.tilebrew.engine.problem.UnaryFunction;
import io.tilebrew.graph.Value;
import io.tilebrew.graph.op.Elementwise.Cast;
import io.tilebrew.graph.op.Reduction.Reduce;
import java.util.Arrays;
import java.util.List;
import java.util.stream.IntStream;

/** Quantization, by the arithmetic of floats: integers of 8 and 16 bits are exact there. */
final class QuantizedImport {
  private QuantizedImport() {}

  /** {@code (x - zeroPoint) * scale}. */
  static Value dequantize(NodeImport n) {
    Value x = n.input(0);
    checkNarrow(x.type().element());
    Value wide = n.step(new Cast(DataType.FLOAT32), x);
    if (n.has(2)) {
      Value zero = n.step(new Cast(DataType.FLOAT32), n.input(2));
      wide = n.step(Arithmetic.SUB, wide, alongAxis(n, zero));
    }
    return n.result(Arithmetic.MUL, wide, alongAxis(n, n.input(1)));
  }

  /** {@code x / scale}, rounded, plus the zero point, brought into the range of its type. */
  static Value quantize(NodeImport n) {
    Check.that(
        n.input(0).type().element() == DataType.FLOAT32,
        "the input is %s, expected f32",
        n.input(0).type());
    DataType type = n.has(2) ? n.input(2).type().element() : DataType.UINT8;
    checkNarrow(type);
    Value quotient = n.step(Arithmetic.DIV, n.input(0), alongAxis(n, n.input(1)));
    Value whole = n.step(UnaryFunction.ROUND, quotient);
    if (n.has(2)) {
      Value zero = n.step(new Cast(DataType.FLOAT32), n.input(2));
      whole = n.step(Arithmetic.ADD, whole, alongAxis(n, zero));
    }
    return n.result(new Cast(type), saturated(n, whole, type));
  }

  /** The input as uint8, its scale, and its zero point, such that 0 is exact. */
  static List<Value> dynamic(NodeImport n) {
    Value x = n.input(0);
    Check.that(x.type().element() == DataType.FLOAT32, "the input is %s, expected f32", x.type());
    List<Integer> all = IntStream.range(0, x.type().rank()).boxed().toList();
    Value zero = n.scalar(x, 0);
    Value least =
        n.step(Arithmetic.MIN, n.step(new Reduce(Reduce.Function.MIN, all, false), x), zero);
    Value greatest =
        n.step(Arithmetic.MAX, n.step(new Reduce(Reduce.Function.MAX, all, false), x), zero);
    Value span = n.step(Arithmetic.SUB, greatest, least);
    Value scale = n.step(Arithmetic.DIV, span, n.scalar(x, 255));
    Value shift = n.step(Arithmetic.DIV, n.step(Arithmetic.SUB, zero, least), scale);
    Value point = n.step(UnaryFunction.ROUND, saturated(n, shift, DataType.UINT8));
    Value whole = n.step(UnaryFunction.ROUND, n.step(Arithmetic.DIV, x, scale));
    Value moved = saturated(n, n.step(Arithmetic.ADD, whole, point), DataType.UINT8);
    Cast narrow = new Cast(DataType.UINT8);
    return List.of(n.result(narrow, moved), scale, n.step(narrow, point));
  }

  private static Value saturated(NodeImport n, Value x, DataType type) {
    int count = 1 << (8 * type.bytes());
    double least = type.isUnsigned() ? 0 : -count / 2;
    Value raised = n.step(Arithmetic.MAX, x, n.scalar(x, least));
    return n.step(Arithmetic.MIN, raised, n.scalar(x, least + count - 1));
  }

  private static void checkNarrow(DataType type) {
    Check.that(
        !type.isFloat() && type != DataType.BOOL && type.bytes() <= 2,
        "elements of %s, expected integers of 8 or 16 bits",
        type);
  }

  /** A parameter that is one for all, or one for each element along the axis. */
  private static Value alongAxis(NodeImport n, Value parameter) {
    Shape x = n.shape(0);
    if (parameter.type().shape().size() == 1) {
      return n.stepIn(Shape.SCALAR, parameter);
    }
    int axis = ShapeImport.axis(n.attributes().integer("axis", 1), x.rank());
    int[] dims = new int[x.rank() - axis];
    Arrays.fill(dims, 1);
    dims[0] = x.dim(axis);
    Check.that(
        parameter.type().shape().equals(Shape.of(dims[0])),
        "a parameter is %s, expected one number or [%d]",
        parameter.type(),
        dims[0]);
    return n.stepIn(Shape.of(dims), parameter);
  }
}
