package io.tilebrew.models.draw;

import io.tilebrew.engine.DataType;
import io.tilebrew.engine.problem.Pointwise;
import io.tilebrew.graph.Graph;
import io.tilebrew.graph.Node;
import io.tilebrew.graph.TensorType;
import io.tilebrew.graph.Value;
import io.tilebrew.graph.op.Constant;
import io.tilebrew.graph.op.Conv;
import io.tilebrew.graph.op.ConvTranspose;
import io.tilebrew.graph.op.Convolution;
import io.tilebrew.graph.op.Elementwise;
import io.tilebrew.graph.op.Indexing;
import io.tilebrew.graph.op.Linear;
import io.tilebrew.graph.op.Normalization;
import io.tilebrew.graph.op.Operator;
import io.tilebrew.graph.op.Pooling;
import io.tilebrew.graph.op.Reduction;
import io.tilebrew.graph.op.Reorder;
import io.tilebrew.graph.op.Resize;
import io.tilebrew.graph.op.Shaping;
import io.tilebrew.models.draw.Diagram.Arrow;
import io.tilebrew.models.draw.Diagram.Box;
import io.tilebrew.models.draw.Diagram.Kind;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.stream.Collectors;

/**
 * A graph as boxes: one for each input, output and node but constants. What was fused into a node
 * stands as labels in its box.
 */
final class GraphDiagram {
  private final Graph graph;
  private final List<Box> boxes = new ArrayList<>();
  private final List<Arrow> arrows = new ArrayList<>();
  private final Map<Value, Integer> makers = new HashMap<>();

  private GraphDiagram(Graph graph) {
    this.graph = graph;
  }

  static Diagram of(Graph graph) {
    return new GraphDiagram(graph).build();
  }

  private Diagram build() {
    for (Value input : graph.inputs()) {
      makers.put(input, boxes.size());
      boxes.add(new Box(Kind.INPUT, input.name(), List.of(), text(input.type())));
    }
    for (Node node : graph.nodes()) {
      if (node.constant() == null) {
        lead(node.inputs());
        node.outputs().forEach(value -> makers.put(value, boxes.size()));
        boxes.add(new Box(kind(node.operator()), node.name(), labels(node), results(node)));
      }
    }
    for (Graph.Output output : graph.outputs()) {
      lead(List.of(output.value()));
      boxes.add(new Box(Kind.OUTPUT, output.name(), List.of(), ""));
    }
    return new Diagram(graph.name(), boxes, arrows);
  }

  /** Adds an arrow from each box that makes one of {@code values} to the next box. */
  private void lead(List<Value> values) {
    for (Value value : new LinkedHashSet<>(values)) {
      Integer maker = makers.get(value);
      if (maker != null) {
        Arrow arrow = new Arrow(maker, boxes.size());
        arrows.add(arrow);
      }
    }
  }

  private static String results(Node node) {
    return node.outputs().stream()
        .map(value -> text(value.type()))
        .distinct()
        .collect(Collectors.joining(" "));
  }

  private static String text(TensorType type) {
    return (type.element() == DataType.FLOAT32 ? "" : type.element()) + type.shape().toString();
  }

  private static Kind kind(Operator operator) {
    return switch (operator) {
      case Convolution _ -> Kind.CONVOLUTION;
      case Linear _ -> Kind.LINEAR;
      case Pooling _ -> Kind.POOLING;
      case Elementwise _ -> Kind.ELEMENTWISE;
      case Normalization _ -> Kind.NORMALIZATION;
      case Shaping _, Reorder _ -> Kind.SHAPING;
      case Constant _, Indexing _, Reduction _, Resize _ -> Kind.OTHER;
    };
  }

  private List<String> labels(Node node) {
    List<String> labels = new ArrayList<>();
    switch (node.operator()) {
      case Conv conv -> {
        Conv bare =
            new Conv(
                conv.window(),
                conv.group(),
                conv.algorithm(),
                conv.weights(),
                Pointwise.NONE,
                null);
        labels.add(text(bare));
        addBias(node, labels);
        addStages(conv.epilogue(), Conv.epilogueInputs(node.inputs()), labels);
        if (conv.pool() != null) {
          labels.add(conv.pool().toString());
        }
      }
      case Elementwise.Fused(Pointwise function) ->
          addStages(function, node.inputs().subList(1, node.inputs().size()), labels);
      case ConvTranspose _, Linear.Gemm _ -> {
        labels.add(text(node.operator()));
        addBias(node, labels);
      }
      default -> labels.add(text(node.operator()));
    }
    return labels;
  }

  private static void addBias(Node node, List<String> labels) {
    if (node.inputs().size() >= 3) {
      labels.add("bias");
    }
  }

  /** A label for each stage; inputs are numbered from 1. */
  private void addStages(Pointwise function, List<Value> inputs, List<String> labels) {
    for (Pointwise.Stage stage : function.stages()) {
      labels.add(
          switch (stage) {
            case Pointwise.Activate(var activation) -> activation.toString();
            case Pointwise.Apply(var unary) -> lower(unary);
            case Pointwise.Combine(var arithmetic, var operand, boolean _) ->
                lower(arithmetic) + " " + text(operand, inputs);
          });
    }
  }

  private String text(Pointwise.Operand operand, List<Value> inputs) {
    return switch (operand) {
      case Pointwise.Earlier _ -> "itself";
      case Pointwise.Scalar(float value) -> String.valueOf(value);
      case Pointwise.Input(int index) -> {
        Value input = inputs.get(index - 1);
        Node producer = graph.producer(input);
        yield producer != null && producer.constant() != null ? "constant" : input.name();
      }
    };
  }

  /** The text of an operator without brackets, and without what is usual. */
  private static String text(Operator operator) {
    return switch (operator) {
      case Elementwise.Activate(var activation) -> activation.toString();
      case Linear.Gemm(boolean _, boolean _, float alpha, float beta)
          when alpha == 1 && beta == 1 ->
          operator.name();
      default -> operator.toString().replaceFirst("\\[", " ").replaceFirst("\\]$", "");
    };
  }

  private static String lower(Enum<?> constant) {
    return constant.name().toLowerCase(Locale.ROOT);
  }
}
