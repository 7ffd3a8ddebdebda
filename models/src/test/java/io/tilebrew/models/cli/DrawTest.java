package io.tilebrew.models.cli;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNotEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class DrawTest {
  @TempDir Path folder = Path.of("");

  @Test
  void drawsNetworksAndFiles() throws IOException {
    Path picture = folder.resolve("lenet5.svg");
    CommandRun run = CommandRun.of("draw", "lenet5", "-o", picture);
    assertEquals(0, run.status(), run.err());
    assertEquals(picture.toString(), run.out().strip());
    String plain = Files.readString(picture);
    assertTrue(plain.contains(">conv1/relu</text>") && plain.contains(">[1,6,28,28]</text>"));

    Path model = folder.resolve("lenet5.onnx");
    assertEquals(0, CommandRun.of("zoo", "lenet5", "-o", model).status());
    CommandRun fused = CommandRun.of("draw", "--fused", model, "-o", "-");
    assertEquals(0, fused.status(), fused.err());
    assertTrue(fused.out().startsWith("<svg ") && fused.out().contains(">max2</text>"));
    assertNotEquals(plain, fused.out());
  }

  @Test
  void whatIsWrongIsSaidInOneSentence() throws IOException {
    Path svg = folder.resolve("a.svg");
    Path broken = Files.write(folder.resolve("broken.onnx"), new byte[] {1, 2, 3});
    for (List<Object> args :
        List.<List<Object>>of(
            List.of("draw", "lenet9", "-o", svg),
            List.of("draw", broken, "-o", svg),
            List.of("draw", folder.resolve("none.onnx"), "-o", svg),
            List.of("draw", "--batch", "2", "lenet5", "-o", svg),
            List.of("draw", "lenet5", "-o", folder.resolve("none").resolve("a.svg")),
            List.of("draw", "lenet5", "-o", folder))) {
      CommandRun run = CommandRun.of(args.toArray());
      assertEquals(1, run.status(), run.err());
      assertEquals(1, run.err().lines().count(), run.err());
      assertTrue(run.err().startsWith("tilebrew: ") && !run.err().contains("null"), run.err());
      assertEquals("", run.out());
    }
    assertEquals(2, CommandRun.of("draw", "lenet5").status());
  }
}
