package io.tilebrew.graph.pass;

import io.tilebrew.engine.problem.Activation;
import io.tilebrew.engine.tile.Kernels;
import io.tilebrew.graph.Graph;
import io.tilebrew.graph.Node;
import io.tilebrew.graph.Value;
import io.tilebrew.graph.op.Conv;
import io.tilebrew.graph.op.Elementwise;
import io.tilebrew.graph.op.Pooling;
import org.jspecify.annotations.Nullable;

/** Moves activations and max poolings into the epilogue of the convolution before them. */
final class EpilogueFusion {
  private EpilogueFusion() {}

  static Graph run(Graph graph) {
    return Rewriter.rewrite(graph, EpilogueFusion::fuse);
  }

  private static @Nullable Value fuse(Rewriter rewriter, Node node) {
    Node before = node.inputs().size() == 1 ? rewriter.soleProducer(node, 0) : null;
    if (before == null || !(before.operator() instanceof Conv conv)) {
      return null;
    }
    Conv fused =
        switch (node.operator()) {
          case Elementwise.Activate(Activation activation)
              // A monotonic one is the same behind the pooling and before it.
              when conv.activation().equals(Activation.NONE)
                  && (conv.pool() == null || activation.isMonotonic()) ->
              new Conv(conv.window(), conv.group(), activation, conv.pool());
          case Pooling.MaxPool pool
              when conv.pool() == null
                  && Kernels.canPool(conv.activation(), pool.window())
                  && isFloor(pool, before) ->
              new Conv(conv.window(), conv.group(), conv.activation(), pool.window());
          default -> null;
        };
    return fused == null
        ? null
        : rewriter.replace(node, fused, before.inputs().toArray(Value[]::new));
  }

  private static boolean isFloor(Pooling.MaxPool pool, Node before) {
    int height = before.output().type().shape().dim(2);
    int width = before.output().type().shape().dim(3);
    return pool.outputHeight(height) == pool.window().outputHeight(height)
        && pool.outputWidth(width) == pool.window().outputWidth(width);
  }
}
