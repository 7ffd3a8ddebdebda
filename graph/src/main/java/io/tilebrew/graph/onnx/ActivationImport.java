package io.tilebrew.graph.onnx;

import io.tilebrew.engine.problem.Activation;
import io.tilebrew.engine.problem.Arithmetic;
import io.tilebrew.engine.problem.Relation;
import io.tilebrew.engine.problem.UnaryFunction;
import io.tilebrew.graph.ModelException;
import io.tilebrew.graph.Value;
import io.tilebrew.graph.op.Elementwise.Activate;
import io.tilebrew.graph.op.Elementwise.Where;

/** Activation functions: those of an epilogue as they are, the others by their formula. */
final class ActivationImport {
  private static final float SELU_ALPHA = 1.6732632f;
  private static final float SELU_GAMMA = 1.050701f;

  private ActivationImport() {}

  static Value activate(NodeImport n, Activation activation) {
    return n.result(new Activate(activation), n.input(0));
  }

  static Value leakyRelu(NodeImport n) {
    return activate(n, new Activation.LeakyRelu(n.attributes().real("alpha", 0.01f)));
  }

  static Value hardSigmoid(NodeImport n) {
    float alpha = n.attributes().real("alpha", 0.2f);
    float beta = n.attributes().real("beta", 0.5f);
    return activate(n, new Activation.HardSigmoid(alpha, beta));
  }

  static Value swish(NodeImport n) {
    float alpha = n.attributes().real("alpha", 1);
    if (alpha == 1) {
      return activate(n, new Activation.Silu());
    }
    Value x = n.input(0);
    Value scaled = n.step(Arithmetic.MUL, x, n.scalar(x, alpha));
    Value gate = n.step(new Activate(new Activation.Sigmoid()), scaled);
    return n.result(Arithmetic.MUL, x, gate);
  }

  static Value elu(NodeImport n) {
    return exponentialBelowZero(n, n.attributes().real("alpha", 1), 1, 1);
  }

  static Value celu(NodeImport n) {
    float alpha = n.attributes().real("alpha", 1);
    return exponentialBelowZero(n, alpha, 1 / alpha, 1);
  }

  static Value selu(NodeImport n) {
    float alpha = n.attributes().real("alpha", SELU_ALPHA);
    float gamma = n.attributes().real("gamma", SELU_GAMMA);
    return exponentialBelowZero(n, alpha * gamma, 1, gamma);
  }

  /** {@code factor * (e^(scale * x) - 1)} below 0, else {@code slope * x}. */
  private static Value exponentialBelowZero(NodeImport n, float factor, float scale, float slope) {
    Value x = n.input(0);
    Value inner = scale == 1 ? x : n.step(Arithmetic.MUL, x, n.scalar(x, scale));
    Value below = n.step(Arithmetic.MUL, n.step(UnaryFunction.EXPM1, inner), n.scalar(x, factor));
    Value above = slope == 1 ? x : n.step(Arithmetic.MUL, x, n.scalar(x, slope));
    return n.result(new Where(), n.step(Relation.LESS, x, n.scalar(x, 0)), below, above);
  }

  static Value softsign(NodeImport n) {
    Value x = n.input(0);
    Value bound = n.step(Arithmetic.ADD, n.step(UnaryFunction.ABS, x), n.scalar(x, 1));
    return n.result(Arithmetic.DIV, x, bound);
  }

  static Value thresholdedRelu(NodeImport n) {
    Value x = n.input(0);
    Value alpha = n.scalar(x, n.attributes().real("alpha", 1));
    return n.result(new Where(), n.step(Relation.LESS, alpha, x), x, n.scalar(x, 0));
  }

  static Value shrink(NodeImport n) {
    Value x = n.input(0);
    float edge = n.attributes().real("lambd", 0.5f);
    Value bias = n.scalar(x, n.attributes().real("bias", 0));
    Value isBelow = n.step(Relation.LESS, x, n.scalar(x, -edge));
    Value isAbove = n.step(Relation.LESS, n.scalar(x, edge), x);
    Value above = n.step(new Where(), isAbove, n.step(Arithmetic.SUB, x, bias), n.scalar(x, 0));
    return n.result(new Where(), isBelow, n.step(Arithmetic.ADD, x, bias), above);
  }

  static Value mish(NodeImport n) {
    Value x = n.input(0);
    Value gate = n.step(new Activate(new Activation.Tanh()), n.step(UnaryFunction.SOFTPLUS, x));
    return n.result(Arithmetic.MUL, x, gate);
  }

  static Value gelu(NodeImport n) {
    String form = n.attributes().text("approximate", "none");
    Check.that(
        form.equals("none") || form.equals("tanh"),
        "attribute 'approximate' is '%s', expected none or tanh",
        ModelException.shorten(form));
    Value x = n.input(0);
    Value bell = form.equals("none") ? bell(n, x) : approximateBell(n, x);
    Value half = n.step(Arithmetic.MUL, x, n.scalar(x, 0.5));
    return n.result(Arithmetic.MUL, half, n.step(Arithmetic.ADD, bell, n.scalar(x, 1)));
  }

  private static Value bell(NodeImport n, Value x) {
    Value scaled = n.step(Arithmetic.MUL, x, n.scalar(x, Math.sqrt(0.5)));
    return n.step(UnaryFunction.ERF, scaled);
  }

  private static Value approximateBell(NodeImport n, Value x) {
    Value square = n.step(Arithmetic.MUL, x, x);
    Value scaled = n.step(Arithmetic.MUL, square, n.scalar(x, 0.044715));
    Value inner = n.step(Arithmetic.MUL, x, n.step(Arithmetic.ADD, scaled, n.scalar(x, 1)));
    Value argument = n.step(Arithmetic.MUL, inner, n.scalar(x, Math.sqrt(2 / Math.PI)));
    return n.step(new Activate(new Activation.Tanh()), argument);
  }
}
