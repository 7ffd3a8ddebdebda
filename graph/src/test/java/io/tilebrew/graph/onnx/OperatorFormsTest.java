package io.tilebrew.graph.onnx;

import static io.tilebrew.graph.onnx.TestModel.integer;
import static io.tilebrew.graph.onnx.TestModel.ints;
import static io.tilebrew.graph.onnx.TestModel.model;
import static io.tilebrew.graph.onnx.TestModel.node;
import static io.tilebrew.graph.onnx.TestModel.real;
import static io.tilebrew.graph.onnx.TestModel.string;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.tilebrew.engine.DataType;
import io.tilebrew.engine.Shape;
import io.tilebrew.engine.Tensor;
import io.tilebrew.graph.ModelException;
import org.junit.jupiter.api.Test;

/** Each operator in the forms that it has had from opset to opset. */
class OperatorFormsTest {
  private static Tensor floats(int... dims) {
    return Tensor.zeros(DataType.FLOAT32, Shape.of(dims));
  }

  private static Tensor longs(long... values) {
    return Tensor.of(Shape.of(values.length), values);
  }

  private static void becomes(String expected, TestModel model) {
    assertEquals(expected, model.nodes());
  }

  private static void refused(String problem, TestModel model) {
    String message = Refusal.of(model::graph);
    assertTrue(message.contains(problem), message);
  }

  /** Refused as sound, but not supported. */
  private static void unsupported(String problem, TestModel model) {
    refused(problem, model);
    assertTrue(assertThrows(ModelException.class, model::graph).isUnsupported(), problem);
  }

  @Test
  void conv() {
    becomes(
        "%y: f32[1,2,6,6] = Conv[k3 s1] %x, %w",
        model(1, node("Conv", "x", "w"), 1, 1, 8, 8).initializer("w", floats(2, 1, 3, 3)));
    Proto full =
        node("Conv", "x", "w", "b")
            .message(5, ints("kernel_shape", 3, 1))
            .message(5, ints("strides", 2, 1))
            .message(5, ints("dilations", 2, 1))
            .message(5, ints("pads", 1, 2, 3, 4))
            .message(5, integer("group", 2));
    becomes(
        "%y: f32[1,4,4,14] = Conv[k3x1 s2x1 d2x1 p1,2,3,4 g2] %x, %w, %b",
        model(11, full, 1, 2, 8, 8)
            .initializer("w", floats(4, 1, 3, 1))
            .initializer("b", floats(4)));
  }

  @Test
  void autoPad() {
    Proto upper =
        node("Conv", "x", "w")
            .message(5, string("auto_pad", "SAME_UPPER"))
            .message(5, ints("strides", 2, 2));
    becomes(
        "%y: f32[1,1,4,4] = Conv[k3 s2 p0,0,1,1] %x, %w",
        model(11, upper, 1, 1, 8, 8).initializer("w", floats(1, 1, 3, 3)));
    Proto lower =
        node("MaxPool", "x")
            .message(5, string("auto_pad", "SAME_LOWER"))
            .message(5, ints("kernel_shape", 2, 2));
    becomes("%y: f32[1,1,8,8] = MaxPool[k2 s1 p1,1,0,0] %x", model(11, lower, 1, 1, 8, 8));
    Proto valid =
        node("MaxPool", "x")
            .message(5, string("auto_pad", "VALID"))
            .message(5, ints("kernel_shape", 3, 3));
    becomes("%y: f32[1,1,6,6] = MaxPool[k3 s1] %x", model(11, valid, 1, 1, 8, 8));
  }

  @Test
  void oneSpatialDimension() {
    becomes(
        """
        %x/shaped: f32[1,2,1,8] = Reshape %x
        %y/Conv: f32[1,3,1,6] = Conv[k1x3 s1] %x/shaped, %w/shaped
        %y: f32[1,3,6] = Reshape %y/Conv\
        """,
        model(11, node("Conv", "x", "w"), 1, 2, 8).initializer("w", floats(3, 2, 3)));
    becomes(
        """
        %x/shaped: f32[1,2,1,8] = Reshape %x
        %y/AveragePool: f32[1,2,1,1] = AveragePool[k1x8 s1] %x/shaped
        %y: f32[1,2,1] = Reshape %y/AveragePool\
        """,
        model(11, node("GlobalAveragePool", "x"), 1, 2, 8));
    unsupported(
        "three spatial dimensions",
        model(11, node("Conv", "x", "w"), 1, 1, 4, 4, 4).initializer("w", floats(1, 1, 3, 3, 3)));
    refused(
        "expected [N,C,H,W]",
        model(11, node("Conv", "x", "w"), 1, 1).initializer("w", floats(1, 1, 3, 3)));
  }

  @Test
  void quantizationByBlocks() {
    Proto blocks = node("QuantizeLinear", "x", "s").message(5, integer("block_size", 2));
    unsupported(
        "block_size is 2, expected 0", model(21, blocks, 1, 4).initializer("s", floats(1, 2)));
    Proto one = node("QuantizeLinear", "x", "s").message(5, integer("block_size", 4));
    assertTrue(model(21, one, 1, 4).initializer("s", floats(1, 1)).nodes().contains("%y"));
  }

  @Test
  void pools() {
    Proto max =
        node("MaxPool", "x")
            .message(5, ints("kernel_shape", 3, 3))
            .message(5, ints("strides", 2, 2))
            .message(5, integer("ceil_mode", 1));
    becomes("%y: f32[1,1,4,4] = MaxPool[k3 s2 ceil] %x", model(10, max, 1, 1, 8, 8));
    Proto average =
        node("AveragePool", "x")
            .message(5, ints("kernel_shape", 3, 3))
            .message(5, ints("pads", 1, 1, 1, 1))
            .message(5, integer("count_include_pad", 1));
    becomes(
        "%y: f32[1,1,8,8] = AveragePool[k3 s1 p1 count padding] %x", model(7, average, 1, 1, 8, 8));
    becomes(
        "%y: f32[1,3,1,1] = MaxPool[k5x7 s1] %x", model(1, node("GlobalMaxPool", "x"), 1, 3, 5, 7));
    refused("has no attribute 'kernel_shape'", model(7, node("MaxPool", "x"), 1, 1, 8, 8));
  }

  @Test
  void indicesOfMaxPoolAreLeftOutWhereNotUsed() {
    Proto max = node("MaxPool", "x").text(2, "i").message(5, ints("kernel_shape", 2, 2));
    becomes("%y: f32[1,1,7,7] = MaxPool[k2 s1] %x", model(8, max, 1, 1, 8, 8));
  }

  @Test
  void clip() {
    Proto old = node("Clip", "x").message(5, real("min", 0)).message(5, real("max", 6));
    becomes("%y: f32[4] = Activate[clip(0.0,6.0)] %x", model(6, old, 4));
    becomes(
        "%y: f32[4] = Activate[clip(-Infinity,6.0)] %x",
        model(11, node("Clip", "x", "", "h"), 4).initializer("h", Tensor.of(Shape.SCALAR, 6f)));
    refused("a bound is f32[4], expected a scalar", model(11, node("Clip", "x", "x"), 4));
  }

  @Test
  void arithmetic() {
    becomes(
        "%y: f32[2,3,4] = Sub %x, %w",
        model(7, node("Sub", "x", "w"), 2, 3, 4).initializer("w", floats(3, 1)));
    Proto old =
        node("Mul", "x", "w").message(5, integer("broadcast", 1)).message(5, integer("axis", 1));
    becomes(
        "%y: f32[2,3,4] = Mul %x, %w/shaped", model(6, old, 2, 3, 4).initializer("w", floats(3)));
    Proto suffix = node("Div", "x", "w").message(5, integer("broadcast", 1));
    becomes(
        "%y: f32[2,3,4] = Div %x, %w", model(6, suffix, 2, 3, 4).initializer("w", floats(3, 4)));
    refused("broadcast is 0", model(6, node("Add", "x", "w"), 2, 3).initializer("w", floats(3)));
    refused("does not place", model(6, suffix, 4).initializer("w", floats(2, 4)));
  }

  @Test
  void sums() {
    becomes(
        """
        %y/Add: f32[4] = Add %x, %w
        %y: f32[4] = Add %y/Add, %x\
        """,
        model(8, node("Sum", "x", "w", "x"), 4).initializer("w", floats(4)));
    becomes("", model(8, node("Sum", "x"), 4));
  }

  @Test
  void products() {
    becomes(
        "%y: f32[2,5] = MatMul %x, %w",
        model(1, node("MatMul", "x", "w"), 2, 3).initializer("w", floats(3, 5)));
    Proto gemm =
        node("Gemm", "x", "w", "c")
            .message(5, integer("transB", 1))
            .message(5, real("alpha", 2))
            .message(5, integer("broadcast", 1));
    becomes(
        "%y: f32[2,5] = Gemm[A B^T alpha 2.0 beta 1.0] %x, %w, %c",
        model(6, gemm, 2, 3).initializer("w", floats(5, 3)).initializer("c", floats(5)));
  }

  @Test
  void batchNormalization() {
    String expected = "%y: f32[1,2,4,4] = BatchNormalization %x, %w, %w, %w, %w";
    Proto plain = node("BatchNormalization", "x", "w", "w", "w", "w");
    becomes(expected, model(9, plain, 1, 2, 4, 4).initializer("w", floats(2)));
    refused("training mode", model(6, plain, 1, 2, 4, 4).initializer("w", floats(2)));
    Proto test =
        node("BatchNormalization", "x", "w", "w", "w", "w").message(5, integer("is_test", 1));
    becomes(expected, model(6, test, 1, 2, 4, 4).initializer("w", floats(2)));
    Proto training =
        node("BatchNormalization", "x", "w", "w", "w", "w").message(5, integer("training_mode", 1));
    becomes(
        """
        %y/Standardization: f32[3,2,4,4] = Standardization[0, 2, 3] %x
        %y/Mul: f32[3,2,4,4] = Mul %y/Standardization, %w/shaped
        %y: f32[3,2,4,4] = Add %y/Mul, %w/shaped.1\
        """,
        model(15, training, 3, 2, 4, 4).initializer("w", floats(2)));
    refused("training mode", model(13, plain.text(2, "m"), 1, 2, 4, 4).initializer("w", floats(2)));
  }

  @Test
  void softmax() {
    becomes(
        """
        %x/shaped: f32[2,12] = Reshape %x
        %y/Softmax: f32[2,12] = Softmax[1] %x/shaped
        %y: f32[2,3,4] = Reshape %y/Softmax\
        """,
        model(11, node("Softmax", "x"), 2, 3, 4));
    becomes("%y: f32[2,3,1,1] = Softmax[1] %x", model(11, node("Softmax", "x"), 2, 3, 1, 1));
    becomes("%y: f32[2,3,4] = Softmax[2] %x", model(13, node("Softmax", "x"), 2, 3, 4));
  }

  @Test
  void dropout() {
    becomes("", model(7, node("Dropout", "x"), 4));
    becomes("%m: bool[4] = Expand %y/Constant", dropout(12).output("m"));
    becomes("%m: f32[4] = Expand %y/Constant", dropout(7).output("m"));
    becomes("", dropout(12));
    Tensor yes = Tensor.zeros(DataType.BOOL, Shape.SCALAR);
    yes.set(0, 1L);
    refused("training_mode", model(12, node("Dropout", "x", "", "t"), 4).initializer("t", yes));
  }

  private static TestModel dropout(int opset) {
    return model(opset, node("Dropout", "x").text(2, "m"), 4);
  }

  @Test
  void shapesOfTheSameElements() {
    becomes("%y: f32[2,12] = Reshape %x", model(1, node("Flatten", "x"), 2, 3, 4));
    Proto flatten = node("Flatten", "x").message(5, integer("axis", -1));
    becomes("%y: f32[6,4] = Reshape %x", model(11, flatten, 2, 3, 4));
    Proto reshape = node("Reshape", "x").message(5, ints("shape", 0, -1));
    becomes("%y: f32[2,12] = Reshape %x", model(1, reshape, 2, 3, 4));
    becomes(
        "%y: f32[4,6] = Reshape %x",
        model(5, node("Reshape", "x", "s"), 2, 3, 4).initializer("s", longs(-1, 6)));
    refused(
        "more than one -1", model(5, node("Reshape", "x", "s"), 4).initializer("s", longs(-1, -1)));
    refused(
        "do not fit the shape",
        model(5, node("Reshape", "x", "s"), 4).initializer("s", longs(-1, 3)));
    refused(
        "copies dimension 1", model(5, node("Reshape", "x", "s"), 4).initializer("s", longs(4, 0)));
    Proto zero = node("Reshape", "x", "s").message(5, integer("allowzero", 1));
    refused("has 0", model(14, zero, 4).initializer("s", longs(4, 0)));
  }

  @Test
  void dimensionsOfOne() {
    becomes("%y: f32[2,3] = Reshape %x", model(1, node("Squeeze", "x"), 2, 1, 3, 1));
    Proto old = node("Squeeze", "x").message(5, ints("axes", -1));
    becomes("%y: f32[2,1,3] = Reshape %x", model(11, old, 2, 1, 3, 1));
    becomes(
        "%y: f32[2,3,1] = Reshape %x",
        model(13, node("Squeeze", "x", "a"), 2, 1, 3, 1).initializer("a", longs(1)));
    refused("not of size 1", model(13, node("Squeeze", "x", "a"), 2, 1).initializer("a", longs(0)));
    Proto unsqueeze = node("Unsqueeze", "x").message(5, ints("axes", 0, 3));
    becomes("%y: f32[1,2,3,1] = Reshape %x", model(1, unsqueeze, 2, 3));
    becomes(
        "%y: f32[2,1,3,1] = Reshape %x",
        model(13, node("Unsqueeze", "x", "a"), 2, 3).initializer("a", longs(-1, 1)));
    refused(
        "name one axis twice",
        model(13, node("Unsqueeze", "x", "a"), 2).initializer("a", longs(1, -2)));
  }

  @Test
  void moves() {
    becomes("%y: f32[4,3,2] = Transpose[2, 1, 0] %x", model(1, node("Transpose", "x"), 2, 3, 4));
    Proto concat = node("Concat", "x", "x").message(5, integer("axis", -1));
    becomes("%y: f32[2,6] = Concat[1] %x, %x", model(11, concat, 2, 3));
    becomes("%y: f32[2,6] = Concat[1] %x, %x", model(1, node("Concat", "x", "x"), 2, 3));
    refused("has no attribute 'axis'", model(4, node("Concat", "x", "x"), 2, 3));
    becomes(
        "%y: f32[2,4,3] = Expand %x",
        model(8, node("Expand", "x", "s"), 4, 1).initializer("s", longs(2, 1, 3)));
    Proto gather = node("Gather", "x", "i").message(5, integer("axis", -1));
    becomes(
        "%y: f32[2,2] = Gather[1] %x, %i", model(1, gather, 2, 3).initializer("i", longs(0, -3)));
    refused("index 3 is outside of axis 1", model(1, gather, 2, 3).initializer("i", longs(0, 3)));
  }

  @Test
  void slices() {
    Proto old =
        node("Slice", "x")
            .message(5, ints("starts", 1, -2))
            .message(5, ints("ends", Long.MAX_VALUE, -1))
            .message(5, ints("axes", 0, 1));
    becomes("%y: f32[3,1] = Slice[[1, 2] step [1, 1]] %x", model(1, old, 4, 4));
    becomes(
        "%y: f32[4,2] = Slice[[0, 3] step [1, -2]] %x",
        model(10, node("Slice", "x", "s", "e", "a", "t"), 4, 4)
            .initializer("s", longs(9))
            .initializer("e", longs(Long.MIN_VALUE))
            .initializer("a", longs(1))
            .initializer("t", longs(-2)));
    becomes(
        "",
        model(10, node("Slice", "x", "s", "e"), 4)
            .initializer("s", longs(0))
            .initializer("e", longs(99)));
    refused(
        "step 0 is 0",
        model(10, node("Slice", "x", "s", "s", "", "s"), 4).initializer("s", longs(0)));
  }

  @Test
  void casts() {
    becomes(
        "%y: i64[4] = Cast[i64] %x", model(6, node("Cast", "x").message(5, integer("to", 7)), 4));
    becomes(
        "%y: i64[4] = Cast[i64] %x",
        model(1, node("Cast", "x").message(5, string("to", "INT64")), 4));
    refused("FLOAT16", model(6, node("Cast", "x").message(5, integer("to", 10)), 4));
  }

  @Test
  void constants() {
    assertEquals("f32[2]", constant(TestModel.tensor("value", floats(2))));
    assertEquals("f32[]", constant(real("value_float", 2)));
    assertEquals("i64[]", constant(integer("value_int", 2)));
    assertEquals("i64[3]", constant(ints("value_ints", 1, 2, 3)));
    assertEquals(
        "f32[2]",
        constant(new Proto().text(1, "value_floats").packedFloats(7, 1, 2).varint(20, 6)));
    assertEquals("i64[3]", output(model(1, node("Shape", "x"), 2, 3, 4)));
    Proto part = node("Shape", "x").message(5, integer("start", 1)).message(5, integer("end", -1));
    assertEquals("i64[1]", output(model(15, part, 2, 3, 4)));
    assertEquals("i64[]", output(model(1, node("Size", "x"), 2, 3, 4)));
    becomes(
        "%y: f32[2,3] = Expand %y/Constant",
        model(9, node("ConstantOfShape", "s"), 1).initializer("s", longs(2, 3)));
  }

  private static String constant(Proto attribute) {
    return output(model(13, node("Constant").message(5, attribute), 1));
  }

  private static String output(TestModel model) {
    return model.graph().outputs().getFirst().value().type().toString();
  }
}
