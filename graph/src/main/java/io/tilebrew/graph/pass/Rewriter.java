package io.tilebrew.graph.pass;

import io.tilebrew.engine.Tensor;
import io.tilebrew.graph.Graph;
import io.tilebrew.graph.GraphBuilder;
import io.tilebrew.graph.Node;
import io.tilebrew.graph.Value;
import io.tilebrew.graph.op.Constant;
import io.tilebrew.graph.op.Operator;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import org.jspecify.annotations.Nullable;

/**
 * Rebuilds a graph node by node under a rule. The rule sees a node of the old graph and what its
 * inputs have become in the new one; nodes that end up unused are dropped.
 */
final class Rewriter {
  private final Graph old;
  private final GraphBuilder builder;
  private final Map<Value, Value> renewed = new HashMap<>();

  /** What becomes of a node. */
  interface Rule {
    /** What replaces the only output of {@code node}, or null to keep the node. */
    @Nullable Value apply(Rewriter rewriter, Node node);
  }

  private Rewriter(Graph old) {
    this.old = old;
    this.builder = new GraphBuilder(old.name());
  }

  /** {@code graph} rewritten by {@code rule}; the same instance if the rule replaces nothing. */
  static Graph rewrite(Graph graph, Rule rule) {
    return new Rewriter(graph).run(rule);
  }

  /** {@code graph} rewritten by {@code rule} until the rule replaces nothing. */
  static Graph exhaust(Graph graph, Rule rule) {
    Graph before;
    Graph after = graph;
    do {
      before = after;
      after = rewrite(before, rule);
    } while (after != before);
    return after;
  }

  private Graph run(Rule rule) {
    boolean changed = false;
    for (Value input : old.inputs()) {
      renewed.put(input, builder.input(input.name(), input.type()));
    }
    for (Node node : old.nodes()) {
      Value replacement = rule.apply(this, node);
      if (replacement != null) {
        renewed.put(node.output(), replacement);
        changed = true;
      } else {
        keep(node);
      }
    }
    if (!changed) {
      return old;
    }
    old.outputs().forEach(o -> builder.output(o.name(), now(o.value())));
    return builder.build();
  }

  private void keep(Node node) {
    List<Value> inputs = new ArrayList<>(node.inputs().size());
    for (Value input : node.inputs()) {
      inputs.add(now(input));
    }
    Node kept = builder.add(node, inputs);
    for (int i = 0; i < kept.outputs().size(); i++) {
      renewed.put(node.output(i), kept.output(i));
    }
  }

  /** The graph that is rewritten. */
  Graph old() {
    return old;
  }

  /** What {@code value} of the old graph has become. */
  Value now(Value value) {
    return Objects.requireNonNull(renewed.get(value), value::name);
  }

  /** What input {@code i} of {@code node} has become. */
  Value input(Node node, int i) {
    return now(node.input(i));
  }

  /** The new node that makes {@code value}, or null. */
  @Nullable Node producer(Value value) {
    return builder.producer(value);
  }

  /** The new node that makes input {@code i} of {@code node} if nothing else uses it, else null. */
  @Nullable Node soleProducer(Node node, int i) {
    return old.hasOneUse(node.input(i)) ? producer(input(node, i)) : null;
  }

  /** The tensor of {@code value} if it is constant, else null. */
  @Nullable Tensor constant(Value value) {
    return builder.constant(value);
  }

  /** Adds a node that computes what {@code node} did, and bears its name. */
  Value replace(Node node, Operator operator, Value... inputs) {
    return builder.add(node.name(), operator, inputs);
  }

  /** Adds a node of its own. */
  Value add(String name, Operator operator, Value... inputs) {
    return builder.add(name, operator, inputs);
  }

  /** Adds a constant. */
  Value constant(String name, Tensor tensor) {
    return builder.add(List.of(name), new Constant(tensor), List.of()).output();
  }
}
