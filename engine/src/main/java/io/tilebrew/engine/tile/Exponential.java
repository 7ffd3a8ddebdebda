package io.tilebrew.engine.tile;

import io.tilebrew.engine.kernel.Vec;
import io.tilebrew.engine.reference.FloatMath;

/** Writes e<sup>x</sup>, step by step as {@link FloatMath#exp}, and what is made of it. */
final class Exponential {
  private Exponential() {}

  /** e to the power {@code x}; {@code name} begins the names of the steps. */
  static Vec write(Code code, String name, Vec x) {
    Vec least = new Vec.Splat(FloatMath.EXP_LEAST);
    Vec greatest = new Vec.Splat(FloatMath.EXP_GREATEST);
    Vec value = code.let(name + "x", x);
    Vec raised =
        code.let(name + "r", new Vec.Select(Vec.Comparison.LESS, value, least, least, value));
    Vec clamped =
        code.let(
            name + "c", new Vec.Select(Vec.Comparison.LESS, greatest, raised, greatest, raised));
    Vec n = code.let(name + "n", round(Vec.mul(clamped, new Vec.Splat(FloatMath.LOG2_E))));
    Vec high = new Vec.Fma(n, new Vec.Splat(-FloatMath.LN2_HIGH), clamped);
    Vec rest = code.let(name + "f", new Vec.Fma(n, new Vec.Splat(-FloatMath.LN2_LOW), high));
    Vec p = new Vec.Splat(FloatMath.C6);
    for (float c : new float[] {FloatMath.C5, FloatMath.C4, FloatMath.C3, FloatMath.C2, 1, 1}) {
      p = new Vec.Fma(p, rest, new Vec.Splat(c));
    }
    Vec half = code.let(name + "h", round(Vec.mul(n, new Vec.Splat(0.5f))));
    Vec scaled = Vec.mul(p, new Vec.PowerOfTwo(half));
    return Vec.mul(scaled, new Vec.PowerOfTwo(Vec.sub(n, half)));
  }

  /** The error function of {@code x}, step by step as {@link FloatMath#erf}. */
  static Vec erf(Code code, String name, Vec.Ref x) {
    Vec zero = new Vec.Splat(0);
    Vec one = new Vec.Splat(1);
    Vec a = code.let(name, new Vec.Select(Vec.Comparison.LESS, x, zero, Vec.sub(zero, x), x));
    Vec square = code.let(name + "q", Vec.mul(a, a));
    Vec near =
        code.let(name + "s", new Vec.Fma(polynomial(FloatMath.erfCoefficients(), square), a, a));
    Vec most = new Vec.Splat(FloatMath.ERF_GREATEST);
    Vec clamped = code.let(name + "m", new Vec.Select(Vec.Comparison.LESS, most, a, most, a));
    Vec log = polynomial(FloatMath.erfLogCoefficients(), clamped);
    Vec far = code.let(name + "g", Vec.sub(one, write(code, name, Vec.sub(zero, log))));
    Vec e = code.let(name + "v", new Vec.Select(Vec.Comparison.LESS, a, one, near, far));
    return new Vec.Select(Vec.Comparison.LESS, x, zero, Vec.sub(zero, e), e);
  }

  /** A polynomial of {@code x} by Horner's rule, the highest coefficient first. */
  static Vec polynomial(float[] coefficients, Vec x) {
    Vec p = new Vec.Splat(coefficients[0]);
    for (int i = 1; i < coefficients.length; i++) {
      p = new Vec.Fma(p, x, new Vec.Splat(coefficients[i]));
    }
    return p;
  }

  private static Vec round(Vec x) {
    Vec rounder = new Vec.Splat(FloatMath.ROUNDER);
    return Vec.sub(Vec.add(x, rounder), rounder);
  }
}
