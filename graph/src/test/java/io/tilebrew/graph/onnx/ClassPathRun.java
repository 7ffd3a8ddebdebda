package io.tilebrew.graph.onnx;

import io.tilebrew.engine.Network;
import io.tilebrew.engine.Tensor;
import io.tilebrew.graph.CompileOptions;
import io.tilebrew.graph.CompileOptions.Kernels;
import io.tilebrew.graph.OnnxModel;
import io.tilebrew.graph.TensorFile;
import io.tilebrew.graph.Tilebrew;
import java.io.IOException;
import java.nio.file.Path;
import java.util.Map;

/**
 * A program that embeds Tilebrew: runs a model of one input {@code x} and one output {@code y} in
 * each form, and says what it is told where that is not possible.
 */
final class ClassPathRun {
  private ClassPathRun() {}

  /**
   * Runs the program.
   *
   * @param args the files of the model, the input, and the output to write
   */
  @SuppressWarnings("SystemOut")
  public static void main(String[] args) throws IOException {
    OnnxModel model = OnnxModel.read(Path.of(args[0]));
    for (Kernels form : Kernels.values()) {
      try {
        Network network = Tilebrew.compile(model, CompileOptions.DEFAULT.with(form));
        Tensor x = TensorFile.read(Path.of(args[1])).tensor();
        Tensor y = network.run(Map.of("x", x)).values().iterator().next();
        new TensorFile("y", y).write(Path.of(args[2] + "." + form));
      } catch (IllegalArgumentException e) {
        System.out.println(e.getMessage());
      }
    }
  }
}
