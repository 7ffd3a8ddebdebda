package io.tilebrew.engine.reference;

import static io.tilebrew.engine.reference.Samples.assertSame;
import static io.tilebrew.engine.reference.Samples.gamma;
import static org.junit.jupiter.api.Assertions.assertArrayEquals;

import io.tilebrew.engine.DataType;
import io.tilebrew.engine.Shape;
import io.tilebrew.engine.Tensor;
import java.util.List;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.constraints.IntRange;
import org.junit.jupiter.api.Test;

class LinearReferenceTest {
  private static Tensor matMul(Tensor a, Tensor b, int... dims) {
    Tensor y = Samples.unwritten(DataType.FLOAT32, dims);
    LinearReference.matMul(a, b, y);
    return y;
  }

  private static Tensor transposed(Tensor x) {
    Tensor y = Samples.unwritten(x.type(), x.shape().dim(1), x.shape().dim(0));
    ShapingReference.transpose(List.of(1, 0), x, y);
    return y;
  }

  @Property(tries = 300)
  void agreesWithSumsInDouble(
      @ForAll @IntRange(min = 1, max = 5) int m,
      @ForAll @IntRange(max = 40) int k,
      @ForAll @IntRange(min = 1, max = 5) int n,
      @ForAll long seed) {
    Tensor a = Samples.floats(seed, m, k);
    Tensor b = Samples.floats(~seed, k, n);
    double[] expected = new double[m * n];
    double[] bound = new double[m * n];
    for (int i = 0; i < m * n; i++) {
      for (int j = 0; j < k; j++) {
        double product = a.doubleAt(i / n * k + j) * b.doubleAt(j * n + i % n);
        expected[i] += product;
        bound[i] += gamma(k) * Math.abs(product);
      }
    }
    Samples.assertWithin(bound, expected, matMul(a, b, m, n).floats());
  }

  @Property(tries = 300)
  void broadcastsBatchesAsExpandedTensors(
      @ForAll @IntRange(min = 1, max = 3) int outer,
      @ForAll @IntRange(min = 1, max = 3) int inner,
      @ForAll @IntRange(max = 3) int ones,
      @ForAll boolean bare,
      @ForAll long seed) {
    int p = (ones & 1) != 0 ? 1 : outer;
    int q = (ones & 2) != 0 ? 1 : inner;
    Tensor a = Samples.integers(seed, outer, inner, 2, 3);
    Tensor b = bare ? Samples.integers(~seed, 3, 4) : Samples.integers(~seed, p, q, 3, 4);
    Tensor expanded = Samples.unwritten(DataType.FLOAT32, outer, inner, 3, 4);
    ShapingReference.expand(b, expanded);
    assertSame(matMul(a, expanded, outer, inner, 2, 4), matMul(a, b, outer, inner, 2, 4));
    Tensor c = Samples.integers(seed, outer, inner, 4, 2);
    assertSame(matMul(expanded, c, outer, inner, 3, 2), matMul(b, c, outer, inner, 3, 2));
  }

  @Property(tries = 100)
  void vectorsAreRowsAndColumns(@ForAll long seed) {
    Tensor a = Samples.integers(seed, 2, 3, 4);
    Tensor v = Samples.integers(~seed, 4);
    Tensor w = Samples.integers(~seed, 3);
    Tensor column = matMul(a, v.reshape(Shape.of(4, 1)), 2, 3, 1);
    Tensor row = matMul(w.reshape(Shape.of(1, 3)), a, 2, 1, 4);
    assertSame(column.reshape(Shape.of(2, 3)), matMul(a, v, 2, 3));
    assertSame(row.reshape(Shape.of(2, 4)), matMul(w, a, 2, 4));
    assertSame(matMul(v.reshape(Shape.of(1, 4)), v, 1).reshape(Shape.SCALAR), matMul(v, v));
  }

  @Property(tries = 300)
  void gemmIsTheProductScaledPlusTheSummandScaled(
      @ForAll boolean transA,
      @ForAll boolean transB,
      @ForAll @IntRange(max = 3) int ones,
      @ForAll @IntRange(min = -2, max = 2) int alpha,
      @ForAll @IntRange(min = -2, max = 2) int beta,
      @ForAll long seed) {
    Tensor a = Samples.integers(seed, 3, 4);
    Tensor b = Samples.integers(~seed, 4, 5);
    Tensor c = Samples.integers(seed + 1, (ones & 1) != 0 ? 1 : 3, (ones & 2) != 0 ? 1 : 5);
    Tensor y = Samples.unwritten(DataType.FLOAT32, 3, 5);
    Tensor left = transA ? transposed(a) : a;
    Tensor right = transB ? transposed(b) : b;
    LinearReference.gemm(transA, transB, alpha, beta, left, right, c, y);
    Tensor expanded = Samples.unwritten(DataType.FLOAT32, 3, 5);
    ShapingReference.expand(c, expanded);
    float[] expected = matMul(a, b, 3, 5).floats();
    for (int i = 0; i < expected.length; i++) {
      expected[i] = alpha * expected[i] + beta * expanded.floats()[i];
    }
    assertArrayEquals(expected, y.floats());
  }

  @Test
  void gemmMayHaveNoSummand() {
    Tensor a = Tensor.of(Shape.of(1, 2), 1f, 2f);
    Tensor y = Samples.unwritten(DataType.FLOAT32, 1, 1);
    LinearReference.gemm(false, true, 0.5f, 1, a, a, null, y);
    assertArrayEquals(new float[] {2.5f}, y.floats());
  }

  @Test
  void sumsInTheOrderOfK() {
    Tensor a = Tensor.of(Shape.of(4), 1f, 1e8f, -1e8f, 1f);
    assertArrayEquals(new float[] {1}, matMul(a, Tensor.of(Shape.of(4), 1f, 1f, 1f, 1f)).floats());
  }
}
