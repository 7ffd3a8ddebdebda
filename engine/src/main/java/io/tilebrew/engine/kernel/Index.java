package io.tilebrew.engine.kernel;

/** An {@code int} expression of a program: a position, a distance or a count. */
public sealed interface Index {
  /** A literal. */
  record Const(int value) implements Index {}

  /** A parameter, a loop variable or a defined name. */
  record Var(String name) implements Index {}

  /** {@code a + b}. */
  record Sum(Index a, Index b) implements Index {}

  /** {@code a * b}. */
  record Product(Index a, Index b) implements Index {}

  /** {@code a / divisor}, for {@code a >= 0} and {@code divisor > 0}. */
  record Quotient(Index a, int divisor) implements Index {}

  /** The lesser of {@code a} and {@code b}. */
  record Least(Index a, Index b) implements Index {}

  /** The greater of {@code a} and {@code b}. */
  record Greatest(Index a, Index b) implements Index {}

  /** The element at {@code at} of the weights, an integer below 2<sup>24</sup> in magnitude. */
  record Entry(Index at) implements Index {}

  /** The literal {@code value}. */
  static Index of(int value) {
    return new Const(value);
  }

  /** The variable {@code name}. */
  static Index var(String name) {
    return new Var(name);
  }

  /** Whether this is the literal {@code value}. */
  default boolean isConst(int value) {
    return this instanceof Const(int literal) && literal == value;
  }

  /** This plus {@code other}; literals are folded. */
  default Index plus(Index other) {
    if (this instanceof Const(int a) && other instanceof Const(int b)) {
      return new Const(Math.addExact(a, b));
    }
    if (other.isConst(0)) {
      return this;
    }
    if (this instanceof Sum(Index a, Const b) && other instanceof Const) {
      return a.plus(b.plus(other));
    }
    return isConst(0) ? other : new Sum(this, other);
  }

  /** This plus {@code other}. */
  default Index plus(int other) {
    return plus(of(other));
  }

  /** This times {@code other}; literals are folded. */
  default Index times(Index other) {
    if (this instanceof Const(int a) && other instanceof Const(int b)) {
      return new Const(Math.multiplyExact(a, b));
    }
    if (isConst(0) || other.isConst(0)) {
      return of(0);
    }
    if (other.isConst(1)) {
      return this;
    }
    if (this instanceof Product(Index a, Const b) && other instanceof Const) {
      return a.times(b.times(other));
    }
    return isConst(1) ? other : new Product(this, other);
  }

  /** This times {@code other}. */
  default Index times(int other) {
    return times(of(other));
  }

  /** This divided by {@code divisor}, rounded down; neither may be negative. */
  default Index over(int divisor) {
    if (this instanceof Const(int a)) {
      return new Const(a / divisor);
    }
    return divisor == 1 ? this : new Quotient(this, divisor);
  }

  /** The lesser of this and {@code other}; literals are folded. */
  default Index least(Index other) {
    return this instanceof Const(int a) && other instanceof Const(int b)
        ? new Const(Math.min(a, b))
        : new Least(this, other);
  }

  /** The greater of this and {@code other}; literals are folded. */
  default Index greatest(Index other) {
    return this instanceof Const(int a) && other instanceof Const(int b)
        ? new Const(Math.max(a, b))
        : new Greatest(this, other);
  }
}
