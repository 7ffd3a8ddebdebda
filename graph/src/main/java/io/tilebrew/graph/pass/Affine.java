package io.tilebrew.graph.pass;

import io.tilebrew.engine.Shape;
import io.tilebrew.engine.Tensor;
import io.tilebrew.graph.Node;
import io.tilebrew.graph.Value;
import io.tilebrew.graph.op.Elementwise;
import io.tilebrew.graph.op.Normalization;
import java.util.Arrays;
import java.util.List;
import java.util.function.DoubleUnaryOperator;
import org.jspecify.annotations.Nullable;

/** {@code scale[c] * x + shift[c]} for the channels of [N,C,H,W]; a null scale is 1. */
record Affine(double @Nullable [] scale, double[] shift) {
  /** The scale of channel {@code c}. */
  double scaleOf(int c) {
    return scale == null ? 1 : scale[c];
  }

  /** Which input of {@code node} it scales and shifts, if it does: the one that is no constant. */
  static int input(Rewriter rewriter, Node node, List<Value> inputs) {
    return node.operator() instanceof Elementwise.Binary
            && rewriter.constant(inputs.getFirst()) != null
        ? 1
        : 0;
  }

  /**
   * What {@code node} does with the channels of one of its inputs, of the same shape, or null if it
   * is something else.
   *
   * @param inputs what its inputs have become
   */
  static @Nullable Affine of(Rewriter rewriter, Node node, List<Value> inputs) {
    return switch (node.operator()) {
      case Normalization.BatchNormalization(float epsilon) -> batchNorm(rewriter, inputs, epsilon);
      case Elementwise.Binary(var function) -> {
        int input = input(rewriter, node, inputs);
        Shape shape = node.output().type().shape();
        double[] c = perChannel(rewriter.constant(inputs.get(1 - input)), shape);
        if (c == null || !inputs.get(input).type().shape().equals(shape)) {
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
  static @Nullable Affine batchNorm(Rewriter rewriter, List<Value> inputs, float epsilon) {
    Tensor[] parameters = new Tensor[4];
    for (int i = 0; i < 4; i++) {
      Tensor tensor = rewriter.constant(inputs.get(i + 1));
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
  private static double @Nullable [] perChannel(@Nullable Tensor c, Shape shape) {
    if (c == null || shape.rank() < 2) {
      return null;
    }
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

  private static double[] map(double[] values, DoubleUnaryOperator f) {
    return Arrays.stream(values).map(f).toArray();
  }
}
