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

  /**
   * {@code then} in the lanes where the comparison holds (never with NaN), else {@code otherwise}.
   */
  record Select(Comparison comparison, Vec a, Vec b, Vec then, Vec otherwise) implements Vec {}

  /** 2<sup>k</sup> for integral {@code k} from -126 to 127. */
  record PowerOfTwo(Vec k) implements Vec {}

  /** {@code value} as a float in every lane. */
  record FromIndex(Index value) implements Vec {}

  /** The arithmetic functions; MAX is {@link Math#max(float, float)}. */
  enum Function {
    ADD,
    SUB,
    MUL,
    DIV,
    MAX
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

  /** The greater of {@code a} and {@code b}. */
  static Vec max(Vec a, Vec b) {
    return new Arithmetic(Function.MAX, a, b);
  }
}
