package io.tilebrew.models.cli;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.tilebrew.graph.OnnxModel;
import io.tilebrew.models.zoo.Zoo;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class ZooCommandTest {
  @TempDir Path folder = Path.of("");

  @Test
  void listsTheNetworks() {
    CommandRun run = CommandRun.of("zoo");
    assertEquals(0, run.status(), run.err());
    assertEquals(Zoo.names().size(), run.out().lines().count());
    assertTrue(run.out().contains("vgg16           VGG, configuration D"), run.out());
  }

  @Test
  void printsWhatANetworkCosts() {
    CommandRun run = CommandRun.of("zoo", "mlp", "--widths", "9,90,50");
    assertEquals(0, run.status(), run.err());
    assertEquals("  5,450 parameters, 5,310 multiply-adds for one image", run.last());
  }

  @Test
  void writesANetworkAndOptimizesIt() {
    Path file = folder.resolve("lenet5.onnx");
    CommandRun written = CommandRun.of("zoo", "lenet5", "-o", file, "--seed", 3);
    assertEquals(0, written.status(), written.err());
    OnnxModel model = OnnxModel.read(file);
    assertEquals("[image: f32[N,1,32,32]]", model.inputs().toString());
    Path faster = folder.resolve("faster.onnx");
    CommandRun optimized = CommandRun.of("optimize", file, "-o", faster, "--without", "layout");
    assertEquals(0, optimized.status(), optimized.err());
    Map<String, Integer> operators = OnnxModel.read(faster).operators();
    assertEquals(5, operators.get("Conv"), operators.toString());
    assertFalse(operators.containsKey("Gemm"), operators.toString());
    CommandRun inPlace = CommandRun.of("optimize", file, "-o", file);
    assertEquals(0, inPlace.status(), inPlace.err());
  }

  @Test
  void wrongNamesAndOptionsAreUsageErrors() {
    assertError(2, "there is no network 'vgg17'; near to it are vgg1", "zoo", "vgg17");
    assertError(2, "size is -1, expected 1 to", "zoo", "vgg16", "--size", "-1");
    assertError(
        2, "the size of images is 20, expected 32 for lenet5", "zoo", "lenet5", "--size", 20);
    assertError(2, "there is no pass 'x'", "optimize", "m.onnx", "-o", "n.onnx", "--without", "x");
    assertError(2, "", "optimize", "m.onnx");
  }

  @Test
  void whatCannotBeReadOrWrittenIsAFailure() throws IOException {
    Path nowhere = folder.resolve("none/lenet5.onnx");
    assertError(
        1,
        nowhere + ": cannot be written, there is no such folder",
        "zoo",
        "lenet5",
        "-o",
        nowhere);
    assertError(1, folder.toString(), "zoo", "lenet5", "-o", folder);
    assertError(1, "there is no file 'm.onnx'", "optimize", "m.onnx", "-o", nowhere);
    Path model = Files.write(folder.resolve("m.onnx"), TinyModel.of("Relu", List.of("x"), "y"));
    assertError(1, "there is no such folder", "optimize", model, "-o", nowhere);
  }

  private static void assertError(int status, String sentence, Object... args) {
    CommandRun run = CommandRun.of(args);
    assertEquals(status, run.status(), run.err());
    assertTrue(run.err().startsWith("tilebrew: "), run.err());
    assertTrue(run.err().contains(sentence), run.err());
    assertEquals("", run.out());
    assertTrue(status == 2 || run.err().lines().count() == 1, run.err());
  }
}
