package io.tilebrew.engine.reference;

import static io.tilebrew.engine.reference.Samples.assertSame;
import static io.tilebrew.engine.reference.Samples.gamma;
import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;

import io.tilebrew.engine.DataType;
import io.tilebrew.engine.Shape;
import io.tilebrew.engine.Tensor;
import io.tilebrew.engine.problem.Arithmetic;
import java.util.List;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.constraints.IntRange;
import org.junit.jupiter.api.Test;

class NormalizationReferenceTest {
  private static Tensor softmax(int axis, Tensor x) {
    Tensor y = Samples.unwritten(DataType.FLOAT32, x.shape().dims());
    NormalizationReference.softmax(axis, x, y);
    return y;
  }

  @Property
  void softmaxSumsToOne(@ForAll @IntRange(min = 1, max = 200) int count, @ForAll long seed) {
    double sum = 0;
    for (float y : softmax(1, Samples.floats(seed, 1, count)).floats()) {
      sum += y;
    }
    assertEquals(1, sum, gamma(count));
  }

  @Property
  void softmaxAgreesWithDouble(@ForAll @IntRange(min = 1, max = 20) int count, @ForAll long seed) {
    Tensor x = Samples.integers(seed, count);
    double[] expected = new double[count];
    double sum = 0;
    for (int i = 0; i < count; i++) {
      expected[i] = Math.exp(x.floats()[i]);
      sum += expected[i];
    }
    double[] bound = new double[count];
    for (int i = 0; i < count; i++) {
      expected[i] /= sum;
      // Two exponentials of 2 roundings each at most, the sum, the quotient; x - m is exact here.
      bound[i] = gamma(count + 4) * expected[i];
    }
    Samples.assertWithin(bound, expected, softmax(0, x).floats());
  }

  @Property
  void softmaxDoesNotSeeAShift(@ForAll @IntRange(min = -1000, max = 1000) int by) {
    Tensor x = Samples.integers(by, 3, 5);
    Tensor shifted = Samples.unwritten(DataType.FLOAT32, 3, 5);
    ElementwiseReference.binary(Arithmetic.ADD, x, Tensor.of(Shape.SCALAR, (float) by), shifted);
    assertSame(softmax(1, x), softmax(1, shifted));
  }

  @Property
  void softmaxOfAnyAxisIsTheOneOfTheLast(@ForAll @IntRange(max = 2) int axis, @ForAll long seed) {
    Tensor x = Samples.floats(seed, 2, 3, 4);
    List<Integer> swap =
        switch (axis) {
          case 0 -> List.of(2, 1, 0);
          case 1 -> List.of(0, 2, 1);
          default -> List.of(0, 1, 2);
        };
    assertSame(softmax(axis, x), transpose(swap, softmax(2, transpose(swap, x))));
  }

  private static Tensor transpose(List<Integer> permutation, Tensor x) {
    int[] dims = permutation.stream().mapToInt(axis -> x.shape().dim(axis)).toArray();
    Tensor y = Samples.unwritten(x.type(), dims);
    ShapingReference.transpose(permutation, x, y);
    return y;
  }

  @Test
  void softmaxOfGreatNumbersDoesNotOverflow() {
    Tensor x = Tensor.of(Shape.of(3), 3e38f, 3e38f, Float.NEGATIVE_INFINITY);
    assertArrayEquals(new float[] {0.5f, 0.5f, 0}, softmax(0, x).floats());
  }

  private static Tensor batchNormalization(float epsilon, Tensor x, Tensor... parameters) {
    Tensor y = Samples.unwritten(DataType.FLOAT32, x.shape().dims());
    NormalizationReference.batchNormalization(
        epsilon, x, parameters[0], parameters[1], parameters[2], parameters[3], y);
    return y;
  }

  @Property
  void batchNormalizationAgreesWithDouble(
      @ForAll @IntRange(max = 2) int pixelDims, @ForAll long seed) {
    int[][] shapes = {{4, 3}, {2, 3, 5}, {2, 3, 2, 3}};
    Tensor x = Samples.floats(seed, shapes[pixelDims]);
    Tensor scale = Samples.floats(seed + 1, 3);
    Tensor bias = Samples.floats(seed + 2, 3);
    Tensor mean = Samples.floats(seed + 3, 3);
    Tensor variance = Samples.floats(seed + 4, 3);
    for (int c = 0; c < 3; c++) {
      variance.floats()[c] = Math.abs(variance.floats()[c]);
    }
    double[] expected = new double[x.size()];
    double[] bound = new double[x.size()];
    for (int i = 0; i < x.size(); i++) {
      int c = Samples.index(x.shape(), i)[1];
      double deviation = Math.sqrt((double) variance.floats()[c] + 1e-3f);
      double product = (x.doubleAt(i) - mean.doubleAt(c)) * scale.doubleAt(c) / deviation;
      expected[i] = product + bias.doubleAt(c);
      // Five roundings lie on the product, the last one on the sum, too.
      bound[i] = gamma(6) * (Math.abs(product) + Math.abs(bias.doubleAt(c)));
    }
    float[] actual = batchNormalization(1e-3f, x, scale, bias, mean, variance).floats();
    Samples.assertWithin(bound, expected, actual);
  }

  @Test
  void batchNormalizationNormalizesEachChannel() {
    Tensor x = Tensor.of(Shape.of(1, 2, 2), 1f, 5f, -1f, 8f);
    Tensor scale = Tensor.of(Shape.of(2), 3f, 1f);
    Tensor bias = Tensor.of(Shape.of(2), 0f, 10f);
    Tensor mean = Tensor.of(Shape.of(2), 1f, -1f);
    Tensor variance = Tensor.of(Shape.of(2), 3f, 8f);
    float[] y = batchNormalization(1, x, scale, bias, mean, variance).floats();
    assertArrayEquals(new float[] {0, 6, 10, 13}, y);
  }

  /** Whatever the mean is beside the deviation, and however many elements there are. */
  @Property
  void standardizingAgreesWithDouble(
      @ForAll @IntRange(min = 2, max = 20_000) int count,
      @ForAll @IntRange(min = -100, max = 100) int shift,
      @ForAll boolean byParts,
      @ForAll long seed) {
    Tensor x = Samples.floats(seed, 1, count);
    double sum = 0;
    for (int i = 0; i < count; i++) {
      x.floats()[i] += shift;
      sum += x.floats()[i];
    }
    double mean = sum / count;
    double squares = 0;
    for (float element : x.floats()) {
      squares += (element - mean) * (element - mean);
    }
    double deviation = Math.sqrt(squares / count + 1e-3);
    double[] expected = new double[count];
    double[] bound = new double[count];
    for (int i = 0; i < count; i++) {
      expected[i] = (x.floats()[i] - mean) / deviation;
      // The mean is off by few roundings of itself, which the deviation divides.
      bound[i] = gamma(16) * (Math.abs(expected[i]) + (Math.abs(mean) + 1) / deviation);
    }
    Tensor y = Samples.unwritten(DataType.FLOAT32, 1, count);
    NormalizationReference.standardize(byParts ? List.of(1) : List.of(0, 1), 1e-3f, x, y);
    Samples.assertWithin(bound, expected, y.floats());
  }
}
