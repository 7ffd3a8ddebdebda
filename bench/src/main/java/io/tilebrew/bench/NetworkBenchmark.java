package io.tilebrew.bench;

import ai.onnxruntime.OrtException;
import io.tilebrew.graph.CompileOptions;
import io.tilebrew.graph.OnnxModel;
import java.io.IOException;
import java.nio.file.Path;
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
import org.openjdk.jmh.annotations.TearDown;
import org.openjdk.jmh.annotations.Warmup;

/** A network on Tilebrew and on ONNX Runtime, each with one thread. */
@State(Scope.Thread)
@BenchmarkMode(Mode.AverageTime)
@OutputTimeUnit(TimeUnit.MICROSECONDS)
@Warmup(iterations = 3, time = 1)
@Measurement(iterations = 5, time = 1)
@Fork(value = 3, jvmArgsAppend = "--add-modules=jdk.incubator.vector")
public class NetworkBenchmark {
  /** An ONNX file, or the LeNet-5 that comes with Tilebrew. */
  @Param(ModelFile.LENET)
  public String model = ModelFile.LENET;

  /** The images of a run. */
  @Param({"1", "16"})
  public int batch = 1;

  /** The most seconds that the kernels may take to warm up. */
  @Param("120")
  public int seconds = 0;

  @SuppressWarnings("NullAway.Init") // compile() comes first
  private TilebrewRunner ours;

  @SuppressWarnings("NullAway.Init")
  private OnnxRuntimeRunner peer;

  /** Compiles the network and warms its kernels up. */
  @Setup
  public void compile() throws IOException, OrtException {
    Path path = ModelFile.of(model);
    OnnxModel read = OnnxModel.read(path);
    Inputs inputs = Inputs.random(read, batch, Map.of());
    ours = new TilebrewRunner(read, CompileOptions.DEFAULT, inputs);
    ours.warmUp(Duration.ofSeconds(seconds));
    peer = new OnnxRuntimeRunner(path, 1, inputs.tensors(), ours.outputs());
  }

  /** Closes the session of ONNX Runtime. */
  @TearDown
  public void close() {
    peer.close();
  }

  /** One run on Tilebrew. */
  @Benchmark
  public void tilebrew() {
    ours.run();
  }

  /** One run on ONNX Runtime. */
  @Benchmark
  public void onnxRuntime() {
    peer.run();
  }
}
