package io.tilebrew.graph.op;

import io.tilebrew.engine.DataType;
import io.tilebrew.engine.Shape;
import io.tilebrew.engine.problem.Algorithm;
import io.tilebrew.engine.problem.ConvProblem;
import io.tilebrew.engine.problem.Pointwise;
import io.tilebrew.engine.problem.Pool;
import io.tilebrew.engine.problem.WeightFormat;
import io.tilebrew.engine.problem.Window;
import io.tilebrew.graph.TensorType;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * A two-dimensional convolution (cross-correlation) with its epilogue: bias, a pointwise function,
 * a pooling.
 *
 * <p>Inputs: x [N,C,H,W], weights [M,C/group,kH,kW], optionally a bias [M], and behind a bias the
 * inputs of the epilogue, which broadcast to the output before the pooling. A fully connected layer
 * is the case where the kernel covers the whole input.
 *
 * @param window kernel, stride, dilation, padding
 * @param group groups of channels that do not see each other, at least 1
 * @param algorithm how it is computed, which is part of its rounding; Winograd's wants a {@code
 *     window}, one group and a {@code pool} such as {@link ConvProblem} says
 * @param weights what numbers the weights are; whoever says bfloat16 has rounded them, and the
 *     kernel covers the whole input
 * @param epilogue applied after the bias
 * @param pool the pooling after that, or null
 */
public record Conv(
    Window window,
    int group,
    Algorithm algorithm,
    WeightFormat weights,
    Pointwise epilogue,
    @Nullable Pool pool)
    implements Convolution {
  private static final int FIRST_EPILOGUE_INPUT = 3;

  /** Checks the number of groups, the algorithm and the format of the weights. */
  public Conv {
    Check.that(group >= 1, "group is %d, expected at least 1", group);
    String refusal =
        algorithm.refusal(window, group, pool) + weights.refusal(algorithm, group, pool);
    Check.that(refusal.isEmpty(), "%s", refusal);
  }

  /** A direct convolution. */
  public Conv(Window window, int group, Pointwise epilogue, @Nullable Pool pool) {
    this(window, group, Algorithm.DIRECT, WeightFormat.FLOAT32, epilogue, pool);
  }

  /** A convolution without epilogue. */
  public Conv(Window window, int group) {
    this(window, group, Pointwise.NONE, null);
  }

  @Override
  public List<TensorType> infer(List<TensorType> inputs) {
    int operands = epilogue.inputs();
    Check.arity(inputs, operands == 0 ? 2 : 3 + operands, 3 + operands);
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
    if (inputs.size() >= 3) {
      Check.element("the bias", inputs.get(2), DataType.FLOAT32);
      Check.that(
          inputs.get(2).shape().equals(Shape.of(maps)),
          "the bias is %s, expected [%d]",
          inputs.get(2),
          maps);
    }
    ConvProblem problem = problem(x.shape(), maps);
    Shape sums = Shape.of(problem.batch(), maps, problem.convHeight(), problem.convWidth());
    checkEpilogue(inputs, sums);
    return List.of(
        TensorType.f32(problem.batch(), maps, problem.outputHeight(), problem.outputWidth()));
  }

  /** Checks that the inputs of the epilogue of a convolution broadcast to its sums. */
  static void checkEpilogue(List<TensorType> inputs, Shape sums) {
    for (TensorType input : epilogueInputs(inputs)) {
      Check.element("an input of the epilogue", input, DataType.FLOAT32);
      Check.that(
          Check.broadcast(input.shape(), sums).equals(sums),
          "the input %s of the epilogue does not broadcast to %s",
          input,
          sums);
    }
  }

  /** Those of the inputs of a convolution that its epilogue reads. */
  public static <T> List<T> epilogueInputs(List<T> inputs) {
    return inputs.subList(Math.min(FIRST_EPILOGUE_INPUT, inputs.size()), inputs.size());
  }

  /** Those of the inputs of a convolution that its sums are made of: x, weights, and a bias. */
  public static <T> List<T> ownInputs(List<T> inputs) {
    return inputs.subList(0, Math.min(FIRST_EPILOGUE_INPUT, inputs.size()));
  }

  /** This convolution over an input of shape {@code x} with {@code maps} output channels. */
  public ConvProblem problem(Shape x, int maps) {
    ConvProblem problem =
        new ConvProblem(
            x.dim(0), x.dim(2), x.dim(3), x.dim(1), maps, window, group, algorithm, weights,
            epilogue, pool);
    Check.that(
        problem.outputHeight() > 0 && problem.outputWidth() > 0,
        "the pooling of '%s' does not fit",
        problem);
    return problem;
  }

  @Override
  public Conv with(Pointwise other) {
    return new Conv(window, group, algorithm, weights, other, pool);
  }

  /** This convolution computed in another way. */
  public Conv with(Algorithm other) {
    return new Conv(window, group, other, weights, epilogue, pool);
  }

  /** This convolution with weights of a format. */
  public Conv with(WeightFormat other) {
    return new Conv(window, group, algorithm, other, epilogue, pool);
  }

  @Override
  public String toString() {
    return "Conv[%s%s%s%s%s%s]"
        .formatted(
            window,
            group == 1 ? "" : " g" + group,
            algorithm.text(),
            weights.text(),
            epilogue.equals(Pointwise.NONE) ? "" : " " + epilogue,
            pool == null ? "" : " +" + pool);
  }
}
