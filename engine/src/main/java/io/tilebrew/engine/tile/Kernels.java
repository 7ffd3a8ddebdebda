package io.tilebrew.engine.tile;

import io.tilebrew.engine.kernel.Memory;
import io.tilebrew.engine.plan.Argument;
import io.tilebrew.engine.plan.FeatureMap;
import io.tilebrew.engine.problem.ConvProblem;
import io.tilebrew.engine.problem.Pointwise;
import io.tilebrew.engine.problem.Pool;
import io.tilebrew.engine.problem.Window;
import io.tilebrew.engine.tile.KernelSpec.Arguments;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * The kernels for feature maps that stand in an arena; problems are those of one image, the batch
 * is free.
 */
public final class Kernels {
  /** The most planes of a map, whose taps are written out for each pixel of a window. */
  public static final int MOST_PLANES = 8;

  private Kernels() {}

  /**
   * Why a convolution with this epilogue and pooling cannot be one kernel, or null if it can.
   *
   * @param channelwise whether the inputs of the epilogue are constants with a number for each
   *     channel
   */
  public static @Nullable String poolRefusal(Pointwise epilogue, boolean channelwise, Pool pool) {
    if (!pool.window().tilesInput()) {
      return "a tile holds whole windows side by side, those of %s %s"
          .formatted(pool, pool.window().isPadded() ? "are padded" : "overlap or leave gaps");
    }
    if (pool.kind() == Pool.Kind.L1 || pool.kind() == Pool.Kind.L2) {
      return "a tile makes maxima and means only";
    }
    int taps = pool.window().taps();
    if (taps > 12 || taps * Epilogue.exponentials(epilogue) > 8) {
      return "a window of %s has %d sums, too many for the registers or for the code of the epilogue"
          .formatted(pool, taps);
    }
    return channelwise || epilogue.inputs() == 0
        ? null
        : "the epilogue before the pooling reads more than a number for each channel";
  }

  /**
   * A convolution; the halo of {@code x} covers its padding.
   *
   * @param w the weights [M,C/group,kH,kW], of the format of {@code p}
   * @param bias the bias [M], or null for zeros
   * @param inputs the inputs of the epilogue
   */
  public static KernelSpec convolution(
      ConvProblem p,
      FeatureMap x,
      FeatureMap y,
      float[] w,
      float @Nullable [] bias,
      List<Operand> inputs,
      int lanes) {
    return convolution(p, x, y, w, bias, inputs, lanes, null);
  }

  /**
   * A convolution by tiles of a size; the bits are the same for any.
   *
   * @param most the floats in a vector; where an output has few channels, less are used
   * @param size the size, of one vector if groups are narrow, or null for what suits it
   */
  public static KernelSpec convolution(
      ConvProblem p,
      FeatureMap x,
      FeatureMap y,
      float[] w,
      float @Nullable [] bias,
      List<Operand> inputs,
      int most,
      @Nullable TileSize size) {
    return convolution(p, x, y, w, bias, inputs, most, size, Processor.current());
  }

  /** The same for {@code processor}. */
  static KernelSpec convolution(
      ConvProblem p,
      FeatureMap x,
      FeatureMap y,
      float[] w,
      float @Nullable [] bias,
      List<Operand> inputs,
      int most,
      @Nullable TileSize size,
      Processor processor) {
    Window window = p.window();
    assert x.top() >= window.padTop() && x.left() >= window.padLeft() : p;
    int lanes = lanes(p, most);
    if (isNarrow(p, most)) {
      return narrow(p, x, y, w, bias, inputs, lanes, size);
    }
    ConvTaps taps = ConvTaps.of(p, x);
    boolean dense = isDense(p);
    Operands operands = Operands.of(1, inputs, p.outputChannels());
    int rows = p.outputHeight();
    int columns = p.outputWidth();
    int convRow = Math.multiplyExact(window.strideHeight(), x.rowStride());
    int convColumn = Math.multiplyExact(window.strideWidth(), x.pixelStride());
    boolean joins =
        p.pool() == null
            && convRow == columns * convColumn
            && y.rowStride() == columns * y.pixelStride();
    int run = joins ? rows * columns : columns;
    int xBlock = x.isBlocked() ? x.pixelStride() : 0;
    ConvTile suiting =
        new UsualTile(p, taps, operands, lanes, xBlock, y.isBlocked(), run, processor).tile(dense);
    ConvTile tile = size == null ? suiting : suiting.with(size);
    int block = tile.channels();
    int maps = p.outputChannels() / p.group();
    int left = maps % block;
    assert !y.isBlocked() || y.isPlanar() || y.canBlock(lanes) : y;
    Arguments arguments =
        new Arguments()
            .map("x", x, -window.padTop(), -window.padLeft(), lanes)
            .map("y", y, 0, 0, lanes)
            .set("w", Memory.LINE_START)
            .set("groups", p.group())
            .set("xGroup", floats(x, p.inputChannels() / p.group(), lanes))
            .set("yGroup", floats(y, maps, lanes))
            .set("wGroup", ConvWeights.groupFloats(tile, p))
            .set("wBlock", ConvWeights.blockFloats(tile, p))
            .set("wBlocks", Math.multiplyExact(tile.streams(), ConvWeights.blockFloats(tile, p)))
            .set("blocks", maps / block)
            .set("tail", y.isBlocked() ? Math.ceilDiv(left, lanes) * lanes : left)
            .set("tails", left == 0 ? 0 : 1)
            .set("lastColumns", 1)
            .set("xConvRow", convRow)
            .set("xConvColumn", convColumn)
            .set("tapRows", taps.rows())
            .set("tapColumns", taps.columns())
            .set("channels", taps.channels())
            .set("xTapRow", taps.xRow())
            .set("xTapColumn", taps.xColumn());
    float[] packed = ConvWeights.pack(tile, p, w, bias);
    float[] weights = operands.bind(arguments, inputs, y, packed, block);
    setBlockWays(arguments, operands, inputs, y, block, lanes);
    double moved = processor.passage() * FeatureMap.floats(List.of(x, y));
    arguments.set("moved", (int) Math.min(Integer.MAX_VALUE, moved));
    if (dense) {
      arguments
          .set("images", 1)
          .set("rows", 1)
          .set("columns", new Argument.Batch())
          .set("lastColumns", new Argument.Batch())
          .set("xRow", 0)
          .set("yRow", 0)
          .set("xColumn", x.imageStride())
          .set("yColumn", y.imageStride());
      operands.maps().forEach(r -> arguments.set(r + "Column", arguments.fixed(r + "Image")));
    } else {
      boolean joined = joins && operands.areJoined(arguments, columns);
      tile = joined ? tile : tile.over(rows, columns);
      arguments
          .set("images", new Argument.Batch())
          .set("rows", joined ? 1 : rows)
          .set("columns", joined ? rows * columns : columns)
          .set("xRow", convRow * tile.poolHeight())
          .set("yRow", y.rowStride())
          .set("xColumn", convColumn * tile.poolWidth())
          .set("yColumn", y.pixelStride());
    }
    return arguments.spec(tile, weights);
  }

  /** Whether maps in blocks of one vector of channels make kernels faster. */
  public static boolean prefersBlocks(int lanes) {
    return Registers.of(lanes).isMany();
  }

  /**
   * Whether the input, the output and the inputs of the epilogue of a convolution may be in blocks
   * of {@code lanes} channels.
   */
  public static boolean takesBlocks(ConvProblem p, int lanes) {
    boolean fits = p.group() == 1 || isNarrow(p, lanes) || isOfBlocks(p, lanes);
    return !isDense(p) && fits && lanes(p, lanes) == lanes;
  }

  /** Whether each group is some blocks; the inputs of an epilogue go from group to group as y. */
  private static boolean isOfBlocks(ConvProblem p, int lanes) {
    return p.inputChannels() / p.group() % lanes == 0
        && p.outputChannels() / p.group() % lanes == 0
        && p.epilogue().inputs() == 0;
  }

  /** Whether the images of a batch are the pixels of a tile. */
  private static boolean isDense(ConvProblem p) {
    return p.outputHeight() == 1 && p.outputWidth() == 1 && p.pool() == null;
  }

  /** The way to the channel {@code count} channels further, which may lie in another block. */
  static int floats(FeatureMap map, int count, int lanes) {
    return map.isBlocked() ? count / lanes * map.vectorStride(lanes) : count;
  }

  /** The floats in a vector, at most {@code most}: less where a group has few output channels. */
  static int lanes(ConvProblem p, int most) {
    return isNarrow(p, most) ? most : Lanes.fitting(p.outputChannels() / p.group(), most);
  }

  /**
   * Whether the channels of some groups make a vector of {@code lanes}, those of one group less.
   * Each has as many output channels as input channels: one where the convolution is depthwise.
   */
  static boolean isNarrow(ConvProblem p, int lanes) {
    int width = p.inputChannels() / p.group();
    return p.group() > 1
        && p.inputChannels() == p.outputChannels()
        && width < lanes
        && Integer.bitCount(width) == 1
        && p.pool() == null;
  }

  private static KernelSpec narrow(
      ConvProblem p,
      FeatureMap x,
      FeatureMap y,
      float[] w,
      float @Nullable [] bias,
      List<Operand> inputs,
      int lanes,
      @Nullable TileSize size) {
    Window window = p.window();
    Operands operands = Operands.of(1, inputs, p.outputChannels());
    int width = p.inputChannels() / p.group();
    int pixels = size == null ? Registers.of(lanes).narrow(width) : size.pixels();
    Epilogue epilogue = Epilogue.of(p.epilogue());
    boolean blocked = width > 1 || x.isBlocked() || y.isBlocked() || operands.areBlocked();
    Tile tile =
        width > 1
            ? new GroupTile(lanes, width, pixels, epilogue, operands)
            : new DepthwiseTile(lanes, pixels, epilogue, operands, blocked);
    Arguments arguments =
        new Arguments()
            .map("x", x, -window.padTop(), -window.padLeft(), lanes)
            .map("y", y, 0, 0, lanes)
            .set("images", new Argument.Batch())
            .set("blocks", blocked ? p.outputChannels() / lanes : 1)
            .set("channels", blocked ? lanes : p.outputChannels())
            .set("tail", p.outputChannels() % lanes)
            .set("tails", p.outputChannels() % lanes == 0 ? 0 : 1)
            .set("rows", p.outputHeight())
            .set("columns", p.outputWidth())
            .set("xRow", Math.multiplyExact(window.strideHeight(), x.rowStride()))
            .set("xColumn", Math.multiplyExact(window.strideWidth(), x.pixelStride()))
            .set("yRow", y.rowStride())
            .set("yColumn", y.pixelStride())
            .set("tapRows", window.kernelHeight())
            .set("tapColumns", window.kernelWidth())
            .set("xTapRow", Math.multiplyExact(window.dilationHeight(), x.rowStride()))
            .set("xTapColumn", Math.multiplyExact(window.dilationWidth(), x.pixelStride()))
            .set("w", Memory.LINE_START)
            .set("wBlocks", lanes)
            .set("wTap", ConvWeights.narrowTap(p, lanes));
    float[] packed = ConvWeights.packNarrow(p, w, bias, lanes);
    float[] weights = operands.bind(arguments, inputs, y, packed, lanes);
    if (y.isBlocked()) {
      setBlockWays(arguments, operands, inputs, y, lanes, lanes);
      arguments.set("xBlocks", floats(x, lanes, lanes));
    }
    return arguments.spec(tile, weights);
  }

  /** A pooling. */
  public static KernelSpec pool(Pool pool, FeatureMap x, FeatureMap y, int lanes) {
    return pool(pool, false, x, y, lanes);
  }

  /**
   * A pooling.
   *
   * @param rectified whether no element of {@code x} has a sign, unless it is NaN
   */
  public static KernelSpec pool(
      Pool pool, boolean rectified, FeatureMap x, FeatureMap y, int lanes) {
    Window w = pool.window();
    PoolTile tile =
        new PoolTile(lanes, pool.kind(), rectified, w.dilationHeight(), w.dilationWidth());
    boolean blocked = x.isBlocked() || y.isBlocked();
    assert !blocked || x.channels() % lanes == 0 || y.canBlock(lanes) : y;
    Arguments arguments =
        new Arguments()
            .map("x", x, 0, 0, lanes)
            .map("y", y, 0, 0, lanes)
            .set("images", new Argument.Batch())
            .set("blocks", blocked ? Math.ceilDiv(x.channels(), lanes) : 1)
            .set("firstRow", 0)
            .set("rows", y.height())
            .set("columns", y.width())
            .set("channels", blocked ? lanes : x.channels())
            .set("height", x.height())
            .set("width", x.width())
            .set("bottom", x.height() + w.padBottom())
            .set("right", x.width() + w.padRight())
            .set("xRow", x.rowStride())
            .set("xPixel", x.pixelStride())
            .set("yRow", y.rowStride())
            .set("yPixel", y.pixelStride())
            .set("kernelHeight", w.kernelHeight())
            .set("kernelWidth", w.kernelWidth())
            .set("strideHeight", w.strideHeight())
            .set("strideWidth", w.strideWidth())
            .set("padTop", w.padTop())
            .set("padLeft", w.padLeft());
    if (blocked) {
      arguments
          .set("xBlocks", floats(x, lanes, lanes))
          .set("yBlocks", floats(y, lanes, lanes))
          .set("tails", 0);
    }
    return arguments.spec(tile, new float[0]);
  }

  /** The ways of the output and the inputs of the epilogue to the next block of channels. */
  private static void setBlockWays(
      Arguments arguments,
      Operands operands,
      List<Operand> inputs,
      FeatureMap y,
      int block,
      int lanes) {
    arguments.set("yBlocks", floats(y, block, lanes));
    operands
        .channelSteps(inputs, block, lanes)
        .forEach((name, step) -> arguments.set(name + "Blocks", step));
  }

  /** A pointwise function of maps; the identity is a copy. */
  public static KernelSpec pointwise(
      Pointwise function, List<Operand> inputs, FeatureMap y, int lanes) {
    List<Operand> operands = inputs.stream().map(operand -> asRow(operand, y, lanes)).toList();
    MapTile tile =
        new MapTile(lanes, Epilogue.of(function), Operands.of(0, operands, y.channels()));
    Arguments arguments =
        new Arguments()
            .map("y", y, 0, 0)
            .set("yRow", y.rowStride())
            .set("yColumn", y.pixelStride())
            .set("images", new Argument.Batch());
    float[] header = Epilogue.header(function);
    float[] weights = tile.operands().bind(arguments, operands, y, header, lanes);
    join(arguments, tile.operands(), y);
    return arguments.spec(tile, weights);
  }

  /** A constant of few channels as a row of pixels, so that vectors are full. */
  private static Operand asRow(Operand operand, FeatureMap y, int lanes) {
    return operand instanceof Operand.Constant constant
            && y.channels() < 2 * lanes
            && y.channels() % lanes != 0
            && y.width() > 1
        ? constant.spread(y.channels(), y.width())
        : operand;
  }

  /** Makes one run of floats of what lies without gaps in all maps. */
  private static void join(Arguments arguments, Operands operands, FeatureMap y) {
    boolean runs =
        y.isWhole()
            && operands.channelMaps().size() == operands.maps().size()
            && operands.maps().stream()
                .allMatch(r -> arguments.fixed(r + "Column") == y.channels());
    int pixel = runs ? y.width() * y.channels() : y.channels();
    int columns = runs ? 1 : y.width();
    boolean joined =
        y.rowStride() == y.width() * y.pixelStride() && operands.areJoined(arguments, y.width());
    arguments
        .set("rows", joined ? 1 : y.height())
        .set("columns", joined && !runs ? columns * y.height() : columns)
        .set("channels", joined && runs ? pixel * y.height() : pixel);
  }

  /** A copy. */
  public static KernelSpec copy(FeatureMap x, FeatureMap y, int lanes) {
    return pointwise(Pointwise.NONE, List.of(new Operand.Map(x)), y, lanes);
  }

  /** Softmax over the channels of each pixel, by vectors of at most {@code most} floats. */
  public static KernelSpec softmax(FeatureMap x, FeatureMap y, int most) {
    int channels = y.channels();
    KernelSpec.Arguments arguments = Pixels.arguments(x, y);
    boolean isRun = x.pixelStride() == channels && y.pixelStride() == channels;
    if (isRun && channels > 1 && channels < most && Integer.bitCount(channels) == 1) {
      arguments.set("columns", 1).set("channels", y.width() * channels);
      return arguments.spec(new GroupSoftmaxTile(most, channels), new float[0]);
    }
    int lanes = Lanes.fitting(channels, most);
    return arguments.spec(new SoftmaxTile(lanes), new float[0]);
  }
}
