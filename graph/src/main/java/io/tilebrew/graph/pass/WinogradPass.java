package io.tilebrew.graph.pass;

import io.tilebrew.engine.Tensor;
import io.tilebrew.engine.problem.Algorithm;
import io.tilebrew.engine.problem.ConvProblem;
import io.tilebrew.engine.tile.Kernels;
import io.tilebrew.graph.Graph;
import io.tilebrew.graph.Node;
import io.tilebrew.graph.Value;
import io.tilebrew.graph.op.Conv;
import java.util.List;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;

/**
 * Has 3x3 and 5x5 convolutions computed by Winograd's algorithm where that is faster. It rounds in
 * another way, and a weight that is not finite would spread over a whole tile of outputs, so that
 * weights must be known and finite. Weights that are whole numbers are those of quantized networks,
 * of which the sums are exact if nothing divides them: they stay as they are.
 */
final class WinogradPass {
  private WinogradPass() {}

  /**
   * Has convolutions of one image computed as {@code wanted} says, where that is possible.
   *
   * @param wanted gives an algorithm that can compute the convolution
   */
  static Graph run(Graph graph, Function<ConvProblem, Algorithm> wanted) {
    return Rewriter.rewrite(graph, (rewriter, node) -> choose(rewriter, node, wanted));
  }

  private static @Nullable Value choose(
      Rewriter rewriter, Node node, Function<ConvProblem, Algorithm> wanted) {
    if (!(node.operator() instanceof Conv conv) || conv.algorithm() != Algorithm.DIRECT) {
      return null;
    }
    boolean channelwise = EpilogueFusion.isChannelwise(rewriter, node);
    if (conv.pool() != null
        && Kernels.poolRefusal(conv.epilogue(), channelwise, conv.pool()) != null) {
      return null;
    }
    Tensor w = rewriter.constant(rewriter.input(node, 1));
    Algorithm algorithm = algorithm(node, conv, w, wanted);
    if (algorithm == Algorithm.DIRECT) {
      return null;
    }
    Value[] inputs = node.inputs().stream().map(rewriter::now).toArray(Value[]::new);
    return rewriter.replace(node, conv.with(algorithm), inputs);
  }

  /** Whether this pass would by {@code cost} have a convolution with these weights computed so. */
  static boolean isFaster(Node node, Conv conv, @Nullable Tensor w, ConvCost cost) {
    return algorithm(node, conv, w, cost::fastest) != Algorithm.DIRECT;
  }

  private static Algorithm algorithm(
      Node node, Conv conv, @Nullable Tensor w, Function<ConvProblem, Algorithm> wanted) {
    if (w == null) {
      return Algorithm.DIRECT;
    }
    int maps = node.output().type().shape().dim(1);
    ConvProblem problem = conv.problem(node.input(0).type().shape().with(0, 1), maps);
    if (Algorithm.fitting(problem).equals(List.of(Algorithm.DIRECT))
        || !isFinite(w)
        || isWhole(w)) {
      return Algorithm.DIRECT;
    }
    return wanted.apply(problem);
  }

  private static boolean isFinite(Tensor w) {
    int perMap = w.shape().size(1, w.shape().rank());
    for (int m = 0; m < w.shape().dim(0); m++) {
      if (!isFinite(w.floats(), m * perMap, (m + 1) * perMap)) {
        return false;
      }
    }
    return true;
  }

  private static boolean isFinite(float[] values, int from, int end) {
    for (int i = from; i < end; i++) {
      if (!Float.isFinite(values[i])) {
        return false;
      }
    }
    return true;
  }

  private static boolean isWhole(Tensor w) {
    for (float value : w.floats()) {
      if (value != Math.rint(value)) {
        return false;
      }
    }
    return true;
  }
}
