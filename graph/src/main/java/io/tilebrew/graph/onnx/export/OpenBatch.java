package io.tilebrew.graph.onnx.export;

import io.tilebrew.engine.Shape;
import io.tilebrew.graph.Graph;
import io.tilebrew.graph.ModelException;
import io.tilebrew.graph.Node;
import io.tilebrew.graph.Value;
import io.tilebrew.graph.op.Constant;
import io.tilebrew.graph.op.Conv;
import io.tilebrew.graph.op.Convolution;
import io.tilebrew.graph.op.Elementwise;
import io.tilebrew.graph.op.Indexing;
import io.tilebrew.graph.op.Linear;
import io.tilebrew.graph.op.Normalization;
import io.tilebrew.graph.op.Operator;
import io.tilebrew.graph.op.Pooling;
import io.tilebrew.graph.op.Reduction;
import io.tilebrew.graph.op.Reorder;
import io.tilebrew.graph.op.Resize;
import io.tilebrew.graph.op.Shaping;
import java.util.HashSet;
import java.util.List;
import java.util.Set;

/** Finds the values whose leading dimension counts images, each of which is treated alone. */
final class OpenBatch {
  private final Graph graph;
  private final int images;
  private final Set<Value> open;

  private OpenBatch(Graph graph, int images) {
    this.graph = graph;
    this.images = images;
    this.open = new HashSet<>(graph.inputs());
  }

  /**
   * The values of {@code graph} that have any leading dimension if all inputs do.
   *
   * @throws ModelException if the inputs differ in their leading dimension, or a node mixes images
   */
  static Set<Value> values(Graph graph) {
    Set<Integer> sizes = new HashSet<>();
    graph.inputs().forEach(v -> sizes.add(v.type().rank() == 0 ? 0 : v.type().shape().dim(0)));
    if (sizes.size() != 1 || sizes.contains(0)) {
      throw new ModelException(
          "the inputs %s have no batch in common, expected one leading dimension"
              .formatted(graph.inputs()));
    }
    OpenBatch batch = new OpenBatch(graph, sizes.iterator().next());
    batch.spread();
    return batch.open;
  }

  private void spread() {
    for (Node node : graph.nodes()) {
      if (node.inputs().stream().anyMatch(open::contains)) {
        boolean keeps = keepsImages(node) && node.outputs().stream().allMatch(this::leads);
        if (!keeps) {
          throw ModelException.at(
              node.name(),
              node.operator().name(),
              "does not treat each image alone, so the batch cannot be left open");
        }
        open.addAll(node.outputs());
      }
    }
  }

  /** Whether {@code value} has as many parts along its first axis as there are images. */
  private boolean leads(Value value) {
    return value.type().rank() > 0 && value.type().shape().dim(0) == images;
  }

  private boolean keepsImages(Node node) {
    Operator operator = node.operator();
    return switch (operator) {
      case Constant _ -> true;
      case Elementwise _ -> isAligned(node.inputs(), node);
      case Convolution _ -> hasSharedWeights(node);
      case Pooling _, Reorder _ -> onlyFirst(node);
      case Normalization normalization -> onlyFirst(node) && keepsImages(normalization);
      case Reduction reduction -> onlyFirst(node) && keepsImages(reduction);
      case Linear linear -> onlyFirst(node) && keepsImages(linear, node);
      case Shaping shaping -> keepsImages(shaping, node);
      case Resize resize ->
          resize.axes().getFirst().to() == images && resize.axes().getFirst().scale() == 1;
      case Indexing _ -> false;
    };
  }

  /** Whether only the first operand differs from image to image. */
  private boolean onlyFirst(Node node) {
    return node.inputs().stream().skip(1).noneMatch(open::contains);
  }

  /** Whether weights and bias are the same for each image; operands of an epilogue may differ. */
  private boolean hasSharedWeights(Node node) {
    List<Value> all = node.inputs();
    return Conv.ownInputs(all).stream().skip(1).noneMatch(open::contains)
        && isAligned(Conv.epilogueInputs(all), node);
  }

  /** Whether operands that count images have all axes, and others are the same for each image. */
  private boolean isAligned(List<Value> operands, Node node) {
    int rank = node.output().type().rank();
    return operands.stream()
        .allMatch(
            v -> open.contains(v) ? v.type().rank() == rank : isShared(v.type().shape(), rank));
  }

  private static boolean isShared(Shape shape, int rank) {
    return shape.rank() < rank || shape.dim(0) == 1;
  }

  private static boolean keepsImages(Normalization operator) {
    return switch (operator) {
      case Normalization.BatchNormalization _, Normalization.LocalResponse _ -> true;
      case Normalization.Softmax(int axis) -> axis != 0;
      case Normalization.Standardization(var axes, float _) -> !axes.contains(0);
    };
  }

  private static boolean keepsImages(Reduction operator) {
    return switch (operator) {
      case Reduction.Reduce(var _, var axes, boolean _) -> !axes.contains(0);
      case Reduction.ArgExtreme(boolean _, int axis, boolean _, boolean _) -> axis != 0;
      case Reduction.TopK(int axis, int _, boolean _) -> axis != 0;
      case Reduction.CumSum(int axis, boolean _, boolean _) -> axis != 0;
    };
  }

  private static boolean keepsImages(Linear operator, Node node) {
    return switch (operator) {
      case Linear.Gemm(boolean transA, boolean _, float _, float _) ->
          !transA && (node.inputs().size() < 3 || isShared(node.input(2).type().shape(), 2));
      case Linear.MatMul _ -> {
        int rank = node.input(0).type().rank();
        Shape b = node.input(1).type().shape();
        yield rank >= 2 && b.rank() <= rank && (b.rank() <= 2 || isShared(b, rank));
      }
    };
  }

  private boolean keepsImages(Shaping operator, Node node) {
    return switch (operator) {
      case Shaping.Reshape _ -> leads(node.input(0));
      case Shaping.Transpose(var permutation) -> permutation.getFirst() == 0;
      case Shaping.Concat(int axis) -> axis != 0 && open.containsAll(node.inputs());
      case Shaping.Expand(Shape shape) ->
          images == 1 && shape.rank() == node.input(0).type().rank();
      case Shaping.Slice slice ->
          slice.steps().getFirst() == 1
              && slice.shape().dim(0) == node.input(0).type().shape().dim(0);
      case Shaping.Gather(int axis) -> axis != 0 && onlyFirst(node);
      case Shaping.Pad pad ->
          pad.before().getFirst() == 0 && pad.after().getFirst() == 0 && onlyFirst(node);
    };
  }
}
