package io.tilebrew.graph.pass;

import io.tilebrew.engine.Shape;
import io.tilebrew.engine.Tensor;
import io.tilebrew.engine.problem.Window;
import io.tilebrew.graph.Graph;
import io.tilebrew.graph.Node;
import io.tilebrew.graph.Value;
import io.tilebrew.graph.op.Conv;
import io.tilebrew.graph.op.Elementwise;
import io.tilebrew.graph.op.Linear;
import io.tilebrew.graph.op.Normalization;
import io.tilebrew.graph.op.Shaping;
import org.jspecify.annotations.Nullable;

/**
 * Turns fully connected layers into convolutions whose kernel covers the whole input, so that
 * nothing is flattened and one family of kernels serves both; then moves the reshape of their
 * result behind elementwise functions of it.
 */
final class DenseToConv {
  private DenseToConv() {}

  static Graph run(Graph graph) {
    return Rewriter.rewrite(graph, DenseToConv::convert);
  }

  private static @Nullable Value convert(Rewriter rewriter, Node node) {
    return switch (node.operator()) {
      case Linear.MatMul() -> dense(rewriter, node, false, null);
      case Linear.Gemm(boolean transA, boolean transB, float alpha, float beta) ->
          transA || alpha != 1 || (beta != 1 && node.inputs().size() == 3)
              ? null
              : dense(
                  rewriter,
                  node,
                  transB,
                  node.inputs().size() == 3 ? rewriter.input(node, 2) : null);
      case Elementwise.Activate activate -> sink(rewriter, node, activate);
      case Elementwise.Binary binary -> sink(rewriter, node, binary);
      case Normalization.BatchNormalization norm -> sink(rewriter, node, norm);
      default -> null;
    };
  }

  private static @Nullable Value dense(
      Rewriter rewriter, Node node, boolean transposed, @Nullable Value bias) {
    Value x = rewriter.input(node, 0);
    Tensor w = rewriter.constant(rewriter.input(node, 1));
    if (w == null || x.type().rank() != 2 || w.shape().rank() != 2 || w.size() == 0) {
      return null;
    }
    int maps = w.shape().dim(transposed ? 0 : 1);
    int inputs = w.shape().dim(transposed ? 1 : 0);
    Tensor b = bias == null ? null : rewriter.constant(bias);
    if (bias != null && (b == null || !isVector(b.shape(), maps))) {
      return null;
    }
    Value images = images(rewriter, node, x, inputs);
    Shape shape = images.type().shape();
    Tensor rows =
        transposed
            ? w.reshape(Shape.of(maps, shape.dim(1), shape.dim(2), shape.dim(3)))
            : Transposed.weights(w, shape.dim(1), shape.dim(2), shape.dim(3));
    Value weights = rewriter.constant(node.name() + ".weight", rows);
    Conv conv = new Conv(Window.of(shape.dim(2), shape.dim(3)), 1);
    String name = node.name() + ".map";
    Value y =
        b == null
            ? rewriter.add(name, conv, images, weights)
            : rewriter.add(
                name,
                conv,
                images,
                weights,
                rewriter.constant(node.name() + ".bias", spread(b, maps)));
    return rewriter.replace(node, new Shaping.Reshape(node.output().type().shape()), y);
  }

  /** The feature maps that {@code x} [N,K] is the flattening of, else [N,K,1,1]. */
  private static Value images(Rewriter rewriter, Node node, Value x, int inputs) {
    Node before = rewriter.producer(x);
    if (before != null && before.operator() instanceof Shaping.Reshape) {
      Value source = before.input(0);
      if (source.type().rank() == 4
          && source.type().shape().dim(0) == x.type().shape().dim(0)
          && source.type().shape().size() > 0) {
        return source;
      }
    }
    Shape shape = Shape.of(x.type().shape().dim(0), inputs, 1, 1);
    return rewriter.add(node.name() + ".image", new Shaping.Reshape(shape), x);
  }

  private static boolean isVector(Shape shape, int size) {
    boolean row = shape.rank() < 2 || shape.size(0, shape.rank() - 1) == 1;
    return row && (shape.size() == 1 || shape.size() == size);
  }

  private static Tensor spread(Tensor b, int maps) {
    float[] bias = new float[maps];
    for (int i = 0; i < maps; i++) {
      bias[i] = b.floats()[b.size() == 1 ? 0 : i];
    }
    return Tensor.of(Shape.of(maps), bias);
  }

  private static @Nullable Value sink(
      Rewriter rewriter, Node node, Normalization.BatchNormalization operator) {
    Node before = rewriter.soleProducer(node, 0);
    if (before == null || !isMapToVector(before)) {
      return null;
    }
    Value[] inputs = node.inputs().stream().map(rewriter::now).toArray(Value[]::new);
    inputs[0] = before.input(0);
    Value y = rewriter.add(node.name() + ".map", operator, inputs);
    return rewriter.replace(node, new Shaping.Reshape(node.output().type().shape()), y);
  }

  /** f(reshape(x)) becomes reshape(f(x)) for x [N,C,1,1] and reshape(x) [N,C]. */
  private static @Nullable Value sink(Rewriter rewriter, Node node, Elementwise operator) {
    for (int i = 0; i < node.inputs().size(); i++) {
      Node before = rewriter.soleProducer(node, i);
      if (before != null && isMapToVector(before)) {
        Value[] inputs = new Value[node.inputs().size()];
        inputs[i] = before.input(0);
        if (inputs.length == 2) {
          Tensor other = rewriter.constant(rewriter.input(node, 1 - i));
          int channels = before.input(0).type().shape().dim(1);
          if (other == null || !isVector(other.shape(), channels)) {
            return null;
          }
          inputs[1 - i] =
              rewriter.constant(
                  node.name() + ".operand", other.reshape(Shape.of(1, other.size(), 1, 1)));
        }
        Value y = rewriter.add(node.name() + ".map", operator, inputs);
        return rewriter.replace(node, new Shaping.Reshape(node.output().type().shape()), y);
      }
    }
    return null;
  }

  private static boolean isMapToVector(Node node) {
    return node.operator() instanceof Shaping.Reshape(Shape to)
        && to.rank() == 2
        && node.input(0).type().shape().equals(Shape.of(to.dim(0), to.dim(1), 1, 1));
  }
}
