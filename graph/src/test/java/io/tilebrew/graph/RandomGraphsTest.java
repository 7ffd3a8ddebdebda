package io.tilebrew.graph;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertSame;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.tilebrew.engine.Tensor;
import io.tilebrew.graph.interpret.Interpreter;
import java.util.List;
import java.util.Objects;
import java.util.Set;
import java.util.TreeSet;
import java.util.stream.LongStream;
import net.jqwik.api.Arbitrary;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.Provide;
import org.junit.jupiter.api.Test;

class RandomGraphsTest {
  @Provide
  Arbitrary<Graph> graphs() {
    return RandomGraphs.graphs();
  }

  @Property(tries = 300)
  void areWellFormed(@ForAll("graphs") Graph graph) {
    assertSame(graph, GraphVerifier.verify(graph));
  }

  @Property(tries = 300)
  void giveFiniteResultsOfTheirTypes(@ForAll("graphs") Graph graph, @ForAll long seed) {
    List<Tensor> inputs = RandomGraphs.inputs(graph, seed);
    List<Tensor> results = Interpreter.run(graph, inputs);
    List<Tensor> again = Interpreter.run(graph, inputs);
    assertEquals(graph.outputs().size(), results.size());
    for (int i = 0; i < results.size(); i++) {
      TensorType type = graph.outputs().get(i).value().type();
      assertEquals(type, new TensorType(results.get(i).type(), results.get(i).shape()));
      assertTrue(Objects.deepEquals(results.get(i).array(), again.get(i).array()));
      for (float y : results.get(i).floats()) {
        assertTrue(Float.isFinite(y), () -> "%s in the result of %s".formatted(y, graph));
      }
    }
  }

  @Test
  void holdEachOperatorOfANetwork() {
    Set<String> names = new TreeSet<>();
    for (long seed = 0; seed < 200; seed++) {
      List<Long> steps = LongStream.range(seed * 5, seed * 5 + 5).boxed().toList();
      Graph graph = RandomGraphs.graph(TensorType.f32(1, 2, 7, 6), steps, seed);
      graph.nodes().forEach(node -> names.add(node.operator().name()));
    }
    Set<String> expected =
        Set.of(
            "Abs",
            "Activate",
            "Add",
            "AveragePool",
            "BatchNormalization",
            "Concat",
            "Constant",
            "Conv",
            "ConvTranspose",
            "Div",
            "Erf",
            "Gemm",
            "LocalResponse",
            "LpPool",
            "MatMul",
            "Max",
            "MaxPool",
            "Min",
            "Mul",
            "Pad",
            "Prelu",
            "Reduce",
            "Reshape",
            "Resize",
            "Slice",
            "Softmax",
            "Standardization",
            "Sub",
            "Transpose");
    assertEquals(new TreeSet<>(expected), names);
  }
}
