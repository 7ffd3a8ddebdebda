package io.tilebrew.bench;

import static org.junit.jupiter.api.Assertions.assertEquals;

import ai.onnxruntime.OrtException;
import io.tilebrew.graph.CompileOptions;
import io.tilebrew.graph.OnnxModel;
import java.io.IOException;
import java.nio.file.Path;
import java.util.Map;
import org.junit.jupiter.api.Test;

/** The two sides of a comparison, on the LeNet-5 that comes with Tilebrew. */
class CompareTest {
  @Test
  void enginesAgree() throws IOException, OrtException {
    Path path = ModelFile.of(ModelFile.LENET);
    OnnxModel model = OnnxModel.read(path);
    Inputs inputs = Inputs.random(model, 3, Map.of());
    TilebrewRunner ours = new TilebrewRunner(model, CompileOptions.DEFAULT, inputs);
    try (OnnxRuntimeRunner peer =
        new OnnxRuntimeRunner(path, 1, inputs.tensors(), ours.outputs())) {
      peer.run();
      for (String name : ours.outputs().keySet()) {
        Agreement.require(name, ours.output(name), "peer", peer.output(name));
      }
    }
  }

  @Test
  void workGrowsWithTheBatch() throws IOException {
    OnnxModel model = OnnxModel.read(ModelFile.of(ModelFile.LENET));
    assertEquals(4 * work(model, 1), work(model, 4));
  }

  private static long work(OnnxModel model, int batch) {
    Inputs inputs = Inputs.random(model, batch, Map.of());
    return new TilebrewRunner(model, CompileOptions.DEFAULT, inputs).multiplyAdds();
  }

  @Test
  void inputsAreTheSameEachTime() throws IOException {
    OnnxModel model = OnnxModel.read(ModelFile.of(ModelFile.LENET));
    assertEquals(sum(model), sum(model));
  }

  private static double sum(OnnxModel model) {
    double sum = 0;
    for (float value :
        Inputs.random(model, 1, Map.of()).tensors().values().iterator().next().floats()) {
      sum += value;
    }
    return sum;
  }
}
