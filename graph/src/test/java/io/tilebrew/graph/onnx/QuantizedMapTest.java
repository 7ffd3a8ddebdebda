package io.tilebrew.graph.onnx;

import static io.tilebrew.graph.onnx.TestModel.integer;
import static io.tilebrew.graph.onnx.TestModel.ints;
import static io.tilebrew.graph.onnx.TestModel.node;
import static io.tilebrew.graph.onnx.TestModel.real;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.tilebrew.engine.DataType;
import io.tilebrew.engine.Shape;
import io.tilebrew.engine.Tensor;
import io.tilebrew.graph.ModelException;
import io.tilebrew.graph.interpret.Interpreter;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Random;
import java.util.function.IntToDoubleFunction;
import net.jqwik.api.EdgeCasesMode;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import org.junit.jupiter.api.Assertions;
import org.junit.jupiter.api.Test;

/** Operators without weights on tensors of 8 bits, in real numbers, and what is refused. */
class QuantizedMapTest {
  private static final Shape SHAPE = Shape.of(1, 2, 3, 4);

  /** A tensor of 8 bits with its scale and its zero point. */
  private record Quantity(Tensor x, float scale, Tensor zero) {
    static Quantity random(Random random, DataType type) {
      Tensor zero = Bytes.tensor(random, type, Shape.SCALAR);
      return new Quantity(Bytes.tensor(random, type, SHAPE), Bytes.scale(random), zero);
    }

    double real(int i) {
      return (x.longAt(i) - zero.longAt(0)) * (double) scale;
    }

    void addTo(TestModel model, String name) {
      model.initializer(name + "s", Tensor.of(Shape.SCALAR, scale)).initializer(name + "z", zero);
    }
  }

  /** An operator of domain com.microsoft over x, perhaps w, with output y of 24 or 2 elements. */
  private record Case(Quantity x, Quantity w, Quantity y) {
    static Case random(long seed) {
      Random random = new Random(seed);
      DataType type = Bytes.type(random);
      return new Case(
          Quantity.random(random, type),
          Quantity.random(random, type),
          Quantity.random(random, type));
    }

    void gives(Proto node, IntToDoubleFunction expected) {
      TestModel model =
          new TestModel(13)
              .input("x", Bytes.element(x.x.type()), 1, 2, 3, 4)
              .input("w", Bytes.element(w.x.type()), 1, 2, 3, 4)
              .node(node.text(7, "com.microsoft"))
              .output("y");
      x.addTo(model, "x");
      w.addTo(model, "w");
      y.addTo(model, "y");
      Tensor found = Interpreter.run(model.graph(), List.of(x.x, w.x)).getFirst();
      assertEquals(y.zero.type(), found.type());
      for (int i = 0; i < found.size(); i++) {
        double steps = expected.applyAsDouble(i) / y.scale;
        double tie = Math.abs(steps - Math.floor(steps) - 0.5);
        long exact = Bytes.rounded(steps, y.zero.longAt(0), found.type());
        double allowed = tie < 1e-3 ? 1 : 0;
        assertEquals(
            (double) exact, (double) found.longAt(i), allowed, "element " + i + " of " + this);
      }
    }
  }

  @Property(tries = 100, edgeCases = EdgeCasesMode.NONE)
  void sumsAndProducts(@ForAll long seed) {
    Case of = Case.random(seed);
    Proto add = node("QLinearAdd", "x", "xs", "xz", "w", "ws", "wz", "ys", "yz");
    of.gives(add, i -> of.x.real(i) + of.w.real(i));
    Proto mul = node("QLinearMul", "x", "xs", "xz", "w", "ws", "wz", "ys", "yz");
    of.gives(mul, i -> of.x.real(i) * of.w.real(i));
  }

  @Property(tries = 100, edgeCases = EdgeCasesMode.NONE)
  void activations(@ForAll long seed) {
    Case of = Case.random(seed);
    Proto sigmoid = node("QLinearSigmoid", "x", "xs", "xz", "ys", "yz");
    of.gives(sigmoid, i -> 1 / (1 + Math.exp(-of.x.real(i))));
    Proto leaky = node("QLinearLeakyRelu", "x", "xs", "xz", "ys", "yz");
    of.gives(
        leaky.message(5, real("alpha", 0.25f)),
        i -> of.x.real(i) < 0 ? of.x.real(i) / 4 : of.x.real(i));
  }

  @Property(tries = 100, edgeCases = EdgeCasesMode.NONE)
  void means(@ForAll long seed) {
    Case of = Case.random(seed);
    Proto global = node("QLinearGlobalAveragePool", "x", "xs", "xz", "ys", "yz");
    of.gives(global, i -> mean(of.x, 12 * i, 12, 1));
    Proto columns = node("QLinearAveragePool", "x", "xs", "xz", "ys", "yz");
    of.gives(
        columns.message(5, ints("kernel_shape", 3, 1)), i -> mean(of.x, i / 4 * 12 + i % 4, 3, 4));
  }

  private static double mean(Quantity x, int first, int count, int way) {
    double sum = 0;
    for (int i = 0; i < count; i++) {
      sum += x.real(first + i * way);
    }
    return sum / count;
  }

  @Property(tries = 100, edgeCases = EdgeCasesMode.NONE)
  void concatenations(@ForAll long seed) {
    Case of = Case.random(seed);
    Proto node = node("QLinearConcat", "ys", "yz", "x", "xs", "xz", "w", "ws", "wz");
    of.gives(node.message(5, integer("axis", 1)), i -> i < 24 ? of.x.real(i) : of.w.real(i - 24));
    Case same = new Case(of.x, new Quantity(of.w.x, of.x.scale, of.x.zero), of.x);
    Proto copy = node("QLinearConcat", "ys", "yz", "x", "xs", "xz", "w", "ws", "wz");
    same.gives(
        copy.message(5, integer("axis", 1)), i -> i < 24 ? same.x.real(i) : same.w.real(i - 24));
  }

  private static TestModel model(Proto node) {
    TestModel model =
        new TestModel(13)
            .input("x", 2, 1, 2, 3, 4)
            .input("f", 1, 1, 2, 3, 4)
            .initializer("w", Tensor.zeros(DataType.UINT8, Shape.of(2, 2, 1, 1)))
            .initializer("s", Tensor.of(Shape.SCALAR, 0.5f))
            .initializer("two", Tensor.of(Shape.of(2), 0.5f, 1f))
            .initializer("three", Tensor.of(Shape.of(3), 0.5f, 1f, 2f))
            .initializer("z", Tensor.zeros(DataType.UINT8, Shape.SCALAR))
            .initializer("i", Tensor.zeros(DataType.INT8, Shape.SCALAR))
            .node(node)
            .output("y");
    assertTrue(model.bytes().length > 0);
    return model;
  }

  private static void refused(String problem, Proto node) {
    String message = Refusal.of(model(node)::graph);
    assertTrue(message.contains(problem), message);
  }

  @Test
  void faultsAreNamed() {
    refused("the input is f32", node("QLinearConv", "f", "s", "z", "w", "s", "z", "s", "z"));
    refused("expected one number", node("QLinearConv", "x", "two", "z", "w", "s", "z", "s", "z"));
    refused(
        "expected one number or [2]",
        node("QLinearConv", "x", "s", "z", "w", "three", "z", "s", "z"));
    refused("expected elements of u8", node("QLinearConv", "x", "s", "i", "w", "s", "z", "s", "z"));
    refused("has 7 inputs", node("QLinearConv", "x", "s", "z", "w", "s", "z", "s"));
    refused("has no input 6", node("QLinearConv", "x", "s", "z", "w", "s", "z", "", "z"));
    refused("the bias is f32", node("QLinearConv", "x", "s", "z", "w", "s", "z", "s", "z", "s"));
    refused("rank 3 or more", node("ConvInteger", "x", "z"));
    refused("A is u8[]", node("MatMulInteger", "z", "w"));
    refused("inner dimensions", node("MatMulInteger", "x", "w"));
    refused(
        "channels_last",
        node("QLinearGlobalAveragePool", "x", "s", "z", "s", "z")
            .text(7, "com.microsoft")
            .message(5, integer("channels_last", 1)));
    refused(
        "2 and 3 for each",
        node("QLinearConcat", "s", "z", "x", "s", "z", "x").text(7, "com.microsoft"));
    refused("not supported", node("QLinearSoftmax", "x").text(7, "com.microsoft"));
  }

  /** Whatever the inputs are, a model is read or refused. */
  @Property(tries = 1000, edgeCases = EdgeCasesMode.NONE)
  void anyInputsAreReadOrRefused(@ForAll long seed) {
    Random random = new Random(seed);
    List<String> types =
        List.of(
            "QLinearConv",
            "ConvInteger",
            "QLinearMatMul",
            "MatMulInteger",
            "DynamicQuantizeLinear",
            "QuantizeLinear",
            "DequantizeLinear",
            "QGemm",
            "QLinearAdd",
            "QLinearMul",
            "QLinearConcat",
            "QLinearAveragePool",
            "QLinearGlobalAveragePool",
            "QLinearSigmoid",
            "QLinearLeakyRelu");
    int type = random.nextInt(types.size());
    List<String> valid = new ArrayList<>(List.of("x", "s", "z", "w", "s", "z", "s", "z"));
    List<String> any = List.of("x", "f", "w", "s", "two", "three", "z", "i", "");
    List<String> inputs = valid.subList(0, 1 + random.nextInt(valid.size()));
    for (int i = 0; i < inputs.size(); i++) {
      if (random.nextInt(3) == 0) {
        inputs.set(i, any.get(random.nextInt(any.size())));
      }
    }
    Proto node = node(types.get(type), inputs.toArray(String[]::new));
    if (type >= 7) {
      node.text(7, "com.microsoft");
    }
    node.message(5, ints("kernel_shape", 1, 1)).message(5, integer("axis", random.nextInt(6) - 2));
    try {
      Assertions.assertNotNull(model(node).graph());
    } catch (ModelException e) {
      assertTrue(e.getMessage() != null, () -> Arrays.toString(e.getStackTrace()));
    }
  }
}
