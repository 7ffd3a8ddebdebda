package io.tilebrew.bench;

import io.tilebrew.models.Lenet;
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
   * The path of a model.
   *
   * @param name a path, or {@value #LENET}
   */
  static Path of(String name) throws IOException {
    if (!name.equals(LENET)) {
      return Path.of(name);
    }
    try (InputStream stream = Lenet.class.getResourceAsStream(LENET_RESOURCE)) {
      if (stream == null) {
        throw new AssertionError("the jar of the models lacks " + LENET_RESOURCE);
      }
      Path copy = Files.createTempFile("lenet5", ".onnx");
      copy.toFile().deleteOnExit();
      Files.copy(stream, copy, StandardCopyOption.REPLACE_EXISTING);
      return copy;
    }
  }
}
