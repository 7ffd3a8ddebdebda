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
  /** Winograd's F(6x6,3x3): tiles of 6x6 outputs by 64 products for each input channel. */
  WINOGRAD_6(6, 3),
  /** Winograd's F(2x2,5x5): tiles of 2x2 outputs by 36 products for each input channel. */
  WINOGRAD_2K5(2, 5),
  /** Winograd's F(4x4,5x5): tiles of 4x4 outputs by 64 products for each input channel. */
  WINOGRAD_4K5(4, 5);

  /** The rows and columns of inputs of the largest tiles. */
  private static final int LARGE_INPUTS = 8;

  /** The most input channels of these. */
  private static final int MOST_CHANNELS = 512;

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

  /** Whether its tiles have 8x8 inputs, the most of all. */
  public boolean isLarge() {
    return inputs() == LARGE_INPUTS;
  }

  /**
   * Whether the relative error of a sum over {@code channels} input channels stays below 1e-5. It
   * grows with their root; that of a direct sum is a tenth of that of the largest tiles.
   */
  private boolean isAccurate(int channels) {
    return !isLarge() || channels <= MOST_CHANNELS;
  }

  /**
   * The algorithms that can compute {@code p}, whatever its own is, with a relative error below
   * 1e-5, {@link #DIRECT} first.
   */
  public static List<Algorithm> fitting(ConvProblem p) {
    return Arrays.stream(values())
        .filter(algorithm -> algorithm.refusal(p.window(), p.group(), p.pool()).isEmpty())
        .filter(algorithm -> algorithm.isAccurate(p.inputChannels() / p.group()))
        .toList();
  }

  /**
   * The text behind the window in the one of a problem: " w2", " w4", " w6", " w2k5", " w4k5" or
   * nothing.
   */
  public String text() {
    return switch (this) {
      case DIRECT -> "";
      case WINOGRAD_2 -> " w2";
      case WINOGRAD_4 -> " w4";
      case WINOGRAD_6 -> " w6";
      case WINOGRAD_2K5 -> " w2k5";
      case WINOGRAD_4K5 -> " w4k5";
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
        "'%s' is no algorithm, expected w2, w4, w6, w2k5 or w4k5".formatted(text.strip()));
  }
}
