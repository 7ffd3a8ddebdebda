package io.tilebrew.graph.pass;

import io.tilebrew.engine.Shape;
import io.tilebrew.engine.Tensor;
import io.tilebrew.engine.problem.Pointwise;
import io.tilebrew.graph.Graph;
import io.tilebrew.graph.Node;
import io.tilebrew.graph.Value;
import io.tilebrew.graph.op.Conv;
import io.tilebrew.graph.op.Elementwise;
import java.util.List;
import java.util.function.IntToDoubleFunction;
import java.util.function.IntUnaryOperator;
import org.jspecify.annotations.Nullable;

/**
 * Folds what scales and shifts the channels of a convolution's output, or of its input, into its
 * weights and bias: BatchNormalization, and products and sums with constants. Of an input that is
 * padded nothing is folded: its zeros are not shifted. Neither is what an elementwise function can
 * do.
 */
final class AffineFolding {
  private AffineFolding() {}

  static Graph run(Graph graph) {
    return Rewriter.exhaust(graph, AffineFolding::fold);
  }

  private static @Nullable Value fold(Rewriter rewriter, Node node) {
    List<Value> inputs = node.inputs().stream().map(rewriter::now).toList();
    return node.operator() instanceof Conv conv
        ? foldInput(rewriter, node, conv, inputs)
        : foldOutput(rewriter, node, inputs);
  }

  /** The weights and the bias of a convolution without epilogue; a null bias is 0. */
  private record Weights(Tensor w, float @Nullable [] bias) {
    static @Nullable Weights of(Rewriter rewriter, Conv conv, List<Value> inputs) {
      Tensor w = rewriter.constant(inputs.get(1));
      Tensor b = inputs.size() == 3 ? rewriter.constant(inputs.get(2)) : null;
      boolean plain = conv.epilogue().equals(Pointwise.NONE) && conv.pool() == null;
      return !plain || w == null || (inputs.size() == 3 && b == null)
          ? null
          : new Weights(w, b == null ? null : b.floats());
    }

    int maps() {
      return w.shape().dim(0);
    }

    int perMap() {
      return w.shape().size(1, 4);
    }

    double biasOf(int m) {
      return bias == null ? 0 : bias[m];
    }

    /** The weights, each times the scale that {@code scale} has for its place. */
    Tensor scaled(IntToDoubleFunction scale) {
      float[] to = new float[w.size()];
      for (int m = 0; m < maps(); m++) {
        scale(to, m * perMap(), (m + 1) * perMap(), scale);
      }
      return Tensor.of(w.shape(), to);
    }

    private void scale(float[] to, int from, int end, IntToDoubleFunction scale) {
      float[] weights = w.floats();
      for (int i = from; i < end; i++) {
        to[i] = (float) (weights[i] * scale.applyAsDouble(i));
      }
    }
  }

  private static @Nullable Value foldOutput(Rewriter rewriter, Node node, List<Value> inputs) {
    Node before =
        inputs.isEmpty() ? null : rewriter.soleProducer(node, Affine.input(rewriter, node, inputs));
    if (before == null || !(before.operator() instanceof Conv conv)) {
      return null;
    }
    Weights weights = Weights.of(rewriter, conv, before.inputs());
    Affine affine = Affine.of(rewriter, node, inputs);
    if (weights == null || affine == null) {
      return null;
    }
    int perMap = weights.perMap();
    float[] bias = new float[weights.maps()];
    for (int m = 0; m < bias.length; m++) {
      bias[m] = (float) (weights.biasOf(m) * affine.scaleOf(m) + affine.shift()[m]);
    }
    Value scaled =
        affine.scale() == null
            ? before.input(1)
            : rewriter.constant(
                node.name() + ".weight", weights.scaled(i -> affine.scaleOf(i / perMap)));
    return replace(rewriter, node, conv, before.input(0), scaled, bias);
  }

  private static @Nullable Value foldInput(
      Rewriter rewriter, Node node, Conv conv, List<Value> inputs) {
    Node before = conv.window().isPadded() ? null : rewriter.soleProducer(node, 0);
    Weights weights = before == null ? null : Weights.of(rewriter, conv, inputs);
    if (before == null || weights == null || before.inputs().isEmpty()) {
      return null;
    }
    Affine affine = Affine.of(rewriter, before, before.inputs());
    Value x = before.input(Affine.input(rewriter, before, before.inputs()));
    if (affine == null || rewriter.constant(x) != null || isFunction(rewriter, x)) {
      return null;
    }
    Tensor w = weights.w;
    int channels = w.shape().dim(1);
    int taps = conv.window().taps();
    int perMap = weights.perMap();
    int mapsPerGroup = weights.maps() / conv.group();
    IntUnaryOperator channelOf = i -> i / perMap / mapsPerGroup * channels + i % perMap / taps;
    float[] bias = new float[weights.maps()];
    for (int m = 0; m < bias.length; m++) {
      double sum = weights.biasOf(m);
      for (int i = m * perMap; i < (m + 1) * perMap; i++) {
        sum += w.floats()[i] * affine.shift()[channelOf.applyAsInt(i)];
      }
      bias[m] = (float) sum;
    }
    Value scaled =
        affine.scale() == null
            ? inputs.get(1)
            : rewriter.constant(
                node.name() + ".weight",
                weights.scaled(i -> affine.scaleOf(channelOf.applyAsInt(i))));
    return replace(rewriter, node, conv, x, scaled, bias);
  }

  /** Whether an elementwise function makes {@code x}, which could as well scale and shift it. */
  private static boolean isFunction(Rewriter rewriter, Value x) {
    Node producer = rewriter.producer(x);
    if (producer == null || !(producer.operator() instanceof Elementwise)) {
      return false;
    }
    List<Value> inputs = producer.inputs();
    return Affine.of(rewriter, producer, inputs) == null
        || isFunction(rewriter, inputs.get(Affine.input(rewriter, producer, inputs)));
  }

  private static Value replace(
      Rewriter rewriter, Node node, Conv conv, Value x, Value weights, float[] bias) {
    Tensor tensor = Tensor.of(Shape.of(bias.length), bias);
    Value shift = rewriter.constant(node.name() + ".bias", tensor);
    return rewriter.replace(node, conv, x, weights, shift);
  }
}
