package io.tilebrew.engine.tile;

import io.tilebrew.engine.kernel.Index;
import io.tilebrew.engine.kernel.Program;
import io.tilebrew.engine.problem.Pool;
import io.tilebrew.engine.problem.WeightFormat;
import java.util.List;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/**
 * The direct convolution over feature maps with a halo, NHWC or in blocks of channels: channels in
 * the lanes, a tile of output vectors by output pixels in registers, one tap an iteration.
 *
 * <p>A pooling whose windows do not overlap is part of the tile: its pixels are those of whole
 * windows, reduced in registers. A fully connected layer is the case of one row whose columns are
 * the images of the batch.
 *
 * @param lanes the floats in a vector
 * @param weights how the weights are stored: a float holds a bfloat16 weight of a vector in its
 *     upper half, one of the next vector of the same block in its lower half
 * @param blockVectors the vectors of output channels in a block of packed weights; a multiple of 2
 *     for bfloat16
 * @param streams the blocks that are computed together; the weights of each are read as a stream of
 *     their own, which memory delivers faster than one
 * @param tilePixels the most windows (output pixels, without a pooling) in a tile
 * @param tileRows the most output rows in a tile, more than 1 where rows are narrow
 * @param blocksInside whether all blocks are computed for one tile of pixels before the next one:
 *     the output and the inputs of the epilogue are then met in the order in which they lie, and
 *     the weights are read once for each tile of pixels
 * @param depth the input channels of a tap that are added up for all pixels before the next ones:
 *     their weights stay in the cache, and the sums of a pixel wait in the output; a divisor of the
 *     channels, or 0 if all taps are added up at once
 * @param pool the pooling, or null
 * @param epilogue what becomes of a sum before the pooling
 * @param operands how the inputs of the epilogue are read
 * @param xBlock the channels of a block of the input: one vector of them, so that memory delivers
 *     the pixels of a tile as one stream for each block; one if it is planar; or 0 for all
 * @param yBlocked whether the output is
 * @param sharesChannels whether the channels, of an even number, are a parameter of a tile, which
 *     layers of other channels share then
 * @param prefetches whether the weights of the next chunk are prefetched, which takes them away
 *     from other threads at work on the same chunk
 */
record ConvTile(
    int lanes,
    WeightFormat weights,
    int blockVectors,
    int streams,
    int tilePixels,
    int tileRows,
    boolean blocksInside,
    int depth,
    @Nullable Pool pool,
    Epilogue epilogue,
    Operands operands,
    int xBlock,
    boolean yBlocked,
    boolean sharesChannels,
    boolean prefetches)
    implements Tile {
  /**
   * The sizes without those of operands. Offsets and distances are in floats: {@code x} is the
   * first input element that the first output reads, {@code y} the first output element, {@code w}
   * the first weight; {@code xTapRow} leads from one tap to the one below, {@code xRow} from one
   * output row's input to the next one's, {@code xConvRow} likewise between the rows inside a
   * pooling window. {@code wBlock} are the weights of a block, {@code wBlocks} leads from those of
   * all streams to the next ones, {@code blocks} is how often all streams have a full one, {@code
   * tail} the channels left over, if {@code tails} is 1. Of a number of columns that is a
   * parameter, those that do not fill a tile come in tiles of {@code lastColumns}, in ever smaller
   * ones if that is a parameter, too; there are none of them if it is 0. Where the taps of a kernel
   * row, or of all rows, are consecutive in the input, they count as {@code channels} of one kernel
   * column, or of one row and column.
   */
  private static final List<String> SIZES =
      List.of(
          "w",
          "x",
          "y",
          "images",
          "xImage",
          "yImage",
          "groups",
          "xGroup",
          "yGroup",
          "wGroup",
          "wBlock",
          "wBlocks",
          "blocks",
          "tail",
          "tails",
          "rows",
          "columns",
          "lastColumns",
          "xRow",
          "xColumn",
          "yRow",
          "yColumn",
          "xConvRow",
          "xConvColumn",
          "tapRows",
          "tapColumns",
          "channels",
          "xTapRow",
          "xTapColumn");

  /** The sums of which a tile takes the JIT compiler long. */
  private static final int MANY_SUMS = 28;

  /** The sums that are begun, usually, until the first one is there to be added to. */
  private static final int IN_FLIGHT = 8;

  /** The sums of a generic tile at most, unless one pixel has more. */
  private static final int FEW_SUMS = 8;

  /** The pixels of a generic tile at most. */
  private static final int FEW_PIXELS = 2;

  private static final List<String> TILE_SIZES =
      List.of(
          "xColumn",
          "yColumn",
          "xConvRow",
          "xConvColumn",
          "tapRows",
          "tapColumns",
          "channels",
          "xTapRow",
          "xTapColumn");

  /**
   * Whether {@code taps} consecutive taps of {@code vectors} vectors are few enough to be written
   * out: a loop would spend more on its bounds checks, and with more taps sums no longer stay in
   * registers.
   */
  static boolean isShort(int taps, int vectors) {
    return taps * vectors <= 6;
  }

  @Override
  public List<String> sizes() {
    return Stream.concat(operands.sizesBehind(SIZES).stream(), vectorSizes()).toList();
  }

  private Stream<String> vectorSizes() {
    return Stream.of(xBlock > 0 ? "xVector" : "", yBlocked ? "yVector" : "")
        .filter(name -> !name.isEmpty());
  }

  /** The sizes that a tile reads. */
  List<String> tileSizes() {
    return Stream.of(
            TILE_SIZES.stream(),
            vectorSizes(),
            streams > 1 ? Stream.of("wBlock") : Stream.<String>empty(),
            operands.tileSizes().stream())
        .flatMap(names -> names)
        .toList();
  }

  /** The sizes that an epilogue apart from the sums reads. */
  List<String> finishSizes() {
    return Stream.of(
            Stream.of("yColumn"),
            yBlocked ? Stream.of("yVector") : Stream.<String>empty(),
            operands.tileSizes().stream())
        .flatMap(names -> names)
        .toList();
  }

  /**
   * The sizes that matter little to the code of a tile, which layers share that differ in nothing
   * else: those are parameters even where they are known, if there are registers for them.
   */
  List<String> varyingSizes() {
    if (!xBlocked() || !Registers.of(lanes).isMany()) {
      return List.of();
    }
    return Stream.of(
            Stream.of("wBlock", "wBlocks", "xTapRow"),
            sharesChannels ? Stream.of("channels") : Stream.<String>empty(),
            vectorSizes(),
            operands.vectorSizes())
        .flatMap(names -> names)
        .toList();
  }

  /** Whether the input is in blocks of one vector of channels. */
  boolean xBlocked() {
    return xBlock == lanes;
  }

  /** Whether each channel of the input is a plane. */
  boolean isPlanar() {
    return xBlock == 1;
  }

  /** The way to channel {@code k} of the input. */
  Index channel(Sizes sizes, Index k) {
    if (xBlocked()) {
      return k.plus(k.over(lanes).times(sizes.get("xVector").plus(-lanes)));
    }
    return isPlanar() ? k.times(sizes.get("xVector")) : k;
  }

  /**
   * The way to the vector of channels {@code count} vectors further in {@code map}, the output or
   * an input of the epilogue.
   */
  Index vectors(Sizes sizes, String map, Index count) {
    if (!map.equals("y")) {
      return operands.vectors(sizes, map, count, lanes);
    }
    return count.times(yBlocked ? sizes.get("yVector") : Index.of(lanes));
  }

  /**
   * The tile of few windows with the bounds of clips read from the weights; the channels of a map
   * in blocks are whole vectors, so that a turn may take two of them.
   */
  @Override
  public ConvTile generic() {
    return ofFewWindows(epilogue.generic(), xBlocked());
  }

  /**
   * The tile of two pixels, or of one window, and one order of the loops: some two thirds as fast,
   * but its code is short, so that the JIT compiler has it soon.
   */
  ConvTile ofFewWindows() {
    return ofFewWindows(epilogue, false);
  }

  private ConvTile ofFewWindows(Epilogue end, boolean sharesChannels) {
    return new ConvTile(
        lanes,
        weights,
        blockVectors,
        streams,
        fewWindows(),
        1,
        false,
        0,
        pool,
        end,
        operands,
        xBlock,
        yBlocked,
        sharesChannels,
        false);
  }

  private int fewWindows() {
    int most = pool == null ? Math.min(FEW_PIXELS, tilePixels) : 1;
    return Math.clamp(FEW_SUMS / vectors(), 1, most);
  }

  /**
   * The tile of all channels at once, whose number is a parameter; where that is not possible, one
   * that does not fill the registers.
   */
  @Override
  public ConvTile shared() {
    if (!Registers.of(lanes).isMany()) {
      return this;
    }
    if (depth == 0) {
      boolean isLarge = vectors() * tilePixels * windowPixels() >= MANY_SUMS;
      int pixels = Math.max(1, tilePixels / 2);
      return isLarge ? with(blockVectors, streams, pixels, 1, prefetches) : this;
    }
    return new ConvTile(
        lanes,
        weights,
        blockVectors,
        streams,
        tilePixels,
        tileRows,
        blocksInside,
        0,
        pool,
        epilogue,
        operands,
        xBlock,
        yBlocked,
        true,
        false);
  }

  @Override
  public int unit(Axis axis, int all) {
    return axis == Axis.ROWS ? tileRows : Segment.widest(all, tilePixels);
  }

  @Override
  public ConvTile ofShare(Axis axis, int unit) {
    return axis == Axis.ROWS
        ? with(blockVectors, streams, tilePixels, tileRows, false)
        : with(blockVectors, streams, unit, 1, false);
  }

  /** The same tile of another size, with a stream of weights for each vector or pair of them. */
  ConvTile with(TileSize size) {
    int pair = isPaired() ? 2 : 1;
    return with(pair, Math.ceilDiv(size.vectors(), pair), size.pixels(), 1, prefetches);
  }

  /**
   * The same tile for so many {@code rows} and {@code columns} of outputs, over several rows where
   * columns alone would leave the arithmetic units waiting for sums.
   */
  ConvTile over(int rows, int columns) {
    int best = 1;
    for (int most = 2; most <= Math.min(rows, tilePixels); most++) {
      best = time(rows, columns, most) < time(rows, columns, best) ? most : best;
    }
    return with(blockVectors, streams, tilePixels, best, prefetches);
  }

  private ConvTile with(int block, int blocks, int pixels, int rows, boolean prefetches) {
    return new ConvTile(
        lanes,
        weights,
        block,
        blocks,
        pixels,
        rows,
        blocksInside,
        depth,
        pool,
        epilogue,
        operands,
        xBlock,
        yBlocked,
        sharesChannels,
        prefetches);
  }

  /** The time for a tap of all tiles of at most {@code most} rows, in additions to a sum. */
  private int time(int rows, int columns, int most) {
    int time = 0;
    for (Segment high : Segment.even(rows, most)) {
      for (Segment wide : Segment.even(columns, tilePixels / most)) {
        int sums = high.pixels() * wide.pixels() * windowPixels();
        int side = tileVectors(sums);
        int together = Math.ceilDiv(vectors(), side) * Math.max(IN_FLIGHT, side * sums);
        time += high.knownTiles() * wide.knownTiles() * together;
      }
    }
    return time;
  }

  /**
   * Whether the epilogue has a procedure of its own, which takes the sums of a tile from the
   * output: long code beside them would leave registers for a few only.
   */
  boolean finishesApart() {
    return pool == null && epilogue.isLong();
  }

  /** The vectors of output channels beside {@code sums} pixels. */
  int tileVectors(int sums) {
    Registers registers = finishesApart() ? Registers.of(lanes) : Registers.of(lanes, epilogue);
    return Math.min(registers.vectors(sums), vectors());
  }

  /** The vectors of output channels of all blocks that are computed together. */
  int vectors() {
    return streams * blockVectors;
  }

  /** The channels of all blocks that are computed together. */
  int channels() {
    return vectors() * lanes;
  }

  /** Whether a float holds two weights. */
  boolean isPaired() {
    return weights == WeightFormat.BFLOAT16;
  }

  /** The channels of a block. */
  int blockChannels() {
    return blockVectors * lanes;
  }

  /** The floats that hold the weights of a block for one tap. */
  int tapFloats() {
    return isPaired() ? blockChannels() / 2 : blockChannels();
  }

  /** The floats of a block before the place that a tile has of it, where vectors are skipped. */
  int skippedFloats(int vectors) {
    return isPaired() ? 0 : vectors * lanes;
  }

  /** Rows of a pooling window, 1 without a pooling. */
  int poolHeight() {
    return pool == null ? 1 : pool.window().kernelHeight();
  }

  /** Columns of a pooling window, 1 without a pooling. */
  int poolWidth() {
    return pool == null ? 1 : pool.window().kernelWidth();
  }

  /** The pixels of a pooling window, 1 without a pooling. */
  int windowPixels() {
    return poolHeight() * poolWidth();
  }

  /**
   * The tile for people, such as {@code direct 2x6, 8 lanes}: vectors by windows, and the pixels of
   * a window; and what the weights are unless they are any floats.
   */
  String text() {
    boolean pools = pool != null;
    return "direct %dx%d%s%s, %d lanes%s"
        .formatted(
            vectors(),
            tilePixels,
            pools ? " of %dx%d".formatted(poolHeight(), poolWidth()) : "",
            tileRows > 1 ? " over %d rows".formatted(tileRows) : "",
            lanes,
            isPaired() ? ", bfloat16 weights" : "");
  }

  @Override
  public Program program(Sizes sizes) {
    return new ConvLoops(this, sizes).program();
  }
}
