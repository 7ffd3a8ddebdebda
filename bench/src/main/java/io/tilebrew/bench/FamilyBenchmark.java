package io.tilebrew.bench;

import java.io.IOException;
import org.openjdk.jmh.annotations.Benchmark;
import org.openjdk.jmh.annotations.Param;
import org.openjdk.jmh.annotations.Setup;

/** A layer for each family of kernels, fused and unfused. */
public class FamilyBenchmark extends NetworkState {
  /**
   * The layer, as {@link LayerModel} reads it. By default the direct convolution or Winograd's, a
   * pointwise one, grouped, depthwise, a first layer, a transposed one; poolings of each kind, in a
   * tile and in a ring; a fully connected layer, a chain of elementwise functions, softmax, local
   * response normalization, concatenation.
   */
  @Param({
    "n1 56x56x64 -> 64 k3 s1 p1 +relu",
    "n1 56x56x64 -> 256 k1 s1 +add +relu",
    "n1 28x28x256 -> 256 k3 s1 p1 g32 +relu",
    "n1 56x56x128 -> 128 k3 s1 p1 g128 +clip(0,6)",
    "n1 224x224x3 -> 64 k7 s2 p3 +relu",
    "n1 28x28x64 -> 32 k4 s2 p1 +relu transposed",
    "n1 28x28x64 -> 64 k5 s1 p2 +relu +max2",
    "n1 28x28x64 -> 64 k5 s1 p2 +relu +avg2",
    "n1 28x28x64 -> 64 k5 s1 p2 +relu +l2norm2",
    "n1 112x112x32 -> 64 k5 s1 p2 +relu +max3s2p1",
    "n1 1x1x4096 -> 1000 k1 s1 +relu",
    "n1 28x28x64 -> 64 k1 s1 +mul +add +hardswish",
    "n1 28x28x64 -> 21 k1 s1 softmax",
    "n1 27x27x96 -> 256 k5 s1 p2 +relu lrn",
    "n1 28x28x192 -> 64 k1 s1 +relu concat"
  })
  public String layer = "";

  /** The passes to leave out, as in {@link FusionBenchmark}. */
  @Param({FusionBenchmark.NOTHING, "pointwise-fusion+epilogue-fusion"})
  public String without = FusionBenchmark.NOTHING;

  private Runnable network = () -> {};

  /** Compiles the layer and warms its kernels up. */
  @Setup
  public void compile() throws IOException {
    network = tilebrew(ModelFile.of(layer), FusionBenchmark.passes(without));
  }

  /** One run. */
  @Benchmark
  public void run() {
    network.run();
  }
}
