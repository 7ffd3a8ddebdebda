package io.tilebrew.graph.onnx;

import static io.tilebrew.graph.onnx.TestModel.integer;
import static io.tilebrew.graph.onnx.TestModel.ints;
import static io.tilebrew.graph.onnx.TestModel.model;
import static io.tilebrew.graph.onnx.TestModel.node;
import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.tilebrew.engine.DataType;
import io.tilebrew.engine.Shape;
import io.tilebrew.engine.Tensor;
import io.tilebrew.graph.Tilebrew;
import io.tilebrew.graph.interpret.Interpreter;
import java.util.List;
import java.util.Map;
import java.util.Random;
import net.jqwik.api.EdgeCasesMode;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import org.junit.jupiter.api.Test;

/** The indices of MaxPool against their definition, and MaxUnpool. */
class UnpoolTest {
  private static final PoolWay NO_ROWS = new PoolWay(1, 1, 1, 1, 0, 0);

  /** Few values, so that many are equal and some windows have negative infinities only. */
  @Property(tries = 300, edgeCases = EdgeCasesMode.NONE)
  void indicesAreThoseOfTheFirstGreatest(@ForAll long seed) {
    Random random = new Random(seed);
    boolean flat = random.nextBoolean();
    PoolWay row = flat ? NO_ROWS : PoolWay.random(random);
    PoolWay column = PoolWay.random(random);
    List<PoolWay> ways = flat ? List.of(column) : List.of(row, column);
    boolean ceil = random.nextBoolean();
    boolean byColumns = random.nextBoolean();
    int maps = 1 + random.nextInt(3);
    Proto node =
        PoolWay.describe(node("MaxPool", "x").text(2, "i"), ways, ceil)
            .message(5, integer("storage_order", byColumns ? 1 : 0));
    Object[] dims =
        flat
            ? new Object[] {1, maps, column.size()}
            : new Object[] {1, maps, row.size(), column.size()};
    TestModel model = model(12, node, dims).output("i");
    Tensor x = Tensor.zeros(DataType.FLOAT32, model.graph().inputs().getFirst().type().shape());
    for (int i = 0; i < x.size(); i++) {
      int value = random.nextInt(4);
      x.floats()[i] = value == 3 ? Float.NEGATIVE_INFINITY : value;
    }
    Tensor indices = Interpreter.run(model.graph(), List.of(x)).get(1);
    int high = row.outputs(ceil);
    int wide = column.outputs(ceil);
    assertEquals(maps * high * wide, indices.size());
    for (int i = 0; i < indices.size(); i++) {
      int map = i / wide / high;
      int best = greatest(x.floats(), map, row, column, i / wide % high, i % wide);
      int h = best / column.size();
      int w = best % column.size();
      int inMap = byColumns ? w * row.size() + h : best;
      int element = i;
      assertEquals(
          (long) map * row.size() * column.size() + inMap,
          indices.longAt(i),
          () -> "index %d of %s, seed %d".formatted(element, ways, seed));
    }
  }

  private static int greatest(float[] x, int map, PoolWay row, PoolWay column, int oy, int ox) {
    int best = -1;
    float greatest = 0;
    for (int tap = 0; tap < row.kernel() * column.kernel(); tap++) {
      int h = row.place(oy, tap / column.kernel());
      int w = column.place(ox, tap % column.kernel());
      if (row.isInside(h) && column.isInside(w)) {
        float element = x[(map * row.size() + h) * column.size() + w];
        if (best < 0 || element > greatest) {
          best = h * column.size() + w;
          greatest = element;
        }
      }
    }
    return best;
  }

  private static Proto named(String type, List<String> inputs, List<String> outputs) {
    Proto node = new Proto().text(4, type);
    inputs.forEach(input -> node.text(1, input));
    outputs.forEach(output -> node.text(2, output));
    return node.message(5, ints("kernel_shape", 2, 2)).message(5, ints("strides", 2, 2));
  }

  private static Tensor run(TestModel model, float... x) {
    Tensor in = Tensor.of(Shape.of(1, 1, 2, 4), x);
    return Tilebrew.compile(model.read()).run(Map.of("x", in)).values().iterator().next();
  }

  /** What a network for segmentation does: pools, and puts back where it took. */
  @Test
  void unpoolingPutsBack() {
    TestModel model = model(12, named("MaxPool", List.of("x"), List.of("p", "i")), 1, 1, 2, 4);
    model = model.node(named("MaxUnpool", List.of("p", "i"), List.of("y")));
    Tensor y = run(model, 1, 4, 5, 6, 3, 2, 8, 7);
    assertArrayEquals(new float[] {0, 4, 0, 0, 0, 0, 8, 0}, y.floats());
  }

  @Test
  void aLargerOutputHasZerosBehind() {
    TestModel model =
        model(12, named("MaxPool", List.of("x"), List.of("p", "i")), 1, 1, 2, 4)
            .node(named("MaxUnpool", List.of("p", "i", "s"), List.of("y")));
    Tensor shape = Tensor.of(Shape.of(4), 1L, 1L, 3L, 5L);
    Tensor y = run(model.initializer("s", shape), 1, 4, 5, 6, 3, 2, 8, 7);
    assertEquals("f32[1,1,3,5]", y.toString());
    assertArrayEquals(new float[] {0, 4, 0, 0, 0, 0, 0, 8, 0, 0, 0, 0, 0, 0, 0}, y.floats());
  }

  private static void refused(String problem, TestModel model) {
    String message = Refusal.of(model::graph);
    assertTrue(message.contains(problem), message);
  }

  @Test
  void whatDoesNotFitIsRefused() {
    Proto large = node("MaxPool", "x").text(2, "i").message(5, ints("kernel_shape", 20, 20));
    refused("of 400 elements are wanted", model(12, large, 1, 1, 32, 32).output("i"));
    Proto deep = node("MaxPool", "x").text(2, "i").message(5, ints("kernel_shape", 2, 2, 2));
    refused("three spatial dimensions", model(12, deep, 1, 1, 4, 4, 4).output("i"));
    TestModel small =
        model(12, named("MaxUnpool", List.of("x", "i", "s"), List.of("y")), 1, 1, 2, 4)
            .initializer("i", Tensor.zeros(DataType.INT64, Shape.of(1, 1, 2, 4)))
            .initializer("s", Tensor.of(Shape.of(4), 1L, 1L, 3L, 9L));
    refused("output_shape is [1,1,3,9], expected [1,1,4,8] or more", small);
  }
}
