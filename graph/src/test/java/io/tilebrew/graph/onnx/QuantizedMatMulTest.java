package io.tilebrew.graph.onnx;

import static io.tilebrew.graph.onnx.TestModel.integer;
import static io.tilebrew.graph.onnx.TestModel.node;
import static io.tilebrew.graph.onnx.TestModel.real;
import static org.junit.jupiter.api.Assertions.assertEquals;

import io.tilebrew.engine.DataType;
import io.tilebrew.engine.Shape;
import io.tilebrew.engine.Tensor;
import io.tilebrew.graph.interpret.Interpreter;
import java.util.List;
import java.util.Random;
import net.jqwik.api.EdgeCasesMode;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;

/** Products of matrices of integers of 8 bits against sums of integers. */
class QuantizedMatMulTest {
  /** Factors [M,K] and [K,N], each with a zero point and a scale, or some. */
  private record Case(
      int m,
      int k,
      int n,
      Tensor a,
      Tensor b,
      Tensor aZero,
      Tensor bZero,
      float[] aScale,
      float[] bScale) {
    static Case random(Random random, int k, boolean rows) {
      int m = 1 + random.nextInt(4);
      int n = 1 + random.nextInt(5);
      DataType aType = Bytes.type(random);
      DataType bType = Bytes.type(random);
      int aZeros = rows && random.nextBoolean() ? m : 1;
      int bZeros = random.nextBoolean() ? n : 1;
      return new Case(
          m,
          k,
          n,
          Bytes.tensor(random, aType, Shape.of(m, k)),
          Bytes.tensor(random, bType, Shape.of(k, n)),
          Bytes.tensor(random, aType, Shape.of(aZeros)),
          Bytes.tensor(random, bType, Shape.of(bZeros)),
          scales(random, aZeros),
          scales(random, bZeros));
    }

    private static float[] scales(Random random, int count) {
      float[] scales = new float[count];
      for (int i = 0; i < count; i++) {
        scales[i] = Bytes.scale(random);
      }
      return scales;
    }

    long sum(int row, int column, boolean zeros) {
      long sum = 0;
      for (int i = 0; i < k; i++) {
        long left = a.longAt(row * k + i) - (zeros ? aZero.longAt(row % aZero.size()) : 0);
        long right = b.longAt(i * n + column) - (zeros ? bZero.longAt(column % bZero.size()) : 0);
        sum += left * right;
      }
      return sum;
    }

    float scale(int row, int column) {
      return aScale[row % aScale.length] * bScale[column % bScale.length];
    }

    TestModel model() {
      return new TestModel(13)
          .input("a", Bytes.element(a.type()), m, k)
          .initializer("b", b)
          .initializer("az", aZero)
          .initializer("bz", bZero)
          .initializer("as", Tensor.of(Shape.of(aScale.length), aScale))
          .initializer("bs", Tensor.of(Shape.of(bScale.length), bScale));
    }
  }

  @Property(tries = 200, edgeCases = EdgeCasesMode.NONE)
  void productsAreRounded(@ForAll long seed) {
    Random random = new Random(seed);
    Case of = Case.random(random, 1 + random.nextInt(20), true);
    DataType type = Bytes.type(random);
    Tensor zero = Bytes.tensor(random, type, Shape.SCALAR);
    float scale = 20 + 200 * random.nextFloat();
    TestModel model =
        of.model()
            .initializer("ys", Tensor.of(Shape.SCALAR, scale))
            .initializer("yz", zero)
            .node(node("QLinearMatMul", "a", "as", "az", "b", "bs", "bz", "ys", "yz"))
            .output("y");
    Tensor y = Interpreter.run(model.graph(), List.of(of.a)).getFirst();
    assertEquals(type, y.type());
    for (int i = 0; i < of.m * of.n; i++) {
      float factor = of.scale(i / of.n, i % of.n) / scale;
      long expected =
          Bytes.rounded(of.sum(i / of.n, i % of.n, true) * factor, zero.longAt(0), type);
      assertEquals(expected, y.longAt(i), of + " seed " + seed);
    }
  }

  @Property(tries = 200, edgeCases = EdgeCasesMode.NONE)
  void sumsAreInt32(@ForAll long seed) {
    Random random = new Random(seed);
    Case of = Case.random(random, 1 + random.nextInt(800), true);
    boolean zeros = random.nextBoolean();
    Proto node =
        zeros ? node("MatMulInteger", "a", "b", "az", "bz") : node("MatMulInteger", "a", "b");
    Tensor y = Interpreter.run(of.model().node(node).output("y").graph(), List.of(of.a)).getFirst();
    assertEquals(DataType.INT32, y.type());
    for (int i = 0; i < of.m * of.n; i++) {
      assertEquals(of.sum(i / of.n, i % of.n, zeros), y.longAt(i), of + " seed " + seed);
    }
  }

  @Property(tries = 200, edgeCases = EdgeCasesMode.NONE)
  void gemmIsOfBytesOrFloats(@ForAll long seed) {
    Random random = new Random(seed);
    Case of = Case.random(random, 1 + random.nextInt(20), false);
    boolean transposed = random.nextBoolean();
    boolean floats = random.nextBoolean();
    DataType type = Bytes.type(random);
    Tensor zero = Bytes.tensor(random, type, Shape.SCALAR);
    Tensor bias = Tensor.zeros(DataType.INT32, Shape.of(of.n));
    for (int i = 0; i < of.n; i++) {
      bias.set(i, random.nextInt(2001) - 1000);
    }
    float scale = 20 + 200 * random.nextFloat();
    float alpha = random.nextBoolean() ? 1 : 0.5f;
    Proto node =
        floats
            ? node("QGemm", "a", "as", "az", "bt", "bs", "bz", "c")
            : node("QGemm", "a", "as", "az", "bt", "bs", "bz", "c", "ys", "yz");
    node.text(7, "com.microsoft")
        .message(5, integer("transB", transposed ? 1 : 0))
        .message(5, real("alpha", alpha));
    Tensor weight = of.b;
    if (transposed) {
      weight = Tensor.zeros(of.b.type(), Shape.of(of.n, of.k));
      for (int i = 0; i < weight.size(); i++) {
        weight.set(i, of.b.longAt(i % of.k * of.n + i / of.k));
      }
    }
    TestModel model =
        of.model()
            .initializer("bt", weight)
            .initializer("c", bias)
            .initializer("ys", Tensor.of(Shape.SCALAR, scale))
            .initializer("yz", zero)
            .node(node)
            .output("y");
    Tensor y = Interpreter.run(model.graph(), List.of(of.a)).getFirst();
    for (int i = 0; i < of.m * of.n; i++) {
      long sum = of.sum(i / of.n, i % of.n, true) + bias.longAt(i % of.n);
      float factor = alpha * of.aScale[0] * of.bScale[i % of.n % of.bScale.length];
      if (floats) {
        assertEquals(sum * factor, y.doubleAt(i), of + " seed " + seed);
      } else {
        long expected = Bytes.rounded(sum * (factor / scale), zero.longAt(0), type);
        assertEquals(expected, y.longAt(i), of + " seed " + seed);
      }
    }
  }
}
