package io.tilebrew.engine.problem;

import io.tilebrew.engine.reference.FloatMath;

/**
 * A function of one number. On floats, EXP and ERF are those of {@link FloatMath}; all others are
 * computed in double precision and rounded once.
 */
public enum UnaryFunction {
  ABS,
  NEG,
  SIGN,
  /** 1 for 0 and 0 for all others; of bool, the negation. */
  NOT,
  CEIL,
  FLOOR,
  /** The nearest integer; of two, the even one. */
  ROUND,
  SQRT,
  EXP,
  /** {@code e^x - 1}. */
  EXPM1,
  LOG,
  /** {@code ln(1 + e^x)}. */
  SOFTPLUS,
  ERF,
  SIN,
  COS,
  TAN,
  ASIN,
  ACOS,
  ATAN,
  SINH,
  COSH,
  ASINH,
  ACOSH,
  ATANH;

  /** Whether the function takes integers. */
  public boolean isForIntegers() {
    return this == ABS || this == NEG || this == SIGN;
  }

  /** The value at a float. */
  public float apply(float x) {
    return switch (this) {
      case EXP -> FloatMath.exp(x);
      case ERF -> FloatMath.erf(x);
      case NOT,
          ABS,
          NEG,
          SIGN,
          CEIL,
          FLOOR,
          ROUND,
          SQRT,
          EXPM1,
          LOG,
          SOFTPLUS,
          SIN,
          COS,
          TAN,
          ASIN,
          ACOS,
          ATAN,
          SINH,
          COSH,
          ASINH,
          ACOSH,
          ATANH ->
          (float) apply((double) x);
    };
  }

  /** The value at a double; ERF has the precision of a float. */
  public double apply(double x) {
    return switch (this) {
      case ABS -> Math.abs(x);
      case NEG -> -x;
      case SIGN -> Math.signum(x);
      case NOT -> x == 0 ? 1 : 0;
      case CEIL -> Math.ceil(x);
      case FLOOR -> Math.floor(x);
      case ROUND -> Math.rint(x);
      case SQRT -> Math.sqrt(x);
      case EXP -> StrictMath.exp(x);
      case EXPM1 -> StrictMath.expm1(x);
      case LOG -> StrictMath.log(x);
      case SOFTPLUS -> Math.max(x, 0) + StrictMath.log1p(StrictMath.exp(-Math.abs(x)));
      case ERF -> FloatMath.erf((float) x);
      case SIN -> StrictMath.sin(x);
      case COS -> StrictMath.cos(x);
      case TAN -> StrictMath.tan(x);
      case ASIN -> StrictMath.asin(x);
      case ACOS -> StrictMath.acos(x);
      case ATAN -> StrictMath.atan(x);
      case SINH -> StrictMath.sinh(x);
      case COSH -> StrictMath.cosh(x);
      case ASINH -> asinh(x);
      case ACOSH -> StrictMath.log(x + Math.sqrt(x - 1) * Math.sqrt(x + 1));
      case ATANH -> (StrictMath.log1p(x) - StrictMath.log1p(-x)) / 2;
    };
  }

  /** The value at an integer; one without a sign stays as it is. */
  public long apply(long x, boolean unsigned) {
    assert isForIntegers() : this;
    if (this == SIGN) {
      return unsigned ? Math.abs(Long.signum(x)) : Long.signum(x);
    }
    return this == NEG ? -x : unsigned ? x : Math.abs(x);
  }

  private static double asinh(double x) {
    double a = Math.abs(x);
    double square = a * a;
    double y =
        a > 0x1p28
            ? StrictMath.log(a) + StrictMath.log(2)
            : StrictMath.log1p(a + square / (1 + Math.sqrt(square + 1)));
    return Math.copySign(y, x);
  }
}
