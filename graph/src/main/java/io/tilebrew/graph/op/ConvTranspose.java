package io.tilebrew.graph.op;

import io.tilebrew.engine.DataType;
import io.tilebrew.engine.Shape;
import io.tilebrew.engine.problem.Pointwise;
import io.tilebrew.engine.problem.Pool;
import io.tilebrew.engine.problem.Window;
import io.tilebrew.graph.TensorType;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * A two-dimensional transposed convolution: each input element times the kernel is added to the
 * output around its place. Then follows its epilogue, a pointwise function.
 *
 * <p>Inputs: x [N,C,H,W], weights [C,M/group,kH,kW], optionally a bias [M], and behind a bias the
 * inputs of the epilogue, which broadcast to the output.
 *
 * @param window the kernel, the distance between the places of two input elements, the dilation;
 *     the first place lies above and left of the output by the padding there, the other paddings
 *     are 0
 * @param group groups of channels that do not see each other, at least 1
 * @param height rows of the output, at least 1
 * @param width columns of the output, at least 1
 * @param epilogue applied after the bias
 */
public record ConvTranspose(Window window, int group, int height, int width, Pointwise epilogue)
    implements Convolution {
  /** Checks the ranges. */
  public ConvTranspose {
    Check.that(group >= 1, "group is %d, expected at least 1", group);
    Check.that(
        height >= 1 && width >= 1, "the output is %dx%d, expected at least 1x1", height, width);
    Check.that(
        window.padBottom() == 0 && window.padRight() == 0,
        "the window %s pads the end, expected a size instead",
        window);
  }

  /** A transposed convolution without epilogue. */
  public ConvTranspose(Window window, int group, int height, int width) {
    this(window, group, height, width, Pointwise.NONE);
  }

  @Override
  public @Nullable Pool pool() {
    return null;
  }

  @Override
  public ConvTranspose with(Pointwise other) {
    return new ConvTranspose(window, group, height, width, other);
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
    int channels = x.shape().dim(1);
    Check.that(
        w.shape().dim(0) == channels && channels % group == 0,
        "the input %s and the weight %s do not fit with %d groups",
        x,
        w,
        group);
    int maps = Math.multiplyExact(w.shape().dim(1), group);
    Check.that(maps > 0 && x.shape().size() > 0, "the input %s or the weight %s is empty", x, w);
    if (inputs.size() >= 3) {
      Check.element("the bias", inputs.get(2), DataType.FLOAT32);
      Check.that(
          inputs.get(2).shape().equals(Shape.of(maps)),
          "the bias is %s, expected [%d]",
          inputs.get(2),
          maps);
    }
    TensorType y = TensorType.f32(x.shape().dim(0), maps, height, width);
    Conv.checkEpilogue(inputs, y.shape());
    return List.of(y);
  }

  @Override
  public String toString() {
    return "ConvTranspose[%s%s -> %dx%d%s]"
        .formatted(
            window,
            group == 1 ? "" : " g" + group,
            height,
            width,
            epilogue.equals(Pointwise.NONE) ? "" : " " + epilogue);
  }
}
