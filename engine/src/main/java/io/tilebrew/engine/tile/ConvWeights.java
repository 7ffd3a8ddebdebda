package io.tilebrew.engine.tile;

import io.tilebrew.engine.kernel.Memory;
import io.tilebrew.engine.problem.ConvProblem;
import io.tilebrew.engine.problem.WeightFormat;
import org.jspecify.annotations.Nullable;

/**
 * The packing of convolution weights: a header, then for each group its blocks of output channels,
 * each the biases of the block and then, tap by tap in (kernel row, kernel column, input channel)
 * order, one weight for each of its channels. What a block has no channel for is 0. Of bfloat16
 * weights a float holds two: one of a vector, and one of the next.
 */
final class ConvWeights {
  private ConvWeights() {}

  /** The floats of one packed group. */
  public static int groupFloats(ConvTile tile, ConvProblem p) {
    int blocks = Math.ceilDiv(p.outputChannels() / p.group(), tile.channels());
    return Math.multiplyExact(blocks, Math.multiplyExact(tile.streams(), blockFloats(tile, p)));
  }

  /** The floats of one packed block. */
  static int blockFloats(ConvTile tile, ConvProblem p) {
    int taps = Math.multiplyExact(p.window().taps(), p.inputChannels() / p.group());
    return Math.addExact(tile.blockChannels(), Math.multiplyExact(taps, tile.tapFloats()));
  }

  /**
   * Packs.
   *
   * @param w the weights [M,C/group,kH,kW]
   * @param bias the bias [M], or null for zeros
   */
  public static float[] pack(ConvTile tile, ConvProblem p, float[] w, float @Nullable [] bias) {
    int block = tile.blockChannels();
    int taps = p.window().taps();
    int channels = p.inputChannels() / p.group();
    int maps = p.outputChannels() / p.group();
    int groupFloats = groupFloats(tile, p);
    float[] packed =
        new float[Math.addExact(Memory.LINE_START, Math.multiplyExact(p.group(), groupFloats))];
    System.arraycopy(Epilogue.header(p.epilogue()), 0, packed, 0, Epilogue.HEADER);
    for (int m = 0; m < p.outputChannels(); m++) {
      int inGroup = m % maps;
      int at = Memory.LINE_START + m / maps * groupFloats + inGroup / block * blockFloats(tile, p);
      int channel = inGroup % block;
      packed[at + channel] = bias == null ? 0 : bias[m];
      at += block;
      for (int tap = 0; tap < taps; tap++) {
        int first = m * channels * taps + tap;
        int to = at + tap * channels * tile.tapFloats();
        switch (tile.weights()) {
          case FLOAT32 -> copy(w, first, taps, packed, to + channel, tile.tapFloats(), channels);
          case BFLOAT16 -> {
            int vector = channel / tile.lanes();
            int pair = to + vector / 2 * tile.lanes() + channel % tile.lanes();
            join(vector % 2 > 0, w, first, taps, packed, pair, tile.tapFloats(), channels);
          }
        }
      }
    }
    return packed;
  }

  private static void copy(
      float[] from, int first, int step, float[] to, int at, int way, int count) {
    for (int i = 0; i < count; i++) {
      to[at + i * way] = from[first + i * step];
    }
  }

  /** Puts numbers into one half of pairs; upper halves come first. */
  private static void join(
      boolean lower, float[] from, int first, int step, float[] to, int at, int way, int count) {
    for (int i = 0; i < count; i++) {
      float number = from[first + i * step];
      int place = at + i * way;
      to[place] = lower ? WeightFormat.pair(to[place], number) : WeightFormat.pair(number, 0);
    }
  }

  /** The floats from the biases of narrow groups to the first weights, and on to the next. */
  static int narrowTap(ConvProblem p, int lanes) {
    return Math.ceilDiv(p.outputChannels(), lanes) * lanes;
  }

  /**
   * Packs the weights of narrow groups, see {@link Kernels#isNarrow}: the header, then the biases
   * and tap by tap, and there channel by channel of a group, the weights of all output channels,
   * each filled up to whole vectors.
   *
   * @param w the weights [M,C/group,kH,kW]
   * @param bias the bias [M], or null for zeros
   */
  public static float[] packNarrow(ConvProblem p, float[] w, float @Nullable [] bias, int lanes) {
    int taps = p.window().taps();
    int width = p.inputChannels() / p.group();
    int row = narrowTap(p, lanes);
    int rows = Math.addExact(Math.multiplyExact(taps, width), 1);
    float[] packed = new float[Math.addExact(Memory.LINE_START, Math.multiplyExact(rows, row))];
    System.arraycopy(Epilogue.header(p.epilogue()), 0, packed, 0, Epilogue.HEADER);
    for (int m = 0; m < p.outputChannels(); m++) {
      packed[Memory.LINE_START + m] = bias == null ? 0 : bias[m];
      for (int tap = 0; tap < taps; tap++) {
        int to = Memory.LINE_START + (tap * width + 1) * row + m;
        copy(w, m * width * taps + tap, taps, packed, to, row, width);
      }
    }
    return packed;
  }
}
