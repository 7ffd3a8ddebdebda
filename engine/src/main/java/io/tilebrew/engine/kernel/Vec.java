package io.tilebrew.engine.kernel;

/** A vector expression of a program; every vector has the lanes of the program. */
public sealed interface Vec {
  /** The vector called {@code name}. */
  record Ref(String name) implements Vec {}

  /** Consecutive elements from {@code at}. */
  record Load(Memory memory, Index at) implements Vec {}

  /** The element at {@code at} in every lane. */
  record Broadcast(Memory memory, Index at) implements Vec {}

  /** {@code value} in every lane. */
  record Splat(float value) implements Vec {}

  /** {@code a * b + c}, rounded once. */
  record Fma(Vec a, Vec b, Vec c) implements Vec {}

  /** An arithmetic function of two vectors. */
  record Arithmetic(Function function, Vec a, Vec b) implements Vec {}

  /** A function of one vector. */
  record Apply(Mapping function, Vec a) implements Vec {}

  /**
   * {@code then} in the lanes where the comparison holds (never with NaN), else {@code otherwise}.
   */
  record Select(Comparison comparison, Vec a, Vec b, Vec then, Vec otherwise) implements Vec {}

  /**
   * 2<sup>k</sup> where {@code rounded} is 1.5 * 2<sup>23</sup> + k, for integral k from -126 to
   * 128, of which the last gives infinity: the exponent is made of the last bits.
   */
  record PowerOfTwo(Vec rounded) implements Vec {}

  /**
   * In each run of {@code width} lanes the number that {@code value} has in lane {@code lane} of
   * it; {@code width} is a power of two and not more than the lanes.
   */
  record Spread(Vec value, int width, int lane) implements Vec {}

  /** In lane i the number that {@code value} has in lane 2i + {@code first}, modulo the lanes. */
  record EverySecond(Vec value, int first) implements Vec {}

  /** {@code value} as a float in every lane. */
  record FromIndex(Index value) implements Vec {}

  /**
   * The arithmetic functions; MIN and MAX are those of {@link Math}. UMAX is the one whose bits are
   * greater as unsigned integers: of numbers that have no sign and NaN it is MAX, for a fraction of
   * the instructions.
   */
  enum Function {
    ADD,
    SUB,
    MUL,
    DIV,
    MIN,
    MAX,
    UMAX;

    /** Whether the operands may change places. */
    public boolean isCommutative() {
      return this != SUB && this != DIV;
    }
  }

  /**
   * The functions of one vector; SQRT is correctly rounded. UPPER_HALF is the float of the upper 16
   * bits, with zeros below them, LOWER_HALF the float whose upper 16 bits are the lower ones here.
   */
  enum Mapping {
    ABS,
    NEG,
    SQRT,
    UPPER_HALF,
    LOWER_HALF
  }

  /** The comparisons. */
  enum Comparison {
    LESS,
    LESS_OR_EQUAL
  }

  /** {@code a + b}. */
  static Vec add(Vec a, Vec b) {
    return new Arithmetic(Function.ADD, a, b);
  }

  /** {@code a - b}. */
  static Vec sub(Vec a, Vec b) {
    return new Arithmetic(Function.SUB, a, b);
  }

  /** {@code a * b}. */
  static Vec mul(Vec a, Vec b) {
    return new Arithmetic(Function.MUL, a, b);
  }

  /** {@code a / b}. */
  static Vec div(Vec a, Vec b) {
    return new Arithmetic(Function.DIV, a, b);
  }

  /** The lesser of {@code a} and {@code b}. */
  static Vec min(Vec a, Vec b) {
    return new Arithmetic(Function.MIN, a, b);
  }

  /** The greater of {@code a} and {@code b}. */
  static Vec max(Vec a, Vec b) {
    return new Arithmetic(Function.MAX, a, b);
  }

  /** The greater of {@code a} and {@code b}, which have no sign, or NaN. */
  static Vec umax(Vec a, Vec b) {
    return new Arithmetic(Function.UMAX, a, b);
  }
}
