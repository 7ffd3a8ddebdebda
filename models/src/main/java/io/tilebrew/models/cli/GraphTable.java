package io.tilebrew.models.cli;

import io.tilebrew.engine.Tensor;
import io.tilebrew.graph.Graph;
import io.tilebrew.graph.Node;
import io.tilebrew.graph.Value;
import java.io.PrintWriter;
import java.util.HashSet;
import java.util.Locale;
import java.util.Objects;
import java.util.Set;
import java.util.stream.Collectors;

/** The nodes of a graph as a table. Constants count as parameters of the nodes that read them. */
final class GraphTable {
  private final Graph graph;

  private GraphTable(Graph graph) {
    this.graph = graph;
  }

  /** Prints the nodes of {@code graph}, which was made for {@code sizes}. */
  static void print(Graph graph, String sizes, PrintWriter out) {
    out.println(sizes.isEmpty() ? "nodes" : "nodes for " + sizes);
    new GraphTable(graph).print(out);
  }

  private void print(PrintWriter out) {
    Table table = new Table("  ", "node", "operator", "output", "parameters");
    int nodes = 0;
    for (Node node : graph.nodes()) {
      if (node.constant() == null) {
        nodes++;
        table.add(
            node.name(),
            node.operator().toString(),
            node.outputs().stream().map(v -> v.type().toString()).collect(Collectors.joining(" ")),
            number(parameters(new HashSet<>(node.inputs()))));
      }
    }
    table.print(out);
    Set<Value> all =
        graph.nodes().stream().flatMap(n -> n.inputs().stream()).collect(Collectors.toSet());
    out.printf("%s nodes, %s parameters%n", number(nodes), number(parameters(all)));
  }

  private long parameters(Set<Value> values) {
    return values.stream()
        .map(graph::producer)
        .filter(Objects::nonNull)
        .map(Node::constant)
        .filter(Objects::nonNull)
        .mapToLong(Tensor::size)
        .sum();
  }

  private static String number(long number) {
    return String.format(Locale.ROOT, "%,d", number);
  }
}
