package io.tilebrew.graph.interpret;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNotSame;
import static org.junit.jupiter.api.Assertions.assertSame;
import static org.junit.jupiter.api.Assertions.assertThrows;

import io.tilebrew.engine.DataType;
import io.tilebrew.engine.Shape;
import io.tilebrew.engine.Tensor;
import io.tilebrew.engine.problem.Activation;
import io.tilebrew.engine.problem.Arithmetic;
import io.tilebrew.engine.problem.Pointwise;
import io.tilebrew.engine.problem.Pool;
import io.tilebrew.engine.problem.Window;
import io.tilebrew.graph.Graph;
import io.tilebrew.graph.GraphBuilder;
import io.tilebrew.graph.Layout;
import io.tilebrew.graph.RandomTensors;
import io.tilebrew.graph.TensorType;
import io.tilebrew.graph.Value;
import io.tilebrew.graph.op.Conv;
import io.tilebrew.graph.op.Elementwise.Activate;
import io.tilebrew.graph.op.Elementwise.Binary;
import io.tilebrew.graph.op.Elementwise.Cast;
import io.tilebrew.graph.op.Linear.Gemm;
import io.tilebrew.graph.op.Linear.MatMul;
import io.tilebrew.graph.op.Normalization.BatchNormalization;
import io.tilebrew.graph.op.Normalization.Softmax;
import io.tilebrew.graph.op.Operator;
import io.tilebrew.graph.op.Pooling.AveragePool;
import io.tilebrew.graph.op.Pooling.MaxPool;
import io.tilebrew.graph.op.Reorder;
import io.tilebrew.graph.op.Shaping.Concat;
import io.tilebrew.graph.op.Shaping.Expand;
import io.tilebrew.graph.op.Shaping.Gather;
import io.tilebrew.graph.op.Shaping.Reshape;
import io.tilebrew.graph.op.Shaping.Slice;
import io.tilebrew.graph.op.Shaping.Transpose;
import java.util.List;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.constraints.IntRange;
import org.junit.jupiter.api.Test;

class InterpreterTest {
  private static final Shape ROW = Shape.of(1, 4);

  /** What {@code operator} makes of constants. */
  private static Tensor apply(Operator operator, Tensor... inputs) {
    GraphBuilder builder = new GraphBuilder("one");
    Value[] values = new Value[inputs.length];
    for (int i = 0; i < inputs.length; i++) {
      values[i] = builder.constant("x", inputs[i]);
    }
    builder.output("y", builder.add("y", operator, values));
    return Interpreter.run(builder.build(), List.of()).getFirst();
  }

  private static Tensor row(float... elements) {
    return Tensor.of(Shape.of(1, elements.length), elements);
  }

  private static Tensor image(float... elements) {
    return Tensor.of(Shape.of(1, 1, 2, 2), elements);
  }

  private static void assertFloats(Tensor y, float... expected) {
    assertArrayEquals(expected, y.floats());
  }

  @Test
  void knowsEachShapingOperator() {
    Tensor x = row(1, 2, 3, 4);
    assertEquals("f32[2,2]", apply(new Reshape(Shape.of(2, 2)), x).toString());
    assertFloats(
        apply(new Transpose(List.of(1, 0)), apply(new Reshape(Shape.of(2, 2)), x)), 1, 3, 2, 4);
    assertFloats(apply(new Concat(1), row(1), row(2, 3)), 1, 2, 3);
    assertFloats(apply(new Expand(Shape.of(2, 2)), row(1, 2)), 1, 2, 1, 2);
    assertFloats(apply(new Slice(List.of(0, 3), List.of(1, -2), Shape.of(1, 2)), x), 4, 2);
    assertFloats(apply(new Gather(1), x, Tensor.of(Shape.of(2), -1L, 0L)), 4, 1);
    assertFloats(apply(new Reorder(), x), 1, 2, 3, 4);
  }

  @Test
  void knowsEachElementwiseOperator() {
    Tensor a = row(7, -7);
    Tensor b = row(2, 2);
    assertFloats(apply(new Activate(Activation.RELU), a), 7, 0);
    assertFloats(apply(new Binary(Arithmetic.ADD), a, b), 9, -5);
    assertFloats(apply(new Binary(Arithmetic.SUB), a, b), 5, -9);
    assertFloats(apply(new Binary(Arithmetic.MUL), a, b), 14, -14);
    assertFloats(apply(new Binary(Arithmetic.DIV), a, b), 3.5f, -3.5f);
    assertArrayEquals(new long[] {7, -7}, apply(new Cast(DataType.INT64), a).longs());
  }

  @Test
  void knowsEachOperatorThatSums() {
    Tensor x = row(1, 2);
    Tensor y = row(3, 4);
    assertFloats(apply(new MatMul(), x, y.reshape(Shape.of(2, 1))), 11);
    assertFloats(apply(new Gemm(false, true, 2, 3), x, y, row(5)), 37);
    assertFloats(apply(new Gemm(false, true, 2, 3), x, y), 22);
    assertFloats(apply(new Softmax(1), row(5, 5)), 0.5f, 0.5f);
    Tensor one = Tensor.of(Shape.of(1), 1f);
    Tensor three = Tensor.of(Shape.of(1), 3f);
    assertFloats(
        apply(new BatchNormalization(1), image(1, 2, 3, 4), one, one, one, three),
        1,
        1.5f,
        2,
        2.5f);
  }

  @Test
  void knowsEachOperatorWithAWindow() {
    Tensor x = image(1, 2, 3, 4);
    Window whole = Window.of(2, 2);
    Tensor bias = Tensor.of(Shape.of(1), -40f);
    assertFloats(apply(new Conv(whole, 1), x, x), 30);
    assertFloats(apply(new Conv(whole, 1), x, x, bias), -10);
    assertFloats(apply(new Conv(whole, 1, Pointwise.of(Activation.RELU), null), x, x, bias), 0);
    assertFloats(apply(new MaxPool(whole, false), x), 4);
    assertFloats(apply(new AveragePool(whole, false, false), x), 2.5f);
    assertFloats(
        apply(new AveragePool(Window.square(2, 2, 1), true, true), x), 0.25f, 0.5f, 0.75f, 1);
  }

  @Property(tries = 100)
  void aFusedConvolutionIsTheCompositionOfItsParts(
      @ForAll @IntRange(min = 1, max = 3) int poolKernel,
      @ForAll @IntRange(min = 1, max = 3) int poolStride,
      @ForAll boolean relu,
      @ForAll long seed) {
    Activation activation = relu ? Activation.RELU : new Activation.Clip(-0.5f, 0.5f);
    Window window = Window.square(3, 1, 1);
    Window pool = Window.square(poolKernel, poolStride, poolKernel / 2);
    Tensor x = RandomTensors.of(seed, 2, 3, 5, 6);
    Tensor w = RandomTensors.of(seed + 1, 4, 3, 3, 3);
    Tensor bias = RandomTensors.of(seed + 2, 4);
    Tensor sums = apply(new Conv(window, 1), x, w, bias);
    Tensor expected = apply(new MaxPool(pool, false), apply(new Activate(activation), sums));
    Tensor actual =
        apply(new Conv(window, 1, Pointwise.of(activation), Pool.max(pool)), x, w, bias);
    assertEquals(expected.shape(), actual.shape());
    assertFloats(actual, expected.floats());
  }

  @Test
  void readsValuesMoreThanOnceAndGivesOutputsInOrder() {
    GraphBuilder builder = new GraphBuilder("diamond");
    Value x = builder.input("x", new TensorType(DataType.FLOAT32, ROW));
    Value a = builder.add("a", new Activate(Activation.RELU), x);
    Value b = builder.add("b", new Binary(Arithmetic.ADD), a, a);
    Value c = builder.add("c", new Binary(Arithmetic.MUL), a, b);
    builder.output("last", c);
    builder.output("first", a);
    builder.output("same", x);
    Tensor given = row(-1, 1, 2, 3);
    List<Tensor> results = Interpreter.run(builder.build(), List.of(given));
    assertFloats(results.get(0), 0, 2, 8, 18);
    assertFloats(results.get(1), 0, 1, 2, 3);
    assertSame(given, results.get(2));
    assertFloats(given, -1, 1, 2, 3);
  }

  @Test
  void doesNotGiveAwayTheTensorOfAConstant() {
    GraphBuilder builder = new GraphBuilder("constant");
    Tensor tensor = row(1, 2);
    builder.output("y", builder.constant("y", tensor));
    Tensor result = Interpreter.run(builder.build(), List.of()).getFirst();
    assertFloats(result, 1, 2);
    assertNotSame(tensor.array(), result.array());
  }

  @Test
  void seesRowMajorTensorsWhateverTheLayout() {
    GraphBuilder builder = new GraphBuilder("layouts");
    Value x = builder.input("x", TensorType.f32(1, 1, 2, 2));
    TensorType haloed = x.type().with(new Layout.Nhwc(1, 1, 1, 1));
    Value there =
        builder.add(List.of("there"), new Reorder(), List.of(x), List.of(haloed)).output();
    builder.output("y", builder.add("back", new Reorder(), there));
    Tensor given = image(1, 2, 3, 4);
    assertFloats(Interpreter.run(builder.build(), List.of(given)).getFirst(), 1, 2, 3, 4);
  }

  @Test
  void refusesInputsThatDoNotFit() {
    GraphBuilder builder = new GraphBuilder("g");
    builder.output("y", builder.input("x", TensorType.f32(1, 3)));
    Graph graph = builder.build();
    assertRefused("graph 'g' was given 0 inputs, expected 1", graph);
    assertRefused("input 'x' is f32[1,2], expected f32[1,3]", graph, row(1, 2));
    Tensor longs = Tensor.of(Shape.of(1, 3), 1L, 2L, 3L);
    assertRefused("input 'x' is i64[1,3], expected f32[1,3]", graph, longs);
  }

  private static void assertRefused(String sentence, Graph graph, Tensor... inputs) {
    Exception e =
        assertThrows(IllegalArgumentException.class, () -> Interpreter.run(graph, List.of(inputs)));
    assertEquals(sentence, e.getMessage());
  }
}
