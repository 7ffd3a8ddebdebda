package io.tilebrew.graph.lower;

import io.tilebrew.engine.DataType;
import io.tilebrew.engine.Shape;
import io.tilebrew.engine.Tensor;
import io.tilebrew.engine.plan.Buffer;
import io.tilebrew.engine.plan.FeatureMap;
import io.tilebrew.engine.problem.ConvProblem;
import io.tilebrew.engine.problem.Pointwise;
import io.tilebrew.engine.problem.Window;
import io.tilebrew.engine.tile.KernelSpec;
import io.tilebrew.engine.tile.Kernels;
import io.tilebrew.engine.tile.MapKernels;
import io.tilebrew.engine.tile.Matrices;
import io.tilebrew.graph.Graph;
import io.tilebrew.graph.Node;
import io.tilebrew.graph.Value;
import io.tilebrew.graph.op.Linear;
import io.tilebrew.graph.op.Normalization;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * A node over row-major tensors whose work is worth copies in the arena: matrix products and
 * softmax. A tensor [N,...,C] is a map whose channels are the last axis.
 *
 * @param inputs the values to copy
 * @param maps where each is copied to
 * @param y what the kernel makes
 * @param spec the kernel
 */
record RowMajor(List<Value> inputs, List<FeatureMap> maps, FeatureMap y, KernelSpec spec) {
  /**
   * How a kernel computes {@code node}, or null if none does.
   *
   * @param images the leading dimension of what kernels compute
   */
  static @Nullable RowMajor of(Graph graph, Node node, int images, int lanes) {
    if (node.outputs().size() != 1 || !isMap(node.output(), images)) {
      return null;
    }
    return switch (node.operator()) {
      case Linear.MatMul _ -> product(graph, node, images, lanes);
      case Normalization.Softmax(int axis) when axis > 0 && isMap(node.input(0), images) ->
          softmax(node, axis, lanes);
      default -> null;
    };
  }

  private static boolean isMap(Value value, int images) {
    Shape shape = value.type().shape();
    return value.type().element() == DataType.FLOAT32
        && shape.rank() > 1
        && shape.dim(0) == images
        && shape.size() > 0;
  }

  private static @Nullable RowMajor product(Graph graph, Node node, int images, int lanes) {
    int rank = node.output().type().rank();
    List<Value> inputs =
        node.inputs().stream().filter(value -> graph.constant(value) == null).distinct().toList();
    boolean fit = inputs.stream().allMatch(v -> isMap(v, images) && v.type().rank() == rank);
    if (rank < 3 || inputs.isEmpty() || !fit) {
      return null;
    }
    Tensor weights = graph.constant(node.input(1));
    return weights != null && isMatrix(weights.shape())
        ? product(node, weights, lanes)
        : product(graph, node, inputs, lanes);
  }

  private static @Nullable RowMajor product(Graph graph, Node node, List<Value> inputs, int lanes) {
    List<FeatureMap> maps = inputs.stream().map(RowMajor::matrices).toList();
    Matrices a = side(graph, node.input(0), inputs, maps);
    Matrices b = side(graph, node.input(1), inputs, maps);
    FeatureMap map = matrices(node.output());
    Matrices.InArena y = new Matrices.InArena(node.output().type().shape(), map);
    boolean vector = a.shape().rank() < 2 || b.shape().rank() < 2;
    return !vector && MapKernels.canMultiply(a, b, y)
        ? new RowMajor(inputs, maps, map, MapKernels.matrixProduct(a, b, y, lanes))
        : null;
  }

  /** Whether {@code shape} is that of one matrix, whatever its rank. */
  private static boolean isMatrix(Shape shape) {
    int rank = shape.rank();
    return rank > 1 && shape.size(0, rank - 2) == 1;
  }

  private static Matrices side(
      Graph graph, Value value, List<Value> inputs, List<FeatureMap> maps) {
    Tensor constant = graph.constant(value);
    return constant == null
        ? new Matrices.InArena(value.type().shape(), maps.get(inputs.indexOf(value)))
        : new Matrices.Constant(constant);
  }

  /** A convolution of pixels, which are the rows of the left matrices. */
  private static RowMajor product(Node node, Tensor weights, int lanes) {
    int inner = weights.shape().dim(-2);
    int columns = weights.shape().dim(-1);
    float[] w = new float[weights.size()];
    for (int i = 0; i < w.length; i++) {
      w[i % columns * inner + i / columns] = weights.floats()[i];
    }
    FeatureMap x = rows(node.input(0));
    FeatureMap y = rows(node.output());
    ConvProblem problem =
        new ConvProblem(1, 1, x.width(), inner, columns, Window.POINT, 1, Pointwise.NONE, null);
    KernelSpec spec = Kernels.convolution(problem, x, y, w, null, List.of(), lanes);
    return new RowMajor(List.of(node.input(0)), List.of(x), y, spec);
  }

  private static RowMajor softmax(Node node, int axis, int lanes) {
    Value x = node.input(0);
    Shape shape = x.type().shape();
    boolean last = axis == shape.rank() - 1;
    FeatureMap from = last ? rows(x) : along(x, axis);
    FeatureMap to = last ? rows(node.output()) : along(node.output(), axis);
    KernelSpec spec =
        last ? Kernels.softmax(from, to, lanes) : MapKernels.softmax(true, from, to, lanes);
    return new RowMajor(List.of(x), List.of(from), to, spec);
  }

  /** A pixel for each vector along the last axis. */
  private static FeatureMap rows(Value value) {
    Shape shape = value.type().shape();
    return map(value, 1, shape.size(1, shape.rank() - 1), shape.dim(-1));
  }

  /** A row of pixels for each matrix. */
  private static FeatureMap matrices(Value value) {
    return along(value, value.type().rank() - 2);
  }

  /** The columns are {@code axis}, the channels all axes behind it. */
  private static FeatureMap along(Value value, int axis) {
    Shape shape = value.type().shape();
    return map(value, shape.size(1, axis), shape.dim(axis), shape.size(axis + 1, shape.rank()));
  }

  private static FeatureMap map(Value value, int height, int width, int channels) {
    int floats = Math.multiplyExact(Math.multiplyExact(height, width), channels);
    Buffer buffer = new Buffer(value.name(), floats);
    return new FeatureMap(buffer, height, width, channels, 0, 0, 0, 0, channels, 0);
  }
}
