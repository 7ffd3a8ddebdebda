package io.tilebrew.graph.op;

import io.tilebrew.engine.DataType;
import io.tilebrew.engine.Shape;
import io.tilebrew.graph.TensorType;
import java.util.Arrays;
import java.util.List;

/** Matrix products. */
public sealed interface Linear extends Operator {
  /** The matrix product of numpy: [...,M,K] x [...,K,N], batch dimensions broadcast. */
  record MatMul() implements Linear {
    @Override
    public List<TensorType> infer(List<TensorType> inputs) {
      Check.arity(inputs, 2, 2);
      TensorType a = inputs.get(0);
      TensorType b = inputs.get(1);
      Check.element("the left matrix", a, DataType.FLOAT32);
      Check.element("the right matrix", b, DataType.FLOAT32);
      Check.that(a.rank() >= 1 && b.rank() >= 1, "%s x %s: a scalar is no matrix", a, b);
      int[] left = a.rank() == 1 ? new int[] {1, a.shape().dim(0)} : a.shape().dims();
      int[] right = b.rank() == 1 ? new int[] {b.shape().dim(0), 1} : b.shape().dims();
      Check.that(
          left[left.length - 1] == right[right.length - 2],
          "the inner dimensions of %s and %s differ",
          a,
          b);
      Shape batch =
          Check.broadcast(
              Shape.of(Arrays.copyOf(left, left.length - 2)),
              Shape.of(Arrays.copyOf(right, right.length - 2)));
      int[] dims = Arrays.copyOf(batch.dims(), batch.rank() + 2);
      int rank = batch.rank();
      if (a.rank() > 1) {
        dims[rank++] = left[left.length - 2];
      }
      if (b.rank() > 1) {
        dims[rank++] = right[right.length - 1];
      }
      return List.of(new TensorType(DataType.FLOAT32, Shape.of(Arrays.copyOf(dims, rank))));
    }

    @Override
    public String toString() {
      return "MatMul";
    }
  }

  /**
   * {@code alpha * A * B + beta * C}, with A [M,K] and B [K,N] each perhaps transposed and C
   * broadcast to [M,N] or absent.
   */
  record Gemm(boolean transA, boolean transB, float alpha, float beta) implements Linear {
    @Override
    public List<TensorType> infer(List<TensorType> inputs) {
      Check.arity(inputs, 2, 3);
      TensorType a = inputs.get(0);
      TensorType b = inputs.get(1);
      for (TensorType input : inputs) {
        Check.element("an input", input, DataType.FLOAT32);
      }
      Check.rank("A", a, 2);
      Check.rank("B", b, 2);
      int inner = a.shape().dim(transA ? 0 : 1);
      Check.that(
          inner == b.shape().dim(transB ? 1 : 0),
          "the inner dimensions of A %s and B %s differ (transA=%b, transB=%b)",
          a,
          b,
          transA,
          transB);
      Shape y = Shape.of(a.shape().dim(transA ? 1 : 0), b.shape().dim(transB ? 0 : 1));
      if (inputs.size() == 3) {
        Shape c = inputs.get(2).shape();
        Check.that(Check.broadcast(c, y).equals(y), "C %s does not broadcast to %s", c, y);
      }
      return List.of(new TensorType(DataType.FLOAT32, y));
    }

    @Override
    public String toString() {
      return "Gemm[%s%s alpha %s beta %s]"
          .formatted(transA ? "A^T" : "A", transB ? " B^T" : " B", alpha, beta);
    }
  }
}
