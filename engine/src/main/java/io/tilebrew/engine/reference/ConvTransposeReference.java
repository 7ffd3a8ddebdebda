package io.tilebrew.engine.reference;

import io.tilebrew.engine.Shape;
import io.tilebrew.engine.Tensor;
import io.tilebrew.engine.problem.Window;
import org.jspecify.annotations.Nullable;

/**
 * The reference of the transposed convolution, on float32 tensors.
 *
 * <p>The order of summation is part of the meaning: the bias first, then the taps in (kernel row,
 * kernel column, input channel) order, each by one fused multiply-add. Taps between two inputs do
 * not count; beyond the first and the last one the input is 0.
 */
public final class ConvTransposeReference {
  private ConvTransposeReference() {}

  /**
   * Adds each input element times the kernel around its place to the output.
   *
   * @param window the kernel, the distance between the places of two input elements, the dilation;
   *     the first place lies {@code padTop} rows above and {@code padLeft} columns left of the
   *     output
   * @param x the input [N,C,H,W]
   * @param w the weights [C,M/group,kH,kW]
   * @param bias the bias [M], or null for zeros
   * @param y the output [N,M,height,width]
   */
  public static void run(
      Window window, int group, Tensor x, Tensor w, @Nullable Tensor bias, Tensor y) {
    Shape shape = y.shape();
    int maps = shape.dim(1);
    int at = 0;
    for (int n = 0; n < shape.dim(0); n++) {
      for (int m = 0; m < maps; m++) {
        float start = bias == null ? 0 : bias.floats()[m];
        for (int oy = 0; oy < shape.dim(2); oy++) {
          for (int ox = 0; ox < shape.dim(3); ox++) {
            y.floats()[at++] = sum(window, group, x, w, start, n, m, oy, ox);
          }
        }
      }
    }
  }

  private static float sum(
      Window window, int group, Tensor x, Tensor w, float start, int n, int m, int oy, int ox) {
    int height = x.shape().dim(2);
    int width = x.shape().dim(3);
    int channels = x.shape().dim(1) / group;
    int maps = w.shape().dim(1);
    int first = m / maps * channels;
    float sum = start;
    for (int kh = 0; kh < window.kernelHeight(); kh++) {
      int row = oy + window.padTop() - kh * window.dilationHeight();
      int iy = Math.floorDiv(row, window.strideHeight());
      for (int kw = 0; kw < window.kernelWidth(); kw++) {
        int column = ox + window.padLeft() - kw * window.dilationWidth();
        int ix = Math.floorDiv(column, window.strideWidth());
        if (row != iy * window.strideHeight() || column != ix * window.strideWidth()) {
          continue;
        }
        boolean inside = iy >= 0 && iy < height && ix >= 0 && ix < width;
        int tap = kh * window.kernelWidth() + kw;
        for (int c = first; c < first + channels; c++) {
          int at = ((n * group * channels + c) * height + iy) * width + ix;
          float value = inside ? x.floats()[at] : 0;
          float weight = w.floats()[(c * maps + m % maps) * window.taps() + tap];
          sum = Math.fma(value, weight, sum);
        }
      }
    }
    return sum;
  }
}
