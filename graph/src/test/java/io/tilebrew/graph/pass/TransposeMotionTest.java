package io.tilebrew.graph.pass;

import static org.junit.jupiter.api.Assertions.assertEquals;

import io.tilebrew.engine.Shape;
import io.tilebrew.engine.Tensor;
import io.tilebrew.engine.problem.Activation;
import io.tilebrew.engine.problem.Arithmetic;
import io.tilebrew.engine.problem.UnaryFunction;
import io.tilebrew.engine.problem.Window;
import io.tilebrew.graph.Graph;
import io.tilebrew.graph.GraphBuilder;
import io.tilebrew.graph.Magnitude;
import io.tilebrew.graph.RandomGraphs;
import io.tilebrew.graph.RandomTensors;
import io.tilebrew.graph.TensorType;
import io.tilebrew.graph.Value;
import io.tilebrew.graph.op.Constant;
import io.tilebrew.graph.op.Conv;
import io.tilebrew.graph.op.Elementwise.Activate;
import io.tilebrew.graph.op.Elementwise.Binary;
import io.tilebrew.graph.op.Elementwise.Unary;
import io.tilebrew.graph.op.Linear.MatMul;
import io.tilebrew.graph.op.Normalization.Standardization;
import io.tilebrew.graph.op.Reduction.Reduce;
import io.tilebrew.graph.op.Shaping.Reshape;
import io.tilebrew.graph.op.Shaping.Transpose;
import java.util.List;
import java.util.Set;
import org.junit.jupiter.api.Test;

class TransposeMotionTest {
  private static final Transpose LAST = new Transpose(List.of(0, 2, 3, 1));
  private static final Transpose FIRST = new Transpose(List.of(0, 3, 1, 2));

  private final GraphBuilder graph = new GraphBuilder("last");
  private int constants;

  private Value constant(int... dims) {
    return graph.constant("c", RandomTensors.of(++constants, dims));
  }

  private Value binary(Arithmetic function, Value a, Value b) {
    return graph.add("f", new Binary(function), a, b);
  }

  private Value number(float number) {
    return graph.constant("number", Tensor.of(Shape.SCALAR, number));
  }

  private Value conv(Value x, int maps, Window window, int group) {
    int perGroup = x.type().shape().dim(1) / group;
    Value w = constant(maps, perGroup, window.kernelHeight(), window.kernelWidth());
    return graph.add("conv", new Conv(window, group), x, w);
  }

  private Value layerNormalization(Value x) {
    int channels = x.type().shape().dim(3);
    Value y = graph.add("standard", new Standardization(List.of(3), 1), x);
    return binary(
        Arithmetic.ADD, binary(Arithmetic.MUL, y, constant(channels)), constant(channels));
  }

  private Value dense(Value x, int maps) {
    Value y = graph.add("product", new MatMul(), x, constant(x.type().shape().dim(3), maps));
    return binary(Arithmetic.ADD, constant(maps), y);
  }

  private Value gelu(Value x) {
    Value scaled = binary(Arithmetic.DIV, x, number(1.4142135f));
    Value erf = graph.add("erf", new Unary(UnaryFunction.ERF), scaled);
    Value product = binary(Arithmetic.MUL, x, binary(Arithmetic.ADD, erf, number(1)));
    return binary(Arithmetic.MUL, product, number(0.5f));
  }

  /** The block of ConvNeXt over {@code channels} channels. */
  private Value block(Value x, int channels) {
    Value deep = conv(x, channels, Window.square(3, 1, 1), channels);
    Value wide = dense(layerNormalization(graph.add("last", LAST, deep)), 4 * channels);
    Value back = graph.add("first", FIRST, dense(gelu(wide), channels));
    return binary(Arithmetic.ADD, binary(Arithmetic.MUL, back, constant(channels, 1, 1)), x);
  }

  private static List<String> names(Graph graph) {
    return graph.nodes().stream()
        .filter(node -> !(node.operator() instanceof Constant))
        .map(node -> node.operator().name())
        .toList();
  }

  /** Passes without the last one, which lays out. */
  private Graph optimized() {
    Graph before = graph.build();
    Graph after = Passes.run(before, Set.of(Passes.LAYOUT));
    List<Tensor> inputs = RandomGraphs.inputs(before, 1);
    PassesTest.assertSameMeaning(before, after, inputs, Magnitude.bound(before, inputs));
    return after;
  }

  @Test
  void aBlockInChannelsLastIsConvolutionsAndAStandardization() {
    Value x = graph.input("x", TensorType.f32(1, 4, 5, 6));
    graph.output("y", block(block(x, 4), 4));
    Graph optimized = optimized();
    assertEquals(
        List.of("Conv", "Standardization", "Conv", "Conv"),
        names(optimized).subList(0, 4),
        optimized::toString);
    assertEquals(8, names(optimized).size(), optimized::toString);
  }

  @Test
  void meansOfRowsAndColumnsThatAreKeptArePoolings() {
    Value x = graph.input("x", TensorType.f32(2, 4, 5, 6));
    Value last = graph.add("last", LAST, conv(x, 4, Window.POINT, 1));
    Reduce mean = new Reduce(Reduce.Function.MEAN, List.of(1, 2), true);
    Value gate = graph.add("act", new Activate(Activation.RELU), graph.add("mean", mean, last));
    graph.output("y", graph.add("first", FIRST, binary(Arithmetic.MUL, last, gate)));
    Graph optimized = optimized();
    assertEquals(
        List.of("Conv", "AveragePool", "Activate", "Mul"), names(optimized), optimized::toString);
  }

  /** What goes on row-major has one transpose, as before. */
  @Test
  void aTransposeThatMeetsNoOtherIsBehindWhatItWentThrough() {
    Value x = graph.input("x", TensorType.f32(1, 4, 6, 6));
    Value last = graph.add("last", LAST, conv(x, 4, Window.POINT, 1));
    Value dense = dense(layerNormalization(last), 8);
    graph.output("y", graph.add("rows", new Reshape(Shape.of(1, 36, 8)), dense));
    Graph optimized = optimized();
    assertEquals(
        List.of("Conv", "Standardization", "Conv", "Transpose", "Reshape"),
        names(optimized),
        optimized::toString);
  }

  @Test
  void aTransposeGoesBackThroughAStandardization() {
    Value x = graph.input("x", TensorType.f32(1, 6, 6, 4));
    Value first = graph.add("first", FIRST, layerNormalization(x));
    graph.output("y", conv(first, 3, Window.POINT, 1));
    Graph optimized = optimized();
    assertEquals(
        List.of("Transpose", "Standardization", "Conv"), names(optimized), optimized::toString);
  }
}
