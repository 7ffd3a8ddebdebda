package io.tilebrew.graph.pass;

import io.tilebrew.engine.DataType;
import io.tilebrew.engine.Shape;
import io.tilebrew.engine.problem.Algorithm;
import io.tilebrew.engine.tile.Kernels;
import io.tilebrew.engine.tile.MapKernels;
import io.tilebrew.graph.Graph;
import io.tilebrew.graph.Node;
import io.tilebrew.graph.Value;
import io.tilebrew.graph.op.Constant;
import io.tilebrew.graph.op.Conv;
import io.tilebrew.graph.op.ConvTranspose;
import io.tilebrew.graph.op.Convolution;
import io.tilebrew.graph.op.Elementwise;
import io.tilebrew.graph.op.Indexing;
import io.tilebrew.graph.op.Linear;
import io.tilebrew.graph.op.Normalization;
import io.tilebrew.graph.op.Pooling;
import io.tilebrew.graph.op.Reduction;
import io.tilebrew.graph.op.Reorder;
import io.tilebrew.graph.op.Resize;
import io.tilebrew.graph.op.Shaping;
import java.util.List;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/** Why no kernel computes a node: what decides about layouts, and what reports say. */
final class KernelRefusal {
  /** The most kernels that a transposed convolution is made of. */
  private static final int MOST_PHASES = 1024;

  private KernelRefusal() {}

  /**
   * Why no kernel computes {@code node}, or null if one does.
   *
   * @param images the leading dimension of what kernels compute
   */
  static @Nullable String of(Graph graph, Node node, int images) {
    for (Value output : node.outputs()) {
      String refusal = ofMap(output, images);
      if (refusal != null) {
        return refusal;
      }
    }
    for (Value input : node.inputs()) {
      String refusal = isPacked(graph, node, input) ? null : ofMap(input, images);
      if (refusal != null) {
        return refusal;
      }
    }
    return ofOperator(graph, node);
  }

  /** Whether {@code value} can be a feature map of a kernel. */
  static boolean isMap(Value value, int images) {
    return ofMap(value, images) == null;
  }

  /** Why {@code value} cannot be a feature map of a kernel, or null if it can. */
  private static @Nullable String ofMap(Value value, int images) {
    Shape shape = value.type().shape();
    if (value.type().element() != DataType.FLOAT32) {
      return "'%s' is %s: kernels compute f32".formatted(value.name(), value.type());
    }
    if (shape.rank() != 4 && shape.rank() != 2) {
      return "'%s' is %s: kernels compute few operators of other tensors than [N,C,H,W] and [N,C]"
          .formatted(value.name(), value.type());
    }
    if (shape.dim(0) != images || shape.size() == 0) {
      return "'%s' is %s: kernels run over the images of the batch, %d here"
          .formatted(value.name(), value.type(), images);
    }
    return null;
  }

  private static @Nullable String ofOperator(Graph graph, Node node) {
    return switch (node.operator()) {
      case Conv conv -> ofConv(graph, node, conv);
      case ConvTranspose transpose -> ofTranspose(graph, node, transpose);
      case Pooling pooling ->
          unless(pooling.pool() != null, "there is no kernel for %s", node.operator().name());
      case Elementwise elementwise -> ofElementwise(graph, node, elementwise);
      case Normalization.Softmax(int axis) ->
          unless(axis > 0, "softmax along axis %d: kernels take each image alone", axis);
      case Normalization.Standardization(List<Integer> axes, float _) ->
          unless(
              axes.equals(List.of(1)) || Set.copyOf(axes).equals(Set.of(2, 3)),
              "mean and variance along axes %s: kernels take those of channels, or of rows and"
                  + " columns",
              axes);
      case Normalization.LocalResponse(int size, float _, float beta, float _) ->
          unless(
              MapKernels.canNormalize(size, beta),
              "local response over %d channels to the power of %s: kernels take fewer channels and"
                  + " simpler powers",
              size,
              beta);
      case Shaping.Concat(int axis) ->
          unless(
              axis == 1, "concatenation along axis %d: kernels take the channel axis only", axis);
      case Resize resize ->
          unless(
              MapShaping.hasKernel(resize),
              "%s: kernels resize rows and columns, each from few pixels",
              resize);
      case Shaping.Slice slice ->
          unless(
              MapShaping.hasKernel(slice),
              "%s: kernels take all images and consecutive channels",
              slice);
      case Shaping.Pad pad ->
          unless(
              !isConstant(graph, node.input(0)) && MapShaping.hasKernel(graph, node, pad),
              "%s: kernels put a known value around maps, or repeat pixels",
              pad);
      case Shaping.Gather gather ->
          unless(
              !isConstant(graph, node.input(0)) && MapShaping.hasKernel(graph, node, gather),
              "%s: kernels take known channels",
              gather);
      case Shaping.Reshape(Shape to) -> ofReshape(node.input(0).type().shape(), to);
      case Linear _ ->
          "%s: kernels multiply matrices of images by each other or by constants, not vectors"
              .formatted(node.operator());
      case Constant _, Indexing _, Normalization _, Reduction _, Reorder _, Shaping _ ->
          unless(false, "there is no kernel for %s", node.operator().name());
    };
  }

  private static @Nullable String unless(boolean fits, String message, Object... args) {
    return fits ? null : message.formatted(args);
  }

  private static @Nullable String ofConv(Graph graph, Node node, Conv conv) {
    List<Value> inputs = Conv.epilogueInputs(node.inputs());
    String refusal = ofWeights(graph, Conv.ownInputs(node.inputs()));
    if (refusal == null) {
      refusal = ofOperands(graph, inputs, node.output());
    }
    if (refusal != null || conv.pool() == null || conv.algorithm() == Algorithm.DIRECT) {
      return refusal;
    }
    boolean channelwise = EpilogueFusion.isChannelwise(node, v -> isConstant(graph, v));
    return Kernels.poolRefusal(conv.epilogue(), channelwise, conv.pool());
  }

  private static @Nullable String ofTranspose(Graph graph, Node node, ConvTranspose transpose) {
    long phases = (long) transpose.window().strideHeight() * transpose.window().strideWidth();
    String refusal = ofWeights(graph, Conv.ownInputs(node.inputs()));
    if (refusal == null) {
      refusal = ofOperands(graph, Conv.epilogueInputs(node.inputs()), node.output());
    }
    return refusal == null
        ? unless(
            phases <= MOST_PHASES, "it falls into %d phases, more than %d", phases, MOST_PHASES)
        : refusal;
  }

  /** Maps, then weights, and perhaps a bias. */
  private static @Nullable String ofWeights(Graph graph, List<Value> inputs) {
    if (isConstant(graph, inputs.getFirst())) {
      return "its input is a constant";
    }
    for (Value weights : inputs.subList(1, inputs.size())) {
      if (!isConstant(graph, weights)) {
        return "'%s' is no constant: kernels have their weights packed".formatted(weights.name());
      }
    }
    return null;
  }

  private static @Nullable String ofElementwise(Graph graph, Node node, Elementwise operator) {
    if (operator.pointwise() == null) {
      return "there is no vector code for %s".formatted(operator);
    }
    return node.inputs().stream().allMatch(v -> isConstant(graph, v))
        ? "its inputs are constants"
        : ofOperands(graph, node.inputs(), node.output());
  }

  /** Why one of {@code values} cannot be read beside the feature maps {@code y}, or null. */
  private static @Nullable String ofOperands(Graph graph, List<Value> values, Value y) {
    for (Value value : values) {
      Shape shape = value.type().shape();
      boolean fits =
          isConstant(graph, value)
              ? shape.rank() < y.type().rank() || shape.dim(0) == 1
              : shape.rank() == y.type().rank();
      if (!fits) {
        return "'%s' is %s, which kernels do not read beside %s"
            .formatted(value.name(), value.type(), y.type());
      }
    }
    return null;
  }

  /** Whether one shape is [N,C] and the other [N,C,1,1]: the same in memory. */
  private static @Nullable String ofReshape(Shape from, Shape to) {
    boolean same =
        from.dim(0) == to.dim(0)
            && from.dim(1) == to.dim(1)
            && from.size() == to.size()
            && from.rank() + to.rank() == 6;
    return unless(
        same, "a reshape of %s to %s: maps turn into vectors at one pixel only", from, to);
  }

  /** Whether the kernel of {@code node} has {@code input} in its weights. */
  static boolean isPacked(Graph graph, Node node, Value input) {
    return isConstant(graph, input)
        && switch (node.operator()) {
          case Convolution _, Elementwise _, Shaping.Pad _, Shaping.Gather _ -> true;
          default -> false;
        };
  }

  private static boolean isConstant(Graph graph, Value value) {
    Node producer = graph.producer(value);
    return producer != null && producer.operator() instanceof Constant;
  }
}
