package io.tilebrew.graph.onnx;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;
import static org.junit.jupiter.api.Assumptions.abort;

import io.tilebrew.engine.DataType;
import io.tilebrew.engine.Port;
import io.tilebrew.engine.Tensor;
import io.tilebrew.graph.Graph;
import io.tilebrew.graph.ModelException;
import io.tilebrew.graph.OnnxModel;
import io.tilebrew.graph.TensorFile;
import io.tilebrew.graph.interpret.Interpreter;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.stream.Stream;
import org.junit.jupiter.api.DynamicTest;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestFactory;

/** Files that others made: broken ones, ONNX's own cases of each operator, and real models. */
class SharedDataTest {
  @TestFactory
  Stream<DynamicTest> brokenFiles() throws IOException {
    Path folder = SharedData.at("malformed");
    return Files.readAllLines(folder.resolve("manifest.csv")).stream()
        .skip(1)
        .map(line -> line.split(",", 4))
        .map(c -> DynamicTest.dynamicTest(c[0], () -> brokenFile(folder.resolve(c[0]), c[2])));
  }

  private static void brokenFile(Path file, String expect) {
    switch (expect) {
      case "reject" -> assertThrows(ModelException.class, () -> OnnxModel.read(file).graph());
      case "either" -> readOrRefused(file);
      default -> assertTrue(OnnxModel.read(file).graph().nodes().size() > 1);
    }
  }

  private static void readOrRefused(Path file) {
    try {
      OnnxModel.read(file).graph();
    } catch (ModelException e) {
      assertTrue(e.getMessage() != null && e.getMessage().length() < 4000);
    }
  }

  @TestFactory
  Stream<DynamicTest> operatorCases() throws IOException {
    List<DynamicTest> tests = new ArrayList<>();
    cases(tests, "in-scope-onnx-node.txt", "onnx-node");
    cases(tests, "in-scope-onnx-node-1.12.txt", "onnx-node-1.12");
    return tests.stream();
  }

  private static void cases(List<DynamicTest> tests, String list, String folder)
      throws IOException {
    Path root = SharedData.at(folder);
    for (String name : Files.readAllLines(SharedData.at(list))) {
      Path test = root.resolve(name.strip());
      if (Files.exists(test.resolve("model.onnx"))) {
        tests.add(DynamicTest.dynamicTest(folder + "/" + name, () -> operatorCase(test)));
      }
    }
  }

  /** An operator or form without a record is skipped visibly; what is imported must be right. */
  private static void operatorCase(Path folder) throws IOException {
    OnnxModel model = OnnxModel.read(folder.resolve("model.onnx"));
    Path data = folder.resolve("test_data_set_0");
    List<Tensor> inputs = tensors(data, "input");
    Graph graph;
    try {
      graph = graph(model, inputs);
    } catch (ModelException e) {
      abort(e.getMessage());
      return;
    }
    List<Tensor> outputs = Interpreter.run(graph, inputs);
    List<Tensor> expected = tensors(data, "output");
    for (int i = 0; i < outputs.size(); i++) {
      assertClose(expected.get(i), outputs.get(i), 1e-3, 1e-5);
    }
  }

  private static Graph graph(OnnxModel model, List<Tensor> inputs) {
    Map<String, Integer> sizes = new HashMap<>();
    Map<String, Tensor> values = new HashMap<>();
    for (int i = 0; i < inputs.size(); i++) {
      Port port = model.inputs().get(i);
      if (i > 0 || inputs.get(i).type() == DataType.INT64) {
        values.put(port.name(), inputs.get(i));
      }
      for (int j = 0; j < port.dims().size(); j++) {
        if (port.dims().get(j) instanceof Port.Dimension.Symbol(String symbol)) {
          sizes.put(symbol, inputs.get(i).shape().dim(j));
        }
      }
    }
    return model.graph(sizes, values);
  }

  private static List<Tensor> tensors(Path folder, String kind) throws IOException {
    List<Tensor> tensors = new ArrayList<>();
    for (int i = 0; Files.exists(folder.resolve(kind + "_" + i + ".pb")); i++) {
      tensors.add(TensorFile.read(folder.resolve(kind + "_" + i + ".pb")).tensor());
    }
    return tensors;
  }

  private static void assertClose(Tensor expected, Tensor found, double relative, double absolute) {
    assertEquals(expected.toString(), found.toString());
    for (int i = 0; i < expected.size(); i++) {
      double e = expected.doubleAt(i);
      double f = found.doubleAt(i);
      boolean same = Double.compare(e, f) == 0 || e == f;
      assertTrue(
          same || Math.abs(e - f) <= absolute + relative * Math.abs(e),
          "element %d is %s, expected %s".formatted(i, f, e));
    }
  }

  @Test
  void realModels() throws IOException {
    for (String name : List.of("mnist-7-cntk", "opt-mnist-gemm", "fr_eye")) {
      Path folder = SharedData.at("models").resolve(name);
      Graph graph = OnnxModel.read(folder.resolve("model.onnx")).graph();
      Path data = folder.resolve("test_data_set_0");
      Tensor expected = tensors(data, "output").getFirst();
      double largest = 0;
      for (int i = 0; i < expected.size(); i++) {
        largest = Math.max(largest, Math.abs(expected.doubleAt(i)));
      }
      Tensor found = Interpreter.run(graph, tensors(data, "input")).getFirst();
      assertClose(expected, found, 0, 1e-4 * largest + 1e-5);
    }
  }

  @Test
  void shapesOfRealModels() {
    assertEquals("[1,1000,1,1]", outputShape("models/squeezenet1.0-deepcompress"));
    assertEquals("[1,1001]", outputShape("models/mobilenet_v1_0.75_192"));
    assertEquals("[1,512,1]", outputShape("models/blazeface_front_128"));
    assertEquals("[1,1000]", outputShape("onnx-light/light_resnet50"));
    assertEquals("[1,1000,1,1]", outputShape("onnx-light/light_squeezenet"));
    Graph lenet = OnnxModel.read(SharedData.at("lenet/lenet5.onnx")).graph(Map.of("batch", 3));
    assertEquals("[3,10]", lenet.outputs().getFirst().value().type().shape().toString());
  }

  private static String outputShape(String folder) {
    Graph graph = OnnxModel.read(SharedData.at(folder + "/model.onnx")).graph();
    return graph.outputs().getFirst().value().type().shape().toString();
  }

  @Test
  void modelsOfOtherKindsAreRefused() {
    for (String name : List.of("attr_tester", "custom_op_test", "overridable_initializer")) {
      Path file = SharedData.at("models-unsupported/" + name + ".onnx");
      assertThrows(ModelException.class, () -> OnnxModel.read(file).graph());
    }
  }
}
