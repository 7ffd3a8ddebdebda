package io.tilebrew.models.zoo;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import ai.onnxruntime.OnnxTensor;
import ai.onnxruntime.OnnxValue;
import ai.onnxruntime.OrtEnvironment;
import ai.onnxruntime.OrtException;
import ai.onnxruntime.OrtLoggingLevel;
import ai.onnxruntime.OrtSession;
import io.tilebrew.engine.DataType;
import io.tilebrew.engine.Port;
import io.tilebrew.engine.Shape;
import io.tilebrew.engine.Tensor;
import io.tilebrew.graph.CompileOptions;
import io.tilebrew.graph.CompileOptions.Kernels;
import io.tilebrew.graph.Graph;
import io.tilebrew.graph.OnnxFile;
import io.tilebrew.graph.OnnxModel;
import io.tilebrew.graph.Tilebrew;
import java.io.IOException;
import java.nio.FloatBuffer;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Objects;
import java.util.Random;
import java.util.Set;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** The networks of the zoo as ONNX Runtime runs the files that we write, and as we do. */
class OnnxRuntimeTest {
  private static final CompileOptions OPTIMIZED = CompileOptions.DEFAULT.with(Kernels.GENERIC);
  private static final CompileOptions PLAIN =
      new CompileOptions(Kernels.REFERENCE, 0, Set.copyOf(Tilebrew.passes()));

  @TempDir Path folder = Path.of("");

  /** Networks and sizes of images, 0 for the usual one. */
  @ParameterizedTest
  @CsvSource({
    "mlp, 0",
    "lenet5, 0",
    "lenet5-rgb, 0",
    "lenet5-1998, 0",
    "siamese, 0",
    "squeezenet1_0, 32",
    "squeezenet1_1, 48",
    "nin, 64",
    "googlenet, 32",
    "googlenet-2014, 48",
    "mobilenet_v1, 32",
    "mobilenet_v2, 32",
    "resnet18, 32",
    "resnet50, 32",
    "densenet121, 32"
  })
  void givesTheSame(String name, int size) throws IOException, OrtException {
    compare(name, size);
  }

  @Tag("slow")
  @ParameterizedTest
  @CsvSource({
    "alexnet, 63",
    "resnet34, 64",
    "resnet101, 64",
    "resnet152, 64",
    "alexnet-2012, 0",
    "vgg11, 32",
    "vgg13, 32",
    "vgg16, 32",
    "vgg19, 32",
    "fcn8s, 32"
  })
  void theLargeOnesGiveTheSame(String name, int size) throws IOException, OrtException {
    compare(name, size);
  }

  private void compare(String name, int size) throws IOException, OrtException {
    Path file = folder.resolve(name + ".onnx");
    Graph graph = Zoo.network(name, ZooOptions.DEFAULT.withSize(size));
    new OnnxFile(graph).withBatch("N").write(file);
    OnnxModel model = OnnxModel.read(file);
    Map<String, Tensor> inputs = inputs(model);
    Map<String, Tensor> expected = onnxRuntime(file, inputs);
    assertClose(expected, Tilebrew.compile(model, OPTIMIZED).run(inputs));
    assertClose(expected, Tilebrew.compile(model, PLAIN).run(inputs));
    Path optimized = folder.resolve("optimized.onnx");
    new OnnxFile(Tilebrew.optimize(model, CompileOptions.DEFAULT)).write(optimized);
    Map<String, Tensor> first = new LinkedHashMap<>();
    inputs.forEach((input, tensor) -> first.put(input, firstImage(tensor)));
    Map<String, Tensor> again = new LinkedHashMap<>();
    expected.forEach((output, tensor) -> again.put(output, firstImage(tensor)));
    assertClose(again, onnxRuntime(optimized, first));
  }

  /** Two images for each input. */
  private static Map<String, Tensor> inputs(OnnxModel model) {
    Random random = new Random(1);
    Map<String, Tensor> inputs = new LinkedHashMap<>();
    for (Port port : model.inputs()) {
      assertEquals(new Port.Dimension.Symbol("N"), port.dims().getFirst());
      int[] dims =
          port.dims().stream()
              .mapToInt(d -> d instanceof Port.Dimension.Fixed(int size) ? size : 2)
              .toArray();
      Tensor tensor = Tensor.zeros(DataType.FLOAT32, Shape.of(dims));
      for (int i = 0; i < tensor.size(); i++) {
        tensor.floats()[i] = (float) random.nextGaussian();
      }
      inputs.put(port.name(), tensor);
    }
    return inputs;
  }

  private static Tensor firstImage(Tensor tensor) {
    Shape shape = tensor.shape().with(0, 1);
    Tensor first = Tensor.zeros(tensor.type(), shape);
    for (int i = 0; i < first.size(); i++) {
      first.set(i, tensor.doubleAt(i));
    }
    return first;
  }

  private static Map<String, Tensor> onnxRuntime(Path file, Map<String, Tensor> inputs)
      throws OrtException {
    OrtEnvironment environment = OrtEnvironment.getEnvironment();
    Map<String, OnnxTensor> in = new LinkedHashMap<>();
    for (Map.Entry<String, Tensor> input : inputs.entrySet()) {
      long[] shape = Arrays.stream(input.getValue().shape().dims()).asLongStream().toArray();
      FloatBuffer buffer = FloatBuffer.wrap(input.getValue().floats());
      in.put(input.getKey(), OnnxTensor.createTensor(environment, buffer, shape));
    }
    try (OrtSession.SessionOptions options = new OrtSession.SessionOptions()) {
      options.setSessionLogLevel(OrtLoggingLevel.ORT_LOGGING_LEVEL_ERROR);
      options.setIntraOpNumThreads(1);
      Map<String, Tensor> results = new LinkedHashMap<>();
      try (OrtSession session = environment.createSession(file.toString(), options);
          OrtSession.Result result = session.run(in)) {
        for (Map.Entry<String, OnnxValue> output : result) {
          results.put(output.getKey(), tensor((OnnxTensor) output.getValue()));
        }
      }
      return results;
    } finally {
      in.values().forEach(OnnxTensor::close);
    }
  }

  private static Tensor tensor(OnnxTensor value) {
    Shape shape = Shape.of(value.getInfo().getShape());
    FloatBuffer floats = value.getFloatBuffer();
    if (floats != null) {
      float[] array = new float[shape.size()];
      floats.get(array);
      return Tensor.of(shape, array);
    }
    Tensor tensor = Tensor.zeros(DataType.BOOL, shape);
    for (int i = 0; i < shape.size(); i++) {
      tensor.set(i, (long) value.getByteBuffer().get(i));
    }
    return tensor;
  }

  private static void assertClose(Map<String, Tensor> expected, Map<String, Tensor> found) {
    assertEquals(expected.keySet(), found.keySet());
    for (Map.Entry<String, Tensor> output : expected.entrySet()) {
      Tensor e = output.getValue();
      Tensor f = Objects.requireNonNull(found.get(output.getKey()));
      assertEquals(e.toString(), f.toString());
      double largest = 0;
      for (int i = 0; i < e.size(); i++) {
        largest = Math.max(largest, Math.abs(e.doubleAt(i)));
      }
      assertTrue(largest > 0 || e.type() == DataType.BOOL);
      for (int i = 0; i < e.size(); i++) {
        assertEquals(e.doubleAt(i), f.doubleAt(i), 1e-4 * largest + 1e-5, "element " + i);
      }
    }
  }
}
