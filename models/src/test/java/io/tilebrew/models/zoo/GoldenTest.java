package io.tilebrew.models.zoo;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.tilebrew.graph.CompileOptions;
import io.tilebrew.graph.CompileOptions.Kernels;
import io.tilebrew.graph.Explanation;
import io.tilebrew.graph.Graph;
import io.tilebrew.graph.Node;
import io.tilebrew.graph.Tilebrew;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Collection;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeSet;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/**
 * What the compiler makes of the networks of the zoo, as text: the graph after the passes and the
 * steps of the plan for vectors of 8 floats and one thread. A refactoring changes nothing of it.
 */
class GoldenTest {
  private static final Path FOLDER =
      Path.of("src", "test", "resources", "io", "tilebrew", "models", "zoo", "golden");

  private static final String WRITE =
      "mvn test -Dtest=GoldenTest -Dsurefire.failIfNoSpecifiedTests=false -Dgolden=write";

  private static final CompileOptions OPTIONS =
      CompileOptions.DEFAULT.with(Kernels.GENERIC).withLanes(8);

  /** The numbers of a parameter: all the same, and one array for all of a kind. */
  private record Numbers(int size, float value) {}

  private static Graph network(String name) {
    Map<Numbers, float[]> arrays = new HashMap<>();
    return Zoo.network(
        name,
        ZooOptions.DEFAULT,
        (parameter, size, middle, reach) ->
            arrays.computeIfAbsent(
                new Numbers(size, middle + reach / 2),
                numbers -> {
                  float[] values = new float[numbers.size];
                  Arrays.fill(values, numbers.value);
                  return values;
                }));
  }

  static Collection<String> networks() {
    return Zoo.names();
  }

  @ParameterizedTest
  @MethodSource("networks")
  void isCompiledAsBefore(String name) throws IOException {
    Graph graph = network(name);
    List<String> found = new ArrayList<>(lines(Tilebrew.optimize(graph, OPTIONS)));
    found.addAll(lines(Tilebrew.explain(graph, OPTIONS)));
    Path file = FOLDER.resolve(name + ".txt");
    if (System.getProperty("golden", "").equals("write")) {
      Files.createDirectories(FOLDER);
      Files.write(file, found);
    }
    assertTrue(Files.exists(file), () -> "there is no " + file + "; write it by " + WRITE);
    assertSameLines(file, Files.readAllLines(file), found);
  }

  private static void assertSameLines(Path file, List<String> expected, List<String> found) {
    for (int i = 0; i < Math.max(expected.size(), found.size()); i++) {
      String before = i < expected.size() ? expected.get(i) : "the end";
      String now = i < found.size() ? found.get(i) : "the end";
      int line = i + 1;
      assertEquals(
          before,
          now,
          () -> "line " + line + " of " + file + "; if it should change, write it by " + WRITE);
    }
  }

  /** The graph without its constants. */
  private static List<String> lines(Graph graph) {
    Set<String> constants =
        graph.nodes().stream()
            .filter(node -> node.constant() != null)
            .map(Node::toString)
            .collect(Collectors.toSet());
    return graph.toString().lines().filter(line -> !constants.contains(line.strip())).toList();
  }

  private static List<String> lines(Explanation explanation) {
    List<String> lines = new ArrayList<>(List.of("", "plan"));
    for (Explanation.Step step : explanation.steps()) {
      lines.add("  " + step.node() + ": " + step.problem());
      if (!step.fused().isEmpty()) {
        lines.add("      with " + String.join(", ", step.fused()));
      }
      switch (step.kind()) {
        case KERNEL -> lines.add("      " + step.kernel());
        case REFERENCE -> lines.add("      reference: " + step.refusal());
        case CONVERSION, HALO -> {}
      }
    }
    explanation
        .unfused()
        .forEach(
            node ->
                lines.add(
                    "  not in " + node.convolution() + ": " + node.node() + ", " + node.reason()));
    Explanation.Totals totals = explanation.totals();
    lines.add("  " + totals.kernels() + " kernels, " + totals.references() + " references");
    lines.add(
        "  " + totals.inKernels() + " of " + totals.multiplyAdds() + " multiply-adds in kernels");
    lines.add(
        "  arena of " + floats(totals.arenaBytes()) + ", " + floats(totals.liveBytes()) + " live");
    lines.add("  weights of " + floats(totals.weightBytes()));
    return lines;
  }

  private static String floats(long bytes) {
    return bytes / Float.BYTES + " floats";
  }

  @Test
  void eachFileBelongsToANetwork() throws IOException {
    try (Stream<Path> files = Files.list(FOLDER)) {
      Set<String> names =
          files.map(file -> file.getFileName().toString()).collect(Collectors.toSet());
      assertEquals(
          new TreeSet<>(networks().stream().map(name -> name + ".txt").toList()),
          new TreeSet<>(names));
    }
  }
}
