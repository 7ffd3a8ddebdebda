package io.tilebrew.models.cli;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.tilebrew.engine.Shape;
import io.tilebrew.engine.Tensor;
import io.tilebrew.models.data.Npy;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class CompileTest {
  @TempDir Path folder = Path.of("");
  private Path jar = folder;

  @BeforeEach
  void compile() {
    jar = folder.resolve("lenet5.jar");
    CommandRun run = CommandRun.of("compile", "lenet5", "-o", jar);
    assertEquals(0, run.status(), run.err());
    assertTrue(run.out().matches("\\S+lenet5\\.jar  [0-9,]+ KiB, for N = 1\\R"), run.out());
  }

  @Test
  void aJarRunsAsItsModelDoes() throws IOException {
    Path model = folder.resolve("lenet5.onnx");
    assertEquals(0, CommandRun.of("zoo", "lenet5", "-o", model).status());
    Path digit = folder.resolve("digit.npy");
    float[] pixels = new float[32 * 32];
    pixels[500] = 1;
    Npy.write(digit, Tensor.of(Shape.of(1, 1, 32, 32), pixels));
    assertArrayEquals(run(model, digit), run(jar, digit));
  }

  private float[] run(Path network, Path input) throws IOException {
    Path out = folder.resolve("out");
    CommandRun run = CommandRun.of("run", network, "--input", input, "--output", out);
    assertEquals(0, run.status(), run.err());
    return Npy.read(out.resolve("logits.npy")).floats();
  }

  @Test
  void aJarIsMeasuredInBatches() {
    CommandRun run =
        CommandRun.of("bench", "--seconds", "1", "--warm-up", "0", "--batch", "3", jar);
    assertEquals(0, run.status(), run.err());
    assertTrue(run.out().contains(" runs of 3 images"), run.out());
    assertFalse(run.out().contains(" 0.0 GFLOP/s"), run.out());
  }

  @Test
  void optionsOfTheCompilerAreRefusedForAJar() {
    for (List<String> option :
        List.of(
            List.of("--threads", "2"),
            List.of("--lanes", "8"),
            List.of("--without", "winograd"),
            List.of("--reference"),
            List.of("--bfloat16"))) {
      List<Object> args = new ArrayList<>(List.of("bench", jar));
      args.addAll(option);
      assertUsage(CommandRun.of(args.toArray()));
    }
    CommandRun size = CommandRun.of("bench", "--size", "N=2", jar);
    assertEquals(1, size.status(), size.err());
  }

  @Test
  void whatCannotBeCompiledIsSaid() throws IOException {
    assertUsage(CommandRun.of("compile", "lenet5", "-o", folder.resolve("lenet5.zip")));
    assertUsage(CommandRun.of("compile", "--reference", "lenet5", "-o", jar));
    Files.writeString(jar, "no jar");
    CommandRun run = CommandRun.of("bench", jar);
    assertEquals(1, run.status(), run.err());
    assertEquals(1, run.err().lines().count(), run.err());
  }

  private static void assertUsage(CommandRun run) {
    assertEquals(2, run.status(), run.err());
    assertTrue(run.err().lines().count() <= 2, run.err());
  }
}
