package io.tilebrew.graph.lower;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;

import io.tilebrew.engine.Tensor;
import io.tilebrew.engine.jar.JarKernels;
import io.tilebrew.engine.jar.JarNetwork;
import io.tilebrew.engine.jar.JarReader;
import io.tilebrew.engine.jar.JarWriter;
import io.tilebrew.engine.kernel.TieredKernel;
import io.tilebrew.engine.plan.Plan;
import io.tilebrew.engine.plan.Step;
import io.tilebrew.engine.plan.Team;
import io.tilebrew.graph.CompileOptions;
import io.tilebrew.graph.CompileOptions.Kernels;
import io.tilebrew.graph.Graph;
import io.tilebrew.graph.RandomGraphs;
import io.tilebrew.graph.pass.SmallRings;
import io.tilebrew.graph.pass.SmallWinograd;
import java.io.IOException;
import java.io.OutputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.function.Consumer;
import net.jqwik.api.Arbitrary;
import net.jqwik.api.Assume;
import net.jqwik.api.EdgeCasesMode;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.Provide;
import net.jqwik.api.constraints.IntRange;

class JarTest {
  private static final List<Integer> LANES = List.of(4, 8, 16);

  @Provide
  Arbitrary<Graph> graphs() {
    return RandomGraphs.graphs();
  }

  @Property(tries = 150, edgeCases = EdgeCasesMode.NONE)
  void aPlanReadAgainIsTheSamePlanInEachForm(
      @ForAll("graphs") Graph graph,
      @ForAll @IntRange(max = 2) int lanes,
      @ForAll @IntRange(min = 1, max = 3) int threads,
      @ForAll long seed)
      throws IOException {
    assertTheSame(graph, LANES.get(lanes), threads, seed);
  }

  @Property(tries = 100, edgeCases = EdgeCasesMode.NONE)
  void soItIsWithWinogradsAlgorithm(
      @ForAll("graphs") Graph graph, @ForAll @IntRange(min = 1, max = 3) int threads)
      throws IOException {
    assertTheSame(SmallWinograd.run(graph, Set.of()), 8, threads, 1);
  }

  @Property(tries = 100, edgeCases = EdgeCasesMode.NONE)
  void soItIsWithRingsOfRows(
      @ForAll("graphs") Graph graph, @ForAll @IntRange(min = 1, max = 3) int threads)
      throws IOException {
    assertTheSame(SmallRings.run(graph), 16, threads, 1);
  }

  private static void assertTheSame(Graph graph, int lanes, int threads, long seed)
      throws IOException {
    CompileOptions options = CompileOptions.DEFAULT.with(Kernels.ON_WARM_UP).withLanes(lanes);
    Team team = new Team(threads, null, 0);
    Plan plan = new Compiler(options, team).compile(graph, false);
    Assume.that(plan.steps().stream().noneMatch(Step.Refer.class::isInstance));
    JarKernels kernels = new JarKernels();
    Plan written = new Compiler(options, team, kernels::define).compile(graph, false);
    JarNetwork network = new JarNetwork(List.of(), List.of(), null, Map.of(), lanes, 0, written);
    JarNetwork read = readAgain(network, kernels);
    assertEquals(lanes, read.lanes());
    assertEquals(text(plan), text(read.plan()));
    assertWeights(plan, read.plan());
    List<float[]> expected = run(plan, graph, seed);
    for (Consumer<TieredKernel> choice : forms()) {
      read.plan().computes().forEach(step -> choice.accept((TieredKernel) step.kernel()));
      assertSame(expected, run(read.plan(), graph, seed));
    }
  }

  /** Choose the generic form, the one before the last, the last. */
  private static List<Consumer<TieredKernel>> forms() {
    return List.of(
        kernel -> {},
        kernel -> kernel.choose(Math.max(0, kernel.last() - 1), true),
        kernel -> kernel.choose(kernel.last(), true));
  }

  private static JarNetwork readAgain(JarNetwork network, JarKernels kernels) throws IOException {
    Path file = Files.createTempFile("network", ".jar");
    try {
      try (OutputStream out = Files.newOutputStream(file)) {
        JarWriter.write(network, kernels, out);
      }
      return JarReader.read(file);
    } finally {
      Files.delete(file);
    }
  }

  /** All of {@code plan} but its kernels and their weights. */
  private static String text(Plan plan) {
    StringBuilder text = new StringBuilder(plan.toString());
    plan.computes()
        .forEach(step -> text.append(step.arguments()).append(step.units()).append('\n'));
    plan.tensors().forEach(slot -> text.append(slot.type()).append(slot.shape()).append('\n'));
    return text.append(plan.inputs())
        .append(plan.outputs())
        .append(plan.memory().floats(1))
        .append(plan.threads())
        .toString();
  }

  private static void assertWeights(Plan expected, Plan found) {
    assertSame(
        expected.computes().map(Step.Compute::weights).toList(),
        found.computes().map(Step.Compute::weights).toList());
  }

  private static void assertSame(List<float[]> expected, List<float[]> found) {
    assertEquals(expected.size(), found.size());
    for (int i = 0; i < expected.size(); i++) {
      assertArrayEquals(expected.get(i), found.get(i));
    }
  }

  private static List<float[]> run(Plan plan, Graph graph, long seed) {
    List<Tensor> outputs =
        plan.outputs().stream()
            .map(slot -> plan.tensors().get(slot))
            .map(slot -> Tensor.zeros(slot.type(), slot.shape()))
            .toList();
    plan.run(
        plan.images(),
        RandomGraphs.inputs(graph, seed).toArray(Tensor[]::new),
        outputs.toArray(Tensor[]::new));
    return outputs.stream().map(Tensor::floats).toList();
  }
}
