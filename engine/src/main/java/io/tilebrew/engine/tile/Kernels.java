package io.tilebrew.engine.tile;

import io.tilebrew.engine.plan.Argument;
import io.tilebrew.engine.plan.FeatureMap;
import io.tilebrew.engine.problem.Activation;
import io.tilebrew.engine.problem.ConvProblem;
import io.tilebrew.engine.problem.Window;
import io.tilebrew.engine.tile.KernelSpec.Arguments;
import org.jspecify.annotations.Nullable;

/**
 * The kernels for feature maps that stand in an arena; problems are those of one image, the batch
 * is free.
 */
public final class Kernels {
  private Kernels() {}

  /** Whether a convolution with this epilogue can be one kernel. */
  public static boolean canPool(Activation activation, Window pool) {
    return pool.tilesInput() && pool.taps() <= (isLong(activation) ? 8 : 12);
  }

  /** Whether the code of an activation is so long that a tile must hold few of them. */
  private static boolean isLong(Activation activation) {
    return switch (activation) {
      case Activation.Sigmoid _, Activation.Tanh _, Activation.Silu _ -> true;
      case Activation.None _,
          Activation.Relu _,
          Activation.Clip _,
          Activation.LeakyRelu _,
          Activation.HardSigmoid _,
          Activation.HardSwish _ ->
          false;
    };
  }

  /**
   * A convolution; the halo of {@code x} covers its padding.
   *
   * @param w the weights [M,C/group,kH,kW]
   * @param bias the bias [M], or null for zeros
   */
  public static KernelSpec convolution(
      ConvProblem p, FeatureMap x, FeatureMap y, float[] w, float @Nullable [] bias, int lanes) {
    Window window = p.window();
    assert x.top() >= window.padTop() && x.left() >= window.padLeft() : p;
    if (isDepthwise(p)) {
      return depthwise(p, x, y, w, bias, lanes);
    }
    Taps taps = Taps.of(p, x);
    boolean dense = p.outputHeight() == 1 && p.outputWidth() == 1 && p.pool() == null;
    ConvTile tile = tile(p, dense, taps, lanes);
    int block = tile.blockVectors() * lanes;
    int maps = p.outputChannels() / p.group();
    int convRow = Math.multiplyExact(window.strideHeight(), x.rowStride());
    int convColumn = Math.multiplyExact(window.strideWidth(), x.pixelStride());
    Arguments arguments =
        new Arguments()
            .map("x", x, -window.padTop(), -window.padLeft())
            .map("y", y, 0, 0)
            .set("groups", p.group())
            .set("xGroup", p.inputChannels() / p.group())
            .set("yGroup", maps)
            .set("wGroup", ConvWeights.groupFloats(tile, p))
            .set("blocks", maps / block)
            .set("tail", maps % block)
            .set("xConvRow", convRow)
            .set("xConvColumn", convColumn)
            .set("tapRows", taps.rows)
            .set("tapColumns", taps.columns)
            .set("channels", taps.channels)
            .set("xTapRow", taps.xRow)
            .set("xTapColumn", taps.xColumn);
    if (dense) {
      arguments
          .set("images", 1)
          .set("rows", 1)
          .set("columns", new Argument.Batch())
          .set("xRow", 0)
          .set("yRow", 0)
          .set("xColumn", x.imageStride())
          .set("yColumn", y.imageStride());
    } else {
      int rows = p.outputHeight();
      int columns = p.outputWidth();
      boolean joined =
          p.pool() == null
              && convRow == columns * convColumn
              && y.rowStride() == columns * y.pixelStride();
      arguments
          .set("images", new Argument.Batch())
          .set("rows", joined ? 1 : rows)
          .set("columns", joined ? rows * columns : columns)
          .set("xRow", convRow * tile.poolHeight())
          .set("yRow", y.rowStride())
          .set("xColumn", convColumn * tile.poolWidth())
          .set("yColumn", y.pixelStride());
    }
    ConvTile generic = tile.generic();
    return arguments.spec(
        ConvTile.SIZES,
        tile::program,
        generic::program,
        ConvWeights.pack(tile, p, w, bias, p.activation()));
  }

  /** Whether each output channel has one input channel of its own. */
  private static boolean isDepthwise(ConvProblem p) {
    return p.group() > 1
        && p.group() == p.inputChannels()
        && p.group() == p.outputChannels()
        && p.pool() == null;
  }

  private static KernelSpec depthwise(
      ConvProblem p, FeatureMap x, FeatureMap y, float[] w, float @Nullable [] bias, int lanes) {
    Window window = p.window();
    DepthwiseTile tile = new DepthwiseTile(lanes, 6, p.activation());
    DepthwiseTile generic = tile.generic();
    return new Arguments()
        .map("x", x, -window.padTop(), -window.padLeft())
        .map("y", y, 0, 0)
        .set("images", new Argument.Batch())
        .set("channels", p.outputChannels())
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
        .spec(
            DepthwiseTile.SIZES,
            tile::program,
            generic::program,
            ConvWeights.packDepthwise(p, w, bias, lanes));
  }

  /** How the taps of a window lie in the input. */
  private record Taps(boolean flat, int rows, int columns, int channels, int xRow, int xColumn) {
    static Taps of(ConvProblem p, FeatureMap x) {
      Window w = p.window();
      int channels = p.inputChannels() / p.group();
      int row = Math.multiplyExact(w.dilationHeight(), x.rowStride());
      int column = Math.multiplyExact(w.dilationWidth(), x.pixelStride());
      boolean flat = w.kernelWidth() == 1 || column == channels;
      if (!flat) {
        return new Taps(false, w.kernelHeight(), w.kernelWidth(), channels, row, column);
      }
      int run = Math.multiplyExact(w.kernelWidth(), channels);
      return row == run
          ? new Taps(true, 1, Math.multiplyExact(w.kernelHeight(), run), 1, row, 0)
          : new Taps(true, w.kernelHeight(), run, 1, row, 0);
    }
  }

  /** The tile that suits most problems of this form. */
  private static ConvTile tile(ConvProblem p, boolean dense, Taps taps, int lanes) {
    int vectors = Math.ceilDiv(p.outputChannels() / p.group(), lanes);
    Window pool = p.pool();
    int area = pool == null ? 1 : pool.taps();
    int most = dense ? 8 : 2;
    int block = Math.ceilDiv(vectors, Math.ceilDiv(vectors, most));
    boolean few = isLong(p.activation());
    boolean wide =
        !few && block == 1 && (pool == null || (taps.flat && ConvTile.isShort(taps.columns, 1)));
    int pixels =
        wide ? (area == 1 ? 10 : Math.max(1, 12 / area)) : Math.max(1, (few ? 3 : 6) / area);
    return new ConvTile(
        lanes,
        block,
        dense ? (few ? 3 : 6) : pixels,
        pool == null ? 1 : pool.kernelHeight(),
        pool == null ? 1 : pool.kernelWidth(),
        taps.flat,
        p.activation());
  }

  /** A max pooling without dilation. */
  public static KernelSpec maxPool(Window window, FeatureMap x, FeatureMap y, int lanes) {
    return pool(PoolTile.Kind.MAX, window, x, y, lanes);
  }

  /** An average pooling without dilation. */
  public static KernelSpec averagePool(
      Window window, boolean countPadding, FeatureMap x, FeatureMap y, int lanes) {
    PoolTile.Kind kind = countPadding ? PoolTile.Kind.AVERAGE_PADDED : PoolTile.Kind.AVERAGE;
    return pool(kind, window, x, y, lanes);
  }

  private static KernelSpec pool(
      PoolTile.Kind kind, Window w, FeatureMap x, FeatureMap y, int lanes) {
    PoolTile tile = new PoolTile(lanes, kind);
    return new Arguments()
        .map("x", x, 0, 0)
        .map("y", y, 0, 0)
        .set("images", new Argument.Batch())
        .set("firstRow", 0)
        .set("rows", y.height())
        .set("columns", y.width())
        .set("channels", x.channels())
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
        .set("padLeft", w.padLeft())
        .spec(PoolTile.SIZES, tile::program, tile::program, new float[0]);
  }

  /** An activation, or with {@link Activation#NONE} a copy. */
  public static KernelSpec activation(
      Activation activation, FeatureMap x, FeatureMap y, int lanes) {
    ActivationTile literal = new ActivationTile(lanes, activation);
    ActivationTile generic = new ActivationTile(lanes, Epilogue.generic(activation));
    boolean joined = x.isWhole() && y.isWhole();
    return pixels(x, y, joined)
        .spec(
            ActivationTile.SIZES, literal::program, generic::program, Epilogue.bounds(activation));
  }

  /** Softmax over the channels of each pixel. */
  public static KernelSpec softmax(FeatureMap x, FeatureMap y, int lanes) {
    SoftmaxTile tile = new SoftmaxTile(lanes);
    return pixels(x, y, false).spec(SoftmaxTile.SIZES, tile::program, tile::program, new float[0]);
  }

  /** The pixels of two maps of one size; joined, a row is one run of floats. */
  private static Arguments pixels(FeatureMap x, FeatureMap y, boolean joined) {
    return new Arguments()
        .map("x", x, 0, 0)
        .map("y", y, 0, 0)
        .set("images", new Argument.Batch())
        .set("rows", x.height())
        .set("columns", joined ? 1 : x.width())
        .set("channels", joined ? x.width() * x.channels() : x.channels())
        .set("xRow", x.rowStride())
        .set("xPixel", x.pixelStride())
        .set("yRow", y.rowStride())
        .set("yPixel", y.pixelStride());
  }
}
