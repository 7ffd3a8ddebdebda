package io.tilebrew.graph.lower;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;

import io.tilebrew.engine.Tensor;
import io.tilebrew.engine.plan.Plan;
import io.tilebrew.engine.plan.Team;
import io.tilebrew.graph.CompileOptions;
import io.tilebrew.graph.CompileOptions.Kernels;
import io.tilebrew.graph.Graph;
import io.tilebrew.graph.RandomGraphs;
import io.tilebrew.graph.interpret.Interpreter;
import io.tilebrew.graph.pass.SmallRings;
import io.tilebrew.graph.pass.SmallWinograd;
import java.util.List;
import java.util.Set;
import net.jqwik.api.Arbitraries;
import net.jqwik.api.Arbitrary;
import net.jqwik.api.Combinators;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.Provide;
import net.jqwik.api.constraints.IntRange;

class CompilerTest {
  @Provide
  Arbitrary<Graph> graphs() {
    return RandomGraphs.graphs();
  }

  @Provide
  Arbitrary<CompileOptions> options() {
    Arbitrary<Set<String>> without =
        Arbitraries.of(
                "constant-folding",
                "pruning",
                "reduce-to-pool",
                "channel-shuffle",
                "dense-to-conv",
                "affine-folding",
                "pointwise-fusion",
                "epilogue-fusion",
                "winograd",
                "layout",
                "memory-planning")
            .set()
            .ofMaxSize(3);
    return Combinators.combine(
            Arbitraries.of(Kernels.LITERAL, Kernels.GENERIC, Kernels.ON_WARM_UP, Kernels.REFERENCE),
            Arbitraries.of(4, 8, 16),
            without)
        .as(CompileOptions::new);
  }

  /**
   * One order of summation: kernels of any form and any lane count give the bits of the references.
   */
  @Property(tries = 400)
  void aPlanGivesTheBitsOfTheReferences(
      @ForAll("graphs") Graph graph, @ForAll("options") CompileOptions options, @ForAll long seed) {
    assertTheBitsOfTheReferences(graph, new Compiler(options), seed);
  }

  @Property(tries = 300)
  void soItDoesByWinogradsAlgorithm(
      @ForAll("graphs") Graph graph,
      @ForAll("options") CompileOptions options,
      @ForAll long seed,
      @ForAll @IntRange(min = 1, max = 3) int threads) {
    Compiler compiler = new Compiler(options, new Team(threads, null, 0));
    assertTheBitsOfTheReferences(SmallWinograd.run(graph, options.without()), compiler, seed);
  }

  @Property(tries = 300)
  void soItDoesWithRingsOfRows(
      @ForAll("graphs") Graph graph,
      @ForAll("options") CompileOptions options,
      @ForAll long seed,
      @ForAll @IntRange(min = 1, max = 3) int threads) {
    Compiler compiler = new Compiler(options, new Team(threads, null, 0));
    assertTheBitsOfTheReferences(SmallRings.run(graph), compiler, seed);
  }

  private static void assertTheBitsOfTheReferences(Graph graph, Compiler compiler, long seed) {
    Plan plan = compiler.compile(graph, false);
    List<Tensor> inputs = RandomGraphs.inputs(graph, seed);
    List<Tensor> expected = Interpreter.run(compiler.optimize(graph), inputs);
    for (int run = 0; run < 2; run++) {
      Tensor[] found =
          expected.stream().map(t -> Tensor.zeros(t.type(), t.shape())).toArray(Tensor[]::new);
      plan.run(plan.images(), inputs.toArray(Tensor[]::new), found);
      for (int i = 0; i < found.length; i++) {
        Tensor wanted = expected.get(i);
        assertArrayEquals(
            wanted.floats(), found[i].floats(), () -> compiler.optimize(graph) + "\n" + plan);
      }
    }
  }

  @Property(tries = 150)
  void aSharedPlanGivesTheSameBits(
      @ForAll("graphs") Graph graph, @ForAll @IntRange(min = 2, max = 4) int threads) {
    CompileOptions options = CompileOptions.DEFAULT.with(Kernels.GENERIC);
    Plan alone = new Compiler(options).compile(graph, false);
    Plan shared = new Compiler(options, new Team(threads, null, 0)).compile(graph, false);
    List<Tensor> inputs = RandomGraphs.inputs(graph, threads);
    Tensor[] expected = run(alone, graph, inputs);
    for (int run = 0; run < 2; run++) {
      Tensor[] found = run(shared, graph, inputs);
      for (int i = 0; i < found.length; i++) {
        assertArrayEquals(expected[i].floats(), found[i].floats(), () -> alone + "\n" + shared);
      }
    }
  }

  private static Tensor[] run(Plan plan, Graph graph, List<Tensor> inputs) {
    Tensor[] outputs =
        graph.outputs().stream()
            .map(o -> o.value().type())
            .map(type -> Tensor.zeros(type.element(), type.shape()))
            .toArray(Tensor[]::new);
    plan.run(plan.images(), inputs.toArray(Tensor[]::new), outputs);
    return outputs;
  }

  @Property(tries = 100)
  void everyBufferHasItsPlace(@ForAll("graphs") Graph graph) {
    Plan plan = new Compiler(CompileOptions.DEFAULT.with(Kernels.GENERIC)).compile(graph, false);
    plan.steps().stream()
        .flatMap(step -> step.writes().stream())
        .forEach(
            buffer -> {
              int end = plan.memory().offset(buffer) + buffer.floats();
              assertEquals(end, Math.min(end, plan.memory().floats()));
            });
  }
}
