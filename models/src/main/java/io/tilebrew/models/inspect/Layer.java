package io.tilebrew.models.inspect;

import io.tilebrew.engine.problem.Window;
import io.tilebrew.graph.Node;
import io.tilebrew.graph.Value;
import io.tilebrew.models.zoo.Cost;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * A layer of a network, with what it costs.
 *
 * @param name the name
 * @param nodes its nodes, in order
 * @param operator what it computes, in some words
 * @param outputs what it hands on
 * @param window kernel, stride, dilation and padding, or null where it has none
 * @param groups the groups of maps that do not see each other; 1 where there are none
 * @param cost what it costs
 * @param field what each of its outputs sees of the network's input, or null where that is no image
 * @param activationBytes the bytes of what it hands on
 * @param denseWeights the weights, without biases, of a fully connected layer from all that it
 *     reads to all that it hands on, for one image; 0 where it sums up nothing
 */
public record Layer(
    String name,
    List<Node> nodes,
    String operator,
    List<Value> outputs,
    @Nullable Window window,
    int groups,
    Cost cost,
    @Nullable Field field,
    long activationBytes,
    long denseWeights) {
  /** Copies the lists. */
  public Layer {
    nodes = List.copyOf(nodes);
    outputs = List.copyOf(outputs);
  }
}
