package io.tilebrew.graph.onnx;

import static io.tilebrew.graph.onnx.TestModel.integer;
import static io.tilebrew.graph.onnx.TestModel.ints;
import static io.tilebrew.graph.onnx.TestModel.node;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.tilebrew.engine.DataType;
import io.tilebrew.engine.Shape;
import io.tilebrew.engine.Tensor;
import io.tilebrew.graph.Graph;
import io.tilebrew.graph.interpret.Interpreter;
import io.tilebrew.graph.pass.Passes;
import java.util.Arrays;
import java.util.List;
import java.util.Random;
import java.util.Set;
import net.jqwik.api.EdgeCasesMode;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import org.junit.jupiter.api.Test;

/** Convolutions of integers of 8 bits against sums of integers. */
class QuantizedConvTest {
  /** A convolution of random sizes, [N,C,H,W] or [N,C,W], whose first dimension is 1 if absent. */
  private record Case(
      boolean flat, int images, int group, int channels, int maps, PoolWay rows, PoolWay columns) {
    static Case random(Random random) {
      boolean flat = random.nextInt(4) == 0;
      return new Case(
          flat,
          1 + random.nextInt(2),
          1 + random.nextInt(3),
          1 + random.nextInt(4),
          1 + random.nextInt(3),
          flat ? new PoolWay(1, 1, 1, 1, 0, 0) : PoolWay.random(random),
          PoolWay.random(random));
    }

    int[] input() {
      int[] all = {images, group * channels, rows.size(), columns.size()};
      return flat ? new int[] {all[0], all[1], all[3]} : all;
    }

    Shape weight() {
      int[] all = {group * maps, channels, rows.kernel(), columns.kernel()};
      return Shape.of(flat ? new int[] {all[0], all[1], all[3]} : all);
    }

    Proto describe(Proto node) {
      List<PoolWay> ways = flat ? List.of(columns) : List.of(rows, columns);
      long[] strides = ways.stream().mapToLong(PoolWay::stride).toArray();
      long[] dilations = ways.stream().mapToLong(PoolWay::dilation).toArray();
      long[] pads =
          flat
              ? new long[] {columns.before(), columns.after()}
              : new long[] {rows.before(), columns.before(), rows.after(), columns.after()};
      return node.message(5, ints("strides", strides))
          .message(5, ints("dilations", dilations))
          .message(5, ints("pads", pads))
          .message(5, integer("group", group));
    }

    /** The sums of products, in the order of the elements of the output. */
    long[] sums(Tensor x, long xZero, Tensor w, long[] wZero, long[] bias) {
      int height = rows.outputs(false);
      int width = columns.outputs(false);
      long[] sums = new long[images * group * maps * height * width];
      for (int i = 0; i < sums.length; i++) {
        int map = i / width / height % (group * maps);
        int image = i / width / height / (group * maps);
        long sum = bias[map];
        for (int tap = 0; tap < channels * rows.kernel() * columns.kernel(); tap++) {
          int channel = tap / columns.kernel() / rows.kernel();
          int h = rows.place(i / width % height, tap / columns.kernel() % rows.kernel());
          int v = columns.place(i % width, tap % columns.kernel());
          if (rows.isInside(h) && columns.isInside(v)) {
            int from = image * group * channels + map / maps * channels + channel;
            long element = x.longAt((from * rows.size() + h) * columns.size() + v) - xZero;
            int place = map * channels * rows.kernel() * columns.kernel() + tap;
            sum += element * (w.longAt(place) - wZero[map]);
          }
        }
        sums[i] = sum;
      }
      return sums;
    }
  }

  /** What a case convolves: x and its zero point, w and one or one for each map. */
  private record Factors(Tensor x, Tensor xZero, Tensor w, Tensor wZero) {
    static Factors random(Random random, Case of, boolean perMap) {
      DataType xType = Bytes.type(random);
      DataType wType = Bytes.type(random);
      return new Factors(
          Bytes.tensor(random, xType, Shape.of(of.input())),
          Bytes.tensor(random, xType, Shape.SCALAR),
          Bytes.tensor(random, wType, of.weight()),
          Bytes.tensor(random, wType, perMap ? Shape.of(of.group * of.maps) : Shape.SCALAR));
    }

    /** A model of {@code node} over inputs x and initializers xz, w and wz. */
    TestModel model(int opset, Proto node) {
      return new TestModel(opset)
          .input("x", Bytes.element(x.type()), Arrays.stream(x.shape().dims()).boxed().toArray())
          .initializer("xz", xZero)
          .initializer("w", w)
          .initializer("wz", wZero)
          .node(node)
          .output("y");
    }
  }

  @Property(tries = 300, edgeCases = EdgeCasesMode.NONE)
  void isItsDefinition(@ForAll long seed) {
    Random random = new Random(seed);
    Case of = Case.random(random);
    DataType yType = Bytes.type(random);
    boolean perMap = random.nextBoolean();
    boolean biased = random.nextBoolean();
    int maps = of.group * of.maps;
    Factors factors = Factors.random(random, of, perMap);
    Tensor yZero = Bytes.tensor(random, yType, random.nextBoolean() ? Shape.of(1) : Shape.SCALAR);
    float xScale = Bytes.scale(random);
    float yScale = 20 + 200 * random.nextFloat();
    float[] wScales = new float[perMap ? maps : 1];
    for (int i = 0; i < wScales.length; i++) {
      wScales[i] = Bytes.scale(random);
    }
    long[] bias = new long[maps];
    Tensor b = Tensor.zeros(DataType.INT32, Shape.of(maps));
    for (int i = 0; biased && i < maps; i++) {
      bias[i] = random.nextLong(20001) - 10000;
      b.set(i, bias[i]);
    }
    Proto node =
        biased
            ? node("QLinearConv", "x", "xs", "xz", "w", "ws", "wz", "ys", "yz", "b")
            : node("QLinearConv", "x", "xs", "xz", "w", "ws", "wz", "ys", "yz");
    boolean inferred = random.nextBoolean();
    TestModel model =
        factors
            .model(13, of.describe(node))
            .initializer("ws", Tensor.of(perMap ? Shape.of(maps) : Shape.SCALAR, wScales))
            .initializer("ys", Tensor.of(Shape.SCALAR, yScale))
            .initializer("yz", yZero)
            .initializer("b", b);
    if (!inferred) {
      model.initializer("xs", Tensor.of(Shape.of(1), xScale));
    } else {
      model.input("xs", 1);
    }
    Graph graph = model.graph();
    List<Tensor> inputs =
        inferred ? List.of(factors.x, Tensor.of(Shape.SCALAR, xScale)) : List.of(factors.x);
    Tensor y = Interpreter.run(graph, inputs).getFirst();
    assertEquals(yType, y.type());
    long[] wZeros = new long[maps];
    Arrays.setAll(wZeros, m -> factors.wZero.longAt(perMap ? m : 0));
    long[] sums = of.sums(factors.x, factors.xZero.longAt(0), factors.w, wZeros, bias);
    assertEquals(sums.length, y.size(), () -> of + " " + seed);
    int perImage = sums.length / of.images / maps;
    for (int i = 0; i < sums.length; i++) {
      float factor = xScale * wScales[perMap ? i / perImage % maps : 0] / yScale;
      long expected = Bytes.rounded(sums[i] * factor, yZero.longAt(0), yType);
      assertEquals(expected, y.longAt(i), "element " + i + " of " + of + " seed " + seed);
    }
    Tensor after = Interpreter.run(Passes.run(graph, Set.of("winograd")), inputs).getFirst();
    Bytes.assertSame(y, after, "after passes: " + of + " " + seed);
  }

  @Property(tries = 200, edgeCases = EdgeCasesMode.NONE)
  void sumsAreInt32(@ForAll long seed) {
    Random random = new Random(seed);
    Case of = Case.random(random);
    int maps = of.group * of.maps;
    Factors factors = Factors.random(random, of, true);
    int zeros = random.nextInt(3);
    List<Proto> forms =
        List.of(
            node("ConvInteger", "x", "w"),
            node("ConvInteger", "x", "w", "xz"),
            node("ConvInteger", "x", "w", "xz", "wz"));
    TestModel model = factors.model(10, of.describe(forms.get(zeros)));
    Tensor y = Interpreter.run(model.graph(), List.of(factors.x)).getFirst();
    assertEquals(DataType.INT32, y.type());
    long[] wZeros = new long[maps];
    Arrays.setAll(wZeros, m -> zeros < 2 ? 0 : factors.wZero.longAt(m));
    long[] sums =
        of.sums(
            factors.x, zeros < 1 ? 0 : factors.xZero.longAt(0), factors.w, wZeros, new long[maps]);
    for (int i = 0; i < sums.length; i++) {
      assertEquals(sums[i], y.longAt(i), "element " + i + " of " + of + " seed " + seed);
    }
  }

  @Test
  void sumsBeyondFloatsAreMadeInParts() {
    int channels = 700;
    Tensor x = Tensor.zeros(DataType.UINT8, Shape.of(1, channels, 1, 2));
    Tensor w = Tensor.zeros(DataType.UINT8, Shape.of(1, channels, 1, 1));
    long expected = 0;
    for (int i = 0; i < channels; i++) {
      int number = i % 7 == 0 ? 254 : 255;
      x.set(2 * i, number);
      x.set(2 * i + 1, 1);
      w.set(i, 255);
      expected += number * 255L;
    }
    TestModel model =
        new TestModel(10)
            .input("x", Bytes.element(DataType.UINT8), 1, channels, 1, 2)
            .initializer("w", w)
            .node(node("ConvInteger", "x", "w"))
            .output("y");
    Tensor y = Interpreter.run(model.graph(), List.of(x)).getFirst();
    assertTrue(expected > 1 << 24);
    assertEquals(expected, y.longAt(0));
    assertEquals(channels * 255L, y.longAt(1));
  }
}
