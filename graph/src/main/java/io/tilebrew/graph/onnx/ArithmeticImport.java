package io.tilebrew.graph.onnx;

import io.tilebrew.engine.DataType;
import io.tilebrew.engine.Shape;
import io.tilebrew.engine.Tensor;
import io.tilebrew.engine.problem.Activation;
import io.tilebrew.graph.Value;
import io.tilebrew.graph.op.Elementwise.Activate;
import io.tilebrew.graph.op.Elementwise.Binary;
import io.tilebrew.graph.op.Elementwise.Cast;
import io.tilebrew.graph.op.Linear.Gemm;
import java.util.Arrays;

/** Elementwise operators and matrix products. */
final class ArithmeticImport {
  private ArithmeticImport() {}

  static Value binary(NodeImport n, Binary.Function function) {
    Value a = n.input(0);
    Value b = n.input(1);
    if (n.opset() < 7 && !a.type().shape().equals(b.type().shape())) {
      Check.that(
          n.attributes().flag("broadcast"),
          "the inputs are %s and %s and broadcast is 0, expected one shape",
          a.type(),
          b.type());
      b = n.stepIn(oldBroadcast(n, a.type().shape(), b.type().shape()), b);
    }
    return n.result(new Binary(function), a, b);
  }

  /** The shape of {@code b} with its dimensions at those of {@code a} that they stand for. */
  private static Shape oldBroadcast(NodeImport n, Shape a, Shape b) {
    if (b.size() == 1) {
      return Shape.SCALAR;
    }
    int end = a.rank() - b.rank();
    int axis = n.attributes().integer("axis", end);
    int first = axis < 0 ? axis + a.rank() : axis;
    Check.that(
        first >= 0 && first <= end, "axis %d does not place shape %s in shape %s", axis, b, a);
    int[] dims = new int[a.rank() - first];
    Arrays.fill(dims, 1);
    for (int i = 0; i < b.rank(); i++) {
      Check.that(
          b.dim(i) == 1 || b.dim(i) == a.dim(first + i),
          "shape %s at axis %d does not broadcast to shape %s",
          b,
          axis,
          a);
      dims[i] = b.dim(i);
    }
    return Shape.of(dims);
  }

  /** {@code function} from left to right over any number of inputs. */
  static Value chain(NodeImport n, Binary.Function function) {
    Value value = n.input(0);
    for (int i = 1; i < n.inputs(); i++) {
      Binary binary = new Binary(function);
      value =
          i == n.inputs() - 1
              ? n.result(binary, value, n.input(i))
              : n.step(binary, value, n.input(i));
    }
    return value;
  }

  static Value gemm(NodeImport n) {
    Attributes a = n.attributes();
    Gemm gemm = new Gemm(a.flag("transA"), a.flag("transB"), a.real("alpha", 1), a.real("beta", 1));
    return n.has(2)
        ? n.result(gemm, n.input(0), n.input(1), n.input(2))
        : n.result(gemm, n.input(0), n.input(1));
  }

  static Value clip(NodeImport n) {
    boolean attributes = n.opset() < 11;
    float low = Float.NEGATIVE_INFINITY;
    float high = Float.POSITIVE_INFINITY;
    low = attributes ? n.attributes().real("min", low) : bound(n, 1, "min", low);
    high = attributes ? n.attributes().real("max", high) : bound(n, 2, "max", high);
    return n.result(new Activate(new Activation.Clip(low, high)), n.input(0));
  }

  private static float bound(NodeImport n, int index, String what, float otherwise) {
    if (!n.has(index)) {
      return otherwise;
    }
    Tensor bound = n.constant(index, what);
    Check.that(
        bound.size() == 1 && bound.type() == DataType.FLOAT32,
        "%s is %s, expected one f32",
        what,
        bound);
    return bound.floats()[0];
  }

  static Value cast(NodeImport n) {
    DataType to =
        n.opset() < 6
            ? ElementTypes.of(n.attributes().text("to", ""))
            : ElementTypes.of(n.attributes().integer("to"));
    return to == n.input(0).type().element() ? n.input(0) : n.result(new Cast(to), n.input(0));
  }
}
