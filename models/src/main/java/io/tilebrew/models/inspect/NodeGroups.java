package io.tilebrew.models.inspect;

import io.tilebrew.engine.problem.Window;
import io.tilebrew.graph.Graph;
import io.tilebrew.graph.Node;
import io.tilebrew.graph.Value;
import io.tilebrew.graph.op.Conv;
import io.tilebrew.graph.op.ConvTranspose;
import io.tilebrew.graph.op.Linear;
import io.tilebrew.graph.op.Pooling;
import io.tilebrew.graph.op.Shaping;
import io.tilebrew.graph.op.Shaping.Concat;
import java.util.ArrayList;
import java.util.Collections;
import java.util.Comparator;
import java.util.HashMap;
import java.util.HashSet;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/**
 * The nodes of a graph by layers.
 *
 * <p>Names say what belongs together: {@code conv1/relu} is a part of {@code conv1}, and the scope
 * of both is {@code conv1}. A node joins the layers of its scope that make all of its inputs, as
 * long as a layer then has one convolution, pooling or matrix product. Only a concatenation may
 * join several: convolutions of one form over parts of the maps are one layer.
 */
final class NodeGroups {
  /** Nodes that are one layer. */
  record Group(String name, List<Node> nodes) {}

  /** A group under construction: all of its nodes have one scope. */
  private static final class Draft {
    final String scope;
    final List<Node> nodes = new ArrayList<>();
    final List<Node> cores = new ArrayList<>();
    boolean computes;

    Draft(String scope) {
      this.scope = scope;
    }

    void add(Node node) {
      nodes.add(node);
      computes |= !(node.operator() instanceof Shaping);
      if (isCore(node)) {
        cores.add(node);
      }
    }
  }

  private final Graph graph;
  private final Map<Node, Draft> drafts = new HashMap<>();
  private final Map<Node, Integer> order = new HashMap<>();

  private NodeGroups(Graph graph) {
    this.graph = graph;
  }

  /** The groups of all nodes but constants, in the order of their first nodes. */
  static List<Group> of(Graph graph) {
    return new NodeGroups(graph).find();
  }

  /** Whether a node is one of those of which a layer has one. */
  static boolean isCore(Node node) {
    return node.operator() instanceof Linear || window(node) != null;
  }

  /** The window that a node slides, or null. */
  static @Nullable Window window(Node node) {
    return switch (node.operator()) {
      case Conv conv -> conv.window();
      case ConvTranspose conv -> conv.window();
      case Pooling pooling -> pooling.window();
      default -> null;
    };
  }

  private List<Group> find() {
    for (Node node : graph.nodes()) {
      if (node.constant() == null) {
        order.put(node, order.size());
        add(node);
      }
    }
    Comparator<Node> inOrder = Comparator.comparing(order::get);
    Set<Draft> distinct = new HashSet<>(drafts.values());
    distinct.forEach(draft -> draft.nodes.sort(inOrder));
    Set<String> scopes = new HashSet<>();
    Set<String> divided = new HashSet<>();
    distinct.forEach(draft -> (scopes.add(draft.scope) ? scopes : divided).add(draft.scope));
    return distinct.stream()
        .sorted(Comparator.comparing(draft -> draft.nodes.getFirst(), inOrder))
        .map(draft -> new Group(name(draft, !divided.contains(draft.scope)), draft.nodes))
        .toList();
  }

  private void add(Node node) {
    String scope = scope(node.name());
    List<Draft> before = sources(node, scope);
    Draft draft = before != null && fit(before, node) ? joined(before) : new Draft(scope);
    draft.add(node);
    drafts.put(node, draft);
  }

  /** The largest of some groups, with the nodes of the others. */
  private Draft joined(List<Draft> parts) {
    Draft draft = Collections.max(parts, Comparator.comparingInt(d -> d.nodes.size()));
    for (Draft other : parts) {
      if (!other.equals(draft)) {
        other.nodes.forEach(draft::add);
        other.nodes.forEach(moved -> drafts.put(moved, draft));
      }
    }
    return draft;
  }

  private Stream<Value> inputs(Node node) {
    return node.inputs().stream()
        .filter(
            v -> {
              Node producer = graph.producer(v);
              return producer == null || producer.constant() == null;
            });
  }

  /** The groups that make the inputs of a node; null if one of them has another scope. */
  private @Nullable List<Draft> sources(Node node, String scope) {
    Set<Draft> found = new LinkedHashSet<>();
    for (Value value : inputs(node).toList()) {
      Node producer = graph.producer(value);
      Draft draft = producer == null ? null : drafts.get(producer);
      if (draft == null || !draft.scope.equals(scope)) {
        return null;
      }
      found.add(draft);
    }
    return found.isEmpty() ? null : List.copyOf(found);
  }

  /** Whether groups and a node that reads them all are one layer; what it computes begins one. */
  private static boolean fit(List<Draft> drafts, Node node) {
    if (drafts.size() == 1) {
      return !isCore(node) || !drafts.getFirst().computes;
    }
    List<Node> cores = drafts.stream().flatMap(draft -> draft.cores.stream()).toList();
    return node.operator() instanceof Concat
        ? cores.stream().map(NodeGroups::form).distinct().count() <= 1
        : !isCore(node) && cores.size() <= 1;
  }

  /** What convolutions that are one layer have in common. */
  private static Object form(Node core) {
    Window window = window(core);
    return core.operator() instanceof Conv && window != null ? window : core;
  }

  /** The name up to its last slash; all of it if it has none behind its first character. */
  private static String scope(String name) {
    int slash = name.lastIndexOf('/');
    return slash > 0 ? name.substring(0, slash) : name;
  }

  private static String name(Draft draft, boolean alone) {
    boolean isScope = draft.nodes.stream().anyMatch(node -> node.name().equals(draft.scope));
    return isScope || (alone && draft.nodes.size() > 1)
        ? draft.scope
        : (draft.cores.isEmpty() ? draft.nodes : draft.cores).getFirst().name();
  }
}
