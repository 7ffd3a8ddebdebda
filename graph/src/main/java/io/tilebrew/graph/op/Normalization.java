package io.tilebrew.graph.op;

import io.tilebrew.engine.DataType;
import io.tilebrew.engine.Shape;
import io.tilebrew.graph.TensorType;
import java.util.List;

/** Operators that bring elements to a common scale. */
public sealed interface Normalization extends Operator {
  /**
   * {@code scale * (x - mean) / sqrt(variance + epsilon) + bias} per channel, with stored
   * statistics (Ioffe and Szegedy 2015, at inference). Inputs: x [N,C,...], scale, bias, mean,
   * variance [C].
   */
  record BatchNormalization(float epsilon) implements Normalization {
    @Override
    public List<TensorType> infer(List<TensorType> inputs) {
      Check.arity(inputs, 5, 5);
      TensorType x = inputs.getFirst();
      Check.element("the input", x, DataType.FLOAT32);
      Check.that(x.rank() >= 2, "the input is %s, expected rank 2 or more", x);
      for (TensorType parameter : inputs.subList(1, 5)) {
        Check.element("a parameter", parameter, DataType.FLOAT32);
        Check.that(
            parameter.shape().equals(Shape.of(x.shape().dim(1))),
            "a parameter is %s, expected [%d]",
            parameter,
            x.shape().dim(1));
      }
      return List.of(new TensorType(x.element(), x.shape()));
    }

    @Override
    public String toString() {
      return "BatchNormalization";
    }
  }

  /**
   * {@code exp(x) / sum(exp(x))} along an axis.
   *
   * @param axis the axis, counted from the front
   */
  record Softmax(int axis) implements Normalization {
    @Override
    public List<TensorType> infer(List<TensorType> inputs) {
      Check.arity(inputs, 1, 1);
      TensorType x = inputs.getFirst();
      Check.element("the input", x, DataType.FLOAT32);
      Check.axis(axis, x.rank());
      return List.of(new TensorType(x.element(), x.shape()));
    }

    @Override
    public String toString() {
      return "Softmax[%d]".formatted(axis);
    }
  }
}
