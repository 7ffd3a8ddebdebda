package io.tilebrew.graph.lower;

import io.tilebrew.graph.Graph;
import io.tilebrew.graph.Node;
import io.tilebrew.graph.Value;
import io.tilebrew.graph.op.Constant;
import io.tilebrew.graph.op.Reorder;
import io.tilebrew.graph.pass.Passes;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Collection;
import java.util.Comparator;
import java.util.Deque;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * What became of the nodes of a graph: both graphs cut where they have a value of one name. Passes
 * give the result of a node that replaces others the name of the last of them, so each region holds
 * the nodes that were replaced and those that replace them.
 */
final class Regions {
  /**
   * The nodes that make a value of both graphs from others of both; constants and reorders do not
   * count.
   *
   * @param before the nodes before the passes that no earlier region has, in order
   * @param after the nodes after them
   */
  record Region(List<Node> before, List<Node> after) {}

  private final Graph before;
  private final Graph after;
  private final Map<String, Value> named = new HashMap<>();
  private final Map<Value, Value> originals = new HashMap<>();
  private final Set<Value> known = new HashSet<>();
  private final Set<Value> cuts = new HashSet<>();
  private final Set<Node> takenBefore = new HashSet<>();
  private final Set<Node> takenAfter = new HashSet<>();
  private final Map<Node, Integer> order = new HashMap<>();

  private Regions(Graph before, Graph after) {
    this.before = before;
    this.after = after;
    before.nodes().forEach(node -> order.put(node, order.size()));
    after.nodes().forEach(node -> order.put(node, order.size()));
    for (Node node : before.nodes()) {
      node.outputs().forEach(value -> named.put(value.name(), value));
      if (known.containsAll(node.inputs())) {
        known.addAll(node.outputs());
      }
    }
    for (Node node : after.nodes()) {
      for (Value value : node.outputs()) {
        Value old = isPassive(after, value) ? null : original(value);
        if (old != null) {
          originals.put(value, old);
          cuts.add(value);
          cuts.add(old);
        }
      }
    }
  }

  /** The regions of two graphs, in the order of the nodes of {@code after}. */
  static List<Region> of(Graph before, Graph after) {
    return new Regions(before, after).find();
  }

  /** What {@code value} of the later graph is in the earlier one, or null. */
  private @Nullable Value original(Value value) {
    Value same = named.get(value.name());
    return same == null ? named.get(Passes.originalName(value.name())) : same;
  }

  /** Whether a value is an input of the graph, a constant or a copy in another layout. */
  private static boolean isPassive(Graph graph, Value value) {
    Node producer = graph.producer(value);
    return producer == null
        || producer.operator() instanceof Constant
        || producer.operator() instanceof Reorder;
  }

  private List<Region> find() {
    List<Region> regions = new ArrayList<>();
    for (Node node : after.nodes()) {
      List<Value> ends = new ArrayList<>();
      List<Value> oldEnds = new ArrayList<>();
      for (Value value : node.outputs()) {
        Value old = originals.get(value);
        if (old != null) {
          ends.add(value);
          oldEnds.add(old);
        }
      }
      if (!ends.isEmpty()) {
        regions.add(new Region(walk(before, oldEnds, takenBefore), walk(after, ends, takenAfter)));
      }
    }
    return regions;
  }

  /** The nodes that {@code ends} are made by, back to the cuts, in the order of the graph. */
  private List<Node> walk(Graph graph, Collection<Value> ends, Set<Node> taken) {
    Set<Node> found = new HashSet<>();
    Deque<Value> open = new ArrayDeque<>(ends);
    while (!open.isEmpty()) {
      Value value = open.pop();
      Node node = graph.producer(value);
      if (node != null && !known.contains(value) && !taken.contains(node) && found.add(node)) {
        node.inputs().stream().filter(input -> !cuts.contains(input)).forEach(open::push);
      }
    }
    taken.addAll(found);
    return found.stream()
        .filter(node -> node.outputs().stream().noneMatch(value -> isPassive(graph, value)))
        .sorted(Comparator.comparing(order::get))
        .toList();
  }
}
