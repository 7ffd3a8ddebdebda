package io.tilebrew.engine.reference;

/**
 * Elementary functions of float32, made of steps that a vector program can repeat one by one: fused
 * multiply-add, add, subtract, multiply, compare and select, and powers of two built from bits.
 */
public final class FloatMath {
  /**
   * Adding and subtracting it rounds a number below 2<sup>22</sup> in magnitude to an integer,
   * whose bits are the last ones of the sum.
   */
  public static final float ROUNDER = 0x1.8p23f;

  /** Below it e^x is 0. */
  public static final float EXP_LEAST = -104;

  /** Above it e^x is infinite. */
  public static final float EXP_GREATEST = 89;

  /** {@link #boundedExp} of what is below it is that of it, 2<sup>-125.5</sup>. */
  public static final float BOUNDED_EXP_LEAST = -87;

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

  /** Below it tanh is an odd polynomial, from it on made of e^x. */
  public static final float TANH_SPLIT = 0.625f;

  /**
   * Minimax coefficients of (tanh x - x) / x^3 in powers of x^2, for |x| < 0.625, highest first.
   */
  private static final float[] TANH = {
    -0x1.75e0eep-8f, 0x1.52266cp-6f, -0x1.b83c52p-5f, 0x1.110726p-3f, -0x1.555532p-2f
  };

  /** From it on erf is 1 to the last bit. */
  public static final float ERF_GREATEST = 3.95f;

  /** Minimax coefficients of erf x / x - 1 in powers of x^2, for |x| < 1, highest first. */
  private static final float[] ERF = {
    0x1.496a34p-14f,
    -0x1.a3f70ap-11f,
    0x1.5405b4p-8f,
    -0x1.b7f90ep-6f,
    0x1.ce2cf8p-4f,
    -0x1.81273ep-2f,
    0x1.06eba8p-3f
  };

  /** Minimax coefficients of -ln(1 - erf x) in powers of x, from 1 to 3.95, highest first. */
  private static final float[] ERF_LOG = {
    -0x1.852dbep-13f,
    0x1.814d2ap-9f,
    -0x1.65425p-6f,
    0x1.a60a9ep-4f,
    0x1.46c58p-1f,
    0x1.2085b4p0f,
    0x1.72e12p-12f
  };

  private FloatMath() {}

  /**
   * e to the power {@code x}, with an error below 1 ulp; exactly 1 at 0, +infinity where the result
   * is too great, subnormal or 0 where it is too small. NaN stays NaN.
   */
  public static float exp(float x) {
    float clamped = clamp(x, EXP_LEAST);
    float rounded = Math.fma(clamped, LOG2_E, ROUNDER);
    float n = rounded - ROUNDER;
    float p = fraction(clamped, n);
    // One factor 2^n would leave the normal range at both ends; of two, only the last one rounds.
    float roundedHalf = Math.fma(n, 0.5f, ROUNDER);
    float rest = n - (roundedHalf - ROUNDER);
    return p * powerOfTwo(roundedHalf) * powerOfTwo(rest + ROUNDER);
  }

  /**
   * The same in fewer steps where something is added to the result: never below e<sup>-87</sup>,
   * and infinite from 2<sup>127.5</sup> on.
   */
  public static float boundedExp(float x) {
    float clamped = clamp(x, BOUNDED_EXP_LEAST);
    float rounded = Math.fma(clamped, LOG2_E, ROUNDER);
    return fraction(clamped, rounded - ROUNDER) * powerOfTwo(rounded);
  }

  private static float clamp(float x, float least) {
    float raised = x < least ? least : x;
    return raised > EXP_GREATEST ? EXP_GREATEST : raised;
  }

  /** e to the power {@code x - n ln 2}, which is small. */
  private static float fraction(float x, float n) {
    float r = Math.fma(n, -LN2_LOW, Math.fma(n, -LN2_HIGH, x));
    float p = Math.fma(C6, r, C5);
    p = Math.fma(p, r, C4);
    p = Math.fma(p, r, C3);
    p = Math.fma(p, r, C2);
    p = Math.fma(p, r, 1);
    return Math.fma(p, r, 1);
  }

  /** {@code 1 / (1 + e^-x)}, with an error below 3 ulp; 0 where it is below 2^-127. */
  public static float sigmoid(float x) {
    return 1 / (1 + boundedExp(0 - x));
  }

  /** The hyperbolic tangent, with an error below 2 ulp; +0 at -0. */
  public static float tanh(float x) {
    float a = x < 0 ? 0 - x : x;
    float square = a * a;
    float near = Math.fma(polynomial(TANH, square) * square, a, a);
    float far = 1 - 2 / (boundedExp(a + a) + 1);
    float t = a < TANH_SPLIT ? near : far;
    return x < 0 ? 0 - t : t;
  }

  /** The error function, with an error below 2 ulp; +0 at -0. */
  public static float erf(float x) {
    float a = x < 0 ? 0 - x : x;
    float near = Math.fma(polynomial(ERF, a * a), a, a);
    float clamped = ERF_GREATEST < a ? ERF_GREATEST : a;
    float far = 1 - boundedExp(0 - polynomial(ERF_LOG, clamped));
    float e = a < 1 ? near : far;
    return x < 0 ? 0 - e : e;
  }

  /** The coefficients of {@link #tanh} near 0, highest first. */
  public static float[] tanhCoefficients() {
    return TANH.clone();
  }

  /** The coefficients of {@link #erf} near 0, highest first. */
  public static float[] erfCoefficients() {
    return ERF.clone();
  }

  /** The coefficients of {@link #erf} from 1 on, highest first. */
  public static float[] erfLogCoefficients() {
    return ERF_LOG.clone();
  }

  private static float polynomial(float[] coefficients, float x) {
    float p = coefficients[0];
    for (int i = 1; i < coefficients.length; i++) {
      p = Math.fma(p, x, coefficients[i]);
    }
    return p;
  }

  /**
   * 2 to the power {@code rounded - ROUNDER}, an integer from -126 to 128, of which the last is
   * infinite; any number for NaN.
   */
  private static float powerOfTwo(float rounded) {
    return Float.intBitsToFloat((Float.floatToRawIntBits(rounded) + 127) << 23);
  }
}
