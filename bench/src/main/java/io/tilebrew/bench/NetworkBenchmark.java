package io.tilebrew.bench;

import ai.onnxruntime.OrtException;
import io.tilebrew.graph.OnnxModel;
import java.io.IOException;
import java.nio.file.Path;
import java.util.Map;
import org.openjdk.jmh.annotations.Benchmark;
import org.openjdk.jmh.annotations.Param;
import org.openjdk.jmh.annotations.Setup;
import org.openjdk.jmh.annotations.TearDown;

/** A network on Tilebrew and on ONNX Runtime, with the same number of threads. */
public class NetworkBenchmark extends NetworkState {
  /** A network of the zoo, a problem, an ONNX file, or the LeNet-5 that comes with Tilebrew. */
  @Param(ModelFile.LENET)
  public String model = ModelFile.LENET;

  @SuppressWarnings("NullAway.Init") // compile() comes first
  private TilebrewRunner ours;

  @SuppressWarnings("NullAway.Init")
  private OnnxRuntimeRunner peer;

  /** Compiles the network and warms its kernels up. */
  @Setup
  public void compile() throws IOException, OrtException {
    Path path = ModelFile.of(model);
    ours = tilebrew(path);
    Inputs inputs = Inputs.random(OnnxModel.read(path), batch, Map.of());
    peer = new OnnxRuntimeRunner(path, threads, inputs.tensors(), ours.outputs());
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
