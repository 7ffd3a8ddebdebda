package io.tilebrew.bench;

import io.tilebrew.engine.problem.Algorithm;
import io.tilebrew.engine.problem.ConvProblem;
import java.util.concurrent.TimeUnit;
import org.openjdk.jmh.annotations.Benchmark;
import org.openjdk.jmh.annotations.BenchmarkMode;
import org.openjdk.jmh.annotations.Fork;
import org.openjdk.jmh.annotations.Measurement;
import org.openjdk.jmh.annotations.Mode;
import org.openjdk.jmh.annotations.OutputTimeUnit;
import org.openjdk.jmh.annotations.Param;
import org.openjdk.jmh.annotations.Scope;
import org.openjdk.jmh.annotations.Setup;
import org.openjdk.jmh.annotations.State;
import org.openjdk.jmh.annotations.Warmup;

/** Convolutions by each algorithm, with literal sizes. */
@State(Scope.Thread)
@BenchmarkMode(Mode.AverageTime)
@OutputTimeUnit(TimeUnit.MICROSECONDS)
@Warmup(iterations = 5, time = 1)
@Measurement(iterations = 5, time = 1)
@Fork(value = 2, jvmArgsAppend = "--add-modules=jdk.incubator.vector")
public class AlgorithmBenchmark {
  /** A convolution that each algorithm can compute. */
  @Param({
    "n1 56x56x64 -> 64 k3 s1 p1 +relu",
    "n1 28x28x128 -> 128 k3 s1 p1 +relu",
    "n1 14x14x256 -> 256 k3 s1 p1 +relu",
    "n1 7x7x512 -> 512 k3 s1 p1 +relu"
  })
  public String problem = "";

  /** How it is computed, whatever the problem says; those with {@code K5} take 5x5 weights. */
  @Param({"DIRECT", "WINOGRAD_2", "WINOGRAD_4", "WINOGRAD_6"})
  public Algorithm algorithm = Algorithm.DIRECT;

  private Runnable layer = () -> {};

  /** Makes the kernel. */
  @Setup
  public void compile() {
    layer = new ConvLayer(ConvProblem.parse(problem).with(algorithm)).literal();
  }

  /** One run of the kernel. */
  @Benchmark
  public void run() {
    layer.run();
  }
}
