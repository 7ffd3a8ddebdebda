package io.tilebrew.graph;

import io.tilebrew.engine.Tensor;
import io.tilebrew.graph.op.Constant;
import io.tilebrew.graph.op.Operator;
import java.util.ArrayList;
import java.util.Collections;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/** Builds a {@link Graph} node by node; each node is typed as it is added, or refused. */
public final class GraphBuilder {
  private final String name;
  private final List<Value> inputs = new ArrayList<>();
  private final List<Node> nodes = new ArrayList<>();
  private final List<Graph.Output> outputs = new ArrayList<>();
  private final Map<Value, Node> producers = new HashMap<>();
  private final Map<String, Integer> names = new HashMap<>();

  /** A builder of a graph called {@code name}. */
  public GraphBuilder(String name) {
    this.name = name;
  }

  /** Adds an input of the graph. */
  public Value input(String name, TensorType type) {
    Value value = new Value(unique(name), type);
    inputs.add(value);
    return value;
  }

  /** Adds a constant. */
  public Value constant(String name, Tensor tensor) {
    return add(name, new Constant(tensor));
  }

  /**
   * Adds a node with one output.
   *
   * @param name the name of the node and its output; a number is appended where it is taken
   * @throws ModelException if the operator refuses the types of the inputs
   */
  public Value add(String name, Operator operator, Value... inputs) {
    return add(List.of(name), operator, List.of(inputs)).output();
  }

  /**
   * Adds a node.
   *
   * @param names a name for each output
   * @throws ModelException if the operator refuses the types of the inputs
   */
  public Node add(List<String> names, Operator operator, List<Value> inputs) {
    List<TensorType> types = infer(names.getFirst(), operator, inputs);
    assert types.size() == names.size() : operator;
    return add(names, operator, inputs, types);
  }

  /** Adds a node whose output types, layout included, are known to the caller. */
  public Node add(
      List<String> names, Operator operator, List<Value> inputs, List<TensorType> types) {
    List<Value> results = new ArrayList<>(types.size());
    for (int i = 0; i < types.size(); i++) {
      results.add(new Value(unique(names.get(i)), types.get(i)));
    }
    return add(new Node(operator, inputs, results));
  }

  /** Adds a node like {@code node}, names and types included, on other inputs. */
  public Node add(Node node, List<Value> inputs) {
    List<Value> results = new ArrayList<>(node.outputs().size());
    for (Value output : node.outputs()) {
      results.add(new Value(unique(output.name()), output.type()));
    }
    return add(new Node(node.operator(), inputs, results));
  }

  private Node add(Node node) {
    nodes.add(node);
    for (Value output : node.outputs()) {
      producers.put(output, node);
    }
    return node;
  }

  private static List<TensorType> infer(String name, Operator operator, List<Value> inputs) {
    List<TensorType> types = new ArrayList<>(inputs.size());
    for (Value input : inputs) {
      types.add(input.type());
    }
    try {
      return operator.infer(types);
    } catch (IllegalArgumentException | ArithmeticException e) {
      throw ModelException.at(name, operator.name(), String.valueOf(e.getMessage()));
    }
  }

  /** Declares {@code value} to be a result of the graph. */
  public void output(String name, Value value) {
    outputs.add(new Graph.Output(name, value));
  }

  /** The node added that makes {@code value}, or null for an input. */
  public @Nullable Node producer(Value value) {
    return producers.get(value);
  }

  /** The tensor if {@code value} is made by a constant, else null. */
  public @Nullable Tensor constant(Value value) {
    Node node = producers.get(value);
    return node == null ? null : node.constant();
  }

  private String unique(String wanted) {
    String candidate = wanted;
    for (Integer n = names.get(wanted); names.containsKey(candidate); ) {
      n = n == null ? 1 : n + 1;
      names.put(wanted, n);
      candidate = wanted + "." + n;
    }
    names.putIfAbsent(candidate, 0);
    return candidate;
  }

  /** The graph of all that was added and that an output depends on. */
  public Graph build() {
    Set<Value> live = new HashSet<>();
    outputs.forEach(o -> live.add(o.value()));
    List<Node> kept = new ArrayList<>();
    for (Node node : nodes.reversed()) {
      if (!Collections.disjoint(node.outputs(), live)) {
        kept.add(node);
        live.addAll(node.inputs());
      }
    }
    return new Graph(name, inputs, kept.reversed(), outputs);
  }
}
