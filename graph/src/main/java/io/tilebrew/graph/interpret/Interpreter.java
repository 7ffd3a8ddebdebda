package io.tilebrew.graph.interpret;

import io.tilebrew.engine.Tensor;
import io.tilebrew.graph.Graph;
import io.tilebrew.graph.Node;
import io.tilebrew.graph.Value;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;

/**
 * Runs a graph node by node on the references: slow, and the meaning of the graph. Every value is a
 * row-major tensor here, whatever its layout.
 */
public final class Interpreter {
  private final Graph graph;
  private final Map<Value, Tensor> tensors = new HashMap<>();

  private Interpreter(Graph graph) {
    this.graph = graph;
  }

  /**
   * The outputs of {@code graph}, in its order. An output that is an input of the graph is the
   * caller's tensor; all others are new.
   *
   * @param inputs a tensor for each input of the graph, in its order
   * @throws IllegalArgumentException if the number or a type of the inputs does not fit
   */
  public static List<Tensor> run(Graph graph, List<Tensor> inputs) {
    Interpreter interpreter = new Interpreter(graph);
    interpreter.bind(inputs);
    return interpreter.run();
  }

  private void bind(List<Tensor> inputs) {
    if (inputs.size() != graph.inputs().size()) {
      throw new IllegalArgumentException(
          "graph '%s' was given %d inputs, expected %d"
              .formatted(graph.name(), inputs.size(), graph.inputs().size()));
    }
    for (int i = 0; i < inputs.size(); i++) {
      Value value = graph.inputs().get(i);
      Tensor tensor = inputs.get(i);
      boolean fits =
          tensor.type() == value.type().element() && tensor.shape().equals(value.type().shape());
      if (!fits) {
        throw new IllegalArgumentException(
            "input '%s' is %s, expected %s%s"
                .formatted(value.name(), tensor, value.type().element(), value.type().shape()));
      }
      tensors.put(value, tensor);
    }
  }

  private List<Tensor> run() {
    Map<Node, Set<Value>> lastUses = lastUses();
    for (Node node : graph.nodes()) {
      run(node);
      tensors.keySet().removeAll(lastUses.get(node));
    }
    return graph.outputs().stream().map(output -> tensors.get(output.value())).toList();
  }

  private void run(Node node) {
    Tensor[] inputs = node.inputs().stream().map(tensors::get).toArray(Tensor[]::new);
    Tensor[] outputs =
        node.outputs().stream()
            .map(value -> Tensor.zeros(value.type().element(), value.type().shape()))
            .toArray(Tensor[]::new);
    References.of(node.operator()).run(inputs, outputs);
    for (int i = 0; i < outputs.length; i++) {
      tensors.put(node.outputs().get(i), outputs[i]);
    }
  }

  /** What no node after this one reads, and the graph does not give back. */
  private Map<Node, Set<Value>> lastUses() {
    Map<Node, Set<Value>> lastUses = new HashMap<>();
    Set<Value> later = new HashSet<>();
    graph.outputs().forEach(output -> later.add(output.value()));
    for (Node node : graph.nodes().reversed()) {
      Set<Value> dead = new HashSet<>(node.inputs());
      dead.addAll(node.outputs());
      dead.removeAll(later);
      later.addAll(node.inputs());
      lastUses.put(node, dead);
    }
    return lastUses;
  }
}
