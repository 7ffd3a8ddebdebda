package io.tilebrew.graph.pass;

import io.tilebrew.engine.Shape;
import io.tilebrew.engine.Tensor;
import io.tilebrew.engine.reference.ShapingReference;
import java.util.List;

/** Constants with their axes in another order. */
final class Transposed {
  private static final List<Integer> SWAPPED = List.of(1, 0);

  private Transposed() {}

  /** {@code x} with axis {@code permutation[i]} as its axis i. */
  static Tensor of(Tensor x, List<Integer> permutation) {
    int[] dims = permutation.stream().mapToInt(axis -> x.shape().dim(axis)).toArray();
    Tensor y = Tensor.zeros(x.type(), Shape.of(dims));
    ShapingReference.transpose(permutation, x, y);
    return y;
  }

  /**
   * The weights [M,C,H,W] of the convolution that multiplies pixels or maps, flattened to vectors,
   * by the matrix {@code x} [C*H*W,M].
   */
  static Tensor weights(Tensor x, int channels, int height, int width) {
    int maps = x.shape().dim(1);
    return of(x, SWAPPED).reshape(Shape.of(maps, channels, height, width));
  }
}
