package io.tilebrew.engine.tile;

import io.tilebrew.engine.Shape;
import io.tilebrew.engine.Tensor;
import io.tilebrew.engine.problem.ConvProblem;
import io.tilebrew.engine.reference.ConvReference;
import io.tilebrew.engine.reference.PoolReference;
import org.jspecify.annotations.Nullable;

/** The references behind a kernel with an epilogue. */
public final class References {
  private References() {}

  /**
   * The output [N,M,H,W] of a convolution and its pooling.
   *
   * @param x the input [N,C,H,W]
   * @param w the weights [M,C/group,kH,kW]
   * @param bias the bias [M], or null for zeros
   */
  public static float[] convolution(ConvProblem p, float[] x, float[] w, float @Nullable [] bias) {
    Shape shape = Shape.of(p.batch(), p.outputChannels(), p.convHeight(), p.convWidth());
    float[] y = new float[shape.size()];
    ConvReference.run(p, x, w, bias, y);
    if (p.pool() == null) {
      return y;
    }
    Shape small = shape.with(2, p.outputHeight()).with(3, p.outputWidth());
    float[] pooled = new float[small.size()];
    PoolReference.max(p.pool(), Tensor.of(shape, y), Tensor.of(small, pooled));
    return pooled;
  }
}
