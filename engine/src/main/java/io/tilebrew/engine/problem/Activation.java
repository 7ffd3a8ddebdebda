package io.tilebrew.engine.problem;

import io.tilebrew.engine.reference.FloatMath;

/** A function applied to each element; the last step of an epilogue. NaN stays NaN. */
public sealed interface Activation {
  /** The identity. */
  Activation NONE = new None();

  /** The rectifier, {@code max(x, 0)}. */
  Activation RELU = new Relu();

  /** The value at {@code x}; the meaning of the activation, to the last bit. */
  float apply(float x);

  /**
   * Whether a greater number never gives a smaller value, to the last bit, so that the activation
   * of the greatest of some numbers is the greatest of their activations.
   */
  boolean isMonotonic();

  /**
   * Reads the text form.
   *
   * @throws IllegalArgumentException if the text is no activation
   */
  static Activation parse(String text) {
    int open = text.indexOf('(');
    if (open >= 0 && !text.endsWith(")")) {
      throw new IllegalArgumentException("'%s' is no activation".formatted(text));
    }
    String name = open < 0 ? text : text.substring(0, open);
    String[] numbers =
        open < 0 ? new String[0] : text.substring(open + 1, text.length() - 1).split(",");
    int expected =
        switch (name) {
          case "clip", "hardsigmoid" -> 2;
          case "leaky" -> 1;
          default -> 0;
        };
    if (numbers.length != expected) {
      throw new IllegalArgumentException(
          "'%s' has %d numbers, expected %d".formatted(text, numbers.length, expected));
    }
    float first = numbers.length < 1 ? 0 : Float.parseFloat(numbers[0]);
    float second = numbers.length < 2 ? 0 : Float.parseFloat(numbers[1]);
    return switch (name) {
      case "none" -> NONE;
      case "relu" -> RELU;
      case "clip" -> new Clip(first, second);
      case "leaky" -> new LeakyRelu(first);
      case "hardsigmoid" -> new HardSigmoid(first, second);
      case "hardswish" -> new HardSwish();
      case "sigmoid" -> new Sigmoid();
      case "tanh" -> new Tanh();
      case "silu" -> new Silu();
      default -> throw new IllegalArgumentException("'%s' is no activation".formatted(text));
    };
  }

  /** The identity. */
  record None() implements Activation {
    @Override
    public float apply(float x) {
      return x;
    }

    @Override
    public boolean isMonotonic() {
      return true;
    }

    @Override
    public String toString() {
      return "none";
    }
  }

  /** {@code max(x, 0)}; -0 becomes +0. */
  record Relu() implements Activation {
    @Override
    public float apply(float x) {
      return x <= 0 ? 0 : x;
    }

    @Override
    public boolean isMonotonic() {
      return true;
    }

    @Override
    public String toString() {
      return "relu";
    }
  }

  /**
   * {@code min(max(x, low), high)}; ReLU6 is {@code Clip(0, 6)}.
   *
   * @param low the least value, not NaN; -infinity for none
   * @param high the greatest value, not NaN; +infinity for none; it wins where it is below {@code
   *     low}
   */
  record Clip(float low, float high) implements Activation {
    /** Refuses NaN. */
    public Clip {
      if (Float.isNaN(low) || Float.isNaN(high)) {
        throw new IllegalArgumentException(
            "clip bounds %s, %s: NaN is no bound".formatted(low, high));
      }
    }

    @Override
    public float apply(float x) {
      float raised = x <= low ? low : x;
      return raised >= high ? high : raised;
    }

    @Override
    public boolean isMonotonic() {
      return true;
    }

    @Override
    public String toString() {
      return "clip(%s,%s)".formatted(low, high);
    }
  }

  /**
   * {@code alpha * x} below 0, else {@code x}.
   *
   * @param alpha the slope below 0, finite
   */
  record LeakyRelu(float alpha) implements Activation {
    /** Refuses a slope that is not finite. */
    public LeakyRelu {
      checkFinite("leaky relu", alpha, 0);
    }

    @Override
    public float apply(float x) {
      return x < 0 ? alpha * x : x;
    }

    @Override
    public boolean isMonotonic() {
      return alpha > 0;
    }

    @Override
    public String toString() {
      return "leaky(%s)".formatted(alpha);
    }
  }

  /**
   * {@code min(max(alpha * x + beta, 0), 1)}; product and sum are rounded once.
   *
   * @param alpha the slope, finite
   * @param beta the value at 0, finite
   */
  record HardSigmoid(float alpha, float beta) implements Activation {
    /** Refuses parameters that are not finite. */
    public HardSigmoid {
      checkFinite("hard sigmoid", alpha, beta);
    }

    @Override
    public float apply(float x) {
      float line = Math.fma(alpha, x, beta);
      float raised = line <= 0 ? 0 : line;
      return raised >= 1 ? 1 : raised;
    }

    @Override
    public boolean isMonotonic() {
      return alpha > 0;
    }

    @Override
    public String toString() {
      return "hardsigmoid(%s,%s)".formatted(alpha, beta);
    }
  }

  /** {@code x * min(max(x / 6 + 1 / 2, 0), 1)}; NaN at -infinity. */
  record HardSwish() implements Activation {
    /** The factor of {@code x}. */
    public static final HardSigmoid GATE = new HardSigmoid(1 / 6f, 0.5f);

    @Override
    public float apply(float x) {
      return x * GATE.apply(x);
    }

    @Override
    public boolean isMonotonic() {
      return false;
    }

    @Override
    public String toString() {
      return "hardswish";
    }
  }

  /** The logistic function, {@link FloatMath#sigmoid}. */
  record Sigmoid() implements Activation {
    @Override
    public float apply(float x) {
      return FloatMath.sigmoid(x);
    }

    @Override
    public boolean isMonotonic() {
      return false;
    }

    @Override
    public String toString() {
      return "sigmoid";
    }
  }

  /** The hyperbolic tangent, {@link FloatMath#tanh}. */
  record Tanh() implements Activation {
    @Override
    public float apply(float x) {
      return FloatMath.tanh(x);
    }

    @Override
    public boolean isMonotonic() {
      return false;
    }

    @Override
    public String toString() {
      return "tanh";
    }
  }

  /** {@code x * sigmoid(x)}; NaN at -infinity. */
  record Silu() implements Activation {
    @Override
    public float apply(float x) {
      return x * FloatMath.sigmoid(x);
    }

    @Override
    public boolean isMonotonic() {
      return false;
    }

    @Override
    public String toString() {
      return "silu";
    }
  }

  private static void checkFinite(String name, float a, float b) {
    if (!Float.isFinite(a) || !Float.isFinite(b)) {
      throw new IllegalArgumentException(
          "%s with %s and %s, expected finite numbers".formatted(name, a, b));
    }
  }
}
