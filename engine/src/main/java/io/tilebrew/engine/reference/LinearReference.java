package io.tilebrew.engine.reference;

import io.tilebrew.engine.Shape;
import io.tilebrew.engine.Tensor;
import java.util.Arrays;
import org.jspecify.annotations.Nullable;

/**
 * The references of the matrix products, on float32 tensors.
 *
 * <p>The order of summation is part of the meaning: from 0, by one fused multiply-add for each k.
 */
public final class LinearReference {
  private LinearReference() {}

  /**
   * The matrix product of numpy: [...,M,K] x [...,K,N], batch dimensions broadcast; a vector on the
   * left is one row, on the right one column, and that dimension is absent from {@code y}.
   */
  public static void matMul(Tensor a, Tensor b, Tensor y) {
    int rows = a.shape().rank() == 1 ? 1 : a.shape().dim(-2);
    int inner = a.shape().dim(-1);
    int columns = b.shape().rank() == 1 ? 1 : b.shape().dim(-1);
    int matrixDims = (a.shape().rank() == 1 ? 0 : 1) + (b.shape().rank() == 1 ? 0 : 1);
    Shape batch = leading(y.shape(), y.shape().rank() - matrixDims);
    Strided left = Strided.broadcast(leading(a.shape(), a.shape().rank() - 2), batch);
    Strided right = Strided.broadcast(leading(b.shape(), b.shape().rank() - 2), batch);
    for (int at = 0; at < y.size(); at += rows * columns) {
      View p = new View(a.floats(), left.offset() * rows * inner, inner, 1);
      View q = new View(b.floats(), right.offset() * inner * columns, columns, 1);
      for (int i = 0; i < rows * columns; i++) {
        y.floats()[at + i] = dot(p, i / columns, q, i % columns, inner);
      }
      left.next();
      right.next();
    }
  }

  private static Shape leading(Shape shape, int rank) {
    return Shape.of(Arrays.copyOf(shape.dims(), Math.max(rank, 0)));
  }

  /**
   * {@code (alpha * sum) + (beta * c)}, where sum is an element of the product of {@code a} [M,K]
   * and {@code b} [K,N], each perhaps transposed.
   *
   * @param c a tensor that broadcasts to [M,N], or null for no summand
   * @param y the output [M,N]
   */
  public static void gemm(
      boolean transA,
      boolean transB,
      float alpha,
      float beta,
      Tensor a,
      Tensor b,
      @Nullable Tensor c,
      Tensor y) {
    int inner = a.shape().dim(transA ? 0 : 1);
    int columns = y.shape().dim(1);
    View p = View.of(a, transA);
    View q = View.of(b, transB);
    Strided summand = c == null ? null : Strided.broadcast(c.shape(), y.shape());
    for (int i = 0; i < y.size(); i++) {
      float product = alpha * dot(p, i / columns, q, i % columns, inner);
      if (c != null && summand != null) {
        product += beta * c.floats()[summand.offset()];
        summand.next();
      }
      y.floats()[i] = product;
    }
  }

  /** A matrix in an array: element (i, j) stands at {@code offset + i * row + j * column}. */
  private static final class View {
    private final float[] array;
    private final int offset;
    private final int row;
    private final int column;

    View(float[] array, int offset, int row, int column) {
      this.array = array;
      this.offset = offset;
      this.row = row;
      this.column = column;
    }

    static View of(Tensor x, boolean transposed) {
      int width = x.shape().dim(1);
      return transposed ? new View(x.floats(), 0, 1, width) : new View(x.floats(), 0, width, 1);
    }

    float at(int i, int j) {
      return array[offset + i * row + j * column];
    }
  }

  private static float dot(View p, int i, View q, int j, int inner) {
    float sum = 0;
    for (int k = 0; k < inner; k++) {
      sum = Math.fma(p.at(i, k), q.at(k, j), sum);
    }
    return sum;
  }
}
