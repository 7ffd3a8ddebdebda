package io.tilebrew.engine.tile;

import io.tilebrew.engine.problem.ConvProblem;
import io.tilebrew.engine.problem.Pool;
import io.tilebrew.engine.problem.WeightFormat;

/**
 * Chooses the tile of a direct convolution that suits most problems of its form.
 *
 * @param p the problem
 * @param taps how its taps lie in the input
 * @param operands how the inputs of the epilogue are read
 * @param lanes the floats in a vector
 * @param xBlock the channels of a block of the input, 0 if it has no blocks
 * @param yBlocked whether the output is
 * @param run how many output pixels, and their inputs, lie one behind the other: those of a row, or
 *     of all
 * @param processor what runs it
 */
record UsualTile(
    ConvProblem p,
    ConvTaps taps,
    Operands operands,
    int lanes,
    int xBlock,
    boolean yBlocked,
    int run,
    Processor processor) {
  /** The floats of weights that a core keeps close: half a mebibyte. */
  private static final int SHARED_WEIGHTS = 1 << 17;

  /** The floats of weights that leave the second level of the cache: four mebibytes. */
  private static final int FAR_WEIGHTS = 1 << 20;

  /** The sums of one vector that are pooled in a tile: five windows of 2x2. */
  private static final int MOST_POOLED = 20;

  /** The tile; {@code dense} if the images of a batch are its pixels. */
  ConvTile tile(boolean dense) {
    if (dense) {
      return dense();
    }
    return isChunked() ? chunked() : whole();
  }

  private int vectors() {
    return Math.ceilDiv(p.outputChannels() / p.group(), lanes);
  }

  private ConvTile dense() {
    int block = Segment.widest(vectors(), 8);
    boolean paired = p.weights() == WeightFormat.BFLOAT16;
    if (paired) {
      block = Math.ceilDiv(block, 2) * 2;
    }
    int streams = paired ? block / 2 : block % 4 == 0 ? 4 : block % 2 == 0 ? 2 : 1;
    return tile(block, streams, 6, false, 0);
  }

  /**
   * Whether it pays to add up some channels of a tap for all pixels before the next ones: pixels
   * come as streams, and weights from the first level of the cache. Those of a window must be far
   * away, since the input is read once for each tap.
   */
  private boolean isChunked() {
    return xBlock == lanes
        && vectors() > 1
        && p.pool() == null
        && p.group() == 1
        && operands.maps().size() <= 1
        && (p.window().taps() == 1 || groupWeights() > FAR_WEIGHTS);
  }

  private ConvTile chunked() {
    Registers registers = Registers.of(lanes);
    // A row that is one tile of three vectors, and of four is not, reads the weights once.
    boolean isOneTile =
        vectors() > 4 && run > registers.usual(4).pixels() && run <= registers.usual(3).pixels();
    int block = isOneTile ? 3 : Segment.widest(vectors(), 4);
    int pixels = registers.usual(block).pixels();
    return tile(block, block, pixels, false, depth(p.inputChannels(), lanes, processor));
  }

  /** The input channels of a chunk where {@code channels} are parted into chunks of one size. */
  static int depth(int channels, int lanes, Processor processor) {
    int chunks = Math.ceilDiv(channels, processor.depth());
    while (channels % (chunks * lanes) != 0) {
      chunks++;
    }
    return channels / chunks;
  }

  private ConvTile whole() {
    Pool pool = p.pool();
    int block = Segment.widest(vectors(), 2);
    int area = pool == null ? 1 : pool.window().taps();
    boolean few = pool != null && Epilogue.isLong(p.epilogue());
    boolean wide =
        !few
            && block == 1
            && (pool == null || (taps.columns() == 1 && ConvTile.isShort(taps.channels(), 1)));
    int sums = few ? 3 : sums(block, wide);
    boolean inside = vectors() > block && isShared();
    return tile(block, block % 2 == 0 ? 2 : 1, Math.max(1, sums / area), inside, 0);
  }

  /** The most sums of a vector of channels. */
  private int sums(int block, boolean wide) {
    Registers registers = Registers.of(lanes);
    int usual = registers.usual(wide ? 1 : 2, p.epilogue(), xBlock == lanes).pixels();
    if (p.pool() == null || block > 1) {
      return usual;
    }
    return registers.isMany() ? MOST_POOLED : wide ? usual + 2 : usual;
  }

  private ConvTile tile(int block, int streams, int pixels, boolean inside, int depth) {
    return new ConvTile(
        lanes,
        p.weights(),
        block / streams,
        streams,
        pixels,
        1,
        inside,
        depth,
        p.pool(),
        Epilogue.of(p.epilogue()),
        operands,
        xBlock,
        yBlocked,
        false,
        Registers.of(lanes).isMany() && depth > 0 && processor.prefetches());
  }

  /**
   * Whether the weights of a group stay in the cache while all pixels pass by. Where the epilogue
   * reads maps, that these are met in order is worth more.
   */
  private boolean isShared() {
    return groupWeights() <= (long) SHARED_WEIGHTS * (1 + operands.maps().size());
  }

  private long groupWeights() {
    long channels = p.inputChannels() / p.group();
    return channels * p.window().taps() * (p.outputChannels() / p.group());
  }
}
