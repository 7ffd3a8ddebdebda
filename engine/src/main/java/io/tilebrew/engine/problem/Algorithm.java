package io.tilebrew.engine.problem;

import org.jspecify.annotations.Nullable;

/** The way in which a convolution is computed, which is part of its rounding. */
public enum Algorithm {
  /** A sum over the taps. */
  DIRECT(1),
  /** Winograd's F(2x2,3x3): tiles of 2x2 outputs by 16 products for each input channel. */
  WINOGRAD_2(2),
  /** Winograd's F(4x4,3x3): tiles of 4x4 outputs by 36 products for each input channel. */
  WINOGRAD_4(4);

  private static final int TAPS = 3;

  private final int outputs;

  Algorithm(int outputs) {
    this.outputs = outputs;
  }

  /** The rows and columns of outputs in a tile, 1 for {@link #DIRECT}. */
  public int outputs() {
    return outputs;
  }

  /** The rows and columns of inputs that a tile is made of. */
  public int inputs() {
    return outputs + TAPS - 1;
  }

  /** The products of a tile for each pair of an input and an output channel. */
  public int products() {
    return inputs() * inputs();
  }

  /** Why it cannot compute a convolution of this form, or "". */
  public String refusal(Window window, int group, @Nullable Pool pool) {
    if (this == DIRECT) {
      return "";
    }
    boolean fits = group == 1 && window.withPadding(0, 0, 0, 0).equals(Window.of(TAPS, TAPS));
    return fits && (pool == null || pool.window().equals(Window.square(2, 2, 0)))
        ? ""
        : "%s takes k3 s1 in one group, pooled by 2x2 with stride 2 if at all".formatted(this);
  }

  /** The text behind the window in the one of a problem: " w2", " w4" or nothing. */
  public String text() {
    return this == DIRECT ? "" : " w" + outputs;
  }

  /** The algorithm whose tiles have {@code outputs} rows. */
  static Algorithm of(int outputs) {
    for (Algorithm algorithm : values()) {
      if (algorithm.outputs == outputs) {
        return algorithm;
      }
    }
    throw new IllegalArgumentException(
        "'w%d' is no algorithm, expected w2 or w4".formatted(outputs));
  }
}
