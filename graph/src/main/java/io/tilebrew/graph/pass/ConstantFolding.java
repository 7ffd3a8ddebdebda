package io.tilebrew.graph.pass;

import io.tilebrew.engine.Tensor;
import io.tilebrew.graph.Graph;
import io.tilebrew.graph.Node;
import io.tilebrew.graph.Value;
import io.tilebrew.graph.interpret.References;
import io.tilebrew.graph.op.Constant;
import io.tilebrew.graph.op.Reorder;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** Computes what depends on constants alone, up to a size that is sure not to exhaust memory. */
final class ConstantFolding {
  private static final int MOST_ELEMENTS = 1 << 27;

  private ConstantFolding() {}

  static Graph run(Graph graph) {
    return Rewriter.rewrite(graph, ConstantFolding::fold);
  }

  private static @Nullable Value fold(Rewriter rewriter, Node node) {
    if (node.operator() instanceof Constant
        || node.operator() instanceof Reorder
        || node.outputs().size() != 1
        || node.output().type().shape().size() > MOST_ELEMENTS) {
      return null;
    }
    List<Tensor> inputs = new ArrayList<>();
    for (Value input : node.inputs()) {
      Tensor tensor = rewriter.constant(rewriter.now(input));
      if (tensor == null) {
        return null;
      }
      inputs.add(tensor);
    }
    Tensor result = Tensor.zeros(node.output().type().element(), node.output().type().shape());
    References.of(node.operator()).run(inputs.toArray(Tensor[]::new), new Tensor[] {result});
    return rewriter.constant(node.name(), result);
  }
}
