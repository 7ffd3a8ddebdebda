package io.tilebrew.graph.lower;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;

import io.tilebrew.engine.DataType;
import io.tilebrew.engine.Shape;
import io.tilebrew.engine.Tensor;
import io.tilebrew.engine.plan.Plan;
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
import io.tilebrew.graph.op.Linear.MatMul;
import io.tilebrew.graph.op.Normalization.Softmax;
import io.tilebrew.graph.op.Shaping.Transpose;
import java.util.Arrays;
import java.util.List;
import java.util.Random;
import net.jqwik.api.Arbitraries;
import net.jqwik.api.Arbitrary;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.Provide;
import net.jqwik.api.constraints.IntRange;
import org.junit.jupiter.api.Test;

/** Matrix products and softmax outside of convolutional networks. */
class RowMajorTest {
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

  private static void assertTheBitsOfTheReferences(Graph graph, CompileOptions options, long seed) {
    Compiler compiler = new Compiler(options);
    Plan plan = compiler.compile(graph, false);
    List<Tensor> inputs = RandomGraphs.inputs(graph, seed);
    Tensor expected = Interpreter.run(compiler.optimize(graph), inputs).getFirst();
    Tensor found = Tensor.zeros(expected.type(), expected.shape());
    plan.run(plan.images(), inputs.toArray(Tensor[]::new), new Tensor[] {found});
    assertArrayEquals(expected.floats(), found.floats(), () -> graph + "\n" + plan);
  }

  @Property(tries = 30)
  void attentionGivesTheBitsOfTheReferences(
      @ForAll @IntRange(min = 1, max = 3) int images,
      @ForAll @IntRange(min = 1, max = 12) int length,
      @ForAll @IntRange(min = 1, max = 20) int width,
      @ForAll long seed) {
    Graph attention = new RowMajorTest().attention(images, length, width);
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
    RowMajorTest test = new RowMajorTest();
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
}
