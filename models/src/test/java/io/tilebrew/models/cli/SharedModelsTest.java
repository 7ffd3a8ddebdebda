package io.tilebrew.models.cli;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;

/** Networks that others trained, where they lie beside the repository. */
class SharedModelsTest {
  private static final Path DATA = Path.of("../../shared/data").toAbsolutePath().normalize();
  private static final Path MODELS = DATA.resolve("models");
  private static final Path SQUEEZENET = MODELS.resolve("squeezenet1.0-deepcompress");

  @BeforeAll
  static void skipWhereAbsent() {
    assumeTrue(Files.isDirectory(DATA), () -> DATA + " is absent");
  }

  @Test
  void outputsAreThoseOfOtherEngines() {
    CommandRun run =
        CommandRun.of(
            "verify",
            "--scale",
            "max",
            "--rtol",
            "1e-4",
            MODELS.resolve("mnist-7-cntk"),
            MODELS.resolve("opt-mnist-gemm"),
            SQUEEZENET);
    assertEquals("3 passed, 0 failed, 0 unsupported", run.out().strip());
    assertEquals(0, run.status());
  }

  @Test
  void aCatIsACat() {
    CommandRun run =
        CommandRun.of(
            "classify",
            "--model",
            SQUEEZENET.resolve("model.onnx"),
            "--labels",
            DATA.resolve("labels/imagenet1000.txt"),
            "--preprocess",
            "bgr 227 mean 104,117,123",
            "--top",
            "1",
            DATA.resolve("images/chelsea.png"));
    assertEquals(0, run.status(), run.err());
    assertTrue(run.out().contains("Egyptian cat"), run.out());
  }
}
