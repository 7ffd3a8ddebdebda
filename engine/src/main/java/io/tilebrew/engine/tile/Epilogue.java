package io.tilebrew.engine.tile;

import io.tilebrew.engine.kernel.Index;
import io.tilebrew.engine.kernel.Memory;
import io.tilebrew.engine.kernel.Vec;
import io.tilebrew.engine.problem.Activation;
import io.tilebrew.engine.reference.FloatMath;
import org.jspecify.annotations.Nullable;

/** Writes activations at the end of a tile. */
final class Epilogue {
  /** The floats at the start of the weights that hold the bounds of a generic activation. */
  static final int HEADER = 2;

  private static final Vec ZERO = new Vec.Splat(0);
  private static final Vec ONE = new Vec.Splat(1);

  private Epilogue() {}

  /** {@code activation} of {@code x}. */
  static Vec apply(Code code, Vec.Ref x, Activation activation) {
    return switch (activation) {
      case Activation.None() -> x;
      case Activation.Relu() -> raise(x, new Vec.Splat(0));
      case Activation.Clip(float low, float high) -> {
        Vec raised =
            low == Float.NEGATIVE_INFINITY
                ? x
                : code.let(x.name() + "r", raise(x, new Vec.Splat(low)));
        yield high == Float.POSITIVE_INFINITY ? raised : lower(raised, new Vec.Splat(high));
      }
      case Activation.LeakyRelu(float alpha) ->
          new Vec.Select(Vec.Comparison.LESS, x, ZERO, Vec.mul(new Vec.Splat(alpha), x), x);
      case Activation.HardSigmoid gate -> hardSigmoid(code, x, gate);
      case Activation.HardSwish() -> Vec.mul(x, hardSigmoid(code, x, Activation.HardSwish.GATE));
      case Activation.Sigmoid() -> sigmoid(code, x);
      case Activation.Tanh() -> tanh(code, x);
      case Activation.Silu() -> Vec.mul(x, sigmoid(code, x));
    };
  }

  private static Vec hardSigmoid(Code code, Vec.Ref x, Activation.HardSigmoid gate) {
    Vec line = new Vec.Fma(new Vec.Splat(gate.alpha()), x, new Vec.Splat(gate.beta()));
    Vec raised = code.let(x.name() + "r", raise(code.let(x.name() + "l", line), ZERO));
    return lower(raised, ONE);
  }

  private static Vec sigmoid(Code code, Vec.Ref x) {
    Vec e = Exponential.write(code, x.name(), Vec.sub(ZERO, x));
    return Vec.div(ONE, Vec.add(ONE, e));
  }

  private static Vec tanh(Code code, Vec.Ref x) {
    String name = x.name() + "t";
    Vec a = code.let(name, new Vec.Select(Vec.Comparison.LESS, x, ZERO, Vec.sub(ZERO, x), x));
    Vec square = code.let(name + "q", Vec.mul(a, a));
    float[] coefficients = FloatMath.tanhCoefficients();
    Vec p = new Vec.Splat(coefficients[0]);
    for (int i = 1; i < coefficients.length; i++) {
      p = new Vec.Fma(p, square, new Vec.Splat(coefficients[i]));
    }
    Vec near = code.let(name + "s", new Vec.Fma(Vec.mul(p, square), a, a));
    Vec e = Exponential.write(code, name, Vec.add(a, a));
    Vec far = code.let(name + "g", Vec.sub(ONE, Vec.div(new Vec.Splat(2), Vec.add(e, ONE))));
    Vec split = new Vec.Splat(FloatMath.TANH_SPLIT);
    Vec t = code.let(name + "v", new Vec.Select(Vec.Comparison.LESS, a, split, near, far));
    return new Vec.Select(Vec.Comparison.LESS, x, ZERO, Vec.sub(ZERO, t), t);
  }

  /** The activation of {@code x} whose {@link #bounds} stand in the header of the weights. */
  static Vec applyGeneric(Code code, Vec.Ref x) {
    Vec low = new Vec.Broadcast(Memory.WEIGHTS, Index.of(0));
    Vec high = new Vec.Broadcast(Memory.WEIGHTS, Index.of(1));
    Vec raised = code.let(x.name() + "r", raise(x, code.let("low", low)));
    return lower(raised, code.let("high", high));
  }

  /**
   * The activation that a generic tile has in its code: none where bounds in the header say all.
   */
  static @Nullable Activation generic(@Nullable Activation activation) {
    return switch (activation) {
      case null -> null;
      case Activation.None _, Activation.Relu _, Activation.Clip _ -> null;
      case Activation.LeakyRelu _,
          Activation.HardSigmoid _,
          Activation.HardSwish _,
          Activation.Sigmoid _,
          Activation.Tanh _,
          Activation.Silu _ ->
          activation;
    };
  }

  /** The least and the greatest value of an activation, for the header. */
  static float[] bounds(Activation activation) {
    return switch (activation) {
      case Activation.None _,
          Activation.LeakyRelu _,
          Activation.HardSigmoid _,
          Activation.HardSwish _,
          Activation.Sigmoid _,
          Activation.Tanh _,
          Activation.Silu _ ->
          new float[] {Float.NEGATIVE_INFINITY, Float.POSITIVE_INFINITY};
      case Activation.Relu() -> new float[] {0, Float.POSITIVE_INFINITY};
      case Activation.Clip(float low, float high) -> new float[] {low, high};
    };
  }

  private static Vec raise(Vec x, Vec low) {
    return new Vec.Select(Vec.Comparison.LESS_OR_EQUAL, x, low, low, x);
  }

  private static Vec lower(Vec x, Vec high) {
    return new Vec.Select(Vec.Comparison.LESS_OR_EQUAL, high, x, high, x);
  }
}
