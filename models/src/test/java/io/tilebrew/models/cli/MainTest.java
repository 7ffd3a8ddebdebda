package io.tilebrew.models.cli;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.PrintWriter;
import java.io.StringWriter;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class MainTest {
  @ParameterizedTest
  @ValueSource(
      strings = {
        "",
        "--nonsense",
        "nonsense",
        "inspect",
        "draw lenet5",
        "bench",
        "bench --threads many model.onnx",
        "explain",
        "explain --lanes 5 model.onnx",
        "run model.onnx",
        "verify",
        "verify --rtol -1 .",
        "verify --lanes 3 .",
        "verify --scale huge .",
        "classify --top 0",
        "classify --top x",
        "classify --picture pink"
      })
  void wrongCommandLinesAreUsageErrors(String line) {
    CommandRun run =
        line.isEmpty() ? CommandRun.of() : CommandRun.of((Object[]) line.split(" ", -1));
    assertEquals(2, run.status(), run.err());
    assertEquals("", run.out());
    assertTrue(run.err().contains("tilebrew: "), run.err());
  }

  @Test
  void wrongPreprocessingIsAUsageError() {
    CommandRun run = CommandRun.of("classify", "--preprocess", "gray 28 blur");
    assertEquals(2, run.status());
    assertTrue(run.err().startsWith("tilebrew: preprocessing 'gray 28 blur': 'blur' is unknown"));
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "bench",
        "classify",
        "draw",
        "explain",
        "inspect",
        "optimize",
        "run",
        "verify",
        "zoo"
      })
  void eachCommandHasHelpWithAnExample(String command) {
    CommandRun run = CommandRun.of(command, "--help");
    assertEquals(0, run.status());
    assertTrue(run.out().contains("  tilebrew " + command), run.out());
    assertEquals(run.out(), CommandRun.of("help", command).out());
  }

  @Test
  void theVersionIsPrinted() {
    CommandRun run = CommandRun.of("--version");
    assertEquals(0, run.status());
    assertTrue(run.out().startsWith("Tilebrew "), run.out());
  }

  @Test
  void faultsOfTilebrewKeepTheirTrace() {
    StringWriter err = new StringWriter();
    assertEquals(1, Faults.report(new IllegalStateException("why"), new PrintWriter(err)));
    assertTrue(err.toString().contains("at io.tilebrew"), err.toString());
  }
}
