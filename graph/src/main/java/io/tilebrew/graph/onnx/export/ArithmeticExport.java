package io.tilebrew.graph.onnx.export;

import io.tilebrew.engine.DataType;
import io.tilebrew.engine.problem.Relation;
import io.tilebrew.engine.problem.UnaryFunction;
import io.tilebrew.graph.onnx.ElementTypes;
import io.tilebrew.graph.op.Elementwise;
import io.tilebrew.graph.op.Elementwise.Activate;
import io.tilebrew.graph.op.Elementwise.Binary;
import io.tilebrew.graph.op.Elementwise.Cast;
import io.tilebrew.graph.op.Elementwise.Compare;
import io.tilebrew.graph.op.Elementwise.Unary;
import io.tilebrew.graph.op.Elementwise.Where;
import io.tilebrew.graph.op.Linear;
import io.tilebrew.graph.op.Linear.Gemm;
import io.tilebrew.graph.op.Linear.MatMul;

/** Elementwise operators and matrix products. */
final class ArithmeticExport {
  private ArithmeticExport() {}

  static void elementwise(NodeExport n, Elementwise operator) {
    switch (operator) {
      case Activate(var activation) -> ActivationExport.write(n, activation, n.in(0), n.out());
      case Unary(var function) -> unary(n, function);
      case Binary(var function) -> binary(n, function);
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

  private static String type(UnaryFunction function) {
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

  private static void binary(NodeExport n, Binary.Function function) {
    boolean logic = n.input(0).element() == DataType.BOOL;
    switch (function) {
      case ADD -> n.node("Add").to(n.out());
      case SUB -> n.node("Sub").to(n.out());
      case MUL -> n.node("Mul").to(n.out());
      case DIV -> n.node("Div").to(n.out());
      case MIN -> n.node(logic ? "And" : "Min").to(n.out());
      case MAX -> n.node(logic ? "Or" : "Max").to(n.out());
      case POW -> n.node("Pow").to(n.out());
      case MOD -> mod(n);
      case REM -> n.node("Mod").integer("fmod", 1).to(n.out());
      case PRELU -> prelu(n);
    }
  }

  private static void mod(NodeExport n) {
    if (n.input(0).element().isFloat()) {
      String quotient = n.node("Div", n.in(0), n.in(1)).to(n.step("quotient"));
      String floor = n.node("Floor", quotient).to(n.step("floor"));
      String whole = n.node("Mul", n.in(1), floor).to(n.step("whole"));
      n.node("Sub", n.in(0), whole).to(n.out());
    } else {
      n.node("Mod").to(n.out());
    }
  }

  /** ONNX's slope broadcasts to the input, never the input to the slope. */
  private static void prelu(NodeExport n) {
    if (n.output(0).shape().equals(n.input(0).shape())) {
      n.node("PRelu").to(n.out());
      return;
    }
    String zero = n.scalar("zero", n.input(0).element(), 0);
    String isBelow = n.node("Less", n.in(0), zero).to(n.step("isBelow"));
    String below = n.node("Mul", n.in(0), n.in(1)).to(n.step("below"));
    n.node("Where", isBelow, below, n.in(0)).to(n.out());
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
