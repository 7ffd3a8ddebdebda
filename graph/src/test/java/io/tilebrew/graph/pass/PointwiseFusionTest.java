package io.tilebrew.graph.pass;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertSame;

import io.tilebrew.engine.Shape;
import io.tilebrew.engine.Tensor;
import io.tilebrew.engine.plan.Plan;
import io.tilebrew.engine.problem.Activation;
import io.tilebrew.engine.problem.Arithmetic;
import io.tilebrew.engine.problem.UnaryFunction;
import io.tilebrew.graph.CompileOptions;
import io.tilebrew.graph.CompileOptions.Kernels;
import io.tilebrew.graph.Graph;
import io.tilebrew.graph.GraphBuilder;
import io.tilebrew.graph.GraphVerifier;
import io.tilebrew.graph.Node;
import io.tilebrew.graph.RandomGraphs;
import io.tilebrew.graph.TensorType;
import io.tilebrew.graph.Value;
import io.tilebrew.graph.interpret.Interpreter;
import io.tilebrew.graph.lower.Compiler;
import io.tilebrew.graph.op.Elementwise.Activate;
import io.tilebrew.graph.op.Elementwise.Binary;
import io.tilebrew.graph.op.Elementwise.Unary;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import net.jqwik.api.Arbitraries;
import net.jqwik.api.Arbitrary;
import net.jqwik.api.Combinators;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.Provide;
import org.junit.jupiter.api.Test;

class PointwiseFusionTest {
  private static final TensorType TYPE = TensorType.f32(2, 5, 3, 3);

  /** Elementwise operators over two maps and a number for each channel. */
  @Provide
  Arbitrary<Graph> graphs() {
    return Combinators.combine(Arbitraries.longs(), Arbitraries.integers().between(1, 9))
        .as(PointwiseFusionTest::graph);
  }

  private static Graph graph(long seed, int nodes) {
    Random random = new Random(seed);
    GraphBuilder graph = new GraphBuilder("elementwise");
    List<Value> values = new ArrayList<>();
    values.add(graph.input("a", TYPE));
    values.add(graph.input("b", TYPE));
    Value squeezed = graph.input("c", TensorType.f32(2, 5, 1, 1));
    for (int i = 0; i < nodes; i++) {
      Value x = any(values, random);
      values.add(
          switch (random.nextInt(9)) {
            case 0 -> graph.add("relu", new Activate(Activation.RELU), x);
            case 1 -> graph.add("gate", new Activate(new Activation.Sigmoid()), x);
            case 2 -> graph.add("abs", new Unary(UnaryFunction.ABS), x);
            case 3 -> graph.add("scaled", new Binary(Arithmetic.MUL), x, squeezed);
            case 4 -> graph.add("square", new Binary(Arithmetic.MUL), x, x);
            case 5 -> graph.add("sum", new Binary(Arithmetic.ADD), x, any(values, random));
            case 6 -> graph.add("product", new Binary(Arithmetic.MUL), x, any(values, random));
            case 7 -> power(graph, x);
            default -> graph.add("difference", new Binary(Arithmetic.SUB), any(values, random), x);
          });
    }
    graph.output("y", values.getLast());
    return graph.build();
  }

  private static Value power(GraphBuilder graph, Value x) {
    Value two = graph.constant("two", Tensor.of(Shape.of(1), 2f));
    return graph.add("power", new Binary(Arithmetic.POW), x, two);
  }

  /** One of {@code values}, the last one most of the time. */
  private static Value any(List<Value> values, Random random) {
    return random.nextBoolean() ? values.getLast() : values.get(random.nextInt(values.size()));
  }

  @Property(tries = 500)
  void fusedIsUnfusedToTheLastBit(@ForAll("graphs") Graph graph, @ForAll long seed) {
    Graph fused = GraphVerifier.verify(PointwiseFusion.run(graph));
    assertSame(fused, PointwiseFusion.run(fused), () -> graph + "\n" + fused);
    List<Tensor> inputs = RandomGraphs.inputs(graph, seed);
    float[] expected = Interpreter.run(graph, inputs).getFirst().floats();
    float[] found = Interpreter.run(fused, inputs).getFirst().floats();
    assertArrayEquals(expected, found, () -> graph + "\n" + fused);
  }

  @Property(tries = 40)
  void kernelsGiveTheBitsOfTheUnfusedReferences(
      @ForAll("graphs") Graph graph, @ForAll("lanes") int lanes, @ForAll long seed) {
    CompileOptions options = CompileOptions.DEFAULT.with(Kernels.GENERIC).withLanes(lanes);
    Plan plan = new Compiler(options).compile(graph, false);
    List<Tensor> inputs = RandomGraphs.inputs(graph, seed);
    Tensor expected = Interpreter.run(graph, inputs).getFirst();
    Tensor found = Tensor.zeros(expected.type(), expected.shape());
    plan.run(plan.images(), inputs.toArray(Tensor[]::new), new Tensor[] {found});
    assertArrayEquals(expected.floats(), found.floats(), () -> graph + "\n" + plan);
  }

  @Provide
  Arbitrary<Integer> lanes() {
    return Arbitraries.of(4, 8, 16);
  }

  private static String fused(GraphBuilder graph, Value y) {
    graph.output("y", y);
    List<Node> nodes = PointwiseFusion.run(graph.build()).nodes();
    assertEquals(1, nodes.size(), nodes::toString);
    return nodes.getFirst().operator().toString();
  }

  @Test
  void theSquareOfADifferenceIsOneFunction() {
    GraphBuilder graph = new GraphBuilder("square");
    Value a = graph.input("a", TYPE);
    Value d = graph.add("d", new Binary(Arithmetic.SUB), a, graph.input("b", TYPE));
    assertEquals("Fused[+sub +mul[@1]]", fused(graph, graph.add("y", mul(), d, d)));
  }

  @Test
  void thePowerOfTwoIsASquare() {
    GraphBuilder graph = new GraphBuilder("power");
    Value a = graph.input("a", TYPE);
    Value d = graph.add("d", new Binary(Arithmetic.SUB), a, graph.input("b", TYPE));
    assertEquals("Fused[+sub +mul[@1]]", fused(graph, power(graph, d)));
  }

  @Property
  void thePowerOfTwoHasTheBitsOfTheProduct(@ForAll int bits) {
    float x = Float.intBitsToFloat(bits);
    assertEquals(x * x, Arithmetic.POW.apply(x, 2));
  }

  @Test
  void whatIsReadAgainMayBeginAnywhere() {
    GraphBuilder graph = new GraphBuilder("gate");
    Value a = graph.input("a", TYPE);
    Value x = graph.add("x", new Unary(UnaryFunction.ABS), a);
    Value gate = graph.add("gate", new Activate(new Activation.Tanh()), x);
    Value gated = graph.add("gated", mul(), gate, x);
    String expected = "Fused[+abs +tanh +mul[@1] +mul[@3]]";
    assertEquals(expected, fused(graph, graph.add("y", mul(), gated, gated)));
  }

  private static Binary mul() {
    return new Binary(Arithmetic.MUL);
  }
}
