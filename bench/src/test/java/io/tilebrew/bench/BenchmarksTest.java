package io.tilebrew.bench;

import static org.junit.jupiter.api.Assertions.assertEquals;

import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.openjdk.jmh.annotations.Mode;
import org.openjdk.jmh.runner.Runner;
import org.openjdk.jmh.runner.RunnerException;
import org.openjdk.jmh.runner.options.ChainedOptionsBuilder;
import org.openjdk.jmh.runner.options.OptionsBuilder;
import org.openjdk.jmh.runner.options.VerboseMode;

/** Runs each benchmark once, in this process. */
class BenchmarksTest {
  @BeforeAll
  static void mayRunBesideOthers() {
    System.setProperty("jmh.ignoreLock", "true");
  }

  @Test
  void convolutionRuns() throws RunnerException {
    assertEquals(
        4,
        run(
            once(ConvBenchmark.class)
                .param("problem", "n1 6x6x4 -> 8 k3 s1")
                .param("tile", "chosen", "1x4")));
  }

  @Test
  void algorithmsRun() throws RunnerException {
    String problem = "n1 6x6x4 -> 8 k3 s1";
    assertEquals(4, run(once(AlgorithmBenchmark.class).param("problem", problem)));
  }

  @Test
  void layersRunWithoutPasses() throws RunnerException {
    assertEquals(
        2,
        run(
            once(FusionBenchmark.class)
                .param("model", "n1 6x6x4 -> 8 k3 s1 +add +relu +max2")
                .param("without", "nothing", "epilogue-fusion+winograd")
                .param("seconds", "0")));
  }

  @Test
  void familiesRun() throws RunnerException {
    assertEquals(
        10,
        run(
            once(FamilyBenchmark.class)
                .param(
                    "layer",
                    "n1 4x5x6 -> 4 k4 s2 p1 g2 +add +relu transposed",
                    "n1 6x6x4 -> 8 k3 s1 +l1norm2",
                    "n1 6x6x4 -> 8 k3 s1 +add +relu concat",
                    "n1 6x6x4 -> 8 k3 s1 +relu lrn",
                    "n1 1x1x4 -> 8 k1 s1 softmax")
                .param("seconds", "0")));
  }

  @Test
  void fusionRunsWithAndWithout() throws RunnerException {
    assertEquals(2, run(once(FusionBenchmark.class).param("seconds", "0")));
  }

  @Test
  void networkRunsOnBothEnginesAndBothBatches() throws RunnerException {
    assertEquals(
        4, run(once(NetworkBenchmark.class).param("batch", "1", "3").param("seconds", "0")));
  }

  private static ChainedOptionsBuilder once(Class<?> benchmark) {
    return new OptionsBuilder()
        .include(benchmark.getName())
        .forks(0)
        .warmupIterations(0)
        .measurementIterations(1)
        .mode(Mode.SingleShotTime)
        .shouldFailOnError(true)
        .verbosity(VerboseMode.SILENT);
  }

  private static int run(ChainedOptionsBuilder options) throws RunnerException {
    return new Runner(options.build()).run().size();
  }
}
