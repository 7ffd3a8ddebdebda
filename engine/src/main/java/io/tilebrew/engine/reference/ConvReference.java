package io.tilebrew.engine.reference;

import io.tilebrew.engine.problem.ConvProblem;
import io.tilebrew.engine.problem.Window;
import org.jspecify.annotations.Nullable;

/**
 * The reference of {@link ConvProblem} without its pooling, on NCHW arrays.
 *
 * <p>The order of summation is part of the meaning: the bias first, then the taps in (kernel row,
 * kernel column, input channel) order, each by one fused multiply-add; padding is taps of value 0.
 */
public final class ConvReference {
  private ConvReference() {}

  /**
   * Convolves; the epilogue has references of its own.
   *
   * @param x the input [N,C,H,W]
   * @param w the weights [M,C/group,kH,kW]
   * @param bias the bias [M], or null for zeros
   * @param y the output before the epilogue [N,M,convHeight,convWidth]
   */
  public static void run(ConvProblem p, float[] x, float[] w, float @Nullable [] bias, float[] y) {
    int height = p.convHeight();
    int width = p.convWidth();
    int at = 0;
    for (int n = 0; n < p.batch(); n++) {
      for (int m = 0; m < p.outputChannels(); m++) {
        for (int oy = 0; oy < height; oy++) {
          for (int ox = 0; ox < width; ox++) {
            y[at++] = sum(p, x, w, bias == null ? 0 : bias[m], n, m, oy, ox);
          }
        }
      }
    }
  }

  private static float sum(
      ConvProblem p, float[] x, float[] w, float bias, int n, int m, int oy, int ox) {
    Window window = p.window();
    int channels = p.inputChannels() / p.group();
    int firstChannel = m / (p.outputChannels() / p.group()) * channels;
    int taps = window.taps();
    float sum = bias;
    for (int kh = 0; kh < window.kernelHeight(); kh++) {
      int iy = oy * window.strideHeight() + kh * window.dilationHeight() - window.padTop();
      for (int kw = 0; kw < window.kernelWidth(); kw++) {
        int ix = ox * window.strideWidth() + kw * window.dilationWidth() - window.padLeft();
        boolean inside = iy >= 0 && iy < p.height() && ix >= 0 && ix < p.width();
        int tap = kh * window.kernelWidth() + kw;
        int pixel = ((n * p.inputChannels() + firstChannel) * p.height() + iy) * p.width() + ix;
        for (int c = 0; c < channels; c++) {
          float value = inside ? x[pixel + c * p.height() * p.width()] : 0;
          sum = Math.fma(value, w[(m * channels + c) * taps + tap], sum);
        }
      }
    }
    return sum;
  }
}
