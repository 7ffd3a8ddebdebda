package io.tilebrew.graph;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNotNull;
import static org.junit.jupiter.api.Assertions.assertNull;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.tilebrew.engine.problem.Algorithm;
import io.tilebrew.engine.problem.ConvProblem;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class TuningTest {
  private static final String PROBLEM = "n1 56x56x64 -> 64 k3 s1 p1 +relu";

  @TempDir Path folder = Path.of("");

  @Test
  void aFileIsReadAsItWasWritten() throws IOException {
    Map<String, Double> times = new LinkedHashMap<>();
    times.put("w4", 310.5);
    times.put("2x5", 900.0);
    Tuning tuning =
        new Tuning(
            List.of(
                new Tuning.Entry(PROBLEM, 8, "w4", times),
                new Tuning.Entry(PROBLEM, 4, "direct", Map.of()),
                new Tuning.Entry("n1 8x8x16 -> 8 k1 s1", 8, "1x8", Map.of("1x8", 1.5))));
    Path file = folder.resolve("a.tuning");
    tuning.write(file);
    assertEquals(tuning.entries(), Tuning.read(file).entries());
    assertEquals("w4 310.5 us, 2x5 900.0 us", tuning.entries().getFirst().times());
  }

  @Test
  void anEntryIsFoundWhateverTheAlgorithm() {
    Tuning tuning = new Tuning(List.of(new Tuning.Entry(PROBLEM, 8, "w2", Map.of())));
    ConvProblem problem = ConvProblem.parse(PROBLEM);
    assertNotNull(tuning.entry(problem, 8));
    assertNotNull(tuning.entry(problem.with(Algorithm.WINOGRAD_4), 8));
    assertNull(tuning.entry(problem, 16));
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      value = {
        "n1 8x8x16 -> 8 k1 s1; 8; w4;|w4 is no way to compute",
        "n1 8x8x16 -> 8 k1 s1; 8; 9x99;|9x99 is no way to compute",
        "n1 8x8x16 -> 8 k1 s1; 8; fast;|'fast' is no way to compute a convolution",
        "n1 8x8x16 -> 8 k1 s1; 7; direct;|7 floats are in a vector, expected 4, 8 or 16",
        "n1 8x8x16 -> 8 k1 s1; x; direct;|'x' is no number",
        "n1 8x8x16 -> 8 k1 s1; 8; direct|3 parts are between semicolons, expected 4",
        "n1 8x8x16 -> 8 k1 s1; 8; direct; 2x6|'2x6' is no time",
        "n2 8x8x16 -> 8 k1 s1; 8; direct;|has a batch",
        "n1 8x8x16 -> 8 k3 s1 w2; 8; direct;|names an algorithm",
        "lion; 8; direct;|'lion' is no convolution",
      })
  void brokenLinesAreNamed(String line, String message) throws IOException {
    Path file = folder.resolve("b.tuning");
    Files.write(file, List.of("tilebrew tuning 1", "", line));
    String found =
        String.valueOf(assertThrows(ModelException.class, () -> Tuning.read(file)).getMessage());
    assertTrue(found.contains("b.tuning', line 3: ") && found.contains(message), found);
  }

  @Test
  void otherFilesAreRefused() throws IOException {
    Path file = folder.resolve("c.tuning");
    assertThrows(ModelException.class, () -> Tuning.read(file));
    Files.write(file, new byte[] {(byte) 0xff, (byte) 0xfe, 0});
    assertThrows(ModelException.class, () -> Tuning.read(file));
    Files.write(file, List.of("something else"));
    assertThrows(ModelException.class, () -> Tuning.read(file));
  }
}
