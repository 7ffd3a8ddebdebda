package io.tilebrew.graph.pass;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertSame;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.tilebrew.engine.Shape;
import io.tilebrew.engine.Tensor;
import io.tilebrew.engine.problem.Window;
import io.tilebrew.graph.Graph;
import io.tilebrew.graph.GraphBuilder;
import io.tilebrew.graph.GraphVerifier;
import io.tilebrew.graph.RandomGraphs;
import io.tilebrew.graph.TensorType;
import io.tilebrew.graph.Value;
import io.tilebrew.graph.op.Conv;
import java.util.List;
import java.util.Random;
import net.jqwik.api.Arbitraries;
import net.jqwik.api.Arbitrary;
import net.jqwik.api.Combinators;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.Provide;
import net.jqwik.api.constraints.IntRange;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class TapTrimmingTest {
  /** A convolution of two channels to three whose first weight is {@code first}. */
  private static Graph graph(int height, int width, Window window, float first, long seed) {
    GraphBuilder graph = new GraphBuilder("one");
    Value x = graph.input("x", TensorType.f32(1, 2, height, width));
    float[] w = new float[6 * window.taps()];
    Random random = new Random(seed);
    for (int i = 0; i < w.length; i++) {
      w[i] = random.nextFloat(-1, 1);
    }
    w[0] = first;
    Shape shape = Shape.of(3, 2, window.kernelHeight(), window.kernelWidth());
    Value weights = graph.constant("w", Tensor.of(shape, w));
    Value bias = graph.constant("b", Tensor.of(Shape.of(3), new float[] {1, 2, 3}));
    graph.output("y", graph.add("y", new Conv(window, 1), x, weights, bias));
    return graph.build();
  }

  private static Window window(Graph graph) {
    return ((Conv) graph.nodes().getLast().operator()).window();
  }

  @Provide
  Arbitrary<Window> windows() {
    Arbitrary<Integer> kernel = Arbitraries.integers().between(1, 4);
    Arbitrary<Integer> stride = Arbitraries.integers().between(1, 3);
    Arbitrary<Integer> dilation = Arbitraries.integers().between(1, 5);
    Arbitrary<List<Integer>> pads = Arbitraries.integers().between(0, 9).list().ofSize(4);
    return Combinators.combine(kernel, kernel, stride, stride, dilation, dilation, pads)
        .as(
            (kh, kw, sh, sw, dh, dw, p) ->
                new Window(kh, kw, sh, sw, dh, dw, p.get(0), p.get(1), p.get(2), p.get(3)));
  }

  @Property(tries = 1000)
  void keepsTheMeaningAndDropsWhatMeetsPaddingAlone(
      @ForAll @IntRange(min = 1, max = 6) int height,
      @ForAll @IntRange(min = 1, max = 6) int width,
      @ForAll("windows") Window window,
      @ForAll long seed) {
    if (window.outputHeight(height) < 1 || window.outputWidth(width) < 1) {
      return;
    }
    Graph graph = graph(height, width, window, 1, seed);
    Graph trimmed = GraphVerifier.verify(TapTrimming.run(graph));
    List<Tensor> inputs = RandomGraphs.inputs(graph, seed);
    PassesTest.assertSameMeaning(graph, trimmed, inputs, 0);
    assertSame(trimmed, TapTrimming.run(trimmed));
  }

  @ParameterizedTest
  @CsvSource({
    "14, k3 s1 d36 p36, k1 s1",
    "14, k3 s1 d12 p12, k3 s1 d12 p12",
    "1, k3 s1 p1, k1 s1",
    "1, k3 s2 p1, k1 s2",
    "2, k5 s1 p2, k3 s1 p1",
    "2, 'k3 s1 p1,2,1,2', 'k3 s1 p1,2,1,2'",
    "3, 'k5x1 s1 d2 p4,0,4,0', 'k3x1 s1 d2x1 p2,0,2,0'",
  })
  void dropsOuterTaps(int size, String before, String after) {
    Graph graph = graph(size, size, Window.parse(before), 1, 7);
    assertEquals(after, window(TapTrimming.run(graph)).toString());
  }

  @Test
  void anInfiniteWeightStaysSinceItMakesNaNOfPadding() {
    Graph graph = graph(1, 1, Window.square(3, 1, 1), Float.POSITIVE_INFINITY, 7);
    assertSame(graph, TapTrimming.run(graph));
    assertTrue(graph.toString().contains("k3"));
  }
}
