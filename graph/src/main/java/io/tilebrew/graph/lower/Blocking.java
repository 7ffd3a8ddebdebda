package io.tilebrew.graph.lower;

import io.tilebrew.engine.plan.Buffer;
import io.tilebrew.engine.plan.FeatureMap;
import io.tilebrew.engine.problem.ConvProblem;
import io.tilebrew.engine.tile.Kernels;
import io.tilebrew.graph.Graph;
import io.tilebrew.graph.Node;
import io.tilebrew.graph.Value;
import io.tilebrew.graph.op.Conv;
import io.tilebrew.graph.op.Normalization;
import io.tilebrew.graph.op.Pooling;
import io.tilebrew.graph.op.Shaping;
import io.tilebrew.graph.pass.Views;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;

/**
 * Chooses the feature maps that stand in blocks of channels: those of which every kernel that reads
 * or writes them takes blocks.
 */
final class Blocking {
  private final Graph graph;
  private final Map<Value, FeatureMap> maps;
  private final int lanes;
  private final Set<Buffer> plain = new HashSet<>();

  private Blocking(Graph graph, Map<Value, FeatureMap> maps, int lanes) {
    this.graph = graph;
    this.maps = maps;
    this.lanes = lanes;
  }

  /** Puts those of {@code maps} into blocks of {@code lanes} channels that can be. */
  static void apply(Graph graph, Map<Value, FeatureMap> maps, int lanes) {
    Blocking blocking = new Blocking(graph, maps, lanes);
    graph.nodes().forEach(blocking::visit);
    maps.values().forEach(blocking::visit);
    maps.replaceAll(
        (value, map) -> blocking.plain.contains(map.buffer()) ? map : map.inBlocks(lanes));
  }

  private void visit(FeatureMap map) {
    if (!map.canBlock(lanes) || map.height() * map.width() == 1) {
      plain.add(map.buffer());
    }
  }

  private void visit(Node node) {
    if (!takesBlocks(node)) {
      node.inputs().forEach(this::keepPlain);
      node.outputs().forEach(this::keepPlain);
    }
  }

  private void keepPlain(Value value) {
    FeatureMap map = maps.get(value);
    if (map != null) {
      plain.add(map.buffer());
    }
  }

  private boolean takesBlocks(Node node) {
    return switch (node.operator()) {
      case Conv conv -> {
        ConvProblem problem = ConvSteps.problem(node, conv);
        yield Kernels.takesBlocks(problem, lanes) && operandsFit(node, problem);
      }
      case Normalization.Standardization of ->
          of.axes().equals(List.of(1)) && maps.containsKey(node.input(0));
      case Pooling _ -> maps.containsKey(node.input(0)) && maps.containsKey(node.output());
      case Shaping.Concat _ -> node.inputs().stream().allMatch(input -> isInPlace(input, node));
      case Shaping _ -> Views.isView(graph, node) && isInPlace(node.input(0), node);
      default -> false;
    };
  }

  /** Whether the maps beside the output have its channels. */
  private boolean operandsFit(Node node, ConvProblem problem) {
    List<Value> operands = Conv.epilogueInputs(node.inputs());
    return operands.stream()
        .map(maps::get)
        .allMatch(map -> map == null || map.channels() == problem.outputChannels());
  }

  /** Whether {@code value} stands where the result of {@code node} does. */
  private boolean isInPlace(Value value, Node node) {
    FeatureMap map = maps.get(value);
    FeatureMap result = maps.get(node.output());
    return map != null && result != null && map.buffer().equals(result.buffer());
  }
}
