package io.tilebrew.graph.pass;

import io.tilebrew.engine.DataType;
import io.tilebrew.engine.Shape;
import io.tilebrew.engine.problem.Window;
import io.tilebrew.graph.Graph;
import io.tilebrew.graph.Node;
import io.tilebrew.graph.Value;
import io.tilebrew.graph.op.Pooling;
import io.tilebrew.graph.op.Reduction.Reduce;
import io.tilebrew.graph.op.Shaping;
import java.util.List;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/** Turns means and maxima of whole feature maps into poolings; both take the same order. */
final class ReduceToPool {
  private ReduceToPool() {}

  static Graph run(Graph graph) {
    return Rewriter.rewrite(graph, ReduceToPool::convert);
  }

  private static @Nullable Value convert(Rewriter rewriter, Node node) {
    if (!(node.operator() instanceof Reduce(var function, var axes, boolean _))) {
      return null;
    }
    Value x = maps(rewriter, rewriter.input(node, 0), Set.copyOf(axes));
    if (x == null || x.type().element() != DataType.FLOAT32 || x.type().shape().size() == 0) {
      return null;
    }
    Shape shape = x.type().shape();
    Window all = Window.of(shape.dim(2), shape.dim(3));
    Pooling pooling =
        switch (function) {
          case MEAN -> new Pooling.AveragePool(all, false, false);
          case MAX -> new Pooling.MaxPool(all, false);
          case SUM, PROD, MIN -> null;
        };
    if (pooling == null) {
      return null;
    }
    Shape result = node.output().type().shape();
    return result.equals(shape.with(2, 1).with(3, 1))
        ? rewriter.replace(node, pooling, x)
        : rewriter.replace(
            node, new Shaping.Reshape(result), rewriter.add(node.name() + ".map", pooling, x));
  }

  /** The maps [N,C,H,W] whose rows and columns are {@code axes} of {@code x}, or null. */
  private static @Nullable Value maps(Rewriter rewriter, Value x, Set<Integer> axes) {
    if (x.type().rank() != 4) {
      return null;
    }
    if (axes.equals(Set.of(2, 3))) {
      return x;
    }
    Node before = rewriter.producer(x);
    return axes.equals(Set.of(1, 2))
            && before != null
            && before.operator() instanceof Shaping.Transpose(var permutation)
            && permutation.equals(List.of(0, 2, 3, 1))
        ? before.input(0)
        : null;
  }
}
