package io.tilebrew.graph.lower;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertSame;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.tilebrew.engine.Shape;
import io.tilebrew.engine.Tensor;
import io.tilebrew.engine.plan.Plan;
import io.tilebrew.engine.problem.Activation;
import io.tilebrew.engine.problem.WeightFormat;
import io.tilebrew.engine.problem.Window;
import io.tilebrew.graph.CompileOptions;
import io.tilebrew.graph.CompileOptions.Kernels;
import io.tilebrew.graph.Explanation;
import io.tilebrew.graph.Graph;
import io.tilebrew.graph.GraphBuilder;
import io.tilebrew.graph.GraphVerifier;
import io.tilebrew.graph.Node;
import io.tilebrew.graph.RandomGraphs;
import io.tilebrew.graph.RandomTensors;
import io.tilebrew.graph.TensorType;
import io.tilebrew.graph.Value;
import io.tilebrew.graph.interpret.Interpreter;
import io.tilebrew.graph.op.Conv;
import io.tilebrew.graph.op.Elementwise.Activate;
import io.tilebrew.graph.op.Linear.Gemm;
import io.tilebrew.graph.pass.Passes;
import java.util.List;
import java.util.Random;
import java.util.Set;
import net.jqwik.api.Arbitraries;
import net.jqwik.api.Arbitrary;
import net.jqwik.api.EdgeCasesMode;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.Provide;
import net.jqwik.api.constraints.IntRange;
import org.junit.jupiter.api.Test;

class Bfloat16Test {
  private static final CompileOptions OPTIONS =
      CompileOptions.DEFAULT.with(Kernels.LITERAL).withBfloat16Dense(true);

  /** Two dense layers with ReLU between. */
  private static Graph perceptron(int batch, Tensor first, Tensor second) {
    GraphBuilder graph = new GraphBuilder("perceptron");
    Value x = graph.input("x", TensorType.f32(batch, first.shape().dim(0)));
    Gemm dense = new Gemm(false, false, 1, 1);
    Value hidden = graph.add("first", dense, x, graph.constant("w1", first));
    Value relu = graph.add("relu", new Activate(Activation.RELU), hidden);
    graph.output("y", graph.add("second", dense, relu, graph.constant("w2", second)));
    return graph.build();
  }

  private static Tensor[] run(CompileOptions options, Graph graph, List<Tensor> inputs) {
    Plan plan = new Compiler(options).compile(graph, false);
    Tensor[] outputs =
        graph.outputs().stream()
            .map(o -> o.value().type())
            .map(type -> Tensor.zeros(type.element(), type.shape()))
            .toArray(Tensor[]::new);
    plan.run(plan.images(), inputs.toArray(Tensor[]::new), outputs);
    return outputs;
  }

  /**
   * How far a product may be off: by the rounding of the weights, by the error of the input, and by
   * the roundings of both sums.
   *
   * @param x the size of each input
   * @param error how far it may be off
   */
  private static double error(Tensor w, int column, double[] x, double[] error) {
    int rows = w.shape().dim(0);
    int columns = w.shape().dim(1);
    double products = 0;
    double carried = 0;
    for (int i = 0; i < rows; i++) {
      double size = Math.abs(w.floats()[i * columns + column]);
      products += size * (x[i] + error[i]);
      carried += size * error[i];
    }
    return 0x1p-8 * products + carried + 2 * (rows + 2) * 0x1p-24 * 1.01 * products;
  }

  @Property(tries = 150, edgeCases = EdgeCasesMode.NONE)
  void outputsAreOffByTheRoundingOfTheWeights(
      @ForAll @IntRange(min = 1, max = 7) int batch,
      @ForAll @IntRange(min = 1, max = 60) int inputs,
      @ForAll @IntRange(min = 1, max = 60) int hidden,
      @ForAll @IntRange(min = 1, max = 60) int outputs,
      @ForAll long seed) {
    Random random = new Random(seed);
    Tensor first = RandomTensors.of(random, inputs, hidden);
    Tensor second = RandomTensors.of(random, hidden, outputs);
    Graph graph = perceptron(batch, first, second);
    Tensor x = RandomTensors.of(random, batch, inputs);
    float[] exact = run(OPTIONS.withBfloat16Dense(false), graph, List.of(x))[0].floats();
    float[] rounded = run(OPTIONS, graph, List.of(x))[0].floats();
    for (int n = 0; n < batch; n++) {
      double[] size = new double[inputs];
      for (int i = 0; i < inputs; i++) {
        size[i] = Math.abs(x.floats()[n * inputs + i]);
      }
      double[] hiddenSize = new double[hidden];
      double[] hiddenError = new double[hidden];
      for (int h = 0; h < hidden; h++) {
        for (int i = 0; i < inputs; i++) {
          hiddenSize[h] += size[i] * Math.abs(first.floats()[i * hidden + h]);
        }
        hiddenError[h] = error(first, h, size, new double[inputs]);
      }
      for (int o = 0; o < outputs; o++) {
        double found = Math.abs((double) rounded[n * outputs + o] - exact[n * outputs + o]);
        double bound = error(second, o, hiddenSize, hiddenError);
        assertTrue(found <= bound, () -> "off by %s, at most %s".formatted(found, bound));
      }
    }
  }

  @Provide
  Arbitrary<Graph> graphs() {
    return RandomGraphs.graphs();
  }

  @Property(tries = 200)
  void kernelsOfAnyFormGiveTheBitsOfTheReferences(
      @ForAll("graphs") Graph graph, @ForAll("options") CompileOptions options, @ForAll long seed) {
    Graph optimized = new Compiler(options).optimize(graph);
    List<Tensor> inputs = RandomGraphs.inputs(graph, seed);
    List<Tensor> expected = Interpreter.run(optimized, inputs);
    Tensor[] found = run(options, graph, inputs);
    for (int i = 0; i < found.length; i++) {
      assertArrayEquals(expected.get(i).floats(), found[i].floats(), optimized::toString);
    }
  }

  @Provide
  Arbitrary<CompileOptions> options() {
    return Arbitraries.of(Kernels.LITERAL, Kernels.GENERIC, Kernels.REFERENCE)
        .flatMap(form -> Arbitraries.of(4, 8, 16).map(OPTIONS.with(form)::withLanes));
  }

  @Property(tries = 150)
  void thePassRoundsAllDenseLayersOnce(@ForAll("graphs") Graph graph) {
    Graph before = Passes.run(graph, Set.of(Passes.LAYOUT));
    Graph after = GraphVerifier.verify(Passes.BFLOAT16.run(before));
    assertSame(after, Passes.BFLOAT16.run(after));
    for (Node node : after.nodes()) {
      Node weights = node.operator() instanceof Conv ? after.producer(node.input(1)) : null;
      Tensor w = weights == null ? null : weights.constant();
      if (w == null || !(node.operator() instanceof Conv conv)) {
        continue;
      }
      boolean dense = conv.group() == 1 && conv.pool() == null && pixels(node.output()) == 1;
      WeightFormat format = dense ? WeightFormat.BFLOAT16 : WeightFormat.FLOAT32;
      assertEquals(format, conv.weights());
      for (float weight : w.floats()) {
        assertEquals(weight, format.round(weight));
      }
    }
  }

  private static int pixels(Value map) {
    return map.type().shape().dim(2) * map.type().shape().dim(3);
  }

  private static Explanation explain(CompileOptions options, Graph graph) {
    return new Compiler(options).explain(graph, false, 1).explanation();
  }

  @Test
  void itIsOffUnlessAskedForAndHalvesTheWeights() {
    Random random = new Random(1);
    Graph graph =
        perceptron(1, RandomTensors.of(random, 256, 128), RandomTensors.of(random, 128, 64));
    CompileOptions lanes = OPTIONS.withLanes(8);
    Explanation rounded = explain(lanes, graph);
    Explanation exact = explain(lanes.withBfloat16Dense(false), graph);
    String text = rounded.steps().toString();
    assertTrue(text.contains("n1 1x1x256 -> 128 k1 s1 bf16 +relu"), text);
    assertTrue(text.contains("direct 8x6, 8 lanes, bfloat16 weights"), text);
    assertFalse(exact.steps().toString().contains("bf16"), exact.steps()::toString);
    long weights = 256 * 128 + 128 * 64;
    assertEquals(2L * weights, exact.totals().weightBytes() - rounded.totals().weightBytes());
  }

  @Test
  void convolutionsWithSeveralOutputsAreLeftAlone() {
    GraphBuilder graph = new GraphBuilder("one");
    Value x = graph.input("x", TensorType.f32(1, 4, 3, 3));
    Tensor w = Tensor.of(Shape.of(8, 4, 2, 3), new float[192]);
    graph.output("y", graph.add("y", new Conv(Window.of(2, 3), 1), x, graph.constant("w", w)));
    Graph built = graph.build();
    assertSame(built, Passes.BFLOAT16.run(built));
  }
}
