package io.tilebrew.graph.onnx;

import io.tilebrew.graph.ModelException;
import io.tilebrew.graph.onnx.ModelProto.GraphProto;
import io.tilebrew.graph.onnx.ModelProto.NodeProto;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.PriorityQueue;
import java.util.Set;

/** The wiring of a graph by names: each name made once, each read name made, no cycle. */
final class Topology {
  private final GraphProto graph;
  private final Set<String> given;
  private final Map<String, Integer> producers = new HashMap<>();

  private Topology(GraphProto graph) {
    this.graph = graph;
    this.given = given(graph);
  }

  /**
   * The nodes of {@code graph}, each after those that make its inputs, else in the order of the
   * file.
   *
   * @throws ModelException if the names do not add up to a graph
   */
  static List<NodeProto> sorted(GraphProto graph) {
    Topology topology = new Topology(graph);
    topology.checkOutputs();
    return topology.sort();
  }

  private static Set<String> given(GraphProto graph) {
    Set<String> initializers = new HashSet<>();
    for (TensorProto initializer : graph.initializers()) {
      if (!initializers.add(initializer.name())) {
        throw new ModelException(
            "initializer '%s' is given twice"
                .formatted(ModelException.shorten(initializer.name())));
      }
    }
    Set<String> given = new HashSet<>(initializers);
    given.addAll(graph.sparseInitializers());
    for (ModelProto.ValueInfo input : graph.inputs()) {
      given.add(input.name());
    }
    given.remove("");
    return given;
  }

  private List<NodeProto> sort() {
    for (int i = 0; i < graph.nodes().size(); i++) {
      declareOutputs(i);
    }
    int[] waiting = new int[graph.nodes().size()];
    Map<Integer, List<Integer>> consumers = new HashMap<>();
    PriorityQueue<Integer> ready = new PriorityQueue<>();
    for (int i = 0; i < waiting.length; i++) {
      for (int producer : producersOf(i)) {
        consumers.computeIfAbsent(producer, p -> new ArrayList<>()).add(i);
        waiting[i]++;
      }
      if (waiting[i] == 0) {
        ready.add(i);
      }
    }
    List<NodeProto> sorted = new ArrayList<>();
    while (!ready.isEmpty()) {
      int next = ready.remove();
      sorted.add(graph.nodes().get(next));
      for (int consumer : consumers.getOrDefault(next, List.of())) {
        if (--waiting[consumer] == 0) {
          ready.add(consumer);
        }
      }
    }
    if (sorted.size() < waiting.length) {
      throw cycle(waiting);
    }
    return sorted;
  }

  private void declareOutputs(int index) {
    NodeProto node = graph.nodes().get(index);
    for (String output : node.outputs()) {
      if (output.isEmpty()) {
        continue;
      }
      if (given.contains(output)) {
        throw fault(node, "makes", output, "which is an input or initializer of the graph");
      }
      Integer other = producers.put(output, index);
      if (other != null) {
        String label = ModelException.shorten(graph.nodes().get(other).label());
        throw fault(node, "makes", output, "which node '%s' makes, too".formatted(label));
      }
    }
  }

  private Set<Integer> producersOf(int index) {
    NodeProto node = graph.nodes().get(index);
    Set<Integer> found = new HashSet<>();
    for (String input : node.inputs()) {
      Integer producer = producers.get(input);
      if (producer != null) {
        if (producer == index) {
          throw fault(node, "reads its own output", input, "expected another value");
        }
        found.add(producer);
      } else if (!input.isEmpty() && !given.contains(input)) {
        throw fault(node, "reads", input, "which nothing makes");
      }
    }
    return found;
  }

  private void checkOutputs() {
    if (graph.outputs().isEmpty()) {
      throw new ModelException("the graph has no outputs, expected at least 1");
    }
    Set<String> made = new HashSet<>(given);
    for (NodeProto node : graph.nodes()) {
      made.addAll(node.outputs());
    }
    made.remove("");
    Set<String> names = new HashSet<>();
    for (ModelProto.ValueInfo output : graph.outputs()) {
      String name = output.name();
      if (!made.contains(name) || !names.add(name)) {
        throw new ModelException(
            "the output '%s' of the graph %s"
                .formatted(
                    ModelException.shorten(name),
                    names.contains(name) ? "is listed twice" : "is made by no node"));
      }
    }
  }

  private ModelException cycle(int[] waiting) {
    int index = 0;
    while (waiting[index] == 0) {
      index++;
    }
    NodeProto node = graph.nodes().get(index);
    return ModelException.at(
        node.label(), node.qualifiedType(), "waits for its own result: the graph has a cycle");
  }

  private static ModelException fault(NodeProto node, String verb, String value, String problem) {
    return ModelException.at(
        node.label(),
        node.qualifiedType(),
        "%s '%s', %s".formatted(verb, ModelException.shorten(value), problem));
  }
}
