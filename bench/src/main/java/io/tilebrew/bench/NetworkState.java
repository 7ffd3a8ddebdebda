package io.tilebrew.bench;

import io.tilebrew.graph.CompileOptions;
import io.tilebrew.graph.OnnxModel;
import java.io.IOException;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import org.openjdk.jmh.annotations.BenchmarkMode;
import org.openjdk.jmh.annotations.Fork;
import org.openjdk.jmh.annotations.Measurement;
import org.openjdk.jmh.annotations.Mode;
import org.openjdk.jmh.annotations.OutputTimeUnit;
import org.openjdk.jmh.annotations.Param;
import org.openjdk.jmh.annotations.Scope;
import org.openjdk.jmh.annotations.State;
import org.openjdk.jmh.annotations.Warmup;

/** What benchmarks of networks have in common. */
@State(Scope.Thread)
@BenchmarkMode(Mode.AverageTime)
@OutputTimeUnit(TimeUnit.MICROSECONDS)
@Warmup(iterations = 3, time = 1)
@Measurement(iterations = 5, time = 1)
@Fork(value = 3, jvmArgsAppend = "--add-modules=jdk.incubator.vector")
public abstract class NetworkState {
  /** The images of a run. */
  @Param("1")
  public int batch = 1;

  /** The threads at work on a run. */
  @Param("1")
  public int threads = 1;

  /** The most seconds that the kernels may take to warm up. */
  @Param("120")
  public int seconds = 0;

  /**
   * The network on Tilebrew, with warm kernels.
   *
   * @param path its file
   * @param without the passes to leave out
   */
  final TilebrewRunner tilebrew(Path path, String... without) throws IOException {
    OnnxModel read = OnnxModel.read(path);
    CompileOptions options = CompileOptions.DEFAULT.withThreads(threads);
    for (String pass : without) {
      options = options.without(pass);
    }
    TilebrewRunner runner = new TilebrewRunner(read, options, Inputs.random(read, batch, Map.of()));
    runner.warmUp(Duration.ofSeconds(seconds));
    return runner;
  }
}
