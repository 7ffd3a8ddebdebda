package io.tilebrew.graph.lower;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;

import io.tilebrew.engine.DataType;
import io.tilebrew.engine.Shape;
import io.tilebrew.engine.Tensor;
import io.tilebrew.engine.plan.Plan;
import io.tilebrew.engine.plan.Team;
import io.tilebrew.engine.problem.Window;
import io.tilebrew.graph.CompileOptions;
import io.tilebrew.graph.CompileOptions.Kernels;
import io.tilebrew.graph.Graph;
import io.tilebrew.graph.GraphBuilder;
import io.tilebrew.graph.RandomGraphs;
import io.tilebrew.graph.RandomTensors;
import io.tilebrew.graph.TensorType;
import io.tilebrew.graph.Value;
import io.tilebrew.graph.interpret.Interpreter;
import io.tilebrew.graph.op.Conv;
import io.tilebrew.graph.op.Shaping;
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
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

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
                "weight-flushing",
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

  static void assertTheBitsOfTheReferences(Graph graph, Compiler compiler, long seed) {
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

  /** Slices of 3, 5, 1 and more channels beside each other, some of them in several concats. */
  @ParameterizedTest
  @ValueSource(ints = {4, 8, 16})
  void concatsOfOddWidthsKeepTheirNeighbours(int lanes) {
    GraphBuilder graph = new GraphBuilder("odd");
    Value x = graph.input("x", new TensorType(DataType.FLOAT32, Shape.of(2, 5, 9, 7)));
    Value a = conv(graph, "a", x, 5, 3, 3);
    Value b = conv(graph, "b", x, 5, 5, 1);
    Value first = graph.add("first", new Shaping.Concat(1), a, b, x);
    Value c = conv(graph, "c", first, 13, 7, 3);
    Value second = graph.add("second", new Shaping.Concat(1), c, first);
    Value d = conv(graph, "d", second, 20, 1, 1);
    Value third = graph.add("third", new Shaping.Concat(1), d, a, second);
    graph.output("y", conv(graph, "y", third, 24, 9, 3));
    graph.output("z", third);
    CompileOptions options = CompileOptions.DEFAULT.with(Kernels.LITERAL).withLanes(lanes);
    assertTheBitsOfTheReferences(graph.build(), new Compiler(options), lanes);
  }

  private static Value conv(GraphBuilder graph, String name, Value x, int in, int out, int kernel) {
    Tensor weights = RandomTensors.of(name.hashCode(), out, in, kernel, kernel);
    Conv conv = new Conv(Window.square(kernel, 1, kernel / 2), 1);
    return graph.add(name, conv, x, graph.constant(name + ".weight", weights));
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

  /** A layer with scratch for one thread, of one row or worth a meeting only with its scratch. */
  @ParameterizedTest
  @CsvSource({"1, 0", "2, 7000"})
  void aKernelHasNoMoreThreadsThanScratch(int rows, long worth) {
    GraphBuilder builder = new GraphBuilder("signal");
    Value x = builder.input("x", new TensorType(DataType.FLOAT32, Shape.of(1, 1, rows, 100)));
    Value w = builder.constant("w", RandomTensors.of(1, 3, 1, 1, 5));
    Window window = new Window(1, 5, 1, 1, 1, 1, 0, 2, 0, 2);
    builder.output("y", builder.add("conv", new Conv(window, 1), x, w));
    Graph graph = builder.build();
    CompileOptions options = CompileOptions.DEFAULT.with(Kernels.GENERIC).withLanes(8);
    Compiler compiler = new Compiler(options, new Team(2, null, worth));
    assertTheBitsOfTheReferences(graph, compiler, rows);
    Plan plan = compiler.compile(graph, false);
    plan.computes().forEach(step -> assertEquals(1, step.parts(), step::toString));
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
              int end = plan.memory().place(buffer, 1) + buffer.floats();
              assertEquals(end, Math.min(end, plan.memory().floats(1)));
            });
  }
}
