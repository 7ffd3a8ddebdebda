package io.tilebrew.graph.onnx;

import static io.tilebrew.graph.onnx.TestModel.integer;
import static io.tilebrew.graph.onnx.TestModel.ints;
import static io.tilebrew.graph.onnx.TestModel.model;
import static io.tilebrew.graph.onnx.TestModel.node;
import static io.tilebrew.graph.onnx.TestModel.real;
import static io.tilebrew.graph.onnx.TestModel.string;
import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.tilebrew.engine.DataType;
import io.tilebrew.engine.Shape;
import io.tilebrew.engine.Tensor;
import io.tilebrew.graph.Graph;
import io.tilebrew.graph.interpret.Interpreter;
import java.util.List;
import org.junit.jupiter.api.Test;

/** What models of normalizations and of operators with indices compute. */
class IndexValuesTest {
  private static Tensor longs(long... values) {
    return Tensor.of(Shape.of(values.length), values);
  }

  private static Tensor floats(float... values) {
    return Tensor.of(Shape.of(values.length), values);
  }

  /** Asserts the result for an input of 1, 2, 3, ... */
  private static void gives(TestModel model, double... expected) {
    Graph graph = model.graph();
    Tensor x = Tensor.zeros(DataType.FLOAT32, graph.inputs().getFirst().type().shape());
    for (int i = 0; i < x.size(); i++) {
      x.floats()[i] = i + 1;
    }
    Tensor y = Interpreter.run(graph, List.of(x)).getFirst();
    double[] values = new double[y.size()];
    for (int i = 0; i < values.length; i++) {
      values[i] = y.doubleAt(i);
    }
    assertArrayEquals(expected, values, 1e-5);
  }

  private static void refused(String problem, TestModel model) {
    String message = Refusal.of(model::graph);
    assertTrue(message.contains(problem), message);
  }

  @Test
  void elementsAtIndices() {
    Tensor indices = Tensor.of(Shape.of(2, 1), 1L, -2L);
    Proto gather = node("GatherElements", "x", "i").message(5, integer("axis", 1));
    gives(model(11, gather, 2, 2).initializer("i", indices), 2, 3);
    refused("do not fit", model(11, gather, 1, 2).initializer("i", indices));
    TestModel tuples = model(11, node("GatherND", "x", "i"), 2, 2);
    gives(tuples.initializer("i", Tensor.of(Shape.of(1, 2), 1L, -1L)), 4);
    TestModel rows = model(11, node("GatherND", "x", "i"), 2, 2);
    gives(rows.initializer("i", Tensor.of(Shape.of(1, 1), 1L)), 3, 4);
    TestModel deep = model(11, node("GatherND", "x", "i"), 2);
    refused("more indices", deep.initializer("i", Tensor.of(Shape.of(1, 2), 0L, 0L)));
    TestModel outside = model(11, node("GatherND", "x", "i"), 2);
    Graph graph = outside.initializer("i", Tensor.of(Shape.of(1, 1), 2L)).graph();
    assertThrows(
        IllegalArgumentException.class, () -> Interpreter.run(graph, List.of(floats(1, 2))));
  }

  @Test
  void updatesAtIndices() {
    TestModel elements =
        model(16, node("ScatterElements", "x", "i", "u").message(5, string("reduction", "add")), 3)
            .initializer("i", longs(1, 1))
            .initializer("u", floats(10, 20));
    gives(elements, 1, 32, 3);
    TestModel parts =
        model(13, node("ScatterND", "x", "i", "u"), 2, 2)
            .initializer("i", Tensor.of(Shape.of(1, 1), 1L))
            .initializer("u", Tensor.of(Shape.of(1, 2), 8f, 9f));
    gives(parts, 1, 2, 8, 9);
    TestModel wrong = model(13, node("ScatterND", "x", "i", "u"), 2, 2);
    refused(
        "the updates are",
        wrong.initializer("i", Tensor.of(Shape.of(1, 1), 1L)).initializer("u", floats(1)));
  }

  @Test
  void copiesAndBlocks() {
    gives(
        model(13, node("Tile", "x", "r"), 1, 2).initializer("r", longs(2, 2)),
        1,
        2,
        1,
        2,
        1,
        2,
        1,
        2);
    refused("repeats", model(13, node("Tile", "x", "r"), 2).initializer("r", longs(1, 1)));
    refused("between 0", model(13, node("Tile", "x", "r"), 2).initializer("r", longs(-1)));
    Proto there = node("SpaceToDepth", "x").message(5, integer("blocksize", 2));
    gives(model(13, there, 1, 1, 2, 4), 1, 3, 2, 4, 5, 7, 6, 8);
    Proto back = node("DepthToSpace", "x").message(5, integer("blocksize", 2));
    gives(model(13, back, 1, 4, 1, 2), 1, 3, 2, 4, 5, 7, 6, 8);
    TestModel hot =
        model(11, node("OneHot", "x", "d", "v"), 2)
            .initializer("d", longs(3))
            .initializer("v", floats(5, 7));
    gives(hot, 5, 7, 5, 5, 5, 7);
    gives(model(9, node("EyeLike", "x").message(5, integer("k", 1)), 2, 2), 0, 1, 0, 0);
  }

  @Test
  void normalizations() {
    double edge = 1 / Math.sqrt(2 / 3.0 + 1e-5);
    TestModel instance =
        model(6, node("InstanceNormalization", "x", "s", "b"), 1, 1, 3)
            .initializer("s", floats(2))
            .initializer("b", floats(1));
    gives(instance, 1 - 2 * edge, 1, 1 + 2 * edge);
    TestModel layer = model(17, node("LayerNormalization", "x", "s"), 3);
    gives(layer.initializer("s", floats(1, 2, 3)), -edge, 0, 3 * edge);
    Proto groups = node("GroupNormalization", "x", "s", "b").message(5, integer("num_groups", 1));
    TestModel group = model(21, groups, 1, 3, 1).initializer("s", floats(1, 1, 2));
    gives(group.initializer("b", floats(0, 0, 1)), -edge, 0, 1 + 2 * edge);
    refused(
        "does not divide",
        model(
            21,
            node("GroupNormalization", "x", "x", "x").message(5, integer("num_groups", 2)),
            1,
            3,
            1));
    Proto mvn = node("MeanVarianceNormalization", "x").message(5, ints("axes", 0));
    gives(model(13, mvn, 2), -1, 1);
    gives(
        model(1, node("LpNormalization", "x").message(5, integer("p", 1)), 4), 0.1, 0.2, 0.3, 0.4);
    Proto lrn =
        node("LRN", "x")
            .message(5, integer("size", 3))
            .message(5, real("alpha", 3))
            .message(5, real("beta", 1));
    gives(model(13, lrn, 1, 3, 1), 1 / 6.0, 2 / 15.0, 3 / 14.0);
    refused("size is 0", model(13, node("LRN", "x").message(5, integer("size", 0)), 1, 3, 1));
    assertEquals(1, layer.graph().outputs().size());
  }

  @Test
  void quantization() {
    TestModel quantize =
        model(13, node("QuantizeLinear", "x", "s", "z"), 4)
            .initializer("s", Tensor.of(Shape.SCALAR, 2f))
            .initializer("z", Tensor.of(DataType.INT8, Shape.SCALAR, new byte[] {126}));
    gives(quantize, 126, 127, 127, 127);
    TestModel dequantize =
        new TestModel(13)
            .input("x", 1, 2, 1)
            .initializer("s", floats(2, 3))
            .initializer("q", Tensor.of(DataType.UINT8, Shape.of(1, 2), new byte[] {1, -1}))
            .node(node("DequantizeLinear", "q", "s"))
            .output("y");
    gives(dequantize, 2, 765);
    gives(model(11, node("DynamicQuantizeLinear", "x"), 3), 85, 170, 255);
    refused("expected integers of 8 or 16 bits", model(13, node("DequantizeLinear", "x", "x"), 1));
  }

  @Test
  void normsOfWindows() {
    gives(model(18, norm(2), 1, 1, 1, 4), Math.sqrt(5), Math.sqrt(13), 5);
    gives(model(18, norm(1), 1, 1, 1, 4), 3, 5, 7);
    gives(model(18, node("GlobalLpPool", "x"), 1, 1, 1, 4), Math.sqrt(30));
    refused("p is 0", model(18, norm(0), 1, 1, 1, 4));
  }

  private static Proto norm(int p) {
    return node("LpPool", "x").message(5, ints("kernel_shape", 1, 2)).message(5, integer("p", p));
  }
}
