package io.tilebrew.graph.pass;

import io.tilebrew.engine.Shape;
import io.tilebrew.engine.Tensor;
import io.tilebrew.engine.problem.Pointwise;
import io.tilebrew.graph.Graph;
import io.tilebrew.graph.Node;
import io.tilebrew.graph.Value;
import io.tilebrew.graph.op.Conv;
import io.tilebrew.graph.op.Elementwise;
import io.tilebrew.graph.op.Normalization;
import java.util.Arrays;
import org.jspecify.annotations.Nullable;

/**
 * Folds what scales and shifts the channels of a convolution's output into its weights and bias:
 * BatchNormalization, and products and sums with constants.
 */
final class AffineFolding {
  private AffineFolding() {}

  /** {@code scale[c] * y + shift[c]}; a null scale is 1. */
  record Affine(double @Nullable [] scale, double[] shift) {}

  static Graph run(Graph graph) {
    return Rewriter.rewrite(graph, AffineFolding::fold);
  }

  private static @Nullable Value fold(Rewriter rewriter, Node node) {
    int input =
        node.operator() instanceof Elementwise.Binary
                && rewriter.constant(rewriter.input(node, 0)) != null
            ? 1
            : 0;
    Node before = node.inputs().isEmpty() ? null : rewriter.soleProducer(node, input);
    if (before == null
        || !(before.operator() instanceof Conv conv)
        || !conv.epilogue().equals(Pointwise.NONE)
        || conv.pool() != null) {
      return null;
    }
    Tensor w = rewriter.constant(before.input(1));
    Tensor b = before.inputs().size() == 3 ? rewriter.constant(before.input(2)) : null;
    Affine affine = affine(rewriter, node, input);
    if (w == null || affine == null || (before.inputs().size() == 3 && b == null)) {
      return null;
    }
    double[] scale = affine.scale;
    Value weights =
        scale == null
            ? before.input(1)
            : rewriter.constant(node.name() + ".weight", scaled(w, scale));
    Tensor bias = bias(b == null ? null : b.floats(), affine);
    Value shift = rewriter.constant(node.name() + ".bias", bias);
    return rewriter.replace(node, conv, before.input(0), weights, shift);
  }

  private static Tensor scaled(Tensor w, double[] scale) {
    float[] from = w.floats();
    float[] to = new float[from.length];
    int perMap = from.length / scale.length;
    for (int m = 0; m < scale.length; m++) {
      for (int i = m * perMap; i < (m + 1) * perMap; i++) {
        to[i] = (float) (from[i] * scale[m]);
      }
    }
    return Tensor.of(w.shape(), to);
  }

  private static Tensor bias(float @Nullable [] old, Affine affine) {
    float[] bias = new float[affine.shift.length];
    for (int m = 0; m < bias.length; m++) {
      double scale = affine.scale == null ? 1 : affine.scale[m];
      bias[m] = (float) ((old == null ? 0 : old[m]) * scale + affine.shift[m]);
    }
    return Tensor.of(Shape.of(bias.length), bias);
  }

  private static @Nullable Affine affine(Rewriter rewriter, Node node, int input) {
    return switch (node.operator()) {
      case Normalization.BatchNormalization(float epsilon) -> batchNorm(rewriter, node, epsilon);
      case Elementwise.Binary(var function) -> {
        double[] c = perChannel(rewriter.constant(rewriter.input(node, 1 - input)), node);
        if (c == null) {
          yield null;
        }
        double[] none = new double[c.length];
        yield switch (function) {
          case ADD -> new Affine(null, c);
          case SUB ->
              input == 0 ? new Affine(null, map(c, v -> -v)) : new Affine(map(c, v -> -1), c);
          case MUL -> new Affine(c, none);
          case DIV -> input == 0 ? new Affine(map(c, v -> 1 / v), none) : null;
          case MIN, MAX, POW, MOD, REM, PRELU -> null;
        };
      }
      default -> null;
    };
  }

  /** What a BatchNormalization with constant parameters does, or null. */
  static @Nullable Affine batchNorm(Rewriter rewriter, Node node, float epsilon) {
    Tensor[] parameters = new Tensor[4];
    for (int i = 0; i < 4; i++) {
      Tensor tensor = rewriter.constant(rewriter.input(node, i + 1));
      if (tensor == null) {
        return null;
      }
      parameters[i] = tensor;
    }
    int channels = parameters[0].size();
    double[] scale = new double[channels];
    double[] shift = new double[channels];
    for (int c = 0; c < channels; c++) {
      scale[c] =
          parameters[0].floats()[c] / Math.sqrt(parameters[3].floats()[c] + (double) epsilon);
      shift[c] = parameters[1].floats()[c] - parameters[2].floats()[c] * scale[c];
    }
    return new Affine(scale, shift);
  }

  /** A constant that has one number for each channel of [N,C,H,W], or one for all; else null. */
  private static double @Nullable [] perChannel(@Nullable Tensor c, Node node) {
    if (c == null) {
      return null;
    }
    Shape shape = node.output().type().shape();
    int channels = shape.dim(1);
    int rank = c.shape().rank();
    boolean alongChannels =
        rank >= 3 && rank <= 4 && c.size() == channels && c.shape().dim(rank - 3) == channels;
    if (rank > 4 || (c.size() != 1 && !alongChannels)) {
      return null;
    }
    double[] all = new double[channels];
    Arrays.setAll(all, i -> c.floats()[c.size() == 1 ? 0 : i]);
    return all;
  }

  private static double[] map(double[] values, java.util.function.DoubleUnaryOperator f) {
    return Arrays.stream(values).map(f).toArray();
  }
}
