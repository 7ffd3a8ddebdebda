package io.tilebrew.engine.tile;

import io.tilebrew.engine.kernel.Vec;
import io.tilebrew.engine.reference.FloatMath;

/** Writes e<sup>x</sup>, step by step as {@link FloatMath#exp}, and what is made of it. */
final class Exponential {
  private static final Vec ROUNDER = new Vec.Splat(FloatMath.ROUNDER);

  private Exponential() {}

  /** e to the power {@code x}; {@code name} begins the names of the steps. */
  static Vec write(Code code, String name, Vec x) {
    Vec clamped = clamp(code, name, x, FloatMath.EXP_LEAST);
    Vec rounded = new Vec.Fma(clamped, new Vec.Splat(FloatMath.LOG2_E), ROUNDER);
    Vec n = code.let(name + "n", Vec.sub(rounded, ROUNDER));
    Vec p = fraction(code, name, clamped, n);
    Vec half = code.let(name + "h", new Vec.Fma(n, new Vec.Splat(0.5f), ROUNDER));
    Vec rest = Vec.sub(n, Vec.sub(half, ROUNDER));
    Vec scaled = Vec.mul(p, new Vec.PowerOfTwo(half));
    return Vec.mul(scaled, new Vec.PowerOfTwo(Vec.add(rest, ROUNDER)));
  }

  /** The same in fewer steps, as {@link FloatMath#boundedExp}. */
  static Vec bounded(Code code, String name, Vec x) {
    Vec clamped = clamp(code, name, x, FloatMath.BOUNDED_EXP_LEAST);
    Vec log = new Vec.Splat(FloatMath.LOG2_E);
    Vec rounded = code.let(name + "k", new Vec.Fma(clamped, log, ROUNDER));
    Vec n = code.let(name + "n", Vec.sub(rounded, ROUNDER));
    return Vec.mul(fraction(code, name, clamped, n), new Vec.PowerOfTwo(rounded));
  }

  private static Vec clamp(Code code, String name, Vec x, float bound) {
    Vec least = new Vec.Splat(bound);
    Vec greatest = new Vec.Splat(FloatMath.EXP_GREATEST);
    Vec value = code.let(name + "x", x);
    Vec raised =
        code.let(name + "r", new Vec.Select(Vec.Comparison.LESS, value, least, least, value));
    return code.let(
        name + "c", new Vec.Select(Vec.Comparison.LESS, greatest, raised, greatest, raised));
  }

  private static Vec fraction(Code code, String name, Vec x, Vec n) {
    Vec high = new Vec.Fma(n, new Vec.Splat(-FloatMath.LN2_HIGH), x);
    Vec rest = code.let(name + "f", new Vec.Fma(n, new Vec.Splat(-FloatMath.LN2_LOW), high));
    Vec p = new Vec.Splat(FloatMath.C6);
    for (float c : new float[] {FloatMath.C5, FloatMath.C4, FloatMath.C3, FloatMath.C2, 1, 1}) {
      p = new Vec.Fma(p, rest, new Vec.Splat(c));
    }
    return p;
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
    Vec far = code.let(name + "g", Vec.sub(one, bounded(code, name, Vec.sub(zero, log))));
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
}
