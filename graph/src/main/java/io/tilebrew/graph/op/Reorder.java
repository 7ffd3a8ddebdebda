package io.tilebrew.graph.op;

import io.tilebrew.graph.TensorType;
import java.util.List;

/** The identity, into another layout; the layout is in the type of its output. */
public record Reorder() implements Operator {
  @Override
  public List<TensorType> infer(List<TensorType> inputs) {
    Check.arity(inputs, 1, 1);
    return List.of(new TensorType(inputs.getFirst().element(), inputs.getFirst().shape()));
  }

  @Override
  public String toString() {
    return "Reorder";
  }
}
