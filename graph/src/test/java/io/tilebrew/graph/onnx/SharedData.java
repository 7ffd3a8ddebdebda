package io.tilebrew.graph.onnx;

import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.Assumptions;

/** The folder of test material beside the repository, which a stranger's clone does not have. */
public final class SharedData {
  private static final Path FOLDER = Path.of("..", "..", "shared", "data");

  private SharedData() {}

  /** The folder or file at {@code path}; the test is skipped where it is absent. */
  public static Path at(String path) {
    Path found = FOLDER.resolve(path);
    Assumptions.assumeTrue(Files.exists(found), "skipped: there is no " + found);
    return found;
  }
}
