package io.tilebrew.models.cli;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.tilebrew.engine.Shape;
import io.tilebrew.engine.Tensor;
import io.tilebrew.graph.TensorFile;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class VerifyTest {
  @TempDir Path folder = Path.of("");

  @Test
  void aCaseThatFitsPasses() throws IOException {
    add("good", 4);
    CommandRun run = CommandRun.of("verify", folder.resolve("good"));
    assertEquals(0, run.status(), run.err());
    assertEquals("1 passed, 0 failed, 0 unsupported", run.out().strip());
    assertEquals(0, CommandRun.of("verify", "--reference", folder).status());
    assertEquals(0, CommandRun.of("verify", "--lanes", "4", folder).status());
  }

  @Test
  void resultsAreCountedAndWritten() throws IOException {
    add("good", 4);
    add("bad", 4.1f);
    Files.createDirectories(folder.resolve("empty"));
    Path unknown = Files.createDirectories(folder.resolve("unknown"));
    Files.write(unknown.resolve("model.onnx"), TinyModel.of("Nope", List.of("x"), "y"));
    Path bare = Files.createDirectories(folder.resolve("deep/bare"));
    Files.write(bare.resolve("model.onnx"), TinyModel.of("Relu", List.of("x"), "y"));
    Path json = folder.resolve("results.json");
    CommandRun run = CommandRun.of("verify", "--json", json, folder);
    assertEquals(1, run.status());
    assertEquals("1 passed, 2 failed, 1 unsupported", run.last());
    assertEquals(4, run.out().lines().count(), run.out());
    assertTrue(
        run.out()
            .contains(
                "failed bad: test_data_set_0: output 'y': 1 of 2 elements differ, most at [1]: 4.0,"
                    + " expected 4.099999904632568 within 0.00411"),
        run.out());
    assertTrue(run.out().contains("failed bare: there is no test_data_set_N"), run.out());
    assertTrue(run.out().contains("unsupported unknown: "), run.out());
    String text = Files.readString(json);
    assertTrue(text.contains("\"case\" : \"good\""), text);
    assertTrue(text.contains("\"status\" : \"unsupported\""), text);
    assertTrue(text.contains("\"maxError\" : 0.0999"), text);
  }

  @Test
  void tolerancesCanBeGiven() throws IOException {
    add("bad", 4.1f);
    assertEquals(0, CommandRun.of("verify", "--atol", "0.2", folder).status());
    assertEquals(0, CommandRun.of("verify", "--rtol", "0.03", folder).status());
    assertEquals(1, CommandRun.of("verify", "--rtol", "0.02", folder).status());
  }

  @Test
  void listedCasesMustExist() throws IOException {
    add("good", 4);
    add("bad", 5);
    Path list = Files.writeString(folder.resolve("list.txt"), "good\n\nmissing\n");
    CommandRun run = CommandRun.of("verify", "--list", list, folder);
    assertEquals(1, run.status());
    assertEquals(
        List.of("failed missing: there is no such case", "1 passed, 1 failed, 0 unsupported"),
        run.out().lines().toList());
  }

  @Test
  void inputsGoByNameOnlyWhereAllNamesFit() throws IOException {
    Path data = Files.createDirectories(folder.resolve("sub/test_data_set_0"));
    Files.write(folder.resolve("sub/model.onnx"), TinyModel.of("Sub", List.of("a", "b"), "y"));
    tensor("", -3, 2).write(data.resolve("output_0.pb"));
    tensor("b", 4, 2).write(data.resolve("input_0.pb"));
    tensor("a", 1, 4).write(data.resolve("input_1.pb"));
    assertEquals(0, CommandRun.of("verify", folder).status());
    tensor("b", 4, 2).write(data.resolve("input_1.pb"));
    tensor("other", 1, 4).write(data.resolve("input_0.pb"));
    assertEquals(0, CommandRun.of("verify", folder).status());
    tensor("other", 1, 4).write(data.resolve("input_2.pb"));
    CommandRun run = CommandRun.of("verify", folder);
    assertEquals(1, run.status());
    assertTrue(run.out().contains("there are 3 files"), run.out());
  }

  @Test
  void aPathWithoutCasesIsAFailure() {
    CommandRun run = CommandRun.of("verify", folder);
    assertEquals(1, run.status());
    assertTrue(run.err().contains("has no test case"), run.err());
    assertEquals(1, CommandRun.of("verify", folder.resolve("none")).status());
  }

  /** A case of relu(-1, 4) that expects 0 and {@code expected}. */
  private void add(String name, float expected) throws IOException {
    Path data = Files.createDirectories(folder.resolve(name).resolve("test_data_set_0"));
    Files.write(
        folder.resolve(name).resolve("model.onnx"), TinyModel.of("Relu", List.of("x"), "y"));
    tensor("", -1, 4).write(data.resolve("input_0.pb"));
    tensor("y", 0, expected).write(data.resolve("output_0.pb"));
  }

  private static TensorFile tensor(String name, float... values) {
    return new TensorFile(name, Tensor.of(Shape.of(2), values));
  }
}
