package io.tilebrew.engine.reference;

import io.tilebrew.engine.problem.Algorithm;
import io.tilebrew.engine.problem.ConvProblem;
import org.jspecify.annotations.Nullable;

/**
 * The reference of a {@link ConvProblem} by Winograd's minimal filtering (Lavin and Gray 2015,
 * arXiv:1509.09308), without its pooling, on NCHW arrays.
 *
 * <p>The output is cut into tiles of 2x2, 4x4 or 6x6 from its first row and column on; the inputs
 * of a tile overlap those of its neighbours by the rows or columns of the weights but one, and
 * beyond the edges there are zeros. The inputs and the weights are transformed, the columns first
 * and then the rows; each pair of elements is summed over the input channels in order, each by one
 * fused multiply-add; and the sums are transformed back, the columns first. The bias is where the
 * sum of element (1,1) starts, which the transform spreads over the whole tile. The order within a
 * transform is part of the meaning.
 */
public final class WinogradReference {
  private WinogradReference() {}

  /**
   * Convolves; the epilogue has references of its own.
   *
   * @param x the input [N,C,H,W]
   * @param w the weights [M,C,3,3] or [M,C,5,5]
   * @param bias the bias [M], or null for zeros
   * @param y the output before the epilogue [N,M,convHeight,convWidth]
   */
  public static void run(ConvProblem p, float[] x, float[] w, float @Nullable [] bias, float[] y) {
    int outputs = p.algorithm().outputs();
    float[] u = weights(p, w);
    for (int n = 0; n < p.batch(); n++) {
      for (int row = 0; row < p.convHeight(); row += outputs) {
        for (int column = 0; column < p.convWidth(); column += outputs) {
          float[][] v = inputs(p, x, n, row, column);
          for (int m = 0; m < p.outputChannels(); m++) {
            float[] tile = sums(p, v, u, m, bias == null ? 0 : bias[m]);
            transformBack(p.algorithm(), tile);
            write(p, tile, y, n, m, row, column);
          }
        }
      }
    }
  }

  /** The transformed weights [products,M,C]. */
  private static float[] weights(ConvProblem p, float[] w) {
    int products = p.algorithm().products();
    int pairs = p.outputChannels() * p.inputChannels();
    float[] all = new float[Math.multiplyExact(products, pairs)];
    new WinogradWeights(p.algorithm(), pairs).apply(w, 0, p.window().taps(), pairs, all, 0, pairs);
    return all;
  }

  /** The transformed inputs [C][products] of the tile at ({@code row}, {@code column}). */
  private static float[][] inputs(ConvProblem p, float[] x, int n, int row, int column) {
    int inputs = p.algorithm().inputs();
    float[][] v = new float[p.inputChannels()][inputs * inputs];
    for (int c = 0; c < p.inputChannels(); c++) {
      for (int i = 0; i < inputs; i++) {
        int iy = row + i - p.window().padTop();
        for (int j = 0; j < inputs; j++) {
          int ix = column + j - p.window().padLeft();
          boolean inside = iy >= 0 && iy < p.height() && ix >= 0 && ix < p.width();
          int at = ((n * p.inputChannels() + c) * p.height() + iy) * p.width() + ix;
          v[c][i * inputs + j] = inside ? x[at] : 0;
        }
      }
      for (int j = 0; j < inputs; j++) {
        transform(p.algorithm(), v[c], j, inputs);
      }
      for (int i = 0; i < inputs; i++) {
        transform(p.algorithm(), v[c], i * inputs, 1);
      }
    }
    return v;
  }

  /** Transforms the inputs {@code all[at]}, {@code all[at + step]} and so on. */
  private static void transform(Algorithm algorithm, float[] all, int at, int step) {
    float[] d = new float[algorithm.inputs()];
    for (int i = 0; i < d.length; i++) {
      d[i] = all[at + i * step];
    }
    float[] v =
        switch (d.length) {
          case 4 -> transformFour(d);
          case 6 -> transformSix(d);
          default -> transformEight(d);
        };
    for (int i = 0; i < v.length; i++) {
      all[at + i * step] = v[i];
    }
  }

  private static float[] transformFour(float[] d) {
    return new float[] {d[0] - d[2], d[1] + d[2], d[2] - d[1], d[1] - d[3]};
  }

  private static float[] transformSix(float[] d) {
    float even = Math.fma(-4, d[2], d[4]);
    float odd = Math.fma(-4, d[1], d[3]);
    float evenOf2 = d[4] - d[2];
    float oddOf2 = d[3] - d[1];
    return new float[] {
      Math.fma(4, d[0], Math.fma(-5, d[2], d[4])),
      even + odd,
      even - odd,
      Math.fma(2, oddOf2, evenOf2),
      Math.fma(-2, oddOf2, evenOf2),
      Math.fma(4, d[1], Math.fma(-5, d[3], d[5]))
    };
  }

  private static float[] transformEight(float[] d) {
    float even = Math.fma(-4.25f, d[4], d[6]) + d[2];
    float odd = Math.fma(-4.25f, d[3], d[5]) + d[1];
    float evenOf2 = Math.fma(0.25f, d[2], Math.fma(-1.25f, d[4], d[6]));
    float oddOf2 = Math.fma(0.25f, d[1], Math.fma(-1.25f, d[3], d[5]));
    float evenOfHalf = Math.fma(4, d[2], Math.fma(-5, d[4], d[6]));
    float oddOfHalf = Math.fma(4, d[1], Math.fma(-5, d[3], d[5]));
    return new float[] {
      Math.fma(5.25f, d[4] - d[2], d[0] - d[6]),
      even + odd,
      even - odd,
      Math.fma(2, oddOf2, evenOf2),
      Math.fma(-2, oddOf2, evenOf2),
      Math.fma(0.5f, oddOfHalf, evenOfHalf),
      Math.fma(-0.5f, oddOfHalf, evenOfHalf),
      Math.fma(5.25f, d[3] - d[5], d[7] - d[1])
    };
  }

  /** The sums [products] over the input channels for output channel {@code m}. */
  private static float[] sums(ConvProblem p, float[][] v, float[] u, int m, float bias) {
    int channels = p.inputChannels();
    float[] sums = new float[p.algorithm().products()];
    for (int k = 0; k < sums.length; k++) {
      float sum = k == biased(p.algorithm()) ? bias : 0;
      for (int c = 0; c < channels; c++) {
        sum = Math.fma(v[c][k], u[(k * p.outputChannels() + m) * channels + c], sum);
      }
      sums[k] = sum;
    }
    return sums;
  }

  /** The number of the product whose sum starts with the bias, the one in row 1 and column 1. */
  public static int biased(Algorithm algorithm) {
    return algorithm.inputs() + 1;
  }

  /** Turns sums into outputs, which then stand in the first rows and columns. */
  private static void transformBack(Algorithm algorithm, float[] tile) {
    int inputs = algorithm.inputs();
    for (int j = 0; j < inputs; j++) {
      transformBack(algorithm, tile, j, inputs);
    }
    for (int i = 0; i < algorithm.outputs(); i++) {
      transformBack(algorithm, tile, i * inputs, 1);
    }
  }

  private static void transformBack(Algorithm algorithm, float[] t, int at, int step) {
    int inputs = algorithm.inputs();
    float first = t[at];
    float last = t[at + (inputs - 1) * step];
    float sum = t[at + step] + t[at + 2 * step];
    float difference = t[at + step] - t[at + 2 * step];
    if (inputs == 4) {
      t[at] = first + sum;
      t[at + step] = difference - last;
      return;
    }
    float sumOf2 = t[at + 3 * step] + t[at + 4 * step];
    float differenceOf2 = t[at + 3 * step] - t[at + 4 * step];
    float sumOfHalf = inputs == 8 ? t[at + 5 * step] + t[at + 6 * step] : 0;
    float differenceOfHalf = inputs == 8 ? t[at + 5 * step] - t[at + 6 * step] : 0;
    for (int i = 0; i < algorithm.outputs(); i++) {
      boolean isEven = i % 2 == 0;
      float output =
          i == 0
              ? first + sum + sumOf2
              : Math.fma(1 << i, isEven ? sumOf2 : differenceOf2, isEven ? sum : difference);
      if (inputs == 8) {
        output = Math.fma(1f / (1 << i), isEven ? sumOfHalf : differenceOfHalf, output);
      }
      t[at + i * step] = i == algorithm.outputs() - 1 ? output + last : output;
    }
  }

  /** Writes those outputs of a tile that are inside the feature map. */
  private static void write(
      ConvProblem p, float[] tile, float[] y, int n, int m, int row, int column) {
    int map = (n * p.outputChannels() + m) * p.convHeight();
    for (int i = 0; i < p.algorithm().outputs() && row + i < p.convHeight(); i++) {
      for (int j = 0; j < p.algorithm().outputs() && column + j < p.convWidth(); j++) {
        y[(map + row + i) * p.convWidth() + column + j] = tile[i * p.algorithm().inputs() + j];
      }
    }
  }
}
