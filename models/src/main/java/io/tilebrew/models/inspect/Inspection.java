package io.tilebrew.models.inspect;

import io.tilebrew.engine.Shape;
import io.tilebrew.engine.problem.Window;
import io.tilebrew.graph.Graph;
import io.tilebrew.graph.Node;
import io.tilebrew.graph.Value;
import io.tilebrew.graph.op.Conv;
import io.tilebrew.graph.op.ConvTranspose;
import io.tilebrew.graph.op.Elementwise.Activate;
import io.tilebrew.graph.op.Operator;
import io.tilebrew.graph.op.Shaping;
import io.tilebrew.models.zoo.Cost;
import java.util.HashSet;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Objects;
import java.util.Set;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;

/**
 * The layers of a network and what all of them cost.
 *
 * @param layers the layers, in order
 * @param total the sum of their costs, where parameters that layers share count once
 */
public record Inspection(List<Layer> layers, Cost total) {
  /** Copies the list. */
  public Inspection {
    layers = List.copyOf(layers);
  }

  /** The layers of {@code graph}, as it was read. */
  public static Inspection of(Graph graph) {
    ReceptiveFields fields = new ReceptiveFields(graph);
    return new Inspection(
        NodeGroups.of(graph).stream().map(group -> layer(graph, group, fields)).toList(),
        Cost.of(graph));
  }

  /** The bytes of all that layers hand on. */
  public long activationBytes() {
    return layers.stream().mapToLong(Layer::activationBytes).sum();
  }

  /** The weights that the layers would have if each was fully connected; at most 2^63-1. */
  public long denseWeights() {
    return layers.stream().mapToLong(Layer::denseWeights).reduce(0, Inspection::sum);
  }

  /** The nodes of all layers. */
  public int nodes() {
    return layers.stream().mapToInt(layer -> layer.nodes().size()).sum();
  }

  private static Layer layer(Graph graph, NodeGroups.Group group, ReceptiveFields fields) {
    Set<Node> nodes = new HashSet<>(group.nodes());
    Set<Value> inputs = new LinkedHashSet<>();
    Set<Value> outputs = new LinkedHashSet<>();
    for (Node node : group.nodes()) {
      node.inputs().stream().filter(v -> isFrom(graph, v, nodes)).forEach(inputs::add);
      node.outputs().stream().filter(v -> isRead(graph, v, nodes)).forEach(outputs::add);
    }
    if (outputs.isEmpty()) {
      outputs.addAll(group.nodes().getLast().outputs());
    }
    Cost cost = cost(graph, group.nodes());
    return new Layer(
        group.name(),
        group.nodes(),
        text(group.nodes()),
        List.copyOf(outputs),
        window(group.nodes()),
        groups(group.nodes()),
        cost,
        outputs.stream().map(fields::of).filter(Objects::nonNull).findFirst().orElse(null),
        outputs.stream().mapToLong(Inspection::bytes).sum(),
        cost.connections() == 0 ? 0 : dense(inputs, outputs));
  }

  /** Whether a value comes from outside of {@code nodes} and is no constant. */
  private static boolean isFrom(Graph graph, Value value, Set<Node> nodes) {
    Node producer = graph.producer(value);
    return producer == null || (producer.constant() == null && !nodes.contains(producer));
  }

  /** Whether a value is a result of the graph or read outside of {@code nodes}. */
  private static boolean isRead(Graph graph, Value value, Set<Node> nodes) {
    return graph.isOutput(value)
        || graph.consumers(value).stream().anyMatch(node -> !nodes.contains(node));
  }

  private static long bytes(Value value) {
    return (long) value.type().shape().size() * value.type().element().bytes();
  }

  private static Cost cost(Graph graph, List<Node> nodes) {
    return nodes.stream()
        .map(node -> Cost.of(graph, node))
        .reduce(
            new Cost(0, 0, 0),
            (a, b) ->
                new Cost(
                    a.parameters() + b.parameters(),
                    a.connections() + b.connections(),
                    a.multiplyAdds() + b.multiplyAdds()));
  }

  /** The weights between all elements of inputs and outputs, for one image. */
  private static long dense(Set<Value> inputs, Set<Value> outputs) {
    int images = images(inputs, outputs);
    long in = inputs.stream().mapToLong(v -> v.type().shape().size()).sum() / images;
    long out = outputs.stream().mapToLong(v -> v.type().shape().size()).sum() / images;
    return Math.multiplyHigh(in, out) == 0 && in * out >= 0 ? in * out : Long.MAX_VALUE;
  }

  private static long sum(long a, long b) {
    return a + b < 0 ? Long.MAX_VALUE : a + b;
  }

  /** The leading dimension that all values have in common, else 1. */
  private static int images(Set<Value> inputs, Set<Value> outputs) {
    Set<Integer> leading = new HashSet<>();
    for (Set<Value> values : List.of(inputs, outputs)) {
      for (Value value : values) {
        Shape shape = value.type().shape();
        leading.add(shape.rank() < 2 ? 1 : Math.max(1, shape.dim(0)));
      }
    }
    return leading.size() == 1 ? leading.iterator().next() : 1;
  }

  private static @Nullable Window window(List<Node> nodes) {
    return nodes.stream().map(NodeGroups::window).filter(Objects::nonNull).findFirst().orElse(null);
  }

  private static int groups(List<Node> nodes) {
    int groups =
        nodes.stream()
            .mapToInt(
                node ->
                    switch (node.operator()) {
                      case Conv conv -> conv.group();
                      case ConvTranspose conv -> conv.group();
                      default -> 0;
                    })
            .sum();
    return Math.max(1, groups);
  }

  /**
   * The names of the operators, each once; those that only move elements if there are no others.
   */
  private static String text(List<Node> nodes) {
    boolean moves = nodes.stream().allMatch(node -> node.operator() instanceof Shaping);
    return nodes.stream()
        .map(Node::operator)
        .filter(operator -> moves || !(operator instanceof Shaping))
        .map(Inspection::text)
        .distinct()
        .collect(Collectors.joining(", "));
  }

  /** The name of an operator, without its attributes. */
  private static String text(Operator operator) {
    return operator instanceof Activate(var activation)
        ? activation.toString()
        : operator.toString().replaceFirst("\\[.*", "");
  }
}
