package io.tilebrew.bench;

import java.io.IOException;
import org.openjdk.jmh.annotations.Benchmark;
import org.openjdk.jmh.annotations.Param;
import org.openjdk.jmh.annotations.Setup;

/** A network or a single layer with all passes of the compiler, and without some of them. */
public class FusionBenchmark extends NetworkState {
  /** Stands for no pass. */
  static final String NOTHING = "nothing";

  /** A network of the zoo, a problem, an ONNX file, or the LeNet-5 that comes with Tilebrew. */
  @Param(ModelFile.LENET)
  public String model = ModelFile.LENET;

  /** The passes to leave out, with + between them, or {@value #NOTHING}. */
  @Param({NOTHING, "epilogue-fusion"})
  public String without = NOTHING;

  private Runnable network = () -> {};

  /** Compiles the network and warms its kernels up. */
  @Setup
  public void compile() throws IOException {
    network = tilebrew(ModelFile.of(model), passes(without));
  }

  /** The passes that {@code without} names. */
  static String[] passes(String without) {
    return without.equals(NOTHING) ? new String[0] : without.split("\\+", -1);
  }

  /** One run. */
  @Benchmark
  public void run() {
    network.run();
  }
}
