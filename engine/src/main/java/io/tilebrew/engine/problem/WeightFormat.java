package io.tilebrew.engine.problem;

import org.jspecify.annotations.Nullable;

/** The numbers that the weights of a convolution are, and so how a kernel stores them. */
public enum WeightFormat {
  /** Any floats. */
  FLOAT32,
  /**
   * Floats of 8 significant bits, which are the upper halves of their 32: a kernel stores two in
   * one float. For dense layers, which take as long as it takes to read their weights.
   */
  BFLOAT16;

  private static final int HALF = 0xffff;
  private static final int QUIET = 0x400000;

  /**
   * The nearest number of this format, of two equally near the one whose last bit is 0. A number
   * beyond the greatest becomes an infinity, NaN stays NaN. The relative error of bfloat16 is at
   * most 2<sup>-8</sup>, or the error 2<sup>-134</sup> where that is more.
   */
  public float round(float x) {
    return switch (this) {
      case FLOAT32 -> x;
      case BFLOAT16 -> {
        int bits = Float.floatToRawIntBits(x);
        int last = bits >>> 16 & 1;
        int rounded = Float.isNaN(x) ? bits | QUIET : bits + (HALF >> 1) + last;
        yield Float.intBitsToFloat(rounded & ~HALF);
      }
    };
  }

  /**
   * Two bfloat16 numbers in the halves of a float, which is no number itself and must only be moved
   * as its raw bits are.
   */
  public static float pair(float upper, float lower) {
    int high = Float.floatToRawIntBits(upper);
    int low = Float.floatToRawIntBits(lower);
    assert ((high | low) & HALF) == 0 : upper + " or " + lower + " is no bfloat16";
    return Float.intBitsToFloat(high | low >>> 16);
  }

  /** Why no convolution of this form has such weights, or "". */
  public String refusal(Algorithm algorithm, int group, @Nullable Pool pool) {
    boolean fits = algorithm == Algorithm.DIRECT && group == 1 && pool == null;
    return this == FLOAT32 || fits
        ? ""
        : "%s is for direct convolutions in one group without pooling".formatted(this);
  }

  /** The text behind the algorithm in the one of a problem: " bf16" or nothing. */
  public String text() {
    return switch (this) {
      case FLOAT32 -> "";
      case BFLOAT16 -> " bf16";
    };
  }
}
