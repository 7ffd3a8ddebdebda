package io.tilebrew.engine.jar;

import io.tilebrew.engine.Port;
import io.tilebrew.engine.plan.Plan;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * What a jar tells of a network.
 *
 * @param inputs the inputs
 * @param outputs the outputs
 * @param batch the symbol of the inputs whose size is free, or null
 * @param sizes a size for each symbol of the inputs, 1 for the batch if it is free
 * @param lanes the floats in a vector
 * @param multiplyAdds the multiply-adds of a run for these sizes
 * @param plan the plan for these sizes
 */
public record JarNetwork(
    List<Port> inputs,
    List<Port> outputs,
    @Nullable String batch,
    Map<String, Integer> sizes,
    int lanes,
    long multiplyAdds,
    Plan plan) {
  /** Copies lists and map. */
  public JarNetwork {
    inputs = List.copyOf(inputs);
    outputs = List.copyOf(outputs);
    sizes = Map.copyOf(sizes);
  }
}
