package io.tilebrew.graph.lower;

import io.tilebrew.engine.DataType;
import io.tilebrew.engine.Shape;
import io.tilebrew.engine.Tensor;
import io.tilebrew.engine.plan.FeatureMap;
import io.tilebrew.engine.problem.Arithmetic;
import io.tilebrew.engine.problem.ConvProblem;
import io.tilebrew.engine.problem.Pointwise;
import io.tilebrew.engine.problem.Pointwise.Combine;
import io.tilebrew.engine.problem.Pointwise.Scalar;
import io.tilebrew.engine.problem.Pointwise.Stage;
import io.tilebrew.engine.problem.Window;
import io.tilebrew.engine.tile.KernelSpec;
import io.tilebrew.engine.tile.Kernels;
import io.tilebrew.engine.tile.MapKernels;
import io.tilebrew.engine.tile.Matrices;
import io.tilebrew.engine.tile.Operand;
import io.tilebrew.graph.Graph;
import io.tilebrew.graph.Node;
import io.tilebrew.graph.Value;
import io.tilebrew.graph.Work;
import io.tilebrew.graph.op.Elementwise;
import io.tilebrew.graph.op.Linear;
import io.tilebrew.graph.op.Normalization;
import io.tilebrew.graph.op.Reduction;
import io.tilebrew.graph.op.Reduction.Reduce.Function;
import io.tilebrew.graph.op.Shaping;
import java.util.Arrays;
import java.util.List;
import java.util.stream.IntStream;

/**
 * The steps of nodes over row-major tensors that have kernels: matrix products, softmax,
 * standardizations, pointwise functions, sums and means, slices and concatenations. A tensor
 * [N,...,C] is a map whose channels are the last axis, or the last axes.
 */
final class RowMajorSteps {
  private final Graph graph;
  private final PlanBuilder plan;
  private final int images;
  private final int lanes;

  /**
   * The steps of nodes of {@code graph}.
   *
   * @param plan where the steps go
   * @param images the leading dimension of what kernels compute
   */
  RowMajorSteps(Graph graph, PlanBuilder plan, int images, int lanes) {
    this.graph = graph;
    this.plan = plan;
    this.images = images;
    this.lanes = lanes;
  }

  /** Adds the steps of {@code node}; whether kernels compute it, else nothing is added. */
  boolean add(Node node) {
    if (node.outputs().size() != 1 || !isMap(node.output())) {
      return false;
    }
    return switch (node.operator()) {
      case Linear.MatMul _ -> product(node);
      case Normalization.Softmax(int axis) -> softmax(node, axis);
      case Normalization.Standardization(var axes, float epsilon) ->
          standardize(node, axes, epsilon);
      case Elementwise elementwise -> pointwise(node, elementwise);
      case Reduction.Reduce reduce -> reduce(node, reduce);
      case Shaping.Concat(int axis) -> concat(node, axis);
      case Shaping.Slice slice -> slice(node, slice);
      case Shaping.Reshape _ -> reshape(node);
      default -> false;
    };
  }

  private boolean isMap(Value value) {
    Shape shape = value.type().shape();
    return value.type().element() == DataType.FLOAT32
        && shape.rank() > 1
        && shape.dim(0) == images
        && shape.size() > 0;
  }

  /** Those of the inputs that are no constants. */
  private List<Value> variables(Node node) {
    return node.inputs().stream().filter(v -> graph.constant(v) == null).distinct().toList();
  }

  /** Whether there are some and each is a map of the rank of the output. */
  private boolean areMaps(List<Value> values, Node node) {
    int rank = node.output().type().rank();
    return !values.isEmpty() && values.stream().allMatch(v -> isMap(v) && v.type().rank() == rank);
  }

  private boolean product(Node node) {
    List<Value> inputs = variables(node);
    if (node.output().type().rank() < 3 || !areMaps(inputs, node)) {
      return false;
    }
    Tensor weights = graph.constant(node.input(1));
    if (weights != null && isMatrix(weights.shape())) {
      product(node, weights);
      return true;
    }
    Matrices a = side(node.input(0));
    Matrices b = side(node.input(1));
    Matrices.InArena y = inArena(node.output());
    boolean vector = a.shape().rank() < 2 || b.shape().rank() < 2;
    if (vector || !MapKernels.canMultiply(a, b, y)) {
      return false;
    }
    compute(node, inputs, MapKernels.matrixProduct(a, b, y, lanes));
    return true;
  }

  /** Whether {@code shape} is that of one matrix, whatever its rank. */
  private static boolean isMatrix(Shape shape) {
    int rank = shape.rank();
    return rank > 1 && shape.size(0, rank - 2) == 1;
  }

  private Matrices side(Value value) {
    Tensor constant = graph.constant(value);
    return constant == null ? inArena(value) : new Matrices.Constant(constant);
  }

  /** A row of pixels for each matrix. */
  private Matrices.InArena inArena(Value value) {
    return new Matrices.InArena(value.type().shape(), along(value, value.type().rank() - 2));
  }

  /** The product with one matrix, a convolution of the rows of the left ones. */
  private void product(Node node, Tensor weights) {
    int columns = weights.shape().dim(-1);
    float[] w = transposed(weights.floats(), columns);
    convolve(node, weights.shape().dim(-2), columns, w, Pointwise.NONE);
  }

  /** The matrix whose rows are the columns of {@code x}, which has so many. */
  private static float[] transposed(float[] x, int columns) {
    int rows = x.length / columns;
    float[] y = new float[x.length];
    for (int i = 0; i < y.length; i++) {
      y[i % columns * rows + i / columns] = x[i];
    }
    return y;
  }

  /** A convolution of pixels, each of so many floats of the input that follow each other. */
  private void convolve(Node node, int inner, int columns, float[] w, Pointwise epilogue) {
    Value x = node.input(0);
    int pixels = x.type().shape().size() / images / inner;
    ConvProblem problem =
        new ConvProblem(1, 1, pixels, inner, columns, Window.POINT, 1, epilogue, null);
    FeatureMap from = plan.arena().map(x, 1, pixels, inner);
    FeatureMap to = plan.arena().map(node.output(), 1, pixels, columns);
    compute(node, List.of(x), Kernels.convolution(problem, from, to, w, null, List.of(), lanes));
  }

  /** Sums and means over the last axes: the products with ones. */
  private boolean reduce(Node node, Reduction.Reduce reduce) {
    Value x = node.input(0);
    int rank = x.type().rank();
    int first = rank - reduce.axes().size();
    boolean last = first > 0 && reduce.axes().stream().allMatch(axis -> axis >= first);
    boolean sum = reduce.function() == Function.SUM;
    if (!isMap(x) || !last || first == rank || !(sum || reduce.function() == Function.MEAN)) {
      return false;
    }
    int count = x.type().shape().size(first, rank);
    float[] ones = new float[count];
    Arrays.fill(ones, 1);
    Stage quotient = new Combine(Arithmetic.DIV, new Scalar(count), false);
    convolve(node, count, 1, ones, sum ? Pointwise.NONE : Pointwise.of(quotient));
    return true;
  }

  private boolean softmax(Node node, int axis) {
    Value x = node.input(0);
    if (axis == 0 || !isMap(x)) {
      return false;
    }
    boolean last = axis == x.type().rank() - 1;
    KernelSpec spec =
        last
            ? Kernels.softmax(pixels(x), pixels(node.output()), lanes)
            : MapKernels.softmax(true, along(x, axis), along(node.output(), axis), lanes);
    compute(node, List.of(x), spec);
    return true;
  }

  private boolean standardize(Node node, List<Integer> axes, float epsilon) {
    Value x = node.input(0);
    if (!isMap(x) || !axes.equals(List.of(x.type().rank() - 1))) {
      return false;
    }
    KernelSpec spec =
        MapKernels.standardizeChannels(epsilon, pixels(x), pixels(node.output()), lanes);
    compute(node, List.of(x), spec);
    return true;
  }

  private boolean pointwise(Node node, Elementwise operator) {
    Pointwise function = operator.pointwise();
    List<Value> inputs = variables(node);
    boolean fit = node.inputs().stream().allMatch(v -> isSpread(v, node.output()));
    if (function == null || !fit || !areMaps(inputs, node)) {
      return false;
    }
    List<Shape> shapes = node.inputs().stream().map(v -> v.type().shape()).toList();
    SpreadAxes axes = SpreadAxes.of(node.output().type().shape(), shapes);
    if (axes.count() > SpreadAxes.MOST) {
      return false;
    }
    List<Operand> operands =
        IntStream.range(0, shapes.size())
            .mapToObj(i -> operand(node.input(i), axes.of(i)))
            .toList();
    compute(
        node,
        inputs,
        Kernels.pointwise(function, operands, map(node.output(), axes.whole()), lanes));
    return true;
  }

  /** Whether {@code value} is of floats and the same for all images if it is a constant. */
  private boolean isSpread(Value value, Value output) {
    Shape shape = value.type().shape();
    return value.type().element() == DataType.FLOAT32
        && (graph.constant(value) == null
            || shape.rank() < output.type().rank()
            || shape.dim(0) == 1);
  }

  /** The operand of these rows, columns and channels. */
  private Operand operand(Value value, int[] sizes) {
    Tensor constant = graph.constant(value);
    if (constant == null) {
      return new Operand.Map(map(value, sizes));
    }
    float[] planes = transposed(constant.floats(), sizes[2]);
    return new Operand.Constant(Tensor.of(Shape.of(1, sizes[2], sizes[0], sizes[1]), planes));
  }

  private boolean concat(Node node, int axis) {
    if (axis == 0 || !node.inputs().stream().allMatch(this::isMap)) {
      return false;
    }
    FeatureMap y = before(node.output(), axis);
    int first = 0;
    for (Value input : node.inputs()) {
      FeatureMap x = before(input, axis);
      copy(node, input, x, y.slice(first, x.channels()));
      first += x.channels();
    }
    return true;
  }

  private boolean slice(Node node, Shaping.Slice slice) {
    Value x = node.input(0);
    Shape shape = node.output().type().shape();
    int[] cut =
        IntStream.range(0, shape.rank())
            .filter(i -> shape.dim(i) != x.type().shape().dim(i))
            .toArray();
    boolean steps =
        IntStream.range(0, shape.rank())
            .anyMatch(i -> shape.dim(i) > 1 && slice.steps().get(i) != 1);
    if (steps || cut.length != 1 || !isMap(x)) {
      return false;
    }
    int axis = cut[0];
    int inner = shape.size(axis + 1, shape.rank());
    FeatureMap y = before(node.output(), axis);
    FeatureMap part = before(x, axis).slice(slice.starts().get(axis) * inner, y.channels());
    copy(node, x, part, y);
    return true;
  }

  /** The same elements under another shape, if they are in the arena anyway. */
  private boolean reshape(Node node) {
    Value x = node.input(0);
    boolean inside = isMap(x) && plan.arena().isInside(x);
    if (inside) {
      plan.arena().keep(node.output(), plan.arena().buffer(x));
    }
    return inside;
  }

  private void copy(Node node, Value x, FeatureMap from, FeatureMap to) {
    compute(node, List.of(x), List.of(from), to, Kernels.copy(from, to, lanes));
  }

  private void compute(Node node, List<Value> inputs, KernelSpec spec) {
    List<FeatureMap> maps = inputs.stream().map(plan.arena()::run).toList();
    compute(node, inputs, maps, plan.arena().run(node.output()), spec);
  }

  private void compute(
      Node node, List<Value> inputs, List<FeatureMap> reads, FeatureMap y, KernelSpec spec) {
    inputs.forEach(plan::load);
    String problem = node.operator().toString();
    long work = Work.of(node) / images;
    plan.compute(new Task(node.name(), problem, reads, List.of(y), work), spec);
    plan.arena().keep(node.output(), y.buffer());
  }

  /** A pixel for each vector along the last axis. */
  private FeatureMap pixels(Value value) {
    return before(value, value.type().rank() - 1);
  }

  /** The columns are all axes before {@code axis}, the channels it and those behind it. */
  private FeatureMap before(Value value, int axis) {
    Shape shape = value.type().shape();
    return plan.arena().map(value, 1, shape.size(1, axis), shape.size(axis, shape.rank()));
  }

  /** The columns are {@code axis}, the channels all axes behind it. */
  private FeatureMap along(Value value, int axis) {
    Shape shape = value.type().shape();
    int channels = shape.size(axis + 1, shape.rank());
    return plan.arena().map(value, shape.size(1, axis), shape.dim(axis), channels);
  }

  private FeatureMap map(Value value, int[] sizes) {
    return plan.arena().map(value, sizes[0], sizes[1], sizes[2]);
  }
}
