package io.tilebrew.models.cli;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.tilebrew.engine.Shape;
import io.tilebrew.engine.Tensor;
import io.tilebrew.graph.TensorFile;
import io.tilebrew.models.data.Npy;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class RunTest {
  @TempDir Path folder = Path.of("");
  private Path model = folder;
  private Path npy = folder;
  private Path pb = folder;

  @BeforeEach
  void write() throws IOException {
    model = folder.resolve("model.onnx");
    Files.write(model, TinyModel.of("Add", List.of("a", "a=b"), "../sum"));
    npy = folder.resolve("x.npy");
    Npy.write(npy, Tensor.of(Shape.of(2), 1f, 2));
    pb = folder.resolve("x.pb");
    new TensorFile("", Tensor.of(Shape.of(2), 10f, 20)).write(pb);
  }

  @Test
  void printsASummaryOfEachOutput() {
    CommandRun run = CommandRun.of("run", model, "--input", "a=" + npy, "--input", "a=b=" + pb);
    assertEquals(0, run.status(), run.err());
    assertEquals(
        List.of("../sum  f32[2]", "  min 11, max 22, mean 16.5000", "  11 22"),
        run.out().lines().toList());
  }

  @Test
  void writesOutputsInsideTheFolder() throws IOException {
    Path out = folder.resolve("out");
    CommandRun run =
        CommandRun.of("run", model, "--input", "a=b=" + npy, "--input", "a=" + pb, "--output", out);
    assertEquals(0, run.status(), run.err());
    Tensor sum = Npy.read(out.resolve("__sum.npy"));
    assertArrayEquals(new float[] {11, 22}, sum.floats());
  }

  @Test
  void theNameOfAnOnlyInputMayBeLeftOut() throws IOException {
    Files.write(model, TinyModel.of("Relu", List.of("x"), "y"));
    assertEquals(0, CommandRun.of("run", model, "--input", npy).status());
    assertEquals(0, CommandRun.of("run", model, "--input", "x=" + npy).status());
  }

  @Test
  void whatIsWrongIsSaidInOneSentence() {
    for (List<Object> inputs :
        List.<List<Object>>of(
            List.of("--input", npy),
            List.of("--input", "a=" + npy),
            List.of("--input", "a=" + npy, "--input", "a=" + npy),
            List.of("--input", "a=" + model),
            List.of("--input", "a=" + folder.resolve("none.npy")))) {
      CommandRun run = CommandRun.of(concat(List.of("run", model), inputs));
      assertEquals(1, run.status(), run.err());
      assertEquals(1, run.err().lines().count(), run.err());
      assertTrue(run.err().startsWith("tilebrew: "), run.err());
    }
  }

  @Property
  void anyNameBecomesAFileInTheFolder(@ForAll String name) {
    Set<String> taken = new HashSet<>();
    String first = RunCommand.fileName(name, taken);
    String second = RunCommand.fileName(name, taken);
    assertTrue(!first.equalsIgnoreCase(second));
    for (String file : List.of(first, second)) {
      assertTrue(file.matches("[A-Za-z0-9_-][A-Za-z0-9._-]*\\.npy") && file.length() < 120, file);
    }
  }

  private static Object[] concat(List<Object> first, List<Object> second) {
    List<Object> all = new java.util.ArrayList<>(first);
    all.addAll(second);
    return all.toArray();
  }
}
