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
import io.tilebrew.graph.op.Operator;
import io.tilebrew.graph.op.Reduction;
import io.tilebrew.graph.op.Resize;
import io.tilebrew.graph.op.Shaping;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * Moves the transposes of graphs whose images are [N,H,W,C] out of the way: those from [N,C,H,W]
 * towards the outputs, those to it towards the inputs, so that they meet and are pruned, or end up
 * at the borders of the network. Products with a constant matrix on their way become convolutions.
 */
final class TransposeMotion {
  private static final List<Integer> TO_CHANNELS_LAST = List.of(0, 2, 3, 1);
  private static final List<Integer> TO_CHANNELS_FIRST = List.of(0, 3, 1, 2);

  private TransposeMotion() {}

  /** Whether {@code node} makes [N,H,W,C] of [N,C,H,W]. */
  static boolean toChannelsLast(Node node) {
    return node.operator().equals(new Shaping.Transpose(TO_CHANNELS_LAST));
  }

  /** Whether {@code node} makes [N,C,H,W] of [N,H,W,C]. */
  static boolean toChannelsFirst(Node node) {
    return node.operator().equals(new Shaping.Transpose(TO_CHANNELS_FIRST));
  }

  static Graph run(Graph graph) {
    return Rewriter.exhaust(graph, TransposeMotion::move);
  }

  private static @Nullable Value move(Rewriter rewriter, Node node) {
    if (toChannelsFirst(node)) {
      return hoist(rewriter, node);
    }
    if (node.operator() instanceof Linear.MatMul) {
      return product(rewriter, node);
    }
    Operator inner = node.outputs().size() == 1 ? inner(node) : null;
    return inner == null ? null : sink(rewriter, node, inner);
  }

  /** f(transpose(x)) becomes transpose(f(x)). */
  private static @Nullable Value sink(Rewriter rewriter, Node node, Operator inner) {
    List<Value> sources = new ArrayList<>();
    boolean found = false;
    for (int i = 0; i < node.inputs().size(); i++) {
      Value input = rewriter.input(node, i);
      Value moved = beforeTranspose(rewriter, input);
      Value source =
          moved != null
              ? moved
              : isPadValue(node, i) ? input : permuted(rewriter, input, TO_CHANNELS_FIRST);
      if (source == null) {
        return null;
      }
      found |= moved != null;
      sources.add(source);
    }
    if (!found) {
      return null;
    }
    Value y = rewriter.add(node.name() + ".nchw", inner, sources.toArray(Value[]::new));
    return rewriter.replace(node, new Shaping.Transpose(TO_CHANNELS_LAST), y);
  }

  /** The product of [N,H,W,C] with a constant matrix becomes a convolution of [N,C,H,W]. */
  private static @Nullable Value product(Rewriter rewriter, Node node) {
    Value x = beforeTranspose(rewriter, rewriter.input(node, 0));
    Tensor matrix = rewriter.constant(rewriter.input(node, 1));
    if (x == null
        || x.type().shape().size() == 0
        || matrix == null
        || matrix.shape().rank() != 2
        || matrix.size() == 0) {
      return null;
    }
    Tensor w = Transposed.weights(matrix, matrix.shape().dim(0), 1, 1);
    Value weights = rewriter.constant(node.name() + ".weight", w);
    Value y = rewriter.add(node.name() + ".nchw", new Conv(Window.POINT, 1), x, weights);
    return rewriter.replace(node, new Shaping.Transpose(TO_CHANNELS_LAST), y);
  }

  /** What {@code value} is the transpose to channels last of, or null. */
  private static @Nullable Value beforeTranspose(Rewriter rewriter, Value value) {
    Node producer = rewriter.producer(value);
    return producer != null && toChannelsLast(producer) ? producer.input(0) : null;
  }

  private static boolean isPadValue(Node node, int i) {
    return node.operator() instanceof Shaping.Pad && i > 0;
  }

  /** transpose(f(x)) becomes f(transpose(x)), where all but x are constants. */
  private static @Nullable Value hoist(Rewriter rewriter, Node node) {
    Node before = rewriter.soleProducer(node, 0);
    if (before == null
        || !(before.operator() instanceof Elementwise
            || before.operator() instanceof Normalization.Standardization)) {
      return null;
    }
    Operator operator = inner(before);
    if (operator == null) {
      return null;
    }
    List<Value> sources = new ArrayList<>();
    Value moving = null;
    for (Value input : before.inputs()) {
      boolean full = input.type().shape().equals(before.output().type().shape());
      if (rewriter.constant(input) == null && (moving != null || !full)) {
        return null;
      }
      moving = rewriter.constant(input) == null ? input : moving;
    }
    if (moving == null) {
      return null;
    }
    for (Value input : before.inputs()) {
      Value source =
          input.equals(moving)
              ? rewriter.add(node.name() + ".nchw", node.operator(), input)
              : permuted(rewriter, input, TO_CHANNELS_FIRST);
      if (source == null) {
        return null;
      }
      sources.add(source);
    }
    return rewriter.replace(node, operator, sources.toArray(Value[]::new));
  }

  /** The constant {@code value}, of up to four dimensions, with its axes in another order. */
  private static @Nullable Value permuted(
      Rewriter rewriter, Value value, List<Integer> permutation) {
    Tensor constant = rewriter.constant(value);
    if (constant == null || constant.shape().rank() > permutation.size()) {
      return null;
    }
    if (constant.size() == 1) {
      return value;
    }
    int[] dims = new int[permutation.size()];
    int missing = dims.length - constant.shape().rank();
    for (int i = 0; i < dims.length; i++) {
      dims[i] = i < missing ? 1 : constant.shape().dim(i - missing);
    }
    Tensor whole = constant.reshape(Shape.of(dims));
    return rewriter.constant(value.name() + ".nchw", Transposed.of(whole, permutation));
  }

  /** The operator of {@code node} over [N,C,H,W] instead of [N,H,W,C], or null. */
  private static @Nullable Operator inner(Node node) {
    return switch (node.operator()) {
      case Elementwise operator when node.output().type().rank() == 4 -> operator;
      case Normalization.Softmax(int axis) when node.output().type().rank() == 4 ->
          new Normalization.Softmax(TO_CHANNELS_LAST.get(axis));
      case Normalization.Standardization(var axes, float epsilon)
          when node.output().type().rank() == 4 ->
          new Normalization.Standardization(axesOfChannelsFirst(axes), epsilon);
      case Reduction.Reduce(var function, var axes, boolean keepDims)
          when keepDims && node.output().type().rank() == 4 ->
          new Reduction.Reduce(function, axesOfChannelsFirst(axes), true);
      case Resize(var how, var axes, float extrapolation) when axes.size() == 4 ->
          new Resize(how, channelsFirst(axes), extrapolation);
      case Shaping.Concat(int axis) when node.output().type().rank() == 4 ->
          new Shaping.Concat(TO_CHANNELS_LAST.get(axis));
      case Shaping.Pad(var before, var after, var mode) when before.size() == 4 ->
          new Shaping.Pad(channelsFirst(before), channelsFirst(after), mode);
      case Shaping.Slice(var starts, var steps, Shape shape) when shape.rank() == 4 ->
          new Shaping.Slice(channelsFirst(starts), channelsFirst(steps), shape(shape));
      default -> null;
    };
  }

  private static Shape shape(Shape last) {
    return Shape.of(last.dim(0), last.dim(3), last.dim(1), last.dim(2));
  }

  private static List<Integer> axesOfChannelsFirst(List<Integer> last) {
    return last.stream().map(TO_CHANNELS_LAST::get).sorted().toList();
  }

  private static <T> List<T> channelsFirst(List<T> last) {
    return TO_CHANNELS_FIRST.stream().map(last::get).toList();
  }
}
