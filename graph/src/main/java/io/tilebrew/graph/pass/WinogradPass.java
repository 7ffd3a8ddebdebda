package io.tilebrew.graph.pass;

import io.tilebrew.engine.Tensor;
import io.tilebrew.engine.problem.Algorithm;
import io.tilebrew.engine.problem.ConvProblem;
import io.tilebrew.engine.tile.Kernels;
import io.tilebrew.graph.Graph;
import io.tilebrew.graph.Node;
import io.tilebrew.graph.Value;
import io.tilebrew.graph.op.Conv;
import java.util.Comparator;
import java.util.List;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;

/**
 * Has 3x3 and 5x5 convolutions computed by Winograd's algorithm where that is faster. It rounds in
 * another way, and a weight that is not finite would spread over a whole tile of outputs, so that
 * weights must be known and finite.
 */
final class WinogradPass {
  private WinogradPass() {}

  /** The multiply-adds that take as long as it takes to bring a weight from memory. */
  private static final int WEIGHT = 7;

  /** The multiply-adds that take as long as it takes to transform an element of a tile. */
  private static final int ELEMENT = 10;

  /** The channels of a vector, usually. */
  private static final int VECTOR = 8;

  /**
   * Has convolutions of one image computed as {@code wanted} says, where that is possible.
   *
   * @param wanted gives an algorithm, or null for the one that should be the fastest
   */
  static Graph run(Graph graph, Function<ConvProblem, @Nullable Algorithm> wanted) {
    return Rewriter.rewrite(graph, (rewriter, node) -> choose(rewriter, node, wanted));
  }

  private static Algorithm fastest(ConvProblem p, List<Algorithm> algorithms) {
    return algorithms.stream()
        .min(Comparator.comparingLong(algorithm -> cost(p, algorithm)))
        .orElseThrow();
  }

  /** The time for one image, in multiply-adds of a direct convolution. */
  private static long cost(ConvProblem p, Algorithm algorithm) {
    long in = p.inputChannels();
    long out = wholeVectors(p.outputChannels());
    if (algorithm == Algorithm.DIRECT) {
      long outputs = (long) p.convHeight() * p.convWidth();
      return in * out * p.window().taps() * (outputs + WEIGHT);
    }
    long tiles =
        (long) Math.ceilDiv(p.convHeight(), algorithm.outputs())
            * Math.ceilDiv(p.convWidth(), algorithm.outputs());
    long transformed = wholeVectors(p.inputChannels()) + out;
    long perProduct = tiles * (in * out + ELEMENT * transformed) + WEIGHT * in * out;
    return algorithm.products() * perProduct;
  }

  private static long wholeVectors(int channels) {
    return Math.ceilDiv((long) channels, VECTOR) * VECTOR;
  }

  private static @Nullable Value choose(
      Rewriter rewriter, Node node, Function<ConvProblem, @Nullable Algorithm> wanted) {
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

  /** Whether this pass would have a convolution with these weights computed so. */
  static boolean isFaster(Node node, Conv conv, @Nullable Tensor w) {
    return algorithm(node, conv, w, problem -> null) != Algorithm.DIRECT;
  }

  private static Algorithm algorithm(
      Node node, Conv conv, @Nullable Tensor w, Function<ConvProblem, @Nullable Algorithm> wanted) {
    List<Algorithm> fitting = Algorithm.fitting(conv.window(), conv.group(), conv.pool());
    if (fitting.equals(List.of(Algorithm.DIRECT)) || w == null || !isFinite(w)) {
      return Algorithm.DIRECT;
    }
    int maps = node.output().type().shape().dim(1);
    ConvProblem problem = conv.problem(node.input(0).type().shape().with(0, 1), maps);
    Algorithm chosen = wanted.apply(problem);
    return chosen == null ? fastest(problem, fitting) : chosen;
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
