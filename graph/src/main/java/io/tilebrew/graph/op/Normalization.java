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

  /**
   * {@code (x - mean) / sqrt(variance + epsilon)} with mean and variance of the elements along some
   * axes.
   *
   * @param axes the axes, counted from the front, each once
   * @param epsilon what is added to the variance
   */
  record Standardization(List<Integer> axes, float epsilon) implements Normalization {
    /** Copies the list. */
    public Standardization {
      axes = List.copyOf(axes);
    }

    @Override
    public List<TensorType> infer(List<TensorType> inputs) {
      Check.arity(inputs, 1, 1);
      TensorType x = inputs.getFirst();
      Check.element("the input", x, DataType.FLOAT32);
      axes.forEach(axis -> Check.front(axis, x.rank()));
      return List.of(new TensorType(x.element(), x.shape()));
    }

    @Override
    public String toString() {
      return "Standardization" + axes;
    }
  }

  /**
   * {@code x / (bias + alpha / size * sum(x^2)) ^ beta} with the sum over {@code size} channels
   * around the own one (Krizhevsky et al. 2012, 3.3). Input: x [N,C,...].
   *
   * @param size the channels, at least 1; of an even number more lie behind than before
   */
  record LocalResponse(int size, float alpha, float beta, float bias) implements Normalization {
    /** Checks the size. */
    public LocalResponse {
      Check.that(size >= 1, "size is %d, expected at least 1", size);
    }

    @Override
    public List<TensorType> infer(List<TensorType> inputs) {
      Check.arity(inputs, 1, 1);
      TensorType x = inputs.getFirst();
      Check.element("the input", x, DataType.FLOAT32);
      Check.that(x.rank() >= 2, "the input is %s, expected rank 2 or more", x);
      return List.of(new TensorType(x.element(), x.shape()));
    }

    @Override
    public String toString() {
      return "LocalResponse[%d]".formatted(size);
    }
  }
}
