package io.tilebrew.graph.onnx;

import io.tilebrew.engine.DataType;
import io.tilebrew.engine.Shape;
import io.tilebrew.engine.Tensor;
import io.tilebrew.engine.problem.Activation;
import io.tilebrew.engine.problem.Arithmetic;
import io.tilebrew.engine.problem.Relation;
import io.tilebrew.engine.problem.UnaryFunction;
import io.tilebrew.graph.TensorType;
import io.tilebrew.graph.Value;
import io.tilebrew.graph.op.Elementwise.Activate;
import io.tilebrew.graph.op.Elementwise.Binary;
import io.tilebrew.graph.op.Elementwise.Cast;
import io.tilebrew.graph.op.Elementwise.Compare;
import io.tilebrew.graph.op.Elementwise.Unary;
import io.tilebrew.graph.op.Linear.Gemm;
import java.util.Arrays;

/** Elementwise operators and matrix products. */
final class ArithmeticImport {
  private ArithmeticImport() {}

  static Value unary(NodeImport n, UnaryFunction function) {
    return n.result(new Unary(function), n.input(0));
  }

  static Value binary(NodeImport n, Arithmetic function) {
    return n.result(function, n.input(0), second(n));
  }

  /** The second of two inputs; before opset 7 attributes say where it stands in the first. */
  private static Value second(NodeImport n) {
    Value a = n.input(0);
    Value b = n.input(1);
    if (n.opset() >= 7 || a.type().shape().equals(b.type().shape())) {
      return b;
    }
    Check.that(
        n.attributes().flag("broadcast"),
        "the inputs are %s and %s and broadcast is 0, expected one shape",
        a.type(),
        b.type());
    return n.stepIn(oldBroadcast(n, a.type().shape(), b.type().shape()), b);
  }

  static Value compare(NodeImport n, Relation relation) {
    return n.result(new Compare(relation), n.input(0), second(n));
  }

  static Value greater(NodeImport n, Relation relation) {
    return n.result(new Compare(relation), second(n), n.input(0));
  }

  /** "and" and "or" are the least and the greatest of two bools. */
  static Value logic(NodeImport n, Arithmetic function) {
    checkBool(n);
    return binary(n, function);
  }

  static Value xor(NodeImport n) {
    checkBool(n);
    return n.result(new Unary(UnaryFunction.NOT), n.step(Relation.EQUAL, n.input(0), second(n)));
  }

  private static void checkBool(NodeImport n) {
    for (int i = 0; i < 2; i++) {
      Check.that(
          n.input(i).type().element() == DataType.BOOL,
          "input %d is %s, expected bool",
          i,
          n.input(i).type());
    }
  }

  static Value isNaN(NodeImport n) {
    Value same = n.step(Relation.EQUAL, n.input(0), n.input(0));
    return n.result(new Unary(UnaryFunction.NOT), same);
  }

  static Value reciprocal(NodeImport n) {
    return n.result(Arithmetic.DIV, n.scalar(n.input(0), 1), n.input(0));
  }

  static Value mod(NodeImport n) {
    boolean truncated = n.attributes().flag("fmod");
    Check.that(
        truncated || !n.input(0).type().element().isFloat(),
        "fmod is 0 and the input %s, expected integers",
        n.input(0).type());
    return binary(n, truncated ? Arithmetic.REM : Arithmetic.MOD);
  }

  /** The exponent may be of another type; the power is of the type of the base. */
  static Value pow(NodeImport n) {
    Value a = n.input(0);
    Value b = second(n);
    DataType type = a.type().element();
    DataType exponent = b.type().element();
    if (type == exponent) {
      return n.result(Arithmetic.POW, a, b);
    }
    if (type.isFloat() || !exponent.isFloat()) {
      return n.result(Arithmetic.POW, a, n.step(new Cast(type), b));
    }
    Cast wide = new Cast(DataType.FLOAT64);
    return n.result(new Cast(type), n.step(Arithmetic.POW, n.step(wide, a), n.step(wide, b)));
  }

  /** A slope of one dimension is one for each channel where it does not broadcast. */
  static Value prelu(NodeImport n) {
    Value x = n.input(0);
    Value slope = n.input(1);
    Shape from = slope.type().shape();
    Shape to = x.type().shape();
    boolean perChannel =
        from.rank() == 1
            && to.rank() > 2
            && from.dim(0) == to.dim(1)
            && (n.opset() < 7 || from.dim(0) != to.dim(-1));
    if (perChannel) {
      int[] dims = new int[to.rank() - 1];
      Arrays.fill(dims, 1);
      dims[0] = from.dim(0);
      slope = n.stepIn(Shape.of(dims), slope);
    }
    Check.that(from.rank() <= to.rank(), "the slope %s does not broadcast to %s", from, to);
    Value y = n.result(Arithmetic.PRELU, x, slope);
    Check.that(y.type().shape().equals(to), "the slope %s does not broadcast to %s", from, to);
    return y;
  }

  static Value mean(NodeImport n) {
    Value sum = chain(n, Arithmetic.ADD);
    return n.inputs() == 1 ? sum : n.result(Arithmetic.DIV, sum, n.scalar(sum, n.inputs()));
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
  static Value chain(NodeImport n, Arithmetic function) {
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
    Value x = n.input(0);
    boolean attributes = n.opset() < 11;
    if (!attributes && !isClipConstant(n)) {
      return clipByInputs(n, x);
    }
    float low = Float.NEGATIVE_INFINITY;
    float high = Float.POSITIVE_INFINITY;
    low = attributes ? n.attributes().real("min", low) : bound(n, 1, low);
    high = attributes ? n.attributes().real("max", high) : bound(n, 2, high);
    return n.result(new Activate(new Activation.Clip(low, high)), x);
  }

  private static boolean isClipConstant(NodeImport n) {
    boolean constant = n.input(0).type().element() == DataType.FLOAT32;
    for (int i = 1; i < 3; i++) {
      constant &= !n.has(i) || n.constantOrNull(i) != null;
    }
    return constant;
  }

  private static float bound(NodeImport n, int index, float otherwise) {
    if (!n.has(index)) {
      return otherwise;
    }
    Tensor bound = n.constant(index, index == 1 ? "min" : "max");
    Check.that(
        bound.size() == 1 && bound.type() == DataType.FLOAT32,
        "%s is %s, expected one f32",
        index == 1 ? "min" : "max",
        bound);
    return bound.floats()[0];
  }

  private static Value clipByInputs(NodeImport n, Value x) {
    for (int i = 1; i < n.inputs(); i++) {
      if (n.has(i)) {
        TensorType type = n.input(i).type();
        Check.that(type.rank() == 0, "a bound is %s, expected a scalar", type);
      }
    }
    if (!n.has(2)) {
      return n.has(1) ? n.result(Arithmetic.MAX, x, n.input(1)) : x;
    }
    Value raised = n.has(1) ? n.step(Arithmetic.MAX, x, n.input(1)) : x;
    return n.result(Arithmetic.MIN, raised, n.input(2));
  }

  static Value cast(NodeImport n) {
    DataType to =
        n.opset() < 6
            ? ElementTypes.of(n.attributes().text("to", ""))
            : ElementTypes.of(n.attributes().integer("to"));
    if (to == DataType.FLOAT32 && n.shifted(n.input(0)) != null) {
      return n.wide(n.input(0));
    }
    return to == n.input(0).type().element() ? n.input(0) : n.result(new Cast(to), n.input(0));
  }
}
