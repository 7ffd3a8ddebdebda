package io.tilebrew.graph.op;

import io.tilebrew.engine.DataType;
import io.tilebrew.engine.Shape;
import io.tilebrew.engine.problem.Interpolation;
import io.tilebrew.engine.problem.Resampling;
import io.tilebrew.graph.TensorType;
import java.util.List;

/**
 * The input at another size, by interpolation.
 *
 * @param how how the elements of the output are made
 * @param axes the sizes along each axis
 * @param extrapolation the value of elements that lie outside the input
 */
public record Resize(Interpolation how, List<Resampling> axes, float extrapolation)
    implements Operator {
  private static final double LEAST_ANTIALIASED = 1.0 / 4096;

  /** Copies the list and checks that no element is made of too many. */
  public Resize {
    axes = List.copyOf(axes);
    for (Resampling axis : axes) {
      Check.that(
          !how.antialias() || axis.scale() >= LEAST_ANTIALIASED || axis.to() == 0,
          "a scale of %s with antialias, expected at least 1/4096",
          axis.scale());
    }
  }

  @Override
  public List<TensorType> infer(List<TensorType> inputs) {
    Check.arity(inputs, 1, 1);
    TensorType x = inputs.getFirst();
    if (how.method() != Interpolation.Method.NEAREST) {
      Check.element("the input", x, DataType.FLOAT32);
    }
    int[] sizes = axes.stream().mapToInt(Resampling::from).toArray();
    Check.that(
        x.shape().equals(Shape.of(sizes)), "the input is %s, expected %s", x, Shape.of(sizes));
    Shape shape = x.shape();
    for (int axis = 0; axis < axes.size(); axis++) {
      shape = shape.with(axis, axes.get(axis).to());
    }
    return List.of(new TensorType(x.element(), shape));
  }

  @Override
  public String toString() {
    return "Resize[%s %s]".formatted(how.method(), how.coordinates());
  }
}
