package io.tilebrew.engine.tile;

import io.tilebrew.engine.plan.FeatureMap;
import io.tilebrew.engine.problem.Window;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * The kernels that change the size or the order of feature maps, beside those of {@link Kernels};
 * they are those of one image, the batch is free.
 */
public final class MapKernels {
  private MapKernels() {}

  /**
   * A transposed convolution, of which each kernel writes a part of the output; the halo of {@code
   * x} covers the taps outside.
   *
   * @param window as of {@link io.tilebrew.engine.reference.ConvTransposeReference}
   * @param w the weights [C,M/group,kH,kW]
   * @param bias the bias [M], or null for zeros
   */
  public static List<KernelSpec> convTranspose(
      Window window,
      int group,
      FeatureMap x,
      FeatureMap y,
      float[] w,
      float @Nullable [] bias,
      int lanes) {
    return new TransposedConv(window, group, x, y, w, bias, lanes).specs();
  }
}
