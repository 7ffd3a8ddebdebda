package io.tilebrew.graph.lower;

import io.tilebrew.engine.plan.FeatureMap;
import io.tilebrew.engine.problem.ConvProblem;
import io.tilebrew.engine.tile.Kernels;
import io.tilebrew.graph.Graph;
import io.tilebrew.graph.Node;
import io.tilebrew.graph.Value;
import io.tilebrew.graph.op.Conv;
import io.tilebrew.graph.op.Pooling;
import java.util.List;
import java.util.Map;
import java.util.Objects;

/**
 * Gives room for whole vectors to the channels of classifiers without a fully connected layer (Lin
 * et al., Network in Network, 3.2): a convolution 1x1 to as many maps as there are classes, such as
 * 1000, and a global pooling. The maps between can then stand in blocks, and pixels start lines.
 */
final class Room {
  private final Graph graph;
  private final Map<Value, FeatureMap> maps;
  private final int lanes;

  private Room(Graph graph, Map<Value, FeatureMap> maps, int lanes) {
    this.graph = graph;
    this.maps = maps;
    this.lanes = lanes;
  }

  /** Replaces those of {@code maps} that get room for vectors of {@code lanes} channels. */
  static void apply(Graph graph, Map<Value, FeatureMap> maps, int lanes) {
    Room room = new Room(graph, maps, lanes);
    for (Node node : graph.nodes()) {
      if (node.operator() instanceof Conv conv && room.isWanted(node, conv)) {
        room.widen(node.output());
        graph.consumers(node.output()).forEach(pooling -> room.widen(pooling.output()));
      }
    }
  }

  private boolean isWanted(Node node, Conv conv) {
    FeatureMap map = maps.get(node.output());
    ConvProblem p = ConvSteps.problem(node, conv);
    List<Node> consumers = graph.consumers(node.output());
    return map != null
        && map.channels() > lanes
        && map.channels() % lanes != 0
        && isAlone(map)
        && p.window().taps() == 1
        && p.group() == 1
        && p.pool() == null
        && Conv.epilogueInputs(node.inputs()).isEmpty()
        && Kernels.takesBlocks(p, lanes)
        && !consumers.isEmpty()
        && consumers.stream().allMatch(this::isGlobalPooling);
  }

  /** Whether a pooling makes one pixel, in a buffer that can grow. */
  private boolean isGlobalPooling(Node node) {
    FeatureMap map = maps.get(node.output());
    return node.operator() instanceof Pooling
        && map != null
        && map.height() * map.width() == 1
        && isAlone(map);
  }

  /** Whether no value has only a part of the buffer of {@code map}. */
  private boolean isAlone(FeatureMap map) {
    return map.isWhole()
        && maps.values().stream()
            .filter(other -> other.buffer().equals(map.buffer()))
            .allMatch(map::equals);
  }

  private void widen(Value value) {
    FeatureMap tight = Objects.requireNonNull(maps.get(value), value::name);
    FeatureMap wide = tight.withRoom(lanes);
    maps.replaceAll((v, map) -> map.equals(tight) ? wide : map);
  }
}
