package io.tilebrew.graph.pass;

import io.tilebrew.engine.Shape;
import io.tilebrew.engine.Tensor;
import io.tilebrew.engine.problem.Algorithm;
import io.tilebrew.engine.problem.ConvProblem;
import io.tilebrew.graph.Graph;
import io.tilebrew.graph.Node;
import io.tilebrew.graph.Value;
import io.tilebrew.graph.op.Conv;
import org.jspecify.annotations.Nullable;

/**
 * Has 3x3 convolutions computed by Winograd's algorithm where that is faster. It rounds in another
 * way, and a weight that is not finite would spread over a whole tile of outputs, so that weights
 * must be known and finite.
 */
final class WinogradPass {
  private WinogradPass() {}

  /**
   * From where on the algorithm pays.
   *
   * @param channels the least input channels, and output channels
   * @param small the least outputs for tiles of 2x2
   * @param large the least outputs for tiles of 4x4
   */
  record Thresholds(int channels, int small, int large) {
    static final Thresholds MEASURED = new Thresholds(16, 36, 100);

    Algorithm algorithm(ConvProblem p) {
      int outputs = p.convHeight() * p.convWidth();
      boolean few = Math.min(p.inputChannels(), p.outputChannels()) < channels;
      if (few || outputs < small) {
        return Algorithm.DIRECT;
      }
      return outputs < large ? Algorithm.WINOGRAD_2 : Algorithm.WINOGRAD_4;
    }
  }

  static Graph run(Graph graph) {
    return run(graph, Thresholds.MEASURED);
  }

  static Graph run(Graph graph, Thresholds thresholds) {
    return Rewriter.rewrite(graph, (rewriter, node) -> choose(rewriter, node, thresholds));
  }

  private static @Nullable Value choose(Rewriter rewriter, Node node, Thresholds thresholds) {
    if (!(node.operator() instanceof Conv conv) || conv.algorithm() != Algorithm.DIRECT) {
      return null;
    }
    Shape weights = node.input(1).type().shape();
    ConvProblem p = conv.problem(node.input(0).type().shape(), weights.dim(0));
    Algorithm algorithm = thresholds.algorithm(p);
    Tensor w = rewriter.constant(rewriter.input(node, 1));
    if (algorithm == Algorithm.DIRECT
        || !algorithm.refusal(conv.window(), conv.group(), conv.pool()).isEmpty()
        || w == null
        || !isFinite(w)) {
      return null;
    }
    Value[] inputs = node.inputs().stream().map(rewriter::now).toArray(Value[]::new);
    return rewriter.replace(node, conv.with(algorithm), inputs);
  }

  private static boolean isFinite(Tensor w) {
    for (float value : w.floats()) {
      if (!Float.isFinite(value)) {
        return false;
      }
    }
    return true;
  }
}
