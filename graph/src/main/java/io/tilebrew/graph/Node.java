package io.tilebrew.graph;

import io.tilebrew.engine.Tensor;
import io.tilebrew.graph.op.Constant;
import io.tilebrew.graph.op.Operator;
import java.util.List;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;

/** One application of an operator. Compared by identity of its outputs. */
public record Node(Operator operator, List<Value> inputs, List<Value> outputs) {
  /** Copies the lists. */
  public Node {
    inputs = List.copyOf(inputs);
    outputs = List.copyOf(outputs);
  }

  /** The name of the node, which is the one of its first output. */
  public String name() {
    return outputs.getFirst().name();
  }

  public Value input(int i) {
    return inputs.get(i);
  }

  public Value output(int i) {
    return outputs.get(i);
  }

  /** The only output. */
  public Value output() {
    assert outputs.size() == 1 : this;
    return outputs.getFirst();
  }

  /** The tensor if this node is a constant, else null. */
  public @Nullable Tensor constant() {
    return operator instanceof Constant constant ? constant.tensor() : null;
  }

  @Override
  public boolean equals(Object other) {
    return other instanceof Node node && outputs.equals(node.outputs);
  }

  @Override
  public int hashCode() {
    return outputs.hashCode();
  }

  /** Such as {@code %y: f32[1,6,28,28] = Conv[k5 s1] %x, %w, %b}. */
  @Override
  public String toString() {
    return "%s = %s%s"
        .formatted(
            outputs.stream().map(Value::toString).collect(Collectors.joining(", ")),
            operator,
            inputs.stream().map(v -> " %" + v.name()).collect(Collectors.joining(",")));
  }
}
