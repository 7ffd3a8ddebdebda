package io.tilebrew.graph.op;

import io.tilebrew.engine.DataType;
import io.tilebrew.engine.Shape;
import io.tilebrew.engine.problem.Activation;
import io.tilebrew.engine.problem.ConvProblem;
import io.tilebrew.engine.problem.Window;
import io.tilebrew.graph.TensorType;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * A two-dimensional convolution (cross-correlation) with its epilogue: bias, activation, max
 * pooling.
 *
 * <p>Inputs: x [N,C,H,W], weights [M,C/group,kH,kW], and optionally a bias [M]. A fully connected
 * layer is the case where the kernel covers the whole input.
 *
 * @param window kernel, stride, dilation, padding
 * @param group groups of channels that do not see each other, at least 1
 * @param activation applied after the bias
 * @param pool the window of the max pooling after the activation, or null
 */
public record Conv(Window window, int group, Activation activation, @Nullable Window pool)
    implements Convolution {
  /** Checks the number of groups. */
  public Conv {
    Check.that(group >= 1, "group is %d, expected at least 1", group);
  }

  /** A convolution without epilogue. */
  public Conv(Window window, int group) {
    this(window, group, Activation.NONE, null);
  }

  @Override
  public List<TensorType> infer(List<TensorType> inputs) {
    Check.arity(inputs, 2, 3);
    TensorType x = inputs.get(0);
    TensorType w = inputs.get(1);
    Check.element("the input", x, DataType.FLOAT32);
    Check.element("the weight", w, DataType.FLOAT32);
    Check.rank("the input", x, 4);
    Check.rank("the weight", w, 4);
    Check.that(
        w.shape().dim(2) == window.kernelHeight() && w.shape().dim(3) == window.kernelWidth(),
        "the weight is %s, expected a kernel of %dx%d",
        w,
        window.kernelHeight(),
        window.kernelWidth());
    Check.that(
        (long) w.shape().dim(1) * group == x.shape().dim(1),
        "the weight %s with %d groups wants %d input channels, but the input is %s",
        w,
        group,
        (long) w.shape().dim(1) * group,
        x);
    int maps = w.shape().dim(0);
    Check.that(maps > 0 && x.shape().size() > 0, "the input %s or the weight %s is empty", x, w);
    if (inputs.size() == 3) {
      Check.element("the bias", inputs.get(2), DataType.FLOAT32);
      Check.that(
          inputs.get(2).shape().equals(Shape.of(maps)),
          "the bias is %s, expected [%d]",
          inputs.get(2),
          maps);
    }
    ConvProblem problem = problem(x.shape(), maps);
    return List.of(
        TensorType.f32(problem.batch(), maps, problem.outputHeight(), problem.outputWidth()));
  }

  /** This convolution over an input of shape {@code x} with {@code maps} output channels. */
  public ConvProblem problem(Shape x, int maps) {
    ConvProblem problem =
        new ConvProblem(
            x.dim(0), x.dim(2), x.dim(3), x.dim(1), maps, window, group, activation, pool);
    Check.that(
        problem.outputHeight() > 0 && problem.outputWidth() > 0,
        "the pooling of '%s' does not fit",
        problem);
    return problem;
  }

  @Override
  public String toString() {
    return "Conv[%s%s%s%s]"
        .formatted(
            window,
            group == 1 ? "" : " g" + group,
            activation.equals(Activation.NONE) ? "" : " +" + activation,
            pool == null ? "" : " +max(" + pool + ")");
  }
}
