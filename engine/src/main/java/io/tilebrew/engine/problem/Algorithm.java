package io.tilebrew.engine.problem;

import java.util.Arrays;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** The way in which a convolution is computed, which is part of its rounding. */
public enum Algorithm {
  /** A sum over the taps. */
  DIRECT(1, 1),
  /** Winograd's F(2x2,3x3): tiles of 2x2 outputs by 16 products for each input channel. */
  WINOGRAD_2(2, 3),
  /** Winograd's F(4x4,3x3): tiles of 4x4 outputs by 36 products for each input channel. */
  WINOGRAD_4(4, 3),
  /** Winograd's F(2x2,5x5): tiles of 2x2 outputs by 36 products for each input channel. */
  WINOGRAD_2K5(2, 5);

  private final int outputs;
  private final int taps;

  Algorithm(int outputs, int taps) {
    this.outputs = outputs;
    this.taps = taps;
  }

  /** The rows and columns of outputs in a tile, 1 for {@link #DIRECT}. */
  public int outputs() {
    return outputs;
  }

  /** The rows and columns of weights that it is made for, 1 for {@link #DIRECT}. */
  public int taps() {
    return taps;
  }

  /** The rows and columns of inputs that a tile is made of. */
  public int inputs() {
    return outputs + taps - 1;
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
    boolean fits = group == 1 && window.withPadding(0, 0, 0, 0).equals(Window.of(taps, taps));
    return fits && (pool == null || pool.window().equals(Window.square(2, 2, 0)))
        ? ""
        : "%s takes k%d s1 in one group, pooled by 2x2 with stride 2 if at all"
            .formatted(this, taps);
  }

  /** The algorithms that can compute a convolution of this form, {@link #DIRECT} first. */
  public static List<Algorithm> fitting(Window window, int group, @Nullable Pool pool) {
    return Arrays.stream(values())
        .filter(algorithm -> algorithm.refusal(window, group, pool).isEmpty())
        .toList();
  }

  /** The text behind the window in the one of a problem: " w2", " w4", " w2k5" or nothing. */
  public String text() {
    return switch (this) {
      case DIRECT -> "";
      case WINOGRAD_2 -> " w2";
      case WINOGRAD_4 -> " w4";
      case WINOGRAD_2K5 -> " w2k5";
    };
  }

  /**
   * The algorithm whose text is {@code text}, such as " w4".
   *
   * @throws IllegalArgumentException if there is none
   */
  public static Algorithm parse(String text) {
    for (Algorithm algorithm : values()) {
      if (algorithm.text().equals(text)) {
        return algorithm;
      }
    }
    throw new IllegalArgumentException(
        "'%s' is no algorithm, expected w2, w4 or w2k5".formatted(text.strip()));
  }
}
