package io.tilebrew.engine.reference;

import static io.tilebrew.engine.reference.Samples.gamma;
import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.tilebrew.engine.Tensor;
import io.tilebrew.engine.problem.Algorithm;
import io.tilebrew.engine.problem.ConvProblem;
import io.tilebrew.engine.problem.ConvProblems;
import net.jqwik.api.Arbitrary;
import net.jqwik.api.EdgeCasesMode;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.Provide;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class WinogradReferenceTest {
  private static final double[][] B2 = {{1, 0, -1, 0}, {0, 1, 1, 0}, {0, -1, 1, 0}, {0, 1, 0, -1}};
  private static final double[][] G2 = {{1, 0, 0}, {.5, .5, .5}, {.5, -.5, .5}, {0, 0, 1}};
  private static final double[][] A2 = {{1, 1, 1, 0}, {0, 1, -1, -1}};
  private static final double[][] B4 = {
    {4, 0, -5, 0, 1, 0},
    {0, -4, -4, 1, 1, 0},
    {0, 4, -4, -1, 1, 0},
    {0, -2, -1, 2, 1, 0},
    {0, 2, -1, -2, 1, 0},
    {0, 4, 0, -5, 0, 1}
  };
  private static final double[][] G4 = {
    {1 / 4., 0, 0},
    {-1 / 6., -1 / 6., -1 / 6.},
    {-1 / 6., 1 / 6., -1 / 6.},
    {1 / 24., 1 / 12., 1 / 6.},
    {1 / 24., -1 / 12., 1 / 6.},
    {0, 0, 1}
  };
  private static final double[][] G2K5 = {
    {1 / 4., 0, 0, 0, 0},
    {-1 / 6., -1 / 6., -1 / 6., -1 / 6., -1 / 6.},
    {-1 / 6., 1 / 6., -1 / 6., 1 / 6., -1 / 6.},
    {1 / 24., 1 / 12., 1 / 6., 1 / 3., 2 / 3.},
    {1 / 24., -1 / 12., 1 / 6., -1 / 3., 2 / 3.},
    {0, 0, 0, 0, 1}
  };
  private static final double[][] A2K5 = {{1, 1, 1, 1, 1, 0}, {0, 1, -1, 2, -2, 1}};
  private static final double[][] A4 = {
    {1, 1, 1, 1, 1, 0}, {0, 1, -1, 2, -2, 0}, {0, 1, 1, 4, 4, 0}, {0, 1, -1, 8, -8, 1}
  };

  private static final double[][] B8 = {
    {1, 0, -21 / 4., 0, 21 / 4., 0, -1, 0},
    {0, 1, 1, -17 / 4., -17 / 4., 1, 1, 0},
    {0, -1, 1, 17 / 4., -17 / 4., -1, 1, 0},
    {0, 1 / 2., 1 / 4., -5 / 2., -5 / 4., 2, 1, 0},
    {0, -1 / 2., 1 / 4., 5 / 2., -5 / 4., -2, 1, 0},
    {0, 2, 4, -5 / 2., -5, 1 / 2., 1, 0},
    {0, -2, 4, 5 / 2., -5, -1 / 2., 1, 0},
    {0, -1, 0, 21 / 4., 0, -21 / 4., 0, 1}
  };
  private static final double[][] G6 = {
    {1, 0, 0},
    {-2 / 9., -2 / 9., -2 / 9.},
    {-2 / 9., 2 / 9., -2 / 9.},
    {1 / 90., 1 / 45., 2 / 45.},
    {1 / 90., -1 / 45., 2 / 45.},
    {32 / 45., 16 / 45., 8 / 45.},
    {32 / 45., -16 / 45., 8 / 45.},
    {0, 0, 1}
  };
  private static final double[][] A6 = {
    {1, 1, 1, 1, 1, 1, 1, 0},
    {0, 1, -1, 2, -2, 1 / 2., -1 / 2., 0},
    {0, 1, 1, 4, 4, 1 / 4., 1 / 4., 0},
    {0, 1, -1, 8, -8, 1 / 8., -1 / 8., 0},
    {0, 1, 1, 16, 16, 1 / 16., 1 / 16., 0},
    {0, 1, -1, 32, -32, 1 / 32., -1 / 32., 1}
  };
  private static final double[][] G4K5 = {
    {1, 0, 0, 0, 0},
    {-2 / 9., -2 / 9., -2 / 9., -2 / 9., -2 / 9.},
    {-2 / 9., 2 / 9., -2 / 9., 2 / 9., -2 / 9.},
    {1 / 90., 1 / 45., 2 / 45., 4 / 45., 8 / 45.},
    {1 / 90., -1 / 45., 2 / 45., -4 / 45., 8 / 45.},
    {32 / 45., 16 / 45., 8 / 45., 4 / 45., 2 / 45.},
    {32 / 45., -16 / 45., 8 / 45., -4 / 45., 2 / 45.},
    {0, 0, 0, 0, 1}
  };
  private static final double[][] A4K5 = {
    {1, 1, 1, 1, 1, 1, 1, 0},
    {0, 1, -1, 2, -2, 1 / 2., -1 / 2., 0},
    {0, 1, 1, 4, 4, 1 / 4., 1 / 4., 0},
    {0, 1, -1, 8, -8, 1 / 8., -1 / 8., 1}
  };

  /** The matrices of an algorithm: of the inputs, of the weights and of the outputs. */
  private record Transforms(double[][] b, double[][] g, double[][] a) {
    static Transforms of(Algorithm algorithm) {
      return switch (algorithm) {
        case WINOGRAD_2 -> new Transforms(B2, G2, A2);
        case WINOGRAD_4 -> new Transforms(B4, G4, A4);
        case WINOGRAD_6 -> new Transforms(B8, G6, A6);
        case WINOGRAD_2K5 -> new Transforms(B4, G2K5, A2K5);
        case WINOGRAD_4K5 -> new Transforms(B8, G4K5, A4K5);
        case DIRECT -> throw new AssertionError(algorithm);
      };
    }
  }

  @Provide
  Arbitrary<ConvProblem> problems() {
    return ConvProblems.winograd();
  }

  @Provide
  Arbitrary<ConvProblem> small() {
    return ConvProblems.winograd(Algorithm.WINOGRAD_2);
  }

  /**
   * The roundings on the way to an output beside those of the sum: that of the weight, and those of
   * the transforms of inputs and sums, along columns and rows.
   */
  private static int roundings(Algorithm algorithm) {
    return algorithm.inputs() == 8 ? 1 + 2 * 3 + 2 * 4 : 1 + 2 * 2 + 2 * 3;
  }

  private static Tensor input(ConvProblem p, long seed) {
    return Samples.floats(seed, p.batch(), p.inputChannels(), p.height(), p.width());
  }

  private static Tensor weight(ConvProblem p, long seed) {
    int taps = p.algorithm().taps();
    return Samples.floats(~seed, p.outputChannels(), p.inputChannels(), taps, taps);
  }

  private static float[] run(ConvProblem p, Tensor x, Tensor w, Tensor bias) {
    float[] y = new float[p.batch() * p.outputChannels() * p.convHeight() * p.convWidth()];
    WinogradReference.run(p, x.floats(), w.floats(), bias.floats(), y);
    return y;
  }

  private static double at(ConvProblem p, Tensor x, int n, int c, int row, int column) {
    boolean inside = row >= 0 && row < p.height() && column >= 0 && column < p.width();
    return inside ? x.doubleAt(Samples.element(x.shape(), n, c, row, column)) : 0;
  }

  /** The output ({@code n}, {@code m}, {@code oy}, {@code ox}) by its definition. */
  private static double sum(
      ConvProblem p, Tensor x, Tensor w, Tensor bias, int n, int m, int oy, int ox) {
    double sum = bias.doubleAt(m);
    for (int c = 0; c < p.inputChannels(); c++) {
      for (int tap = 0; tap < p.window().taps(); tap++) {
        int row = oy + tap / p.window().kernelWidth() - p.window().padTop();
        int column = ox + tap % p.window().kernelWidth() - p.window().padLeft();
        sum += at(p, x, n, c, row, column) * weight(p, w, m, c, tap);
      }
    }
    return sum;
  }

  private static double weight(ConvProblem p, Tensor w, int m, int c, int tap) {
    return w.doubleAt((m * p.inputChannels() + c) * p.window().taps() + tap);
  }

  private interface Output {
    double of(int n, int m, int oy, int ox);
  }

  private static double[] all(ConvProblem p, Output output) {
    double[] y = new double[p.batch() * p.outputChannels() * p.convHeight() * p.convWidth()];
    for (int i = 0; i < y.length; i++) {
      int map = i / p.convWidth() / p.convHeight();
      y[i] =
          output.of(
              map / p.outputChannels(),
              map % p.outputChannels(),
              i / p.convWidth() % p.convHeight(),
              i % p.convWidth());
    }
    return y;
  }

  /** The product of the magnitudes of two matrices, the second one transposed where asked. */
  private static double[][] product(double[][] a, double[][] b, boolean transposed) {
    double[][] c = new double[a.length][transposed ? b.length : b[0].length];
    for (int i = 0; i < c.length; i++) {
      for (int j = 0; j < c[i].length; j++) {
        for (int k = 0; k < a[i].length; k++) {
          c[i][j] += Math.abs(a[i][k]) * Math.abs(transposed ? b[j][k] : b[k][j]);
        }
      }
    }
    return c;
  }

  /**
   * What an output would be if nothing cancelled out: each transform and each sum made of
   * magnitudes. A rounding on the way changes the output by no more than its share of this.
   */
  private static double magnitude(
      ConvProblem p, Tensor x, Tensor w, Tensor bias, int n, int m, int oy, int ox) {
    Transforms transforms = Transforms.of(p.algorithm());
    int taps = p.algorithm().taps();
    int outputs = p.algorithm().outputs();
    int inputs = p.algorithm().inputs();
    double[][] sums = new double[inputs][inputs];
    sums[1][1] = Math.abs(bias.doubleAt(m));
    for (int c = 0; c < p.inputChannels(); c++) {
      double[][] d = new double[inputs][inputs];
      double[][] g = new double[taps][taps];
      for (int i = 0; i < inputs * inputs; i++) {
        int row = oy / outputs * outputs + i / inputs - p.window().padTop();
        int column = ox / outputs * outputs + i % inputs - p.window().padLeft();
        d[i / inputs][i % inputs] = at(p, x, n, c, row, column);
      }
      for (int tap = 0; tap < taps * taps; tap++) {
        g[tap / taps][tap % taps] = weight(p, w, m, c, tap);
      }
      double[][] v = product(product(transforms.b, d, false), transforms.b, true);
      double[][] u = product(product(transforms.g, g, false), transforms.g, true);
      for (int i = 0; i < inputs * inputs; i++) {
        sums[i / inputs][i % inputs] += v[i / inputs][i % inputs] * u[i / inputs][i % inputs];
      }
    }
    double[][] y = product(product(transforms.a, sums, false), transforms.a, true);
    return y[oy % outputs][ox % outputs];
  }

  @Property(tries = 100, edgeCases = EdgeCasesMode.NONE)
  void isTheConvolutionButForItsRoundings(@ForAll("problems") ConvProblem p, @ForAll long seed) {
    Tensor x = input(p, seed);
    Tensor w = weight(p, seed);
    Tensor bias = Samples.floats(seed + 1, p.outputChannels());
    double[] expected = all(p, (n, m, oy, ox) -> sum(p, x, w, bias, n, m, oy, ox));
    double[] bound = all(p, (n, m, oy, ox) -> magnitude(p, x, w, bias, n, m, oy, ox));
    for (int i = 0; i < bound.length; i++) {
      bound[i] *= gamma(p.inputChannels() + roundings(p.algorithm()));
    }
    Samples.assertWithin(bound, expected, run(p, x, w, bias));
  }

  /** Halves and quarters of small integers, and their products, are exact. */
  @Property(tries = 50, edgeCases = EdgeCasesMode.NONE)
  void smallTilesOfIntegersAreExact(@ForAll("small") ConvProblem p, @ForAll long seed) {
    Tensor x = Samples.integers(seed, p.batch(), p.inputChannels(), p.height(), p.width());
    Tensor w = Samples.integers(~seed, p.outputChannels(), p.inputChannels(), 3, 3);
    Tensor bias = Samples.integers(seed + 1, p.outputChannels());
    float[] expected = new float[p.batch() * p.outputChannels() * p.convHeight() * p.convWidth()];
    ConvReference.run(p, x.floats(), w.floats(), bias.floats(), expected);
    assertArrayEquals(expected, run(p, x, w, bias));
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "n1 56x56x64 -> 4 k3 s1 p1 w4",
        "n1 28x28x128 -> 4 k3 s1 p1 w4",
        "n1 14x14x512 -> 4 k3 s1 p1 w4",
        "n1 7x7x512 -> 4 k3 s1 p1 w2",
        "n1 112x112x64 -> 4 k3 s1 p1 w6",
        "n1 56x56x256 -> 4 k3 s1 p1 w6",
        "n1 30x30x512 -> 4 k3 s1 p1 w6",
        "n1 27x27x96 -> 4 k5 s1 p2 w2k5",
        "n1 14x14x512 -> 4 k5 s1 p2 w2k5",
        "n1 27x27x96 -> 4 k5 s1 p2 w4k5",
        "n1 14x14x512 -> 4 k5 s1 p2 w4k5"
      })
  void layersOfRealNetworksAreAccurate(String problem) {
    ConvProblem p = ConvProblem.parse(problem);
    Tensor x = input(p, 1);
    Tensor w = weight(p, 2);
    Tensor bias = Samples.floats(3, p.outputChannels());
    double[] expected = all(p, (n, m, oy, ox) -> sum(p, x, w, bias, n, m, oy, ox));
    float[] actual = run(p, x, w, bias);
    double error = 0;
    double norm = 0;
    for (int i = 0; i < expected.length; i++) {
      error += (expected[i] - actual[i]) * (expected[i] - actual[i]);
      norm += expected[i] * expected[i];
    }
    double relative = Math.sqrt(error / norm);
    assertTrue(relative < 1e-5, () -> "relative error " + relative);
  }
}
