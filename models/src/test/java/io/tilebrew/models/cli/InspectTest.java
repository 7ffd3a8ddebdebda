package io.tilebrew.models.cli;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class InspectTest {
  @TempDir Path folder = Path.of("");

  @Test
  void printsInputsOutputsAndNodes() throws IOException {
    CommandRun run = inspect(TinyModel.of("Add", List.of("a", "b"), "sum"));
    assertEquals(0, run.status(), run.err());
    assertEquals(
        """
        %s
          ONNX IR 7, opset 13
        inputs
          a  f32[2]
          b  f32[2]
        outputs
          sum  f32[2]
        nodes
          node  operator    output  parameters
          sum   Binary[add]  f32[2]           0
        1 nodes, 0 parameters
        """
            .formatted(folder.resolve("model.onnx"))
            .replaceAll("operator +output", "operator output")
            .replaceAll("\\S+ +f32\\[2\\] +0", "OPERATOR f32[2] 0"),
        run.out()
            .replaceAll("\\R", "\n")
            .replaceAll("operator +output", "operator output")
            .replaceAll("\\S+ +f32\\[2\\] +0", "OPERATOR f32[2] 0"));
  }

  @Test
  void namesCannotCommandTheTerminal() throws IOException {
    String name = "\u001b[31m" + "long".repeat(30);
    CommandRun run = inspect(TinyModel.of("Relu", List.of(name), "y\n"));
    assertEquals(0, run.status(), run.err());
    assertTrue(run.out().chars().noneMatch(c -> c == 0x1b), run.out());
    assertTrue(run.out().lines().allMatch(line -> line.length() < 160), run.out());
    assertTrue(run.out().contains("y\\u000a  f32[2]"), run.out());
  }

  @Test
  void whatIsNoModelIsSaidInOneSentence() throws IOException {
    for (byte[] bytes :
        List.of(new byte[0], new byte[] {1, 2, 3}, "<html>".getBytes(StandardCharsets.UTF_8))) {
      CommandRun run = inspect(bytes);
      assertEquals(1, run.status());
      assertEquals(1, run.err().lines().count(), run.err());
      assertEquals("", run.out());
    }
    assertEquals(1, CommandRun.of("inspect", folder.resolve("none.onnx")).status());
  }

  @Test
  void unsupportedOperatorsAreNamed() throws IOException {
    CommandRun run = inspect(TinyModel.of("Frobnicate", List.of("x"), "y"));
    assertEquals(1, run.status());
    assertTrue(run.err().contains("Frobnicate"), run.err());
  }

  private CommandRun inspect(byte[] bytes) throws IOException {
    return CommandRun.of("inspect", Files.write(folder.resolve("model.onnx"), bytes));
  }
}
