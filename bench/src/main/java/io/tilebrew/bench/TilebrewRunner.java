package io.tilebrew.bench;

import io.tilebrew.engine.Network;
import io.tilebrew.engine.Tensor;
import io.tilebrew.engine.plan.Plan;
import io.tilebrew.engine.plan.Step;
import io.tilebrew.graph.CompileOptions;
import io.tilebrew.graph.OnnxModel;
import io.tilebrew.graph.Tilebrew;
import java.time.Duration;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Objects;

/** A network of ours with its inputs and outputs. */
final class TilebrewRunner implements Contestant {
  private final Network network;
  private final Plan plan;
  private final int batch;
  private final Tensor[] in;
  private final Map<String, Tensor> outputs;
  private final Tensor[] out;

  /** Compiles {@code model} with kernels that climb in {@link #warmUp} only, and runs it once. */
  TilebrewRunner(OnnxModel model, CompileOptions options, Inputs inputs) {
    network = Tilebrew.compile(model, options.with(CompileOptions.Kernels.ON_WARM_UP));
    in = inputs.tensors().values().toArray(Tensor[]::new);
    outputs = network.run(inputs.tensors());
    out = outputs.values().toArray(Tensor[]::new);
    Map<String, Integer> one = new LinkedHashMap<>(inputs.sizes());
    one.putAll(model.defaultSizes());
    plan = network.planFor(one);
    batch = inputs.batch();
  }

  /** The results of the last run, by name and in order. */
  Map<String, Tensor> outputs() {
    return outputs;
  }

  /** Brings the kernels to their fastest form; false if {@code limit} was too short for that. */
  boolean warmUp(Duration limit) {
    return network.warmUp(limit);
  }

  @Override
  public float[] output(String name) {
    return Objects.requireNonNull(outputs.get(name), name).floats().clone();
  }

  @Override
  public void run() {
    network.run(in, out);
  }

  @Override
  public void close() {}

  /** The multiply-adds of a run, as far as kernels do them. */
  long multiplyAdds() {
    long perImage = plan.computes().mapToLong(Step.Compute::multiplyAdds).sum();
    return perImage * plan.images() * batch;
  }

  /** The steps that have no kernel. */
  long references() {
    return plan.steps().stream().filter(Step.Refer.class::isInstance).count();
  }
}
