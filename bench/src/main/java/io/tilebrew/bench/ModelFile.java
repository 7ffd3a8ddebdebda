package io.tilebrew.bench;

import io.tilebrew.graph.OnnxFile;
import io.tilebrew.models.Lenet;
import io.tilebrew.models.zoo.Zoo;
import java.io.IOException;
import java.io.InputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;

/** The file of a model, where each engine reads it by itself. */
final class ModelFile {
  /** The name of the LeNet-5 that comes with Tilebrew. */
  static final String LENET = "lenet";

  private static final String LENET_RESOURCE = "lenet5.onnx";

  private ModelFile() {}

  /**
   * The path of a model. One that is no file yet becomes one until the JVM ends.
   *
   * @param name {@value #LENET}, a network of the zoo, a layer such as {@code n1 14x14x6 -> 16 k5
   *     s1 +relu}, or a path
   */
  static Path of(String name) throws IOException {
    if (name.equals(LENET)) {
      return lenet();
    }
    if (Zoo.names().contains(name)) {
      Path file = temporary(name);
      new OnnxFile(Zoo.network(name)).withBatch("N").write(file);
      return file;
    }
    if (LayerModel.isLayer(name)) {
      Path file = temporary("layer");
      new OnnxFile(LayerModel.of(name)).write(file);
      return file;
    }
    return Path.of(name);
  }

  private static Path lenet() throws IOException {
    try (InputStream stream = Lenet.class.getResourceAsStream(LENET_RESOURCE)) {
      if (stream == null) {
        throw new AssertionError("the jar of the models lacks " + LENET_RESOURCE);
      }
      Path copy = temporary(LENET);
      Files.copy(stream, copy, StandardCopyOption.REPLACE_EXISTING);
      return copy;
    }
  }

  private static Path temporary(String name) throws IOException {
    Path file = Files.createTempFile(name, ".onnx");
    file.toFile().deleteOnExit();
    return file;
  }
}
