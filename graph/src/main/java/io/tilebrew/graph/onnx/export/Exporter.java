package io.tilebrew.graph.onnx.export;

import io.tilebrew.graph.Graph;
import io.tilebrew.graph.ModelException;
import io.tilebrew.graph.Node;
import io.tilebrew.graph.Value;
import io.tilebrew.graph.op.Constant;
import io.tilebrew.graph.op.Convolution;
import io.tilebrew.graph.op.Elementwise;
import io.tilebrew.graph.op.Indexing;
import io.tilebrew.graph.op.Linear;
import io.tilebrew.graph.op.Normalization;
import io.tilebrew.graph.op.Pooling;
import io.tilebrew.graph.op.Reduction;
import io.tilebrew.graph.op.Reorder;
import io.tilebrew.graph.op.Resize;
import io.tilebrew.graph.op.Shaping;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/** Turns a {@link Graph} into the records of a file. */
public final class Exporter {
  private final Graph graph;
  private final @Nullable String batch;
  private final Set<Value> open;
  private final Names names;
  private final ModelWriter model;

  private Exporter(Graph graph, @Nullable String batch) {
    this.graph = graph;
    this.batch = batch;
    this.open = batch == null ? Set.of() : OpenBatch.values(graph);
    this.names = new Names(graph);
    this.model = new ModelWriter(graph.name());
  }

  /**
   * The model of {@code graph}.
   *
   * @param batch the symbol that stands for the leading dimension of the inputs and of what is
   *     computed from them, or null to keep the sizes
   * @throws ModelException if ONNX has no words for a node, or a symbol is wanted where images are
   *     not treated alike
   */
  public static ModelWriter export(Graph graph, @Nullable String batch) {
    Exporter exporter = new Exporter(graph, batch);
    exporter.run();
    return exporter.model;
  }

  private void run() {
    graph.inputs().forEach(input -> model.input(names.of(input), input.type(), symbol(input)));
    graph.nodes().forEach(this::node);
    for (Graph.Output output : graph.outputs()) {
      Value value = output.value();
      if (!names.of(value).equals(output.name())) {
        new NodeWriter(model, "Identity", names.of(value)).to(output.name());
      }
      model.output(output.name(), value.type(), symbol(value));
    }
  }

  private @Nullable String symbol(Value value) {
    return open.contains(value) ? batch : null;
  }

  private void node(Node node) {
    NodeExport n = new NodeExport(model, names, node, open.contains(node.output(0)));
    switch (node.operator()) {
      case Constant(var tensor) -> model.initializer(n.out(), tensor);
      case Reorder _ -> n.node("Identity").to(n.out());
      case Convolution convolution -> WindowExport.convolution(n, convolution);
      case Pooling pooling -> WindowExport.pooling(n, pooling);
      case Elementwise elementwise -> ArithmeticExport.elementwise(n, elementwise);
      case Linear linear -> ArithmeticExport.linear(n, linear);
      case Normalization normalization -> ReductionExport.normalization(n, normalization);
      case Reduction reduction -> ReductionExport.reduction(n, reduction);
      case Shaping shaping -> ShapeExport.shaping(n, shaping);
      case Indexing indexing -> ShapeExport.indexing(n, indexing);
      case Resize resize -> ResizeExport.resize(n, resize);
    }
  }
}
