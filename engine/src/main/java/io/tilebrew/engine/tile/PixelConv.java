package io.tilebrew.engine.tile;

import io.tilebrew.engine.plan.Argument;
import io.tilebrew.engine.plan.FeatureMap;
import io.tilebrew.engine.problem.ConvProblem;
import io.tilebrew.engine.problem.Pool;
import io.tilebrew.engine.problem.WeightFormat;
import io.tilebrew.engine.problem.Window;
import io.tilebrew.engine.tile.KernelSpec.Arguments;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * A convolution of a map of one channel with the pixels of a row in the lanes, of which threads
 * share the output rows, each with scratch of its own; none is needed if the output is planar.
 */
public final class PixelConv implements ConvParts {
  private final ConvProblem p;
  private final FeatureMap x;
  private final FeatureMap y;
  private final int lanes;
  private final int parts;
  private final PixelTile tile;
  private final float[] packed;
  private final List<FeatureMap> scratch;

  /**
   * A convolution of one image that {@link #takes} accepts, the batch is free.
   *
   * @param x the input, whose halo covers the padding
   * @param w the weights [M,1,kH,kW]
   * @param bias the bias [M], or null for zeros
   * @param most the most threads that share it
   */
  public PixelConv(
      ConvProblem p,
      FeatureMap x,
      FeatureMap y,
      float[] w,
      float @Nullable [] bias,
      int lanes,
      int most) {
    assert takes(p, x, y, lanes) : p;
    this.p = p;
    this.x = x;
    this.y = y;
    this.lanes = lanes;
    this.parts = Math.min(most, y.height());
    int vectors = vectors(p, lanes);
    int channels = Segment.widest(p.outputChannels(), mostChannels(p, lanes));
    this.tile =
        new PixelTile(lanes, channels, vectors, p.pool(), Epilogue.of(p.epilogue()), y.isPlanar());
    this.packed = pack(w, bias);
    this.scratch =
        y.isPlanar()
            ? List.of()
            : FeatureMap.scratch(y.buffer().name() + ".rows", partFloats(), parts);
  }

  /** Whether a convolution between these maps can be computed so. */
  static boolean takes(ConvProblem p, FeatureMap x, FeatureMap y, int lanes) {
    return p.inputChannels() == 1
        && p.weights() == WeightFormat.FLOAT32
        && p.window().strideWidth() == 1
        && p.convWidth() >= lanes
        && x.pixelStride() == 1
        && !x.isBlocked()
        && (y.isPlanar() ? poolsInRegisters(p, lanes) : !y.isBlocked())
        && p.epilogue().inputs() == 0
        && !Epilogue.isLong(p.epilogue())
        && (p.pool() == null || isSideBySide(p, p.pool()))
        && mostChannels(p, lanes) > 0;
  }

  /**
   * Whether the columns of pooling windows can be pooled in registers, so that the output may be
   * planar: each vector begins with a window.
   */
  static boolean poolsInRegisters(ConvProblem p, int lanes) {
    Pool pool = p.pool();
    int width = pool == null ? 1 : pool.window().kernelWidth();
    int span = Math.min(p.convWidth(), vectors(p, lanes) * lanes);
    return width <= 2 && (p.convWidth() - span) % width == 0 && (span - lanes) % width == 0;
  }

  private static boolean isSideBySide(ConvProblem p, Pool pool) {
    return pool.kind() == Pool.Kind.MAX && Kernels.poolRefusal(p.epilogue(), true, pool) == null;
  }

  /** Whether it is faster than channels in the lanes. */
  public static boolean isFaster(ConvProblem p, FeatureMap x, FeatureMap y, int lanes) {
    if (!takes(p, x, y, lanes)) {
      return false;
    }
    int byPixels = p.outputChannels() * Math.ceilDiv(p.convWidth(), lanes);
    int byChannels =
        p.convWidth() * Math.ceilDiv(p.outputChannels(), Lanes.fitting(p.outputChannels(), lanes));
    return 3 * byPixels <= 2 * byChannels;
  }

  private static int vectors(ConvProblem p, int lanes) {
    return p.convWidth() == lanes ? 1 : 2;
  }

  /** The most channels of a tile, so that its sums are in registers. */
  private static int mostChannels(ConvProblem p, int lanes) {
    Pool pool = p.pool();
    int height = pool == null ? 1 : pool.window().kernelHeight();
    return (Registers.of(lanes).isMany() ? 24 : 12) / (height * vectors(p, lanes));
  }

  @Override
  public List<FeatureMap> scratch() {
    return scratch;
  }

  @Override
  public KernelSpec spec() {
    Arguments arguments = all();
    int rows = y.height();
    return parts == 1
        ? arguments.spec(tile, packed)
        : arguments
            .moveEach("x", arguments.fixed("xRow"))
            .moveEach("y", y.rowStride())
            .set("rows", new Argument.Count(1, rows))
            .spec(tile, packed, rows);
  }

  private int partFloats() {
    return Math.addExact(Math.multiplyExact(p.outputChannels(), p.convWidth()), lanes);
  }

  /** The header, the biases, and for each tap the weights of all channels. */
  private float[] pack(float[] w, float @Nullable [] bias) {
    int maps = p.outputChannels();
    int taps = p.window().taps();
    float[] all = new float[Epilogue.HEADER + maps * (1 + taps)];
    System.arraycopy(Epilogue.header(p.epilogue()), 0, all, 0, Epilogue.HEADER);
    if (bias != null) {
      System.arraycopy(bias, 0, all, Epilogue.HEADER, maps);
    }
    for (int m = 0; m < maps; m++) {
      for (int t = 0; t < taps; t++) {
        all[Epilogue.HEADER + maps * (1 + t) + m] = w[m * taps + t];
      }
    }
    return all;
  }

  /** The arguments of a kernel that does all. */
  private Arguments all() {
    Window window = p.window();
    int maps = p.outputChannels();
    int convRow = Math.multiplyExact(window.strideHeight(), x.rowStride());
    int span = Math.min(p.convWidth(), tile.vectors() * lanes);
    return new Arguments()
        .map("x", x, -window.padTop(), -window.padLeft())
        .map("y", y, 0, 0, lanes)
        .set("w", Epilogue.HEADER)
        .set("s", y.isPlanar() ? new Argument.Fixed(0) : Argument.Scratch.of(scratch, 0))
        .set("images", new Argument.Batch())
        .set("rows", y.height())
        .set("columns", y.width())
        .set("maps", maps)
        .set("xRow", convRow * tile.poolHeight())
        .set("yRow", y.rowStride())
        .set("yColumn", y.pixelStride())
        .set("sRow", y.isPlanar() ? y.blockStride() : p.convWidth())
        .set("blocks", Math.ceilDiv(maps, tile.channels()))
        .set("lastBlock", maps - tile.channels())
        .set("strips", Math.ceilDiv(p.convWidth(), span))
        .set("lastStrip", p.convWidth() - span)
        .set("second", span - lanes)
        .set("xConvRow", convRow)
        .set("tapRows", window.kernelHeight())
        .set("tapColumns", window.kernelWidth())
        .set("xTapRow", Math.multiplyExact(window.dilationHeight(), x.rowStride()))
        .set("xTapColumn", window.dilationWidth());
  }
}
