package io.tilebrew.graph.pass;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertSame;

import io.tilebrew.engine.DataType;
import io.tilebrew.engine.Shape;
import io.tilebrew.engine.Tensor;
import io.tilebrew.engine.problem.Window;
import io.tilebrew.graph.Graph;
import io.tilebrew.graph.GraphBuilder;
import io.tilebrew.graph.GraphVerifier;
import io.tilebrew.graph.Magnitude;
import io.tilebrew.graph.RandomGraphs;
import io.tilebrew.graph.TensorType;
import io.tilebrew.graph.Value;
import io.tilebrew.graph.op.Conv;
import io.tilebrew.graph.op.Pooling.MaxPool;
import java.util.List;
import java.util.Set;
import net.jqwik.api.Arbitrary;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.Provide;
import org.junit.jupiter.api.Test;

class WinogradPassTest {
  private static final float HALF = 0.5f;

  private static final Window THREE = Window.square(3, 1, 1);
  private static final Window POOL = Window.square(2, 2, 0);

  @Provide
  Arbitrary<Graph> graphs() {
    return RandomGraphs.graphs();
  }

  private static Graph small(Graph graph) {
    return WinogradPass.run(graph, SmallWinograd::algorithm);
  }

  @Property(tries = 400)
  void keepsTheMeaningButForRoundings(@ForAll("graphs") Graph graph, @ForAll long seed) {
    Graph result = GraphVerifier.verify(small(graph));
    List<Tensor> inputs = RandomGraphs.inputs(graph, seed);
    PassesTest.assertSameMeaning(graph, result, inputs, Magnitude.bound(result, inputs));
  }

  @Property(tries = 200)
  void findsNothingInItsOwnResult(@ForAll("graphs") Graph graph) {
    Graph once = small(graph);
    assertSame(once, small(once));
  }

  private static Graph graph(int channels, int size, Window window, float weight, Window pool) {
    GraphBuilder graph = new GraphBuilder("one");
    Value x = graph.input("x", TensorType.f32(1, channels, size, size));
    Shape shape = Shape.of(128, channels, window.kernelHeight(), window.kernelWidth());
    Tensor w = Tensor.zeros(DataType.FLOAT32, shape);
    w.floats()[7] = weight;
    Value y = graph.add("y", new Conv(window, 1), x, graph.constant("w", w));
    graph.output("y", graph.add("pool", new MaxPool(pool, false), y));
    return graph.build();
  }

  private static String algorithm(
      int channels, int size, Window window, float weight, Window pool) {
    Graph result = Passes.run(graph(channels, size, window, weight, pool), Set.of());
    return result.nodes().stream()
        .map(node -> node.operator())
        .filter(Conv.class::isInstance)
        .map(operator -> ((Conv) operator).algorithm().text())
        .findFirst()
        .orElseThrow();
  }

  @Test
  void choosesByTheSizeOfTheLayer() {
    assertEquals(" w4", algorithm(64, 28, THREE, HALF, POOL));
    assertEquals(" w2", algorithm(256, 7, THREE, HALF, POOL));
    assertEquals(" w6", algorithm(64, 112, THREE, HALF, POOL));
    assertEquals(" w4k5", algorithm(64, 28, Window.square(5, 1, 2), HALF, POOL));
    assertEquals(" w2k5", algorithm(64, 5, Window.square(5, 1, 2), HALF, POOL));
    assertEquals("", algorithm(3, 28, THREE, HALF, POOL));
    assertEquals("", algorithm(64, 3, THREE, HALF, POOL));
  }

  @Test
  void choosesTilesOfFewPointsForManyChannels() {
    assertEquals(" w6", algorithm(512, 30, THREE, HALF, POOL));
    assertEquals(" w4", algorithm(513, 30, THREE, HALF, POOL));
  }

  @Test
  void leavesAloneWhatItCannotCompute() {
    assertEquals("", algorithm(64, 28, THREE, Float.NaN, POOL));
    assertEquals("", algorithm(64, 28, THREE, -3, POOL), "sums of whole numbers stay exact");
    assertEquals("", algorithm(64, 28, THREE, Float.NEGATIVE_INFINITY, POOL));
    assertEquals("", algorithm(64, 28, Window.square(3, 2, 1), HALF, POOL));
    assertEquals("", algorithm(64, 28, Window.square(5, 2, 2), HALF, POOL));
    assertEquals("", algorithm(64, 28, Window.square(7, 1, 3), HALF, POOL));
    assertEquals("", algorithm(64, 28, THREE, HALF, Window.square(3, 3, 0)));
    assertEquals(" w4", algorithm(64, 28, THREE, HALF, Window.square(3, 2, 0)));
  }
}
