package io.tilebrew.models.cli;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.io.InputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Comparator;
import java.util.List;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class ExplainTest {
  @TempDir Path folder = Path.of("");
  private Path lenet = Path.of("");

  @BeforeEach
  void copyLenet() throws IOException {
    lenet = folder.resolve("lenet.onnx");
    try (InputStream model = io.tilebrew.models.Lenet.class.getResourceAsStream("lenet5.onnx")) {
      Files.write(lenet, model.readAllBytes());
    }
  }

  @Test
  void tellsStepsAndTotals() {
    CommandRun run = CommandRun.of("explain", "--lanes", "8", lenet);
    assertEquals(0, run.status(), run.err());
    assertTrue(run.out().contains("n1 32x32x1 -> 6 k5 s1 +relu +max2"), run.out());
    assertTrue(run.out().contains("8 lanes; "), run.out());
    assertTrue(
        run.out().contains("  multiply-adds  0.417 million, 100.0 % of them in generated kernels"),
        run.out());
    assertTrue(run.out().contains("  steps          5 kernels, 0 references"), run.out());
  }

  @Test
  void batchesMultiplyTheWork() {
    CommandRun run = CommandRun.of("explain", "--batch", "4", lenet);
    assertTrue(run.out().contains("  images         4"), run.out());
    assertTrue(run.out().contains("  multiply-adds  1.666 million, 100.0 %"), run.out());
    assertEquals(1, CommandRun.of("explain", "--batch", "0", lenet).status());
  }

  @Test
  void passesCanBeLeftOut() {
    CommandRun run = CommandRun.of("explain", "--without", "epilogue-fusion", lenet);
    assertEquals(0, run.status(), run.err());
    assertTrue(!run.out().contains("+max2"), run.out());
    CommandRun unknown = CommandRun.of("explain", "--without", "nonsense", lenet);
    assertEquals(2, unknown.status());
    assertTrue(unknown.err().contains("there is no pass 'nonsense'"), unknown.err());
  }

  @Test
  void aTuningDecidesOnTiles() throws IOException {
    Path file = folder.resolve("lenet.tuning");
    String problem = "n1 14x14x6 -> 16 k5 s1 +relu +max2";
    Files.write(file, List.of("tilebrew tuning 1", problem + "; 8; 1x3; 1x3 5.0, direct 6.5"));
    CommandRun run = CommandRun.of("explain", "--lanes", "8", "--tuning", file, lenet);
    assertEquals(0, run.status(), run.err());
    assertTrue(run.out().contains("direct 1x3 of 2x2, 8 lanes"), run.out());
    assertTrue(run.out().contains("timed: 1x3 5.0 us, direct 6.5 us"), run.out());
    Files.write(file, List.of("tilebrew tuning 1", problem + "; 8; w4;"));
    CommandRun broken = CommandRun.of("explain", "--tuning", file, lenet);
    assertEquals(1, broken.status());
    assertTrue(broken.err().contains("line 2: w4 is no way to compute"), broken.err());
    assertEquals(1, CommandRun.of("explain", "--tuning", folder, lenet).status());
  }

  @Test
  void tunesANetwork() {
    Path file = folder.resolve("out.tuning");
    CommandRun run = CommandRun.of("tune", "--seconds", "2", lenet, "-o", file);
    assertEquals(0, run.status(), run.err());
    assertTrue(run.err().contains("timing way 1 of "), run.err());
    assertEquals(0, CommandRun.of("explain", "--tuning", file, lenet).status());
    assertEquals(2, CommandRun.of("tune", "--seconds", "0", lenet).status());
  }

  @Test
  void whatIsTunedAreKernelsWithoutATuning() {
    CommandRun reference = CommandRun.of("tune", "--reference", lenet);
    assertEquals(2, reference.status());
    assertTrue(reference.err().contains("Unknown option: '--reference'"), reference.err());
    CommandRun tuning = CommandRun.of("tune", "--tuning", folder.resolve("a.tuning"), lenet);
    assertEquals(2, tuning.status());
    assertTrue(tuning.err().contains("Unknown option"), tuning.err());
    CommandRun lanes = CommandRun.of("tune", "--lanes", "5", lenet);
    assertEquals(2, lanes.status());
    assertTrue(lanes.err().contains("lanes is 5, expected 4, 8 or 16"), lanes.err());
  }

  @Test
  void denseLayersCanBeRounded() {
    CommandRun run = CommandRun.of("explain", "--bfloat16", lenet);
    assertEquals(0, run.status(), run.err());
    assertTrue(run.out().contains("k1 s1 bf16"), run.out());
    assertTrue(run.out().contains("bfloat16 weights"), run.out());
  }

  @Test
  void printsLoopsAsSource() {
    CommandRun run = CommandRun.of("explain", "--code", "/conv1/Conv_output_0", lenet);
    assertEquals(0, run.status(), run.err());
    assertTrue(run.out().contains("implements Kernel {"), run.out());
    assertTrue(run.out().contains(".fma("), run.out());
  }

  @Test
  void unknownNodesAreToldWithNearNames() {
    CommandRun run = CommandRun.of("explain", "--code", "no such node", lenet);
    assertEquals(1, run.status());
    assertTrue(run.err().contains("there is no node 'no such node'; near it are ["), run.err());
  }

  @Test
  void writesJson() throws IOException {
    CommandRun run = CommandRun.of("explain", "--json", "-", lenet);
    assertTrue(run.out().contains("\"multiply_adds_in_kernels\" : 416520"), run.out());
    Path file = folder.resolve("explanation.json");
    assertEquals(0, CommandRun.of("explain", "--json", file, lenet).status());
    assertEquals(run.out().strip(), Files.readString(file).strip());
  }

  @Test
  void tracesSteps() {
    CommandRun run = CommandRun.of("explain", "--trace", "--seconds", "1", "--warm-up", "0", lenet);
    assertEquals(0, run.status(), run.err());
    assertTrue(run.out().contains("runs; not all kernels have warmed up"), run.out());
    assertTrue(run.out().contains("n1 32x32x1 -> 6 k5 s1 +relu +max2"), run.out());
    assertTrue(run.out().contains("  FMA peak  "), run.out());
    assertEquals(2, CommandRun.of("explain", "--trace", "--seconds", "0", lenet).status());
    assertEquals(2, CommandRun.of("explain", "--trace", "--code", "x", lenet).status());
  }

  @Test
  void tracesCanBeSorted() {
    CommandRun run =
        CommandRun.of(
            "explain",
            "--trace",
            "--sort",
            "--batch=3",
            "--threads=2",
            "--seconds=1",
            "--warm-up=0",
            "--json=-",
            lenet);
    assertEquals(0, run.status(), run.err());
    List<Double> times =
        run.out()
            .lines()
            .filter(line -> line.contains("\"us\" : "))
            .map(line -> Double.valueOf(line.replaceAll("[^0-9.E-]", "")))
            .toList();
    assertTrue(times.size() >= 5, run.out());
    assertEquals(times.stream().sorted(Comparator.reverseOrder()).toList(), times);
    assertTrue(run.out().contains("\"percent_of_bound\" : "), run.out());
  }

  @Test
  void whatHasNoKernelIsAReference() throws IOException {
    Path add = Files.write(folder.resolve("add.onnx"), TinyModel.of("Add", List.of("a", "b"), "y"));
    CommandRun run = CommandRun.of("explain", add);
    assertTrue(run.out().contains("  steps          0 kernels, 1 references"), run.out());
    CommandRun code = CommandRun.of("explain", "--code", "y", add);
    assertEquals(1, code.status());
    assertTrue(code.err().contains("node 'y' has no kernel"), code.err());
  }
}
