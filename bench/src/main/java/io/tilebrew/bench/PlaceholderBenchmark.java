package io.tilebrew.bench;

import io.tilebrew.engine.Placeholder;
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

/** Placeholder that proves JMH and ONNX Runtime work. */
@State(Scope.Thread)
@BenchmarkMode(Mode.AverageTime)
@OutputTimeUnit(TimeUnit.NANOSECONDS)
@Fork(1)
@Warmup(iterations = 2, time = 1)
@Measurement(iterations = 2, time = 1)
public class PlaceholderBenchmark {
  @Param("1000")
  int size;

  private float[] values = {};

  /** Creates the benchmark. */
  public PlaceholderBenchmark() {}

  @Setup
  public void setUp() {
    values = new float[size];
  }

  @Benchmark
  public float sum() {
    return Placeholder.sum(values);
  }
}
