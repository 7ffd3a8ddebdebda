package io.tilebrew.graph;

import io.tilebrew.engine.Shape;
import io.tilebrew.graph.op.Constant;
import io.tilebrew.graph.op.Conv;
import io.tilebrew.graph.op.ConvTranspose;
import io.tilebrew.graph.op.Convolution;
import io.tilebrew.graph.op.Elementwise;
import io.tilebrew.graph.op.Indexing;
import io.tilebrew.graph.op.Linear;
import io.tilebrew.graph.op.Normalization;
import io.tilebrew.graph.op.Pooling;
import io.tilebrew.graph.op.Reduction;
import io.tilebrew.graph.op.Reorder;
import io.tilebrew.graph.op.Resize;
import io.tilebrew.graph.op.Shaping;

/**
 * The multiply-adds of convolutions, transposed convolutions and matrix products, by their shapes;
 * all else counts as none.
 */
public final class Work {
  private Work() {}

  /** The multiply-adds of all nodes of {@code graph}. */
  public static long of(Graph graph) {
    return graph.nodes().stream().mapToLong(Work::of).sum();
  }

  /** The multiply-adds of {@code node}, for its whole batch; taps in the padding count. */
  public static long of(Node node) {
    return switch (node.operator()) {
      case Convolution convolution -> of(convolution, node);
      case Linear linear -> of(linear, node);
      case Constant _,
          Elementwise _,
          Indexing _,
          Normalization _,
          Pooling _,
          Reduction _,
          Reorder _,
          Resize _,
          Shaping _ ->
          0;
    };
  }

  private static long of(Convolution convolution, Node node) {
    Shape x = node.input(0).type().shape();
    Shape w = node.input(1).type().shape();
    return switch (convolution) {
      case Conv conv -> conv.problem(x, w.dim(0)).multiplyAdds();
      case ConvTranspose _ -> (long) x.size() * w.size(1, w.rank());
    };
  }

  private static long of(Linear linear, Node node) {
    Shape a = node.input(0).type().shape();
    long inner =
        switch (linear) {
          case Linear.MatMul _ -> a.dim(-1);
          case Linear.Gemm gemm -> a.dim(gemm.transA() ? 0 : 1);
        };
    return inner * node.output().type().shape().size();
  }
}
