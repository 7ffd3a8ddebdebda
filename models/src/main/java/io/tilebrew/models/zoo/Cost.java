package io.tilebrew.models.zoo;

import io.tilebrew.engine.Shape;
import io.tilebrew.engine.Tensor;
import io.tilebrew.engine.problem.Arithmetic;
import io.tilebrew.graph.Graph;
import io.tilebrew.graph.Node;
import io.tilebrew.graph.Value;
import io.tilebrew.graph.Work;
import io.tilebrew.graph.op.Constant;
import io.tilebrew.graph.op.Conv;
import io.tilebrew.graph.op.ConvTranspose;
import io.tilebrew.graph.op.Elementwise.Binary;
import io.tilebrew.graph.op.Linear;
import io.tilebrew.graph.op.Normalization.BatchNormalization;
import io.tilebrew.graph.op.Pooling;
import java.util.HashSet;
import java.util.List;
import java.util.Set;

/**
 * What a node or a graph costs.
 *
 * @param parameters the trained numbers; what is shared counts once for a graph
 * @param connections the inputs that each unit sums up, and its bias, over all units
 * @param multiplyAdds the products of inputs and weights
 */
public record Cost(long parameters, long connections, long multiplyAdds) {
  /** The cost of {@code graph} as it stands, for all images of its batch. */
  public static Cost of(Graph graph) {
    Set<Value> parameters = new HashSet<>();
    long connections = 0;
    long multiplyAdds = 0;
    for (Node node : graph.nodes()) {
      Cost cost = of(graph, node);
      connections += cost.connections;
      multiplyAdds += cost.multiplyAdds;
      parameters.addAll(parameters(graph, node));
    }
    return new Cost(size(parameters), connections, multiplyAdds);
  }

  /** The cost of one node of {@code graph}. */
  public static Cost of(Graph graph, Node node) {
    long multiplyAdds = Work.of(node);
    return new Cost(
        size(new HashSet<>(parameters(graph, node))),
        multiplyAdds + sums(graph, node),
        multiplyAdds);
  }

  private static long size(Set<Value> values) {
    return values.stream().mapToLong(v -> v.type().shape().size()).sum();
  }

  /** The constants that a training changes: weights and biases, no statistics and no data. */
  private static List<Value> parameters(Graph graph, Node node) {
    List<Value> operands =
        switch (node.operator()) {
          case Conv _, ConvTranspose _, Linear _ -> node.inputs();
          case BatchNormalization _ -> node.inputs().subList(0, 3);
          case Binary _ when isPerChannel(graph, node) -> node.inputs();
          default -> List.of();
        };
    return operands.stream().filter(v -> isConstant(graph, v)).toList();
  }

  /** Whether the node scales or shifts what it is given, by more than one number. */
  private static boolean isPerChannel(Graph graph, Node node) {
    Shape shape = node.output().type().shape();
    long varying =
        node.inputs().stream()
            .filter(v -> !isConstant(graph, v) && v.type().shape().equals(shape))
            .count();
    return varying == 1
        && node.inputs().stream()
            .anyMatch(v -> isConstant(graph, v) && v.type().shape().size() > 1);
  }

  private static boolean isConstant(Graph graph, Value value) {
    Node producer = graph.producer(value);
    return producer != null && producer.operator() instanceof Constant(Tensor _);
  }

  private static int elements(Value value) {
    return value.type().shape().size();
  }

  /** The connections that are no products: pooled inputs, biases, and differences to data. */
  private static long sums(Graph graph, Node node) {
    boolean hasConstant = node.inputs().stream().anyMatch(v -> isConstant(graph, v));
    return switch (node.operator()) {
      case Conv conv when node.inputs().size() >= 3 -> {
        var problem =
            conv.problem(node.input(0).type().shape(), node.input(1).type().shape().dim(0));
        yield (long) problem.batch()
            * problem.outputChannels()
            * problem.convHeight()
            * problem.convWidth();
      }
      case Pooling pooling -> (long) elements(node.output()) * pooling.window().taps();
      case ConvTranspose _, Linear.Gemm _ when node.inputs().size() == 3 -> elements(node.output());
      case Binary(var function)
          when hasConstant && (function == Arithmetic.ADD || function == Arithmetic.SUB) ->
          elements(node.output());
      default -> 0;
    };
  }
}
