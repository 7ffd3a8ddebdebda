package io.tilebrew.bench;

import io.tilebrew.graph.CompileOptions;
import io.tilebrew.graph.OnnxModel;
import java.io.IOException;
import java.time.Duration;
import java.util.Map;
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

/** A network with and without activation and pooling fused into its convolutions. */
@State(Scope.Thread)
@BenchmarkMode(Mode.AverageTime)
@OutputTimeUnit(TimeUnit.MICROSECONDS)
@Warmup(iterations = 3, time = 1)
@Measurement(iterations = 5, time = 1)
@Fork(value = 3, jvmArgsAppend = "--add-modules=jdk.incubator.vector")
public class FusionBenchmark {
  /** An ONNX file, or the LeNet-5 that comes with Tilebrew. */
  @Param(ModelFile.LENET)
  public String model = ModelFile.LENET;

  /** Whether what can be fused is. */
  @Param({"true", "false"})
  public boolean fused = true;

  /** The most seconds that the kernels may take to warm up. */
  @Param("120")
  public int seconds = 0;

  private Runnable network = () -> {};

  /** Compiles the network and warms its kernels up. */
  @Setup
  public void compile() throws IOException {
    OnnxModel read = OnnxModel.read(ModelFile.of(model));
    CompileOptions options =
        fused ? CompileOptions.DEFAULT : CompileOptions.DEFAULT.without("epilogue-fusion");
    TilebrewRunner runner = new TilebrewRunner(read, options, Inputs.random(read, 1, Map.of()));
    runner.warmUp(Duration.ofSeconds(seconds));
    network = runner;
  }

  /** One run of the network. */
  @Benchmark
  public void run() {
    network.run();
  }
}
