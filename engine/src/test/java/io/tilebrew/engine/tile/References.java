package io.tilebrew.engine.tile;

import io.tilebrew.engine.Shape;
import io.tilebrew.engine.Tensor;
import io.tilebrew.engine.problem.ConvProblem;
import io.tilebrew.engine.reference.ConvReference;
import io.tilebrew.engine.reference.ElementwiseReference;
import io.tilebrew.engine.reference.PoolReference;
import io.tilebrew.engine.reference.WinogradReference;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** The references behind a kernel with an epilogue. */
public final class References {
  private References() {}

  /**
   * The output [N,M,H,W] of a convolution, its epilogue and its pooling.
   *
   * @param x the input [N,C,H,W]
   * @param w the weights [M,C/group,kH,kW]
   * @param bias the bias [M], or null for zeros
   * @param inputs the inputs of the epilogue
   */
  public static float[] convolution(
      ConvProblem p, float[] x, float[] w, float @Nullable [] bias, List<Tensor> inputs) {
    Shape shape = Shape.of(p.batch(), p.outputChannels(), p.convHeight(), p.convWidth());
    Tensor y = Tensor.of(shape, new float[shape.size()]);
    switch (p.algorithm()) {
      case DIRECT -> ConvReference.run(p, x, w, bias, y.floats());
      case WINOGRAD_2, WINOGRAD_4, WINOGRAD_6, WINOGRAD_2K5, WINOGRAD_4K5 ->
          WinogradReference.run(p, x, w, bias, y.floats());
    }
    List<Tensor> all = new ArrayList<>(List.of(y));
    all.addAll(inputs);
    ElementwiseReference.pointwise(p.epilogue(), all.toArray(Tensor[]::new), y);
    if (p.pool() == null) {
      return y.floats();
    }
    Shape small = shape.with(2, p.outputHeight()).with(3, p.outputWidth());
    Tensor pooled = Tensor.of(small, new float[small.size()]);
    PoolReference.run(p.pool(), y, pooled);
    return pooled.floats();
  }
}
