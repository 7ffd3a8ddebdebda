package io.tilebrew.graph;

import io.tilebrew.engine.Tensor;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;

/**
 * A static computation graph: typed inputs, nodes in an order in which each value is made before it
 * is used, and outputs. Immutable.
 */
public final class Graph {
  private final String name;
  private final List<Value> inputs;
  private final List<Node> nodes;
  private final List<Output> outputs;
  private final Map<Value, Node> producers = new HashMap<>();
  private final Map<Value, List<Node>> consumers = new HashMap<>();
  private final Set<Value> outputValues = new HashSet<>();

  /** A result of a graph: two outputs may show the same value under two names. */
  public record Output(String name, Value value) {}

  Graph(String name, List<Value> inputs, List<Node> nodes, List<Output> outputs) {
    this.name = name;
    this.inputs = List.copyOf(inputs);
    this.nodes = List.copyOf(nodes);
    this.outputs = List.copyOf(outputs);
    for (Node node : nodes) {
      for (Value output : node.outputs()) {
        producers.put(output, node);
      }
      for (Value input : new HashSet<>(node.inputs())) {
        consumers.computeIfAbsent(input, v -> new ArrayList<>()).add(node);
      }
    }
    outputs.forEach(o -> outputValues.add(o.value()));
  }

  public String name() {
    return name;
  }

  public List<Value> inputs() {
    return inputs;
  }

  /** The nodes, each after those that make its inputs. */
  public List<Node> nodes() {
    return nodes;
  }

  public List<Output> outputs() {
    return outputs;
  }

  /** The node that makes {@code value}, or null for an input of the graph. */
  public @Nullable Node producer(Value value) {
    return producers.get(value);
  }

  /** The tensor if {@code value} is made by a constant, else null. */
  public @Nullable Tensor constant(Value value) {
    Node node = producer(value);
    return node == null ? null : node.constant();
  }

  /** The nodes that read {@code value}, each once. */
  public List<Node> consumers(Value value) {
    return consumers.getOrDefault(value, List.of());
  }

  /** Whether {@code value} is a result of the graph. */
  public boolean isOutput(Value value) {
    return outputValues.contains(value);
  }

  /**
   * Whether exactly one node reads {@code value} and it is no result: only then can it be fused
   * away.
   */
  public boolean hasOneUse(Value value) {
    return consumers(value).size() == 1 && !isOutput(value);
  }

  /** The canonical text: a line for each input, node and output. */
  @Override
  public String toString() {
    StringBuilder text = new StringBuilder("graph ").append(name).append('\n');
    inputs.forEach(v -> text.append("  input ").append(v).append('\n'));
    nodes.forEach(n -> text.append("  ").append(n).append('\n'));
    text.append(
        outputs.stream()
            .map(o -> "  output %s = %%%s\n".formatted(o.name(), o.value().name()))
            .collect(Collectors.joining()));
    return text.toString();
  }
}
