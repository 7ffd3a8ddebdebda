package io.tilebrew.graph.pass;

import io.tilebrew.engine.Shape;
import io.tilebrew.engine.Tensor;
import io.tilebrew.engine.problem.WeightFormat;
import io.tilebrew.graph.Graph;
import io.tilebrew.graph.Node;
import io.tilebrew.graph.Value;
import io.tilebrew.graph.op.Conv;
import org.jspecify.annotations.Nullable;

/**
 * Rounds the constant weights of fully connected layers to bfloat16, which halves what they read:
 * of convolutions with one output pixel. It changes each weight by a relative 2<sup>-8</sup> at
 * most.
 */
final class Bfloat16Dense {
  private Bfloat16Dense() {}

  static Graph run(Graph graph) {
    return Rewriter.rewrite(graph, Bfloat16Dense::round);
  }

  private static @Nullable Value round(Rewriter rewriter, Node node) {
    if (!(node.operator() instanceof Conv conv) || !isCandidate(node, conv)) {
      return null;
    }
    Value weights = rewriter.input(node, 1);
    Tensor w = rewriter.constant(weights);
    if (w == null) {
      return null;
    }
    Value[] inputs = node.inputs().stream().map(rewriter::now).toArray(Value[]::new);
    inputs[1] = rewriter.constant(node.name() + ".bf16", rounded(w));
    return rewriter.replace(node, conv.with(WeightFormat.BFLOAT16), inputs);
  }

  private static boolean isCandidate(Node node, Conv conv) {
    WeightFormat format = WeightFormat.BFLOAT16;
    if (conv.weights() == format
        || !format.refusal(conv.algorithm(), conv.group(), conv.pool()).isEmpty()) {
      return false;
    }
    Shape y = node.output().type().shape();
    return y.dim(2) == 1 && y.dim(3) == 1;
  }

  private static Tensor rounded(Tensor w) {
    float[] floats = new float[w.size()];
    for (int i = 0; i < floats.length; i++) {
      floats[i] = WeightFormat.BFLOAT16.round(w.floats()[i]);
    }
    return Tensor.of(w.shape(), floats);
  }
}
