package io.tilebrew.models.cli;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class BenchTest {
  private static final List<String> KEYS =
      List.of("median_ms", "p99_ms", "images_per_s", "gflops", "percent_of_peak", "first_ms");

  @TempDir Path folder = Path.of("");

  @Test
  void printsFiguresAsText() throws IOException {
    CommandRun run = CommandRun.of("bench", "--seconds", "1", "--warm-up", "0", relu());
    assertEquals(0, run.status(), run.err());
    assertTrue(run.out().contains("  median "), run.out());
    assertTrue(run.out().contains(" images/s"), run.out());
    assertTrue(run.out().contains("0.0 % of the peak"), run.out());
  }

  @Test
  void writesTheKeysAsJson() throws IOException {
    CommandRun run =
        CommandRun.of("bench", "--seconds", "1", "--warm-up", "0", "--json", "-", relu());
    assertEquals(0, run.status(), run.err());
    List<String> found =
        run.out().lines().filter(line -> line.contains(" : ")).map(BenchTest::key).toList();
    assertEquals(KEYS, found);
    assertTrue(run.out().lines().noneMatch(line -> line.contains(" : -")), run.out());
    Path file = folder.resolve("times.json");
    CommandRun both =
        CommandRun.of("bench", "--seconds", "1", "--warm-up", "0", "--json", file, relu());
    assertTrue(both.out().contains("  median "), both.out());
    assertTrue(Files.readString(file).contains("\"first_ms\" : "));
  }

  @Test
  void takesNetworksOfTheZooInBatches() {
    CommandRun run =
        CommandRun.of(
            "bench",
            "--seconds",
            "1",
            "--warm-up",
            "0",
            "--batch",
            "3",
            "--without",
            "winograd",
            "--without",
            "epilogue-fusion",
            "lenet5");
    assertEquals(0, run.status(), run.err());
    assertEquals("lenet5", run.out().lines().findFirst().orElse(""));
    assertTrue(run.out().contains(" runs of 3 images"), run.out());
  }

  @Test
  void whatCannotBeMeasuredIsSaidInOneSentence() {
    for (List<Object> args :
        List.<List<Object>>of(
            List.of("bench", "lenet6"),
            List.of("bench", "--batch", "0", "lenet5"),
            List.of("bench", "--size", "H=28", "lenet5"),
            List.of("bench", folder.resolve("none.onnx")),
            List.of("bench", folder.resolve("lenet5")))) {
      CommandRun run = CommandRun.of(args.toArray());
      assertEquals(1, run.status(), run.err());
      assertEquals(1, run.err().lines().count(), run.err());
      assertEquals("", run.out());
    }
    CommandRun pass = CommandRun.of("bench", "--without", "nothing", "lenet5");
    assertEquals(2, pass.status());
    assertTrue(pass.err().contains("there is no pass 'nothing'"), pass.err());
  }

  private static String key(String line) {
    return line.strip().split("\"", -1)[1];
  }

  @Test
  void batchesMustBeOpen() throws IOException {
    CommandRun run = CommandRun.of("bench", "--batch", "2", relu());
    assertEquals(1, run.status());
    assertTrue(run.err().contains("expected 1: no batch is open"), run.err());
    assertEquals(2, CommandRun.of("bench", "--seconds", "0", relu()).status());
    assertEquals(2, CommandRun.of("bench", "--threads", "0", relu()).status());
  }

  @Test
  void quantilesAreThoseOfTheRuns() {
    Stopwatch times = new Stopwatch(new long[] {1, 2, 3, 10}, 1);
    assertEquals(2.5, times.median());
    assertEquals(10, times.p99());
    assertEquals(7, new Stopwatch(new long[] {7}, 1).median());
  }

  @Test
  void runsTenTimesAtLeast() {
    int[] runs = {0};
    Stopwatch times = Stopwatch.measure(() -> runs[0]++, Duration.ZERO);
    assertTrue(times.nanos().length >= 10);
    assertEquals(times.nanos().length, runs[0]);
  }

  private Path relu() throws IOException {
    return Files.write(folder.resolve("relu.onnx"), TinyModel.of("Relu", List.of("x"), "y"));
  }
}
