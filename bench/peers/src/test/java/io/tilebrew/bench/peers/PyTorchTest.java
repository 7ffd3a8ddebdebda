package io.tilebrew.bench.peers;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.tilebrew.bench.Contestant;
import io.tilebrew.bench.Peer;
import io.tilebrew.engine.Shape;
import io.tilebrew.engine.Tensor;
import io.tilebrew.engine.problem.Activation;
import io.tilebrew.graph.Graph;
import io.tilebrew.graph.GraphBuilder;
import io.tilebrew.graph.OnnxFile;
import io.tilebrew.graph.OnnxModel;
import io.tilebrew.graph.Tilebrew;
import io.tilebrew.graph.TensorType;
import io.tilebrew.graph.Value;
import io.tilebrew.graph.op.Elementwise.Activate;
import io.tilebrew.models.zoo.Zoo;
import io.tilebrew.models.zoo.ZooOptions;
import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Random;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class PyTorchTest {
  @ParameterizedTest
  @ValueSource(strings = {"lenet5", "squeezenet1_1", "mobilenet_v2", "googlenet", "resnet18"})
  void givesWhatWeGive(String name) {
    ZooOptions options = name.equals("lenet5") ? ZooOptions.DEFAULT : ZooOptions.DEFAULT.withSize(64);
    Graph graph = Zoo.network(name, options);
    Map<String, Tensor> inputs = inputs(graph);
    OnnxModel model = OnnxModel.read(new OnnxFile(graph).bytes());
    Map<String, Tensor> expected = Tilebrew.compile(model).run(inputs);
    try (Contestant peer = new PyTorch().load(task(graph, inputs, expected))) {
      peer.run();
      peer.run();
      expected.forEach((output, tensor) -> requireNear(tensor.floats(), peer.output(output)));
    }
  }

  @Test
  void refusesWhatItCannotTranslate() {
    GraphBuilder builder = new GraphBuilder("g");
    Value x = builder.input("x", TensorType.f32(1, 2));
    builder.output("y", builder.add("y", new Activate(new Activation.HardSwish()), x));
    Graph graph = builder.build();
    Peer.Task task = task(graph, inputs(graph), Map.of());
    assertThrows(UnsupportedOperationException.class, () -> new PyTorch().load(task));
  }

  @Test
  void isFoundBehindOnnxRuntime() {
    assertEquals(
        List.of("ONNX Runtime", "PyTorch"), Peer.all().stream().map(Peer::name).toList());
  }

  private static Peer.Task task(
      Graph graph, Map<String, Tensor> inputs, Map<String, Tensor> outputs) {
    return new Peer.Task(Path.of(""), graph, inputs, outputs, 1);
  }

  private static Map<String, Tensor> inputs(Graph graph) {
    Random random = new Random(1);
    Map<String, Tensor> inputs = new LinkedHashMap<>();
    for (Value input : graph.inputs()) {
      Shape shape = input.type().shape();
      float[] floats = new float[shape.size()];
      for (int i = 0; i < floats.length; i++) {
        floats[i] = random.nextFloat();
      }
      inputs.put(input.name(), Tensor.of(shape, floats));
    }
    return inputs;
  }

  private static void requireNear(float[] expected, float[] found) {
    assertEquals(expected.length, found.length);
    double largest = 0;
    for (float value : expected) {
      largest = Math.max(largest, Math.abs(value));
    }
    for (int i = 0; i < found.length; i++) {
      assertTrue(Math.abs(found[i] - expected[i]) <= 1e-4 * largest, "element " + i);
    }
  }
}
