package io.tilebrew.graph.pass;

import io.tilebrew.engine.DataType;
import io.tilebrew.engine.Shape;
import io.tilebrew.engine.Tensor;
import io.tilebrew.graph.Graph;
import io.tilebrew.graph.Node;
import io.tilebrew.graph.Value;
import io.tilebrew.graph.op.Shaping;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.IntStream;
import org.jspecify.annotations.Nullable;

/**
 * Turns a reshape, a transpose and a reshape back that exchange the groups of channels with the
 * channels of a group (Zhang et al. 2018, ShuffleNet) into a choice of channels.
 */
final class ChannelShuffle {
  private ChannelShuffle() {}

  static Graph run(Graph graph) {
    return Rewriter.rewrite(graph, ChannelShuffle::convert);
  }

  private static @Nullable Value convert(Rewriter rewriter, Node node) {
    if (!(node.operator() instanceof Shaping.Reshape)) {
      return null;
    }
    Node transpose = rewriter.producer(rewriter.input(node, 0));
    if (transpose == null
        || !(transpose.operator() instanceof Shaping.Transpose(var permutation))
        || !permutation.equals(exchange(permutation.size()))
        || permutation.size() < 3) {
      return null;
    }
    Node split = rewriter.producer(transpose.input(0));
    if (split == null || !(split.operator() instanceof Shaping.Reshape(Shape groups))) {
      return null;
    }
    Value x = split.input(0);
    Shape shape = x.type().shape();
    boolean fits =
        shape.equals(node.output().type().shape())
            && shape.size() > 0
            && shape.rank() >= 2
            && groups.dim(0) == shape.dim(0)
            && (long) groups.dim(1) * groups.dim(2) == shape.dim(1);
    return fits
        ? rewriter.replace(
            node,
            new Shaping.Gather(1),
            x,
            rewriter.constant(node.name() + ".channels", channels(groups.dim(1), groups.dim(2))))
        : null;
  }

  /** The order of axes 0, 2, 1, 3 and so on. */
  private static List<Integer> exchange(int rank) {
    List<Integer> order = new ArrayList<>(IntStream.range(0, rank).boxed().toList());
    if (rank >= 3) {
      order.set(1, 2);
      order.set(2, 1);
    }
    return order;
  }

  /** The source of each channel. */
  private static Tensor channels(int groups, int perGroup) {
    Tensor indices = Tensor.zeros(DataType.INT64, Shape.of(groups * perGroup));
    for (int i = 0; i < indices.size(); i++) {
      indices.set(i, (long) i % groups * perGroup + i / groups);
    }
    return indices;
  }
}
