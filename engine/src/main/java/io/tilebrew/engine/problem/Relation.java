package io.tilebrew.engine.problem;

/** A relation of two numbers of one type; NaN is in none. */
public enum Relation {
  EQUAL,
  LESS,
  LESS_OR_EQUAL;

  /** Whether the floating-point numbers {@code a} and {@code b} are in this relation. */
  public boolean holds(double a, double b) {
    return switch (this) {
      case EQUAL -> a == b;
      case LESS -> a < b;
      case LESS_OR_EQUAL -> a <= b;
    };
  }

  /** Whether the integers {@code a} and {@code b} are in this relation. */
  public boolean holds(long a, long b, boolean unsigned) {
    int order = unsigned ? Long.compareUnsigned(a, b) : Long.compare(a, b);
    return switch (this) {
      case EQUAL -> order == 0;
      case LESS -> order < 0;
      case LESS_OR_EQUAL -> order <= 0;
    };
  }
}
