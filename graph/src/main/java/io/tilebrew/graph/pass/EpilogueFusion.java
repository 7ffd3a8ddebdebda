package io.tilebrew.graph.pass;

import io.tilebrew.engine.DataType;
import io.tilebrew.engine.Shape;
import io.tilebrew.engine.Tensor;
import io.tilebrew.engine.problem.Pointwise;
import io.tilebrew.engine.problem.Pool;
import io.tilebrew.engine.tile.Kernels;
import io.tilebrew.graph.Graph;
import io.tilebrew.graph.Node;
import io.tilebrew.graph.Value;
import io.tilebrew.graph.op.Conv;
import io.tilebrew.graph.op.Elementwise;
import io.tilebrew.graph.op.Pooling;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * Moves elementwise functions, the addition of another feature map among them, and poolings into
 * the epilogue of the convolution before them.
 */
final class EpilogueFusion {
  private EpilogueFusion() {}

  static Graph run(Graph graph) {
    Graph before;
    Graph after = graph;
    do {
      before = after;
      after = Rewriter.rewrite(before, EpilogueFusion::fuse);
    } while (after != before);
    return after;
  }

  private static @Nullable Value fuse(Rewriter rewriter, Node node) {
    return switch (node.operator()) {
      case Elementwise operator -> fusePointwise(rewriter, node, operator.pointwise());
      case Pooling pooling -> fusePool(rewriter, node, pooling);
      default -> null;
    };
  }

  private static @Nullable Value fusePointwise(
      Rewriter rewriter, Node node, @Nullable Pointwise function) {
    if (function == null || node.output().type().element() != DataType.FLOAT32) {
      return null;
    }
    Value first = fuseInput(rewriter, node, 0, function);
    if (first != null) {
      return first;
    }
    Pointwise turned = function.turned();
    return turned == null ? null : fuseInput(rewriter, node, 1, turned);
  }

  /** Fuses {@code function}, which starts with input {@code i}, into the convolution there. */
  private static @Nullable Value fuseInput(
      Rewriter rewriter, Node node, int i, Pointwise function) {
    Node before = rewriter.soleProducer(node, i);
    if (before == null || !(before.operator() instanceof Conv conv)) {
      return null;
    }
    boolean free =
        conv.pool() == null || (function.isMonotonic() && conv.pool().kind() == Pool.Kind.MAX);
    boolean looksBack = function.readsStart() && !conv.epilogue().equals(Pointwise.NONE);
    if (!free || looksBack || !before.output().type().equals(node.output().type())) {
      return null;
    }
    List<Value> inputs = new ArrayList<>(before.inputs());
    List<Value> operands = new ArrayList<>();
    for (int k = 0; k < node.inputs().size(); k++) {
      if (k != i) {
        operands.add(rewriter.input(node, k));
      }
    }
    if (!operands.stream().allMatch(v -> isOperand(rewriter, v, before.output()))) {
      return null;
    }
    if (inputs.size() == 2 && !operands.isEmpty()) {
      int maps = before.input(1).type().shape().dim(0);
      inputs.add(
          rewriter.constant(before.name() + ".bias", Tensor.of(Shape.of(maps), new float[maps])));
    }
    inputs.addAll(operands);
    Conv fused = new Conv(conv.window(), conv.group(), conv.epilogue().then(function), conv.pool());
    return rewriter.replace(node, fused, inputs.toArray(Value[]::new));
  }

  /** Whether kernels can read {@code operand} beside the feature maps {@code y}. */
  private static boolean isOperand(Rewriter rewriter, Value operand, Value y) {
    Shape shape = operand.type().shape();
    return rewriter.constant(operand) != null
        || (shape.rank() == 4 && shape.dim(0) == y.type().shape().dim(0));
  }

  private static @Nullable Value fusePool(Rewriter rewriter, Node node, Pooling pooling) {
    Node before = rewriter.soleProducer(node, 0);
    Pool pool = pooling.pool();
    if (pool == null
        || before == null
        || !(before.operator() instanceof Conv conv)
        || conv.pool() != null
        || !Kernels.canPool(conv.epilogue(), isChannelwise(rewriter, before), pool)
        || !isFloor(pooling, before)) {
      return null;
    }
    Conv fused = new Conv(conv.window(), conv.group(), conv.epilogue(), pool);
    return rewriter.replace(node, fused, before.inputs().toArray(Value[]::new));
  }

  /** Whether the inputs of the epilogue are constants with a number for each channel. */
  private static boolean isChannelwise(Rewriter rewriter, Node conv) {
    return conv.inputs().stream()
        .skip(3)
        .allMatch(v -> rewriter.constant(v) != null && isChannelwise(v.type().shape()));
  }

  /** Whether a shape that broadcasts to [N,C,H,W] is the same for all of H and W. */
  static boolean isChannelwise(Shape shape) {
    int rank = shape.rank();
    return (rank < 1 || shape.dim(-1) == 1) && (rank < 2 || shape.dim(-2) == 1);
  }

  private static boolean isFloor(Pooling pool, Node before) {
    int height = before.output().type().shape().dim(2);
    int width = before.output().type().shape().dim(3);
    return pool.outputHeight(height) == pool.window().outputHeight(height)
        && pool.outputWidth(width) == pool.window().outputWidth(width);
  }
}
