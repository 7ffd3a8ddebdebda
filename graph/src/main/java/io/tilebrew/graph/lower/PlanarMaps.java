package io.tilebrew.graph.lower;

import io.tilebrew.engine.plan.FeatureMap;
import io.tilebrew.engine.problem.Algorithm;
import io.tilebrew.engine.problem.ConvProblem;
import io.tilebrew.engine.tile.ConvChoice;
import io.tilebrew.engine.tile.Kernels;
import io.tilebrew.engine.tile.PixelConv;
import io.tilebrew.engine.tile.RingConv;
import io.tilebrew.graph.Graph;
import io.tilebrew.graph.Node;
import io.tilebrew.graph.Value;
import io.tilebrew.graph.op.Conv;
import java.util.List;
import java.util.Map;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;

/**
 * Chooses the feature maps of which each channel is a plane: those that a convolution with the
 * pixels in the lanes writes, which need not put the channels of a pixel together then, and that
 * only convolutions of one vector of output channels read, a number at a time.
 */
final class PlanarMaps {
  private final Graph graph;
  private final Map<Value, FeatureMap> maps;
  private final int lanes;
  private final Function<ConvProblem, @Nullable ConvChoice> choices;

  private PlanarMaps(
      Graph graph,
      Map<Value, FeatureMap> maps,
      int lanes,
      Function<ConvProblem, @Nullable ConvChoice> choices) {
    this.graph = graph;
    this.maps = maps;
    this.lanes = lanes;
    this.choices = choices;
  }

  /** Has the channels of those of {@code maps} be planes for which that is faster. */
  static void apply(
      Graph graph,
      Map<Value, FeatureMap> maps,
      int lanes,
      Function<ConvProblem, @Nullable ConvChoice> choices) {
    PlanarMaps planar = new PlanarMaps(graph, maps, lanes, choices);
    for (Node node : graph.nodes()) {
      if (node.operator() instanceof Conv conv && planar.isWanted(node, conv)) {
        maps.computeIfPresent(node.output(), (value, map) -> map.inBlocks(1));
      }
    }
  }

  private boolean isWanted(Node node, Conv conv) {
    FeatureMap x = maps.get(node.input(0));
    FeatureMap y = maps.get(node.output());
    ConvProblem p = ConvSteps.problem(node, conv);
    return x != null
        && y != null
        && !y.isBlocked()
        && y.channels() > 1
        && y.channels() <= Kernels.MOST_PLANES
        && isAlone(y)
        && isDirect(node, p)
        && PixelConv.isFaster(p, x, y.inBlocks(1), lanes)
        && choices.apply(p) == null
        && isReadByConvolutions(node.output());
  }

  /** Whether no other value has a part of the buffer of {@code map}. */
  private boolean isAlone(FeatureMap map) {
    return map.isWhole()
        && maps.values().stream().filter(other -> other.buffer().equals(map.buffer())).count() == 1;
  }

  private boolean isReadByConvolutions(Value value) {
    List<Node> consumers = graph.consumers(value);
    return !consumers.isEmpty()
        && graph.outputs().stream().noneMatch(output -> output.value().equals(value))
        && consumers.stream().allMatch(node -> readsPlanes(node, value));
  }

  private boolean readsPlanes(Node node, Value value) {
    if (!(node.operator() instanceof Conv conv) || !node.input(0).equals(value)) {
      return false;
    }
    ConvProblem p = ConvSteps.problem(node, conv);
    return isDirect(node, p) && p.outputChannels() <= lanes;
  }

  /** Whether a convolution is a direct one whose epilogue reads no maps. */
  private static boolean isDirect(Node node, ConvProblem p) {
    return p.algorithm() == Algorithm.DIRECT
        && p.group() == 1
        && p.outputHeight() * p.outputWidth() > 1
        && Conv.epilogueInputs(node.inputs()).isEmpty()
        && !RingConv.isWanted(p, List.of());
  }
}
