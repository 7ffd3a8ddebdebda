package io.tilebrew.graph.onnx;

import static io.tilebrew.graph.onnx.TestModel.integer;
import static io.tilebrew.graph.onnx.TestModel.ints;
import static io.tilebrew.graph.onnx.TestModel.model;
import static io.tilebrew.graph.onnx.TestModel.node;
import static io.tilebrew.graph.onnx.TestModel.real;
import static io.tilebrew.graph.onnx.TestModel.string;
import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.tilebrew.engine.DataType;
import io.tilebrew.engine.Shape;
import io.tilebrew.engine.Tensor;
import io.tilebrew.graph.Graph;
import io.tilebrew.graph.interpret.Interpreter;
import java.util.List;
import org.junit.jupiter.api.Test;

/** What small models compute whose operators become others, or take their sizes from inputs. */
class OperatorValuesTest {
  private static Tensor longs(long... values) {
    return Tensor.of(Shape.of(values.length), values);
  }

  private static Tensor floats(float... values) {
    return Tensor.of(Shape.of(values.length), values);
  }

  /** The result for an input of 1, -2, 3, ... as floats. */
  private static float[] run(TestModel model) {
    Graph graph = model.graph();
    Tensor x = Tensor.zeros(DataType.FLOAT32, graph.inputs().getFirst().type().shape());
    for (int i = 0; i < x.size(); i++) {
      x.floats()[i] = i % 2 == 0 ? i + 1 : -i - 1;
    }
    Tensor y = Interpreter.run(graph, List.of(x)).getFirst();
    float[] values = new float[y.size()];
    for (int i = 0; i < values.length; i++) {
      values[i] = (float) y.doubleAt(i);
    }
    return values;
  }

  private static void gives(TestModel model, double... expected) {
    float[] values = new float[expected.length];
    for (int i = 0; i < values.length; i++) {
      values[i] = (float) expected[i];
    }
    assertArrayEquals(values, run(model), 1e-6f);
  }

  private static void refused(String problem, TestModel model) {
    String message = Refusal.of(model::graph);
    assertTrue(message.contains(problem), message);
  }

  @Test
  void activations() {
    gives(model(6, node("LeakyRelu", "x").message(5, real("alpha", 0.5f)), 3), 1, -1, 3);
    gives(model(6, node("HardSigmoid", "x"), 3), 0.7, 0.1, 1);
    gives(model(14, node("HardSwish", "x"), 3), 2 / 3.0, -1 / 3.0, 3);
    double e = Math.exp(-2);
    gives(model(6, node("Elu", "x"), 3), 1, e - 1, 3);
    gives(model(12, node("Celu", "x").message(5, real("alpha", 2)), 3), 1, 2 / Math.E - 2, 3);
    gives(model(6, node("Selu", "x"), 2), 1.050701, 1.7580993 * (e - 1));
    gives(model(10, node("ThresholdedRelu", "x"), 3), 0, 0, 3);
    gives(model(9, node("Shrink", "x").message(5, real("lambd", 1.5f)), 3), 0, -2, 3);
    gives(model(1, node("Softsign", "x"), 3), 0.5, -2 / 3.0, 0.75);
    gives(model(20, node("Gelu", "x"), 2), 0.8413447, -0.0455003);
    gives(model(24, node("Swish", "x"), 2), 0.7310586, -2 / (1 + Math.exp(2)));
    refused("finite", model(6, node("LeakyRelu", "x").message(5, real("alpha", Float.NaN)), 3));
  }

  @Test
  void comparisonsAndLogic() {
    TestModel less = model(9, node("Greater", "x", "c"), 3).initializer("c", floats(2));
    gives(less, 0, 0, 1);
    TestModel xor =
        new TestModel(12)
            .input("x", 1, 3)
            .initializer("c", floats(2))
            .node(new Proto().text(4, "Greater").text(1, "x").text(1, "c").text(2, "a"))
            .node(new Proto().text(4, "Less").text(1, "x").text(1, "c").text(2, "b"))
            .node(node("Xor", "a", "b"))
            .output("y");
    gives(xor, 1, 1, 1);
    refused("expected bool", model(7, node("And", "x", "x"), 3));
    gives(model(13, node("Max", "x", "c"), 3).initializer("c", floats(2)), 2, 2, 3);
    gives(model(13, node("Clip", "x", "", "c"), 3).initializer("c", floats(2)), 1, -2, 2);
  }

  @Test
  void powersTakeTheTypeOfTheBase() {
    TestModel pow = model(12, node("Pow", "x", "c"), 3).initializer("c", longs(2));
    gives(pow, 1, 4, 9);
    gives(model(13, node("Reciprocal", "x"), 2), 1, -0.5);
    TestModel mod = model(10, node("Mod", "x", "c"), 3).initializer("c", floats(2));
    refused("fmod is 0", mod);
  }

  @Test
  void slopesOfPReluAreOneForEachChannel() {
    TestModel old = model(6, node("PRelu", "x", "c"), 1, 2, 1, 2).initializer("c", floats(2, 4));
    gives(old, 1, -4, 3, -16);
    TestModel wide =
        model(9, node("PRelu", "x", "c"), 2).initializer("c", Tensor.of(Shape.of(2, 1), 1f, 2f));
    refused("does not broadcast", wide);
  }

  @Test
  void reductions() {
    TestModel mean = model(13, node("ReduceMean", "x").message(5, ints("axes", -1)), 2, 2);
    gives(mean, -0.5, -0.5);
    assertEquals("[2,1]", mean.graph().outputs().getFirst().value().type().shape().toString());
    TestModel sum = model(13, node("ReduceSum", "x", "a"), 2, 2).initializer("a", longs(0));
    gives(sum, 4, -6);
    TestModel noop = model(18, node("ReduceMax", "x"), 3).initializer("a", longs());
    gives(noop, 3);
    Proto none = node("ReduceMax", "x").message(5, integer("noop_with_empty_axes", 1));
    gives(model(18, none, 3), 1, -2, 3);
    gives(model(13, node("ReduceL1", "x"), 3), 6);
    gives(model(13, node("ReduceL2", "x"), 2), Math.sqrt(5));
    gives(model(13, node("ReduceSumSquare", "x"), 3), 14);
    gives(model(13, node("ReduceLogSumExp", "x"), 2), Math.log(Math.E + Math.exp(-2)));
    refused("twice", model(13, node("ReduceMax", "x").message(5, ints("axes", 0, -1)), 3));
    refused("outside of rank", model(13, node("ReduceMax", "x").message(5, ints("axes", 1)), 3));
  }

  @Test
  void orders() {
    gives(model(13, node("ArgMax", "x"), 3), 2);
    gives(model(13, node("ArgMin", "x"), 3), 1);
    gives(model(9, node("TopK", "x").message(5, integer("k", 2)), 3), 3, 1);
    gives(model(11, node("TopK", "x", "k"), 3).initializer("k", longs(1)), 3);
    refused("k is 4", model(11, node("TopK", "x", "k"), 3).initializer("k", longs(4)));
    gives(model(11, node("CumSum", "x", "a"), 3).initializer("a", longs(0)), 1, -1, 2);
    gives(model(13, node("Hardmax", "x"), 3), 0, 0, 1);
    double sum = Math.log(Math.exp(1) + Math.exp(-2));
    gives(model(13, node("LogSoftmax", "x"), 2), 1 - sum, -2 - sum);
  }

  @Test
  void pads() {
    Proto old = node("Pad", "x").message(5, ints("pads", 1, 2)).message(5, real("value", 7));
    gives(model(2, old, 2), 7, 1, -2, 7, 7);
    TestModel negative = model(11, node("Pad", "x", "p"), 3).initializer("p", longs(-1, 1));
    gives(negative, -2, 3, 0);
    TestModel axes =
        model(18, node("Pad", "x", "p", "", "a").message(5, string("mode", "edge")), 1, 2)
            .initializer("p", longs(1, 0))
            .initializer("a", longs(-1));
    gives(axes, 1, 1, -2);
    refused("take more", model(11, node("Pad", "x", "p"), 3).initializer("p", longs(-2, -2)));
    refused("two for each", model(11, node("Pad", "x", "p"), 3).initializer("p", longs(1)));
    refused(
        "mode is 'x'",
        model(
            2, node("Pad", "x").message(5, ints("pads", 1, 2)).message(5, string("mode", "x")), 2));
  }

  @Test
  void splits() {
    Proto second = new Proto().text(4, "Split").text(1, "x").text(2, "a").text(2, "y");
    gives(model(18, second, 3), 3);
    refused("do not split", model(13, second, 3));
    TestModel sizes =
        model(
                13,
                new Proto().text(4, "Split").text(1, "x").text(1, "s").text(2, "a").text(2, "y"),
                3)
            .initializer("s", longs(1, 2));
    gives(sizes, -2, 3);
  }

  @Test
  void resizes() {
    TestModel up = model(9, node("Upsample", "x", "s"), 1, 2).initializer("s", floats(1, 2));
    gives(up, 1, 1, -2, -2);
    TestModel ten = model(10, node("Resize", "x", "s"), 1, 2).initializer("s", floats(1, 2));
    gives(ten, 1, 1, -2, -2);
    Proto linear = node("Resize", "x", "", "", "s").message(5, string("mode", "linear"));
    gives(model(13, linear, 2).initializer("s", longs(4)), 1, 0.25, -1.25, -2);
    refused("expected one for each", model(13, linear, 2, 2).initializer("s", longs(4)));
    TestModel huge = model(13, node("Resize", "x", "", "s"), 2);
    refused("a scale of", huge.initializer("s", floats(1e30f)));
  }

  @Test
  void transposedConvolutions() {
    Proto node =
        node("ConvTranspose", "x", "w")
            .message(5, ints("strides", 2))
            .message(5, ints("output_padding", 1));
    TestModel model =
        model(11, node, 1, 1, 2).initializer("w", Tensor.of(Shape.of(1, 1, 2), 1f, 10f));
    gives(model, 1, 10, -2, -20, 0);
    Proto same =
        node("ConvTranspose", "x", "w")
            .message(5, ints("strides", 2))
            .message(5, string("auto_pad", "SAME_UPPER"));
    TestModel padded =
        model(11, same, 1, 1, 2).initializer("w", Tensor.of(Shape.of(1, 1, 3), 1f, 10f, 100f));
    gives(padded, 1, 10, 98, -20);
  }
}
