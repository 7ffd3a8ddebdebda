package io.tilebrew.engine.reference;

/**
 * Elementary functions of float32, made of steps that a vector program can repeat one by one: fused
 * multiply-add, add, subtract, multiply, compare and select, and powers of two built from bits.
 */
public final class FloatMath {
  /** Adding and subtracting it rounds a number below 2<sup>22</sup> in magnitude to an integer. */
  public static final float ROUNDER = 0x1.8p23f;

  /** Below it e^x is 0. */
  public static final float EXP_LEAST = -104;

  /** Above it e^x is infinite. */
  public static final float EXP_GREATEST = 89;

  public static final float LOG2_E = 0x1.715476p0f;

  /** The first 15 bits of ln 2, so that its product with an exponent is exact. */
  public static final float LN2_HIGH = 0x1.62e4p-1f;

  /** What is left of ln 2. */
  public static final float LN2_LOW = 0x1.7f7d1cp-20f;

  /**
   * Minimax coefficients of (e^r - 1 - r) / r^2, for the relative error of e^r over |r| < 0.349.
   */
  public static final float C2 = 0.5f;

  public static final float C3 = 0x1.555462p-3f;
  public static final float C4 = 0x1.5552f8p-5f;
  public static final float C5 = 0x1.125a46p-7f;
  public static final float C6 = 0x1.6fec58p-10f;

  private FloatMath() {}

  /**
   * e to the power {@code x}, with an error below 1 ulp; exactly 1 at 0, +infinity where the result
   * is too great, subnormal or 0 where it is too small. NaN stays NaN.
   */
  public static float exp(float x) {
    float raised = x < EXP_LEAST ? EXP_LEAST : x;
    float clamped = raised > EXP_GREATEST ? EXP_GREATEST : raised;
    float n = round(clamped * LOG2_E);
    float r = Math.fma(n, -LN2_LOW, Math.fma(n, -LN2_HIGH, clamped));
    float p = Math.fma(C6, r, C5);
    p = Math.fma(p, r, C4);
    p = Math.fma(p, r, C3);
    p = Math.fma(p, r, C2);
    p = Math.fma(p, r, 1);
    p = Math.fma(p, r, 1);
    // One factor 2^n would leave the normal range at both ends; of two, only the last one rounds.
    float half = round(n * 0.5f);
    return p * powerOfTwo(half) * powerOfTwo(n - half);
  }

  private static float round(float x) {
    return (x + ROUNDER) - ROUNDER;
  }

  /** 2 to the power {@code k}, an integer from -126 to 127; any number for NaN. */
  private static float powerOfTwo(float k) {
    return Float.intBitsToFloat(((int) k + 127) << 23);
  }
}
