package io.tilebrew.engine.reference;

import static io.tilebrew.engine.reference.Samples.gamma;
import static org.junit.jupiter.api.Assertions.assertArrayEquals;

import io.tilebrew.engine.Tensor;
import io.tilebrew.engine.problem.ConvProblem;
import io.tilebrew.engine.problem.Pointwise;
import io.tilebrew.engine.problem.Window;
import net.jqwik.api.Arbitraries;
import net.jqwik.api.Arbitrary;
import net.jqwik.api.Combinators;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.Provide;
import org.junit.jupiter.api.Test;

class ConvReferenceTest {
  @Provide
  Arbitrary<ConvProblem> problems() {
    Arbitrary<Window> windows =
        Combinators.combine(
                between(1, 4),
                between(1, 4),
                between(1, 3),
                between(1, 3),
                between(1, 2),
                between(1, 2),
                between(0, 2),
                between(0, 2))
            .as((kh, kw, sh, sw, dh, dw, p, q) -> new Window(kh, kw, sh, sw, dh, dw, p, q, q, p));
    return Combinators.combine(
            between(1, 2),
            between(7, 9),
            between(7, 10),
            between(1, 3),
            between(1, 3),
            between(1, 3),
            windows)
        .as(
            (n, h, w, c, m, group, window) ->
                new ConvProblem(
                    n, h, w, c * group, m * group, window, group, Pointwise.NONE, null));
  }

  private static Arbitrary<Integer> between(int least, int most) {
    return Arbitraries.integers().between(least, most);
  }

  private static Tensor input(ConvProblem p, long seed) {
    return Samples.integers(seed, p.batch(), p.inputChannels(), p.height(), p.width());
  }

  private static Tensor weight(ConvProblem p, long seed) {
    Window w = p.window();
    int channels = p.inputChannels() / p.group();
    return Samples.integers(~seed, p.outputChannels(), channels, w.kernelHeight(), w.kernelWidth());
  }

  private static float[] run(ConvProblem p, Tensor x, Tensor w, Tensor bias) {
    float[] y = new float[p.batch() * p.outputChannels() * p.convHeight() * p.convWidth()];
    ConvReference.run(p, x.floats(), w.floats(), bias.floats(), y);
    return y;
  }

  @Property(tries = 200)
  void agreesWithAMatrixProductInDouble(@ForAll("problems") ConvProblem p, @ForAll long seed) {
    Tensor x = Samples.floats(seed, input(p, 0).shape().dims());
    Tensor w = Samples.floats(~seed, weight(p, 0).shape().dims());
    Tensor bias = Samples.floats(seed + 1, p.outputChannels());
    float[] actual = run(p, x, w, bias);
    double[] expected = new double[actual.length];
    double[] bound = new double[actual.length];
    int channels = p.inputChannels() / p.group();
    int depth = channels * p.window().taps();
    int pixels = p.convHeight() * p.convWidth();
    for (int i = 0; i < actual.length; i++) {
      int m = i / pixels % p.outputChannels();
      double[] column = column(p, x, i / pixels / p.outputChannels(), m, i % pixels);
      double sum = bias.floats()[m];
      double magnitude = Math.abs(sum);
      for (int k = 0; k < depth; k++) {
        double product = column[k] * w.floats()[m * depth + k];
        sum += product;
        magnitude += Math.abs(product);
      }
      expected[i] = sum;
      bound[i] = gamma(depth + 1) * magnitude;
    }
    Samples.assertWithin(bound, expected, actual);
  }

  /** The inputs under one output pixel in (channel, row, column) order, as im2col lays them out. */
  private static double[] column(ConvProblem p, Tensor x, int n, int m, int pixel) {
    Window w = p.window();
    int channels = p.inputChannels() / p.group();
    int first = m * p.group() / p.outputChannels() * channels;
    double[] column = new double[channels * w.taps()];
    for (int k = 0; k < column.length; k++) {
      int kh = k / w.kernelWidth() % w.kernelHeight();
      int kw = k % w.kernelWidth();
      int iy = pixel / p.convWidth() * w.strideHeight() + kh * w.dilationHeight() - w.padTop();
      int ix = pixel % p.convWidth() * w.strideWidth() + kw * w.dilationWidth() - w.padLeft();
      boolean padding = iy < 0 || iy >= p.height() || ix < 0 || ix >= p.width();
      column[k] =
          padding ? 0 : x.doubleAt(Samples.element(x.shape(), n, first + k / w.taps(), iy, ix));
    }
    return column;
  }

  @Property(tries = 100)
  void isLinearInTheInputAndTheBias(@ForAll("problems") ConvProblem p, @ForAll long seed) {
    Tensor x1 = input(p, seed);
    Tensor x2 = input(p, seed + 1);
    Tensor w = weight(p, seed);
    Tensor b1 = Samples.integers(seed + 2, p.outputChannels());
    Tensor b2 = Samples.integers(seed + 3, p.outputChannels());
    float[] expected = run(p, x1, w, b1);
    float[] other = run(p, x2, w, b2);
    for (int i = 0; i < expected.length; i++) {
      expected[i] += other[i];
    }
    assertArrayEquals(expected, run(p, Samples.sum(x1, x2), w, Samples.sum(b1, b2)));
  }

  @Test
  void addsTheBiasFirstThenTheTapsByRowColumnAndChannel() {
    float[] y = new float[1];
    ConvProblem channels = ConvProblem.parse("n1 1x1x2 -> 1 k1 s1");
    ConvReference.run(channels, new float[] {1e8f, -1e8f}, new float[] {1, 1}, new float[] {1}, y);
    assertArrayEquals(new float[] {0}, y);
    ConvProblem columns = ConvProblem.parse("n1 1x2x2 -> 1 k1x2 s1");
    float[] x = {1e8f, 1, -1e8f, 1};
    ConvReference.run(columns, x, new float[] {1, 1, 1, 1}, null, y);
    assertArrayEquals(new float[] {2}, y);
  }

  @Test
  void padsWithZeros() {
    float[] y = new float[9];
    ConvProblem p = ConvProblem.parse("n1 3x3x1 -> 1 k3 s1 p1");
    float[] ones = {1, 1, 1, 1, 1, 1, 1, 1, 1};
    ConvReference.run(p, ones, ones, null, y);
    assertArrayEquals(new float[] {4, 6, 4, 6, 9, 6, 4, 6, 4}, y);
  }
}
