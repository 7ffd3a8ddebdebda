package io.tilebrew.engine.reference;

import static org.junit.jupiter.api.Assertions.assertEquals;

import io.tilebrew.engine.problem.Algorithm;
import java.util.Random;
import net.jqwik.api.Arbitraries;
import net.jqwik.api.Arbitrary;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.Provide;
import net.jqwik.api.constraints.IntRange;

class WinogradWeightsTest {
  private static final double[] POINTS = {0, 1, -1, 2, -2, 1 / 2., -1 / 2.};

  @Provide
  Arbitrary<Algorithm> algorithms() {
    return Arbitraries.of(Algorithm.class).filter(algorithm -> algorithm != Algorithm.DIRECT);
  }

  private static double[] divisors(Algorithm algorithm) {
    return switch (algorithm.inputs()) {
      case 4 -> new double[] {1, 2, 2};
      case 6 -> new double[] {4, -6, -6, 24, 24};
      default -> new double[] {1, -9 / 2., -9 / 2., 90, 90, 45 / 32., 45 / 32.};
    };
  }

  /** The value at point {@code i}, over its divisor, of the polynomial with these coefficients. */
  private static double value(Algorithm algorithm, double[] coefficients, int i) {
    double[] divisors = divisors(algorithm);
    if (i == divisors.length) {
      return coefficients[coefficients.length - 1];
    }
    double sum = 0;
    for (int j = coefficients.length - 1; j >= 0; j--) {
      sum = sum * POINTS[i] + coefficients[j];
    }
    return sum / divisors[i];
  }

  /** The transformed weights [products] of those from {@code at} on, the rows first. */
  private static double[] expected(Algorithm algorithm, float[] w, int at) {
    int taps = algorithm.taps();
    int inputs = algorithm.inputs();
    double[] u = new double[inputs * inputs];
    for (int j = 0; j < inputs; j++) {
      double[] column = new double[taps];
      for (int row = 0; row < taps; row++) {
        double[] weights = new double[taps];
        for (int k = 0; k < taps; k++) {
          weights[k] = w[at + row * taps + k];
        }
        column[row] = value(algorithm, weights, j);
      }
      for (int i = 0; i < inputs; i++) {
        u[i * inputs + j] = value(algorithm, column, i);
      }
    }
    return u;
  }

  @Property(tries = 60)
  void areTheValuesOfPolynomials(
      @ForAll("algorithms") Algorithm algorithm,
      @ForAll @IntRange(min = 1, max = 9) int pairs,
      @ForAll @IntRange(max = 3) int gap,
      @ForAll long seed) {
    int taps = algorithm.taps();
    int at = 2;
    int to = 3;
    int step = taps * taps + gap;
    int plane = pairs + gap;
    float[] w = new float[at + pairs * step];
    Random random = new Random(seed);
    for (int i = 0; i < w.length; i++) {
      w[i] = random.nextFloat() - 0.5f;
    }
    float[] u = new float[to + algorithm.products() * plane];
    new WinogradWeights(algorithm, 9).apply(w, at, step, pairs, u, to, plane);
    for (int pair = 0; pair < pairs; pair++) {
      double[] expected = expected(algorithm, w, at + pair * step);
      for (int i = 0; i < expected.length; i++) {
        double bound = Math.ulp((float) expected[i]) + 1e-12;
        assertEquals(expected[i], u[to + i * plane + pair], bound, algorithm::toString);
      }
    }
  }
}
