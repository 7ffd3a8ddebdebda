package io.tilebrew.engine.problem;

/**
 * An arithmetic function of two numbers. Integers wrap around; their quotient is truncated. MIN and
 * MAX are those of {@link Math}. The power of floats is computed in double precision and rounded
 * once.
 */
public enum Arithmetic {
  ADD,
  SUB,
  MUL,
  DIV,
  MIN,
  MAX,
  POW,
  /** The remainder with the sign of the divisor. */
  MOD,
  /** The remainder with the sign of the dividend. */
  REM,
  /** {@code a * b} where a is below 0, else {@code a}. */
  PRELU;

  /** The value for floats. */
  public float apply(float a, float b) {
    return switch (this) {
      case ADD -> a + b;
      case SUB -> a - b;
      case MUL -> a * b;
      case DIV -> a / b;
      case MIN -> Math.min(a, b);
      case MAX -> Math.max(a, b);
      case POW, MOD, REM -> (float) apply((double) a, (double) b);
      case PRELU -> a < 0 ? a * b : a;
    };
  }

  /** The value for doubles. */
  public double apply(double a, double b) {
    return switch (this) {
      case ADD -> a + b;
      case SUB -> a - b;
      case MUL -> a * b;
      case DIV -> a / b;
      case MIN -> Math.min(a, b);
      case MAX -> Math.max(a, b);
      case POW -> StrictMath.pow(a, b);
      case MOD -> a - b * Math.floor(a / b);
      case REM -> a % b;
      case PRELU -> a < 0 ? a * b : a;
    };
  }

  /** The value for integers of 64 bits. */
  public long apply(long a, long b) {
    return switch (this) {
      case ADD -> a + b;
      case SUB -> a - b;
      case MUL -> a * b;
      case DIV -> a / b;
      case MIN -> Math.min(a, b);
      case MAX -> Math.max(a, b);
      case POW -> power(a, b);
      case MOD -> Math.floorMod(a, b);
      case REM -> a % b;
      case PRELU -> a < 0 ? a * b : a;
    };
  }

  /** The value for integers of 64 bits without a sign. */
  public long applyUnsigned(long a, long b) {
    return switch (this) {
      case ADD, SUB, MUL -> apply(a, b);
      case DIV -> Long.divideUnsigned(a, b);
      case MIN -> Long.compareUnsigned(a, b) <= 0 ? a : b;
      case MAX -> Long.compareUnsigned(a, b) >= 0 ? a : b;
      case POW -> wrappingPower(a, b);
      case MOD, REM -> Long.remainderUnsigned(a, b);
      case PRELU -> a;
    };
  }

  /** Whether the function is not defined for integers where {@code b} is 0. */
  public boolean divides() {
    return this == DIV || this == MOD || this == REM;
  }

  private static long power(long a, long b) {
    return b < 0 ? (long) StrictMath.pow((double) a, (double) b) : wrappingPower(a, b);
  }

  private static long wrappingPower(long a, long b) {
    long power = 1;
    long square = a;
    for (long rest = b; rest != 0; rest >>>= 1) {
      power *= (rest & 1) == 0 ? 1 : square;
      square *= square;
    }
    return power;
  }
}
