package io.tilebrew.bench;

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

/** Single convolutions by tiles of several sizes, with literal sizes and with parameters. */
@State(Scope.Thread)
@BenchmarkMode(Mode.AverageTime)
@OutputTimeUnit(TimeUnit.MICROSECONDS)
@Warmup(iterations = 5, time = 1)
@Measurement(iterations = 5, time = 1)
@Fork(value = 2, jvmArgsAppend = "--add-modules=jdk.incubator.vector")
public class ConvBenchmark {
  /** Stands for the tile that Tilebrew chooses. */
  static final String CHOSEN = "chosen";

  /** The convolution. */
  @Param({
    "n1 56x56x64 -> 64 k3 s1 p1 +relu",
    "n1 14x14x1024 -> 256 k1 s1 +relu",
    "n1 14x14x6 -> 16 k5 s1 +relu +max2"
  })
  public String problem = "";

  /**
   * The tile of a direct convolution, vectors of output channels by output pixels (windows, with a
   * pooling), such as {@code 2x5}, or {@value #CHOSEN}.
   */
  @Param({CHOSEN})
  public String tile = CHOSEN;

  private Runnable literal = () -> {};
  private Runnable generic = () -> {};

  /** Makes the kernels. */
  @Setup
  public void compile() {
    ConvProblem parsed = ConvProblem.parse(problem);
    ConvLayer layer =
        tile.equals(CHOSEN) ? new ConvLayer(parsed) : new ConvLayer(parsed, ConvLayer.tile(tile));
    literal = layer.literal();
    generic = layer.generic();
  }

  /** One run of the kernel with literal sizes. */
  @Benchmark
  public void literal() {
    literal.run();
  }

  /** One run of the kernel with parameters for all sizes. */
  @Benchmark
  public void generic() {
    generic.run();
  }
}
