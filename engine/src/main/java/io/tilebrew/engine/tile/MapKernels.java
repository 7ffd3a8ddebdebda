package io.tilebrew.engine.tile;

import io.tilebrew.engine.plan.FeatureMap;
import io.tilebrew.engine.problem.Interpolation;
import io.tilebrew.engine.problem.Pointwise;
import io.tilebrew.engine.problem.Resampling;
import io.tilebrew.engine.problem.Window;
import java.util.List;
import java.util.Objects;
import org.jspecify.annotations.Nullable;

/**
 * The kernels that change the size or the order of feature maps, beside those of {@link Kernels};
 * they are those of one image, the batch is free.
 */
public final class MapKernels {
  private static final int MOST_TAPS = 4;

  private MapKernels() {}

  /**
   * A transposed convolution, of which each kernel writes a part of the output; the halo of {@code
   * x} covers the taps outside.
   *
   * @param window as of {@link io.tilebrew.engine.reference.ConvTransposeReference}
   * @param w the weights [C,M/group,kH,kW]
   * @param bias the bias [M], or null for zeros
   * @param epilogue applied after the bias
   * @param inputs the inputs of the epilogue
   */
  public static List<KernelSpec> convTranspose(
      Window window,
      int group,
      FeatureMap x,
      FeatureMap y,
      float[] w,
      float @Nullable [] bias,
      Pointwise epilogue,
      List<Operand> inputs,
      int lanes) {
    return new TransposedConv(window, group, x, y, w, bias, epilogue, inputs, lanes).specs();
  }

  /**
   * The pixels of each channel brought to mean 0 and variance 1.
   *
   * @param epsilon what is added to the variance
   */
  public static KernelSpec standardize(float epsilon, FeatureMap x, FeatureMap y, int lanes) {
    return new StandardTile(lanes).spec(epsilon, x, y);
  }

  /**
   * The channels of each pixel brought to mean 0 and variance 1, by vectors of at most {@code most}
   * floats.
   *
   * @param epsilon what is added to the variance
   */
  public static KernelSpec standardizeChannels(
      float epsilon, FeatureMap x, FeatureMap y, int most) {
    int lanes = Lanes.fitting(y.channels(), most);
    return new ChannelStandardTile(lanes).spec(epsilon, x, y);
  }

  /** Whether there is a kernel that resizes a map in this way. */
  public static boolean canResize(Interpolation how, Resampling rows, Resampling columns) {
    return how.coordinates() != Interpolation.Coordinates.TF_CROP_AND_RESIZE
        && PixelTable.taps(how, rows) <= MOST_TAPS
        && PixelTable.taps(how, columns) <= MOST_TAPS;
  }

  /** Each pixel at another size, as {@link #canResize} allows. */
  public static KernelSpec resize(
      Interpolation how,
      Resampling rows,
      Resampling columns,
      FeatureMap x,
      FeatureMap y,
      int lanes) {
    return sample(PixelTable.of(how, rows), PixelTable.of(how, columns), x, y, lanes);
  }

  /**
   * A choice of rows and columns.
   *
   * @param rows for each row of {@code y} the one of {@code x} that it is equal to
   * @param columns for each column of {@code y} the one of {@code x}
   */
  public static KernelSpec select(
      int[] rows, int[] columns, FeatureMap x, FeatureMap y, int lanes) {
    return sample(PixelTable.of(rows), PixelTable.of(columns), x, y, lanes);
  }

  /**
   * A choice of channels.
   *
   * @param from for each channel of {@code y} the one of {@code x} that it is equal to
   */
  public static KernelSpec selectChannels(int[] from, FeatureMap x, FeatureMap y, int lanes) {
    assert from.length == y.channels();
    ChannelTile tile = new ChannelTile(lanes);
    float[] table = new float[from.length];
    for (int i = 0; i < table.length; i++) {
      table[i] = from[i];
    }
    return Pixels.arguments(x, y).spec(tile, table);
  }

  /**
   * Each channel as often as {@code y} has more of them, whose pixels are followed by as many
   * floats as a vector has.
   */
  public static KernelSpec spread(FeatureMap x, FeatureMap y, int lanes) {
    assert y.firstChannel() == 0 && y.pixelStride() >= y.channels() + lanes : y;
    SpreadTile tile = new SpreadTile(lanes, y.channels() / x.channels());
    return Pixels.arguments(x, y).set("channels", x.channels()).spec(tile, new float[0]);
  }

  /** Whether there is a kernel for a local response normalization of these numbers. */
  public static boolean canNormalize(int size, float beta) {
    return size / 2 <= ResponseTile.MOST_BESIDE && power(beta) != null;
  }

  /**
   * A local response normalization that {@link #canNormalize} allows.
   *
   * @param size the channels of a window
   */
  public static KernelSpec localResponse(
      int size, float alpha, float beta, float bias, FeatureMap x, FeatureMap y, int lanes) {
    ResponseTile tile = new ResponseTile(lanes, Objects.requireNonNull(power(beta)));
    return Pixels.arguments(x, y)
        .set("before", (size - 1) / 2)
        .set("after", size / 2)
        .spec(tile, tile.weights(size, alpha, bias, x.channels()));
  }

  private static ResponseTile.@Nullable Power power(float beta) {
    if (beta == 1) {
      return ResponseTile.Power.ONE;
    }
    if (beta == 0.5f) {
      return ResponseTile.Power.HALF;
    }
    return beta == 0.75f ? ResponseTile.Power.THREE_QUARTERS : null;
  }

  /** Softmax along the rows of each column, or along the columns of each row. */
  public static KernelSpec softmax(boolean alongColumns, FeatureMap x, FeatureMap y, int lanes) {
    return new AxisSoftmaxTile(lanes).spec(alongColumns, x, y);
  }

  /** Whether there is a kernel for the products of these, at least one of them in the arena. */
  public static boolean canMultiply(Matrices a, Matrices b, Matrices.InArena y) {
    return Batches.of(a, b, y).loops().size() <= MatrixTile.MOST_LOOPS;
  }

  /** The products that {@link #canMultiply} allows; dimensions that count matrices broadcast. */
  public static KernelSpec matrixProduct(Matrices a, Matrices b, Matrices.InArena y, int lanes) {
    return MatrixTile.spec(a, b, y, Batches.of(a, b, y), lanes);
  }

  /** One value in all pixels. */
  public static KernelSpec fill(float value, FeatureMap y, int lanes) {
    return Pixels.arguments(y, y).spec(new FillTile(lanes), new float[] {value});
  }

  private static KernelSpec sample(
      PixelTable rows, PixelTable columns, FeatureMap x, FeatureMap y, int lanes) {
    SampleTile tile = new SampleTile(lanes, rows.taps(), columns.taps());
    return Pixels.arguments(x, y)
        .set("firstRow", 0)
        .set("tableRows", y.height())
        .spec(tile, rows.followedBy(columns));
  }
}
