package io.tilebrew.graph.pass;

import io.tilebrew.engine.DataType;
import io.tilebrew.engine.Tensor;
import io.tilebrew.graph.Graph;
import io.tilebrew.graph.Node;
import io.tilebrew.graph.Value;
import io.tilebrew.graph.op.Conv;
import io.tilebrew.graph.op.ConvTranspose;
import org.jspecify.annotations.Nullable;

/**
 * Flushes to zero the constant weights and biases of convolutions that are less than
 * 2<sup>-60</sup> of 1 and of the largest one. Training with weight decay leaves such weights in
 * channels that no longer matter, and their products with each other are subnormal, with which many
 * processors compute a hundred times as slowly. A sum changes by 2<sup>-60</sup> of the largest
 * weight times the sum of its inputs' magnitudes at most, where roundings change it by up to
 * 2<sup>-24</sup>.
 */
final class WeightFlushing {
  /** The square of this is a normal float still. */
  private static final float TINY = 0x1p-60f;

  /** The weights among the inputs of a convolution, and the bias behind them. */
  private static final int WEIGHTS = 1;

  private static final int BIAS = 2;

  /** So few floats at a time that what looks at them is soon compiled. */
  private static final int ROW = 1024;

  private WeightFlushing() {}

  static Graph run(Graph graph) {
    return Rewriter.rewrite(graph, WeightFlushing::flush);
  }

  private static @Nullable Value flush(Rewriter rewriter, Node node) {
    if (!(node.operator() instanceof Conv || node.operator() instanceof ConvTranspose)) {
      return null;
    }
    Value[] inputs = node.inputs().stream().map(rewriter::now).toArray(Value[]::new);
    boolean changes = false;
    for (int i = WEIGHTS; i <= BIAS && i < inputs.length; i++) {
      Tensor constant = rewriter.constant(inputs[i]);
      Tensor flushed = constant == null ? null : flushed(constant);
      if (flushed != null) {
        inputs[i] = rewriter.constant(node.name() + ".flushed" + i, flushed);
        changes = true;
      }
    }
    return changes ? rewriter.replace(node, node.operator(), inputs) : null;
  }

  /** The same weights without tiny ones, or null if there are none. */
  private static @Nullable Tensor flushed(Tensor weights) {
    if (weights.type() != DataType.FLOAT32 || !hasBelow(weights.floats(), TINY)) {
      return null;
    }
    float[] w = weights.floats();
    float bound = TINY * Math.min(1, largest(w));
    if (!hasBelow(w, bound)) {
      return null;
    }
    float[] flushed = w.clone();
    for (int i = 0; i < flushed.length; i++) {
      if (isBelow(flushed[i], bound)) {
        flushed[i] = 0;
      }
    }
    return Tensor.of(weights.shape(), flushed);
  }

  private static boolean hasBelow(float[] w, float bound) {
    for (int at = 0; at < w.length; at += ROW) {
      if (hasBelow(w, bound, at, Math.min(w.length, at + ROW))) {
        return true;
      }
    }
    return false;
  }

  private static boolean hasBelow(float[] w, float bound, int first, int end) {
    for (int i = first; i < end; i++) {
      if (isBelow(w[i], bound)) {
        return true;
      }
    }
    return false;
  }

  private static boolean isBelow(float x, float bound) {
    return Math.abs(x) < bound && x != 0;
  }

  /** The largest magnitude of a weight, NaN aside. */
  private static float largest(float[] w) {
    float largest = 0;
    for (float x : w) {
      largest = Math.abs(x) > largest ? Math.abs(x) : largest;
    }
    return largest;
  }
}
