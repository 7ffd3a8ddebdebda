package io.tilebrew.graph.onnx.export;

import io.tilebrew.engine.DataType;
import io.tilebrew.engine.problem.Arithmetic;
import io.tilebrew.engine.problem.Relation;
import io.tilebrew.engine.problem.UnaryFunction;
import io.tilebrew.graph.onnx.ElementTypes;
import io.tilebrew.graph.op.Elementwise;
import io.tilebrew.graph.op.Elementwise.Activate;
import io.tilebrew.graph.op.Elementwise.Binary;
import io.tilebrew.graph.op.Elementwise.Cast;
import io.tilebrew.graph.op.Elementwise.Compare;
import io.tilebrew.graph.op.Elementwise.Fused;
import io.tilebrew.graph.op.Elementwise.Unary;
import io.tilebrew.graph.op.Elementwise.Where;
import io.tilebrew.graph.op.Linear;
import io.tilebrew.graph.op.Linear.Gemm;
import io.tilebrew.graph.op.Linear.MatMul;
import java.util.Arrays;

/** Elementwise operators and matrix products. */
final class ArithmeticExport {
  private ArithmeticExport() {}

  static void elementwise(NodeExport n, Elementwise operator) {
    switch (operator) {
      case Activate(var activation) -> ActivationExport.write(n, activation, n.in(0), n.out());
      case Unary(var function) -> unary(n, function);
      case Binary(var function) -> binary(n, function);
      case Fused(var function) -> {
        String[] in = n.inputs();
        String[] operands = Arrays.copyOfRange(in, 1, in.length);
        PointwiseExport.write(n, function, in[0], operands, n.out());
      }
      case Compare(var relation) -> n.node(type(relation)).to(n.out());
      case Where _ -> n.node("Where").to(n.out());
      case Cast(var to) -> n.node("Cast").integer("to", ElementTypes.number(to)).to(n.out());
    }
  }

  private static String type(Relation relation) {
    return switch (relation) {
      case EQUAL -> "Equal";
      case LESS -> "Less";
      case LESS_OR_EQUAL -> "LessOrEqual";
    };
  }

  private static void unary(NodeExport n, UnaryFunction function) {
    if (function == UnaryFunction.EXPM1) {
      expm1(n);
    } else {
      n.node(type(function)).to(n.out());
    }
  }

  /** ONNX has the function below 0 only, as Elu. */
  private static void expm1(NodeExport n) {
    DataType type = n.input(0).element();
    String power = n.node("Exp", n.in(0)).to(n.step("power"));
    String above = n.node("Sub", power, n.scalar("one", type, 1)).to(n.step("above"));
    String below = n.node("Elu", n.in(0)).to(n.step("below"));
    String isBelow = n.node("Less", n.in(0), n.scalar("zero", type, 0)).to(n.step("isBelow"));
    n.node("Where", isBelow, below, above).to(n.out());
  }

  static String type(UnaryFunction function) {
    return switch (function) {
      case ABS -> "Abs";
      case NEG -> "Neg";
      case SIGN -> "Sign";
      case NOT -> "Not";
      case CEIL -> "Ceil";
      case FLOOR -> "Floor";
      case ROUND -> "Round";
      case SQRT -> "Sqrt";
      case EXP -> "Exp";
      case EXPM1 -> "Elu";
      case LOG -> "Log";
      case SOFTPLUS -> "Softplus";
      case ERF -> "Erf";
      case SIN -> "Sin";
      case COS -> "Cos";
      case TAN -> "Tan";
      case ASIN -> "Asin";
      case ACOS -> "Acos";
      case ATAN -> "Atan";
      case SINH -> "Sinh";
      case COSH -> "Cosh";
      case ASINH -> "Asinh";
      case ACOSH -> "Acosh";
      case ATANH -> "Atanh";
    };
  }

  private static void binary(NodeExport n, Arithmetic function) {
    boolean fits = n.output(0).shape().equals(n.input(0).shape());
    if (function == Arithmetic.PRELU && fits) {
      n.node("PRelu").to(n.out());
    } else {
      write(n, function, n.input(0).element(), n.in(0), n.in(1), n.out());
    }
  }

  /** Writes the nodes that make {@code y} from {@code a} and {@code b}. */
  static void write(
      NodeExport n, Arithmetic function, DataType type, String a, String b, String y) {
    boolean logic = type == DataType.BOOL;
    switch (function) {
      case ADD -> n.node("Add", a, b).to(y);
      case SUB -> n.node("Sub", a, b).to(y);
      case MUL -> n.node("Mul", a, b).to(y);
      case DIV -> n.node("Div", a, b).to(y);
      case MIN -> n.node(logic ? "And" : "Min", a, b).to(y);
      case MAX -> n.node(logic ? "Or" : "Max", a, b).to(y);
      case POW -> n.node("Pow", a, b).to(y);
      case MOD -> mod(n, type, a, b, y);
      case REM -> n.node("Mod", a, b).integer("fmod", 1).to(y);
      case PRELU -> prelu(n, type, a, b, y);
    }
  }

  private static void mod(NodeExport n, DataType type, String a, String b, String y) {
    if (type.isFloat()) {
      String quotient = n.node("Div", a, b).to(n.step("quotient"));
      String floor = n.node("Floor", quotient).to(n.step("floor"));
      n.node("Sub", a, n.node("Mul", b, floor).to(n.step("whole"))).to(y);
    } else {
      n.node("Mod", a, b).to(y);
    }
  }

  /** In parts, since ONNX's slope broadcasts to the input, but never the input to the slope. */
  private static void prelu(NodeExport n, DataType type, String a, String b, String y) {
    String isBelow = n.node("Less", a, n.scalar("zero", type, 0)).to(n.step("isBelow"));
    n.node("Where", isBelow, n.node("Mul", a, b).to(n.step("below")), a).to(y);
  }

  static void linear(NodeExport n, Linear operator) {
    switch (operator) {
      case MatMul _ -> n.node("MatMul").to(n.out());
      case Gemm(boolean transA, boolean transB, float alpha, float beta) ->
          n.node("Gemm")
              .flag("transA", transA)
              .flag("transB", transB)
              .real("alpha", alpha)
              .real("beta", beta)
              .to(n.out());
    }
  }
}
