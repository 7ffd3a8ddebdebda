package io.tilebrew.graph.op;

import io.tilebrew.engine.Tensor;
import io.tilebrew.graph.TensorType;
import java.util.List;

/** A tensor known when compiling. Its array must not be written to. */
public record Constant(Tensor tensor) implements Operator {
  @Override
  public List<TensorType> infer(List<TensorType> inputs) {
    Check.arity(inputs, 0, 0);
    return List.of(new TensorType(tensor.type(), tensor.shape()));
  }

  @Override
  public String toString() {
    return "Constant";
  }
}
