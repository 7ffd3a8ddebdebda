package io.tilebrew.graph;

import io.tilebrew.engine.DataType;
import java.util.HashSet;
import java.util.List;
import java.util.Set;

/**
 * Checks that a graph is well formed, as each pass must leave it. A graph that is not is a fault of
 * the code that made it, never of a model.
 */
public final class GraphVerifier {
  private final Graph graph;
  private final Set<Value> defined = new HashSet<>();
  private final Set<String> names = new HashSet<>();

  private GraphVerifier(Graph graph) {
    this.graph = graph;
  }

  /**
   * Checks that each value is defined once, before its use, under a name of its own; that its
   * element type and shape are those that its operator infers; that its layout suits its type; and
   * that each output is defined and has a name of its own.
   *
   * @return {@code graph}
   * @throws IllegalStateException if it is not so, with a sentence that names the graph and the
   *     node
   */
  public static Graph verify(Graph graph) {
    GraphVerifier verifier = new GraphVerifier(graph);
    graph.inputs().forEach(value -> verifier.define("the inputs", value));
    graph.nodes().forEach(verifier::node);
    verifier.outputs();
    return graph;
  }

  private void node(Node node) {
    String place = "node '%s' (%s)".formatted(node.name(), node.operator().name());
    for (Value input : node.inputs()) {
      check(
          defined.contains(input),
          place,
          "'%s' is used before it is defined".formatted(input.name()));
    }
    List<TensorType> inferred = infer(place, node);
    check(
        inferred.size() == node.outputs().size(),
        place,
        "has %d outputs, the operator gives %d".formatted(node.outputs().size(), inferred.size()));
    for (int i = 0; i < inferred.size(); i++) {
      Value output = node.outputs().get(i);
      check(
          inferred.get(i).with(Layout.PLAIN).equals(output.type().with(Layout.PLAIN)),
          place,
          "the output is %s, the operator gives %s".formatted(output, inferred.get(i)));
      define(place, output);
    }
  }

  private List<TensorType> infer(String place, Node node) {
    try {
      return node.operator().infer(node.inputs().stream().map(Value::type).toList());
    } catch (IllegalArgumentException | ArithmeticException e) {
      throw new IllegalStateException(sentence(place, String.valueOf(e.getMessage())), e);
    }
  }

  private void define(String place, Value value) {
    check(defined.add(value), place, "'%s' is defined twice".formatted(value.name()));
    check(names.add(value.name()), place, "the name '%s' is taken".formatted(value.name()));
    check(isSound(value.type()), place, "the layout of %s does not suit its type".formatted(value));
  }

  private static boolean isSound(TensorType type) {
    return switch (type.layout()) {
      case Layout.Plain _ -> true;
      case Layout.Nhwc(int top, int left, int bottom, int right) ->
          type.element() == DataType.FLOAT32
              && (type.rank() == 4 || type.rank() == 2)
              && (top | left | bottom | right) >= 0;
    };
  }

  private void outputs() {
    Set<String> outputNames = new HashSet<>();
    for (Graph.Output output : graph.outputs()) {
      String place = "output '%s'".formatted(output.name());
      check(
          defined.contains(output.value()),
          place,
          "'%s' is not defined".formatted(output.value().name()));
      check(outputNames.add(output.name()), place, "the name stands twice");
    }
  }

  private void check(boolean holds, String place, String problem) {
    if (!holds) {
      throw new IllegalStateException(sentence(place, problem));
    }
  }

  private String sentence(String place, String problem) {
    return "graph '%s', %s: %s".formatted(graph.name(), place, problem);
  }
}
