package io.tilebrew.graph.pass;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertSame;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.tilebrew.engine.Tensor;
import io.tilebrew.graph.Graph;
import io.tilebrew.graph.GraphVerifier;
import io.tilebrew.graph.Magnitude;
import io.tilebrew.graph.RandomGraphs;
import io.tilebrew.graph.interpret.Interpreter;
import io.tilebrew.graph.pass.Passes.Pass;
import java.util.List;
import java.util.Set;
import net.jqwik.api.Arbitraries;
import net.jqwik.api.Arbitrary;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.Provide;

class PassesTest {
  /** Those that move elements or operators without computing anything in another order. */
  private static final Set<String> EXACT =
      Set.of(
          "constant-folding",
          "pruning",
          "reduce-to-pool",
          "tap-trimming",
          "channel-shuffle",
          "epilogue-fusion",
          "layout");

  @Provide
  Arbitrary<Graph> graphs() {
    return RandomGraphs.graphs();
  }

  @Provide
  Arbitrary<Pass> passes() {
    return Arbitraries.of(Passes.GRAPH);
  }

  @Property(tries = 600)
  void aPassKeepsTheMeaning(
      @ForAll("graphs") Graph graph, @ForAll("passes") Pass pass, @ForAll long seed) {
    Graph result = GraphVerifier.verify(pass.run(graph));
    assertSameMeaning(graph, result, seed, EXACT.contains(pass.name()));
  }

  @Property(tries = 300)
  void ringsOfRowsKeepTheMeaning(@ForAll("graphs") Graph graph, @ForAll long seed) {
    Graph result = GraphVerifier.verify(SmallRings.run(graph));
    assertSameMeaning(graph, result, seed, true);
    assertSame(result, SmallRings.run(result));
  }

  @Property(tries = 300)
  void allPassesKeepTheMeaning(@ForAll("graphs") Graph graph, @ForAll long seed) {
    Graph result = graph;
    for (Pass pass : Passes.GRAPH) {
      result = GraphVerifier.verify(pass.run(result));
    }
    assertSameMeaning(graph, result, seed, false);
  }

  @Property(tries = 300)
  void aPassFindsNothingInItsOwnResult(@ForAll("graphs") Graph graph, @ForAll("passes") Pass pass) {
    Graph once = pass.run(graph);
    assertSame(once, pass.run(once), () -> "second run of " + pass.name() + "\n" + once);
  }

  @Property(tries = 200)
  void allPassesFindNothingInTheirResult(@ForAll("graphs") Graph graph) {
    Graph once = Passes.run(graph, Set.of());
    assertEquals(once.toString(), Passes.run(once, Set.of()).toString());
  }

  @Property(tries = 100)
  void aPassThatIsLeftOutDoesNothing(@ForAll("graphs") Graph graph) {
    Set<String> all = Set.copyOf(Passes.GRAPH.stream().map(Pass::name).toList());
    assertSame(graph, Passes.run(graph, all));
  }

  private static void assertSameMeaning(Graph graph, Graph result, long seed, boolean exactly) {
    List<Tensor> inputs = RandomGraphs.inputs(graph, seed);
    double bound = exactly ? 0 : Magnitude.bound(graph, inputs);
    assertSameMeaning(graph, result, inputs, bound);
  }

  /** Asserts that no element of an output differs by more than {@code bound}. */
  static void assertSameMeaning(Graph graph, Graph result, List<Tensor> inputs, double bound) {
    List<Tensor> expected = Interpreter.run(graph, inputs);
    List<Tensor> found = Interpreter.run(result, inputs);
    for (int i = 0; i < expected.size(); i++) {
      assertEquals(expected.get(i).shape(), found.get(i).shape());
      for (int k = 0; k < expected.get(i).size(); k++) {
        double a = expected.get(i).doubleAt(k);
        double b = found.get(i).doubleAt(k);
        int element = k;
        assertTrue(
            Double.compare(a, b) == 0 || Math.abs(a - b) <= bound,
            () ->
                "element %d: %s, expected %s within %s\n%s\n%s"
                    .formatted(element, b, a, bound, graph, result));
      }
    }
  }
}
