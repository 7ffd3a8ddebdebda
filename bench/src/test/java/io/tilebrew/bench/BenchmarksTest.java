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
    assertEquals(1, run(once(ConvBenchmark.class).param("problem", "n1 6x6x4 -> 8 k3 s1")));
  }

  @Test
  void fusionRunsWithAndWithout() throws RunnerException {
    assertEquals(2, run(once(FusionBenchmark.class).param("seconds", "0")));
  }

  @Test
  void networkRunsOnBothEnginesAndBothBatches() throws RunnerException {
    assertEquals(4, run(once(NetworkBenchmark.class).param("seconds", "0")));
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
