package io.tilebrew.graph.lower;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;

import io.tilebrew.engine.DataType;
import io.tilebrew.engine.Shape;
import io.tilebrew.engine.Tensor;
import io.tilebrew.engine.plan.Plan;
import io.tilebrew.engine.problem.Activation;
import io.tilebrew.engine.problem.Arithmetic;
import io.tilebrew.graph.CompileOptions;
import io.tilebrew.graph.CompileOptions.Kernels;
import io.tilebrew.graph.Explanation;
import io.tilebrew.graph.Graph;
import io.tilebrew.graph.GraphBuilder;
import io.tilebrew.graph.RandomGraphs;
import io.tilebrew.graph.RandomTensors;
import io.tilebrew.graph.TensorType;
import io.tilebrew.graph.Value;
import io.tilebrew.graph.interpret.Interpreter;
import io.tilebrew.graph.op.Elementwise.Activate;
import io.tilebrew.graph.op.Elementwise.Binary;
import io.tilebrew.graph.op.Linear.MatMul;
import io.tilebrew.graph.op.Normalization.Softmax;
import io.tilebrew.graph.op.Reduction.Reduce;
import io.tilebrew.graph.op.Reduction.Reduce.Function;
import io.tilebrew.graph.op.Shaping.Concat;
import io.tilebrew.graph.op.Shaping.Reshape;
import io.tilebrew.graph.op.Shaping.Slice;
import io.tilebrew.graph.op.Shaping.Transpose;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Collections;
import java.util.List;
import java.util.Random;
import net.jqwik.api.Arbitraries;
import net.jqwik.api.Arbitrary;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.Provide;
import net.jqwik.api.constraints.IntRange;
import org.junit.jupiter.api.Test;

/** What kernels compute of row-major tensors, outside of convolutional networks. */
class RowMajorStepsTest {
  private static final CompileOptions OPTIONS = CompileOptions.DEFAULT.with(Kernels.GENERIC);

  private final GraphBuilder graph = new GraphBuilder("rows");

  private Value constant(long seed, int... dims) {
    return graph.constant("w", RandomTensors.of(seed, dims));
  }

  private static TensorType type(int... dims) {
    return new TensorType(DataType.FLOAT32, Shape.of(dims));
  }

  /** {@code softmax(q k^T) v} with q, k and v from one input. */
  private Graph attention(int images, int length, int width) {
    Value x = graph.input("x", type(images, length, width));
    Value q = graph.add("q", new MatMul(), x, constant(1, width, width));
    Value k = graph.add("k", new MatMul(), x, constant(2, width, width));
    Value v = graph.add("v", new MatMul(), x, constant(3, width, width));
    Value turned = graph.add("turned", new Transpose(List.of(0, 2, 1)), k);
    Value scores = graph.add("scores", new MatMul(), q, turned);
    Value shares = graph.add("shares", new Softmax(2), scores);
    graph.output("y", graph.add("y", new MatMul(), shares, v));
    return graph.build();
  }

  static void assertTheBitsOfTheReferences(Graph graph, CompileOptions options, long seed) {
    Compiler compiler = new Compiler(options);
    Plan plan = compiler.compile(graph, false);
    List<Tensor> inputs = RandomGraphs.inputs(graph, seed);
    List<Tensor> expected = Interpreter.run(compiler.optimize(graph), inputs);
    Tensor[] found =
        expected.stream().map(t -> Tensor.zeros(t.type(), t.shape())).toArray(Tensor[]::new);
    plan.run(plan.images(), inputs.toArray(Tensor[]::new), found);
    for (int i = 0; i < found.length; i++) {
      assertArrayEquals(expected.get(i).floats(), found[i].floats(), () -> graph + "\n" + plan);
    }
  }

  @Property(tries = 30)
  void attentionGivesTheBitsOfTheReferences(
      @ForAll @IntRange(min = 1, max = 3) int images,
      @ForAll @IntRange(min = 1, max = 12) int length,
      @ForAll @IntRange(min = 1, max = 20) int width,
      @ForAll long seed) {
    Graph attention = new RowMajorStepsTest().attention(images, length, width);
    assertTheBitsOfTheReferences(attention, OPTIONS, seed);
    assertTheBitsOfTheReferences(attention, OPTIONS.with(Kernels.REFERENCE), seed);
    assertTheBitsOfTheReferences(attention, OPTIONS.without("layout"), seed);
  }

  /** A side of a product [images,axes,rows,columns], or what of it is not spread. */
  private Value side(Random random, String name, boolean constant, int... dims) {
    int kept = 0;
    for (int axis = constant ? 0 : 1; axis < dims.length - 2; axis++) {
      dims[axis] = random.nextBoolean() ? 1 : dims[axis];
      kept = dims[axis] == 1 && kept == axis ? axis + 1 : kept;
    }
    dims[0] = constant ? 1 : dims[0];
    int dropped = constant && random.nextBoolean() ? kept : 0;
    int[] own = Arrays.copyOfRange(dims, dropped, dims.length);
    return constant ? constant(random.nextLong(), own) : graph.input(name, type(own));
  }

  @Property(tries = 100)
  void productsOfSpreadAndConstantMatricesGiveTheBitsOfTheReference(
      @ForAll @IntRange(min = 3, max = 5) int rank,
      @ForAll @IntRange(max = 2) int constantSide,
      @ForAll("lanes") int lanes,
      @ForAll long seed) {
    Random random = new Random(seed);
    int[] a = random.ints(rank, 1, 5).toArray();
    // Inputs of other ranks do not tell how many images there are.
    a[0] = rank == 4 ? a[0] : 1;
    int[] b = a.clone();
    b[rank - 2] = a[rank - 1];
    b[rank - 1] = 1 + random.nextInt(40);
    RowMajorStepsTest test = new RowMajorStepsTest();
    Value left = test.side(random, "a", constantSide == 1, a);
    Value right = test.side(random, "b", constantSide == 2, b);
    test.graph.output("y", test.graph.add("y", new MatMul(), left, right));
    Graph product = test.graph.build();
    CompileOptions options = OPTIONS.withLanes(lanes);
    assertTheBitsOfTheReferences(product, options, seed);
    assertTheBitsOfTheReferences(product, options.withThreads(2), seed);
    var totals = new Compiler(options).explain(product, false, 1).explanation().totals();
    assertEquals(0, totals.references(), product::toString);
  }

  /** An input or a constant that spreads to {@code y}, which has the leading dimension 1. */
  private Value spread(Random random, int number, Shape y) {
    boolean constant = number > 0 && random.nextBoolean();
    int[] dims = y.dims();
    for (int axis = 1; axis < dims.length; axis++) {
      dims[axis] = number > 0 && random.nextInt(3) == 0 ? 1 : dims[axis];
    }
    int dropped = constant ? random.nextInt(dims.length + 1) : 0;
    int[] own = Arrays.copyOfRange(dims, dropped, dims.length);
    return constant ? constant(random.nextLong(), own) : graph.input("x" + number, type(own));
  }

  @Property(tries = 100)
  void pointwiseFunctionsSpreadAsTheReferencesDo(
      @ForAll @IntRange(min = 2, max = 6) int rank, @ForAll("lanes") int lanes, @ForAll long seed) {
    Random random = new Random(seed);
    int[] dims = random.ints(rank, 1, 6).toArray();
    dims[0] = 1;
    dims[rank - 1] = random.nextBoolean() ? dims[rank - 1] : 1 + random.nextInt(50);
    RowMajorStepsTest test = new RowMajorStepsTest();
    Value x = test.spread(random, 0, Shape.of(dims));
    for (int i = 1; i < 4; i++) {
      Arithmetic function = List.of(Arithmetic.ADD, Arithmetic.SUB, Arithmetic.MUL).get(i - 1);
      Value other = test.spread(random, i, Shape.of(dims));
      boolean first = random.nextBoolean();
      x = test.graph.add("f" + i, new Binary(function), first ? x : other, first ? other : x);
    }
    test.graph.output("y", x);
    Graph functions = test.graph.build();
    assertTheBitsOfTheReferences(functions, OPTIONS.withLanes(lanes), seed);
    assertTheBitsOfTheReferences(
        functions, OPTIONS.withLanes(lanes).without("pointwise-fusion"), seed);
  }

  /** Some of the elements of {@code x} along an axis, and in other order along others at times. */
  private Value part(Random random, String name, Value x, int axis) {
    Shape shape = x.type().shape();
    List<Integer> starts = new ArrayList<>(Collections.nCopies(shape.rank(), 0));
    List<Integer> steps = new ArrayList<>(Collections.nCopies(shape.rank(), 1));
    starts.set(axis, random.nextInt(shape.dim(axis)));
    int count = 1 + random.nextInt(shape.dim(axis) - starts.get(axis));
    int other = random.nextInt(shape.rank());
    if (other != axis && other > 0 && random.nextInt(4) == 0) {
      starts.set(other, shape.dim(other) - 1);
      steps.set(other, -1);
    }
    return graph.add(name, new Slice(starts, steps, shape.with(axis, count)), x);
  }

  @Property(tries = 100)
  void slicesReshapesAndConcatenationsMoveWhatTheReferencesMove(
      @ForAll @IntRange(min = 2, max = 5) int rank, @ForAll("lanes") int lanes, @ForAll long seed) {
    Random random = new Random(seed);
    int[] dims = random.ints(rank, 1, 6).toArray();
    dims[0] = rank == 2 || rank == 4 ? dims[0] : 1;
    int axis = random.nextInt(4) == 0 && dims[0] == 1 ? 0 : 1 + random.nextInt(rank - 1);
    RowMajorStepsTest test = new RowMajorStepsTest();
    Value x = test.graph.input("x", type(dims));
    List<Value> parts = new ArrayList<>();
    for (int i = 0; i < 3; i++) {
      Value part = test.part(random, "part" + i, x, axis);
      parts.add(
          random.nextBoolean()
              ? part
              : test.graph.add("f" + i, new Activate(Activation.RELU), part));
    }
    Value all = test.graph.add("all", new Concat(axis), parts.toArray(Value[]::new));
    Shape shape = all.type().shape();
    Shape flat = Shape.of(shape.dim(0), shape.size() / shape.dim(0));
    Value row = test.graph.add("row", new Reshape(flat), all);
    test.graph.output("y", row);
    if (random.nextBoolean()) {
      test.graph.output("z", all);
    }
    Graph moves = test.graph.build();
    assertTheBitsOfTheReferences(moves, OPTIONS.withLanes(lanes), seed);
    assertTheBitsOfTheReferences(moves, OPTIONS.withLanes(lanes).withThreads(2), seed);
  }

  @Property(tries = 60)
  void sumsAndMeansOverTheLastAxesGiveTheBitsOfTheReference(
      @ForAll @IntRange(min = 2, max = 5) int rank, @ForAll("lanes") int lanes, @ForAll long seed) {
    Random random = new Random(seed);
    int[] dims = random.ints(rank, 1, 6).toArray();
    dims[0] = rank == 2 || rank == 4 ? dims[0] : 1;
    dims[rank - 1] = 1 + random.nextInt(100);
    List<Integer> axes = new ArrayList<>();
    for (int axis = rank - 1 - random.nextInt(rank); axis < rank; axis++) {
      axes.add(axis);
    }
    RowMajorStepsTest test = new RowMajorStepsTest();
    Value x = test.graph.input("x", type(dims));
    Function function = random.nextBoolean() ? Function.SUM : Function.MEAN;
    test.graph.output(
        "y", test.graph.add("y", new Reduce(function, axes, random.nextBoolean()), x));
    Graph sum = test.graph.build();
    assertTheBitsOfTheReferences(sum, OPTIONS.withLanes(lanes), seed);
    assertTheBitsOfTheReferences(sum, OPTIONS.withLanes(lanes).without("reduce-to-pool"), seed);
  }

  /** What follows a head of a detector: its outputs by place, and boxes made of them. */
  private static Graph detector(int images) {
    GraphBuilder graph = new GraphBuilder("detector");
    Value x = graph.input("x", type(images, 8, 6, 5));
    Value head = graph.add("head", new Activate(Activation.RELU), x);
    Value last = graph.add("last", new Transpose(List.of(0, 2, 3, 1)), head);
    Value boxes = graph.add("boxes", new Reshape(Shape.of(images, 60, 4)), last);
    Value two = graph.add("two", new Concat(1), boxes, boxes);
    Value divisor = graph.constant("w", RandomTensors.of(5, 1));
    Value half = graph.add("half", new Binary(Arithmetic.DIV), two, divisor);
    Slice slice = new Slice(List.of(0, 0, 2), List.of(1, 1, 1), Shape.of(images, 120, 2));
    Value sizes = graph.add("sizes", slice, half);
    graph.output("y", graph.add("shares", new Softmax(2), sizes));
    return graph.build();
  }

  @Test
  void headsOfDetectorsHaveKernels() {
    assertTheBitsOfTheReferences(detector(1), OPTIONS, 1);
    var totals = new Compiler(OPTIONS).explain(detector(1), false, 1).explanation().totals();
    assertEquals(0, totals.references());
  }

  @Test
  void headsOfDetectorsTakeAnyBatch() {
    Compiler compiler = new Compiler(OPTIONS);
    Plan plan = compiler.compile(detector(1), true);
    List<Tensor> inputs = RandomGraphs.inputs(detector(3), 7);
    Tensor expected = Interpreter.run(compiler.optimize(detector(3)), inputs).getFirst();
    Tensor found = Tensor.zeros(expected.type(), expected.shape());
    plan.run(3, inputs.toArray(Tensor[]::new), new Tensor[] {found});
    assertArrayEquals(expected.floats(), found.floats());
  }

  @Provide
  Arbitrary<Integer> lanes() {
    return Arbitraries.of(4, 8, 16);
  }

  @Property(tries = 60)
  void softmaxAlongAnyAxisGivesTheBitsOfTheReference(
      @ForAll @IntRange(min = 2, max = 5) int rank, @ForAll long seed) {
    Random random = new Random(seed);
    int[] dims = random.ints(rank, 1, 6).toArray();
    GraphBuilder one = new GraphBuilder("softmax");
    Value x = one.input("x", type(dims));
    one.output("y", one.add("y", new Softmax(random.nextInt(rank)), x));
    assertTheBitsOfTheReferences(one.build(), OPTIONS.withLanes(4), seed);
  }

  @Test
  void allProductsHaveKernels() {
    Explanation explanation =
        new Compiler(OPTIONS).explain(attention(1, 28, 120), false, 1).explanation();
    assertEquals(1, explanation.totals().coverage());
    assertEquals(1, explanation.totals().references());
  }

  /** Functions of [N,H,W,C] between products need no other layout. */
  @Test
  void functionsBetweenProductsStayRowMajor() {
    Value x = graph.input("x", type(1, 6, 5, 8));
    Value wide = graph.add("wide", new MatMul(), x, constant(1, 8, 16));
    Value shifted = graph.add("shifted", new Binary(Arithmetic.ADD), wide, constant(2, 16));
    Value act = graph.add("act", new Activate(Activation.RELU), shifted);
    graph.output("y", graph.add("y", new MatMul(), act, constant(3, 16, 8)));
    Graph mlp = graph.build();
    assertTheBitsOfTheReferences(mlp, OPTIONS, 1);
    List<Explanation.Kind> kinds =
        new Compiler(OPTIONS)
            .explain(mlp, false, 1).explanation().steps().stream()
                .map(Explanation.Step::kind)
                .toList();
    assertEquals(2, Collections.frequency(kinds, Explanation.Kind.CONVERSION), kinds::toString);
    assertEquals(5, kinds.size(), kinds::toString);
  }
}
