package io.tilebrew.engine.reference;

import io.tilebrew.engine.problem.Algorithm;
import java.util.Arrays;

/**
 * The transform of the weights of Winograd's algorithm, G w G<sup>T</sup> (Lavin and Gray 2015,
 * section 4), in double precision and rounded once. Not for several threads.
 *
 * <p>The weights of a row or column are the coefficients of a polynomial; G takes its values at 0,
 * 1, -1, of six and more 2 and -2, and of eight 1/2 and -1/2, each divided by a number, and at
 * infinity.
 */
public final class WinogradWeights {
  private static final double[] POINTS = {0, 1, -1, 2, -2, 0.5, -0.5};
  private static final double[] DIVISORS_OF_4 = {1, 2, 2};
  private static final double[] DIVISORS_OF_6 = {4, -6, -6, 24, 24};
  private static final double[] DIVISORS_OF_8 = {1, -4.5, -4.5, 90, 90, 1.40625, 1.40625};

  /** What a transformed weight takes of each weight [products,taps]. */
  private final double[][] factors;

  /** The weights [taps,pairs]. */
  private final double[][] weights;

  private final double[] sums;

  /**
   * A transform of the weights of at most {@code most} pairs of channels at a time.
   *
   * @param algorithm not the direct one
   */
  public WinogradWeights(Algorithm algorithm, int most) {
    assert algorithm != Algorithm.DIRECT;
    int taps = algorithm.taps();
    int inputs = algorithm.inputs();
    double[][] g = matrix(taps, inputs);
    this.factors = new double[inputs * inputs][taps * taps];
    for (int i = 0; i < factors.length; i++) {
      for (int tap = 0; tap < taps * taps; tap++) {
        factors[i][tap] = g[i / inputs][tap / taps] * g[i % inputs][tap % taps];
      }
    }
    this.weights = new double[taps * taps][most];
    this.sums = new double[most];
  }

  /** The matrix G [inputs,taps]. */
  private static double[][] matrix(int taps, int inputs) {
    double[][] g = new double[inputs][taps];
    double[] divisors =
        switch (inputs) {
          case 4 -> DIVISORS_OF_4;
          case 6 -> DIVISORS_OF_6;
          default -> DIVISORS_OF_8;
        };
    for (int i = 0; i < divisors.length; i++) {
      double power = 1;
      for (int j = 0; j < taps; j++) {
        g[i][j] = power / divisors[i];
        power *= POINTS[i];
      }
    }
    g[inputs - 1][taps - 1] = 1;
    return g;
  }

  /**
   * Transforms the weights of {@code pairs} pairs of channels.
   *
   * @param w the weights [taps] of the first pair from {@code at} on, those of the next one {@code
   *     step} floats on
   * @param u what becomes of them, from {@code to} on: the first product of all pairs, the next one
   *     {@code plane} floats on
   */
  public void apply(float[] w, int at, int step, int pairs, float[] u, int to, int plane) {
    for (int tap = 0; tap < weights.length; tap++) {
      read(w, at + tap, step, weights[tap], pairs);
    }
    for (int i = 0; i < factors.length; i++) {
      Arrays.fill(sums, 0, pairs, 0);
      for (int tap = 0; tap < weights.length; tap++) {
        if (factors[i][tap] != 0) {
          add(factors[i][tap], weights[tap], pairs);
        }
      }
      write(u, to + i * plane, pairs);
    }
  }

  private static void read(float[] w, int at, int step, double[] to, int pairs) {
    for (int pair = 0; pair < pairs; pair++) {
      to[pair] = w[at + pair * step];
    }
  }

  private void add(double factor, double[] terms, int pairs) {
    for (int pair = 0; pair < pairs; pair++) {
      sums[pair] += factor * terms[pair];
    }
  }

  private void write(float[] u, int to, int pairs) {
    for (int pair = 0; pair < pairs; pair++) {
      u[to + pair] = (float) sums[pair];
    }
  }
}
