package io.tilebrew.engine.problem;

/** A function applied to each element; the last step of an epilogue. NaN stays NaN. */
public sealed interface Activation {
  /** The identity. */
  Activation NONE = new None();

  /** The rectifier, {@code max(x, 0)}. */
  Activation RELU = new Relu();

  /** The value at {@code x}; the meaning of the activation, to the last bit. */
  float apply(float x);

  /** The identity. */
  record None() implements Activation {
    @Override
    public float apply(float x) {
      return x;
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
    public String toString() {
      return "clip(%s,%s)".formatted(low, high);
    }
  }
}
