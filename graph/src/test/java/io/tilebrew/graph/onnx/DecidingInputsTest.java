package io.tilebrew.graph.onnx;

import static io.tilebrew.graph.onnx.TestModel.integer;
import static io.tilebrew.graph.onnx.TestModel.model;
import static io.tilebrew.graph.onnx.TestModel.node;
import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.tilebrew.engine.DataType;
import io.tilebrew.engine.Network;
import io.tilebrew.engine.Shape;
import io.tilebrew.engine.Tensor;
import io.tilebrew.graph.CompileOptions;
import io.tilebrew.graph.CompileOptions.Kernels;
import io.tilebrew.graph.ModelException;
import io.tilebrew.graph.OnnxModel;
import io.tilebrew.graph.TensorFile;
import io.tilebrew.graph.Tilebrew;
import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Networks with inputs that hold shapes, axes or sizes. */
class DecidingInputsTest {
  private static final int INT64 = 7;

  private static Network compile(OnnxModel model) {
    return Tilebrew.compile(model, CompileOptions.DEFAULT.with(Kernels.GENERIC));
  }

  private static Tensor counting(int... dims) {
    Tensor tensor = Tensor.zeros(DataType.FLOAT32, Shape.of(dims));
    for (int i = 0; i < tensor.size(); i++) {
      tensor.floats()[i] = i;
    }
    return tensor;
  }

  private static Tensor longs(long... values) {
    return Tensor.of(Shape.of(values.length), values);
  }

  private static Tensor run(Network network, Tensor x, Tensor... others) {
    Map<String, Tensor> in = new LinkedHashMap<>(Map.of("x", x));
    for (int i = 0; i < others.length; i++) {
      in.put("i" + i, others[i]);
    }
    return network.run(in).values().iterator().next();
  }

  @Test
  void shapes() {
    Network network =
        compile(model(13, node("Expand", "x", "i0"), 2, 1).input("i0", INT64, "rank").read());
    assertEquals("f32[2,3]", run(network, counting(2, 1), longs(2, 3)).toString());
    assertEquals("f32[4,2,2]", run(network, counting(2, 1), longs(4, 1, 2)).toString());
    assertArrayEquals(
        new float[] {0, 0, 0, 1, 1, 1}, run(network, counting(2, 1), longs(2, 3)).floats());
  }

  @Test
  void boundsAndAxes() {
    Network network =
        compile(
            model(13, node("Slice", "x", "i0", "i1", "i2"), "N", 5)
                .input("i0", INT64, 1)
                .input("i1", INT64, 1)
                .input("i2", INT64, 1)
                .read());
    Tensor columns = run(network, counting(2, 5), longs(1), longs(3), longs(1));
    assertArrayEquals(new float[] {1, 2, 6, 7}, columns.floats());
    Tensor rows = run(network, counting(2, 5), longs(-1), longs(9), longs(0));
    assertArrayEquals(new float[] {5, 6, 7, 8, 9}, rows.floats());
    assertEquals("f32[3,1]", run(network, counting(3, 5), longs(4), longs(9), longs(1)).toString());
  }

  @Test
  void noAxesAndNoElements() {
    Network network =
        compile(model(13, node("ReduceSum", "x", "i0"), "N", 3).input("i0", INT64, "axes").read());
    assertArrayEquals(new float[] {15}, run(network, counting(2, 3), longs()).floats());
    assertArrayEquals(new float[] {0}, run(network, counting(0, 3), longs()).floats());
    assertArrayEquals(new float[] {0, 0, 0}, run(network, counting(0, 3), longs(0)).floats());
    assertEquals("f32[0,1]", run(network, counting(0, 3), longs(1)).toString());
  }

  /** A batch of none is a batch, for each number of threads. */
  @ParameterizedTest
  @ValueSource(ints = {1, 2})
  void noImages(int threads) {
    Proto conv = new Proto().text(4, "Conv").text(1, "x").text(1, "w").text(2, "c");
    Proto pool = new Proto().text(4, "GlobalMaxPool").text(1, "c").text(2, "p");
    OnnxModel model =
        model(13, node("Relu", "p"), "N", 3, 8, 8)
            .initializer("w", counting(4, 3, 3, 3))
            .node(conv)
            .node(pool)
            .read();
    CompileOptions options = CompileOptions.DEFAULT.withThreads(threads);
    Network network = Tilebrew.compile(model, options);
    assertEquals("f32[0,4,1,1]", run(network, counting(0, 3, 8, 8)).toString());
    assertEquals("f32[3,4,1,1]", run(network, counting(3, 3, 8, 8)).toString());
    assertEquals("f32[0,4,1,1]", run(network, counting(0, 3, 8, 8)).toString());
    network.run(new float[0], new float[0]);
  }

  /** The shape is computed from an input and from the shape of another one. */
  @Test
  void arithmeticOnShapes() {
    Proto shape = new Proto().text(4, "Shape").text(1, "x").text(2, "s");
    Proto last =
        new Proto().text(4, "Gather").text(1, "s").text(1, "one").text(2, "c").message(5, axis());
    Proto twice = new Proto().text(4, "Mul").text(1, "c").text(1, "i0").text(2, "t");
    Proto all =
        new Proto().text(4, "Concat").text(1, "t").text(1, "rest").text(2, "to").message(5, axis());
    Network network =
        compile(
            new TestModel(13)
                .input("x", 1, "N", 2)
                .input("i0", INT64, 1)
                .initializer("one", longs(1))
                .initializer("rest", longs(-1))
                .node(shape)
                .node(last)
                .node(twice)
                .node(all)
                .node(node("Reshape", "x", "to"))
                .output("y")
                .read());
    assertEquals("f32[2,3]", run(network, counting(3, 2), longs(1)).toString());
    assertEquals("f32[6,1]", run(network, counting(3, 2), longs(3)).toString());
    assertEquals("f32[4,2]", run(network, counting(4, 2), longs(2)).toString());
    ModelException refusal =
        assertThrows(ModelException.class, () -> run(network, counting(3, 2), longs(2)));
    assertTrue(String.valueOf(refusal.getMessage()).contains("Reshape"), refusal::toString);
  }

  private static Proto axis() {
    return integer("axis", 0);
  }

  /** Large inputs hold no shapes, and what a convolution computes is none. */
  @Test
  void dataDecidesNothing() {
    OnnxModel large = model(13, node("Expand", "x", "i0"), 2, 1).input("i0", INT64, 5000).read();
    assertThrows(ModelException.class, () -> Tilebrew.compile(large));
  }

  @ParameterizedTest
  @ValueSource(strings = {"test_expand_shape_model1", "test_expand_shape_model3"})
  void modelsOfOthers(String name) {
    Path folder = SharedData.at("onnx-simple").resolve(name);
    Network network = compile(OnnxModel.read(folder.resolve("model.onnx")));
    Path data = folder.resolve("test_data_set_0");
    Map<String, Tensor> in = new LinkedHashMap<>();
    for (int i = 0; i < network.inputs().size(); i++) {
      Tensor tensor = TensorFile.read(data.resolve("input_" + i + ".pb")).tensor();
      in.put(network.inputs().get(i).name(), tensor);
    }
    List<Tensor> found = List.copyOf(network.run(in).values());
    for (int i = 0; i < found.size(); i++) {
      Tensor expected = TensorFile.read(data.resolve("output_" + i + ".pb")).tensor();
      assertEquals(expected.shape(), found.get(i).shape());
      assertArrayEquals(expected.floats(), found.get(i).floats());
    }
  }
}
