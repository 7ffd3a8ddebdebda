package io.tilebrew.graph.lower;

import io.tilebrew.graph.Graph;
import io.tilebrew.graph.Node;
import io.tilebrew.graph.Value;
import io.tilebrew.graph.op.Conv;
import io.tilebrew.graph.op.Elementwise;
import io.tilebrew.graph.op.Pooling;
import io.tilebrew.graph.op.Reorder;
import io.tilebrew.graph.op.Shaping;

/** Tells of which values no element has a sign, unless it is NaN, since a rectifier made them. */
final class Rectified {
  private Rectified() {}

  /** Whether {@code value} is such a value for sure. */
  static boolean is(Graph graph, Value value) {
    Node node = graph.producer(value);
    if (node == null) {
      return false;
    }
    return switch (node.operator()) {
      case Conv conv -> conv.epilogue().isRectified();
      case Elementwise elementwise ->
          elementwise.pointwise() != null && elementwise.pointwise().isRectified();
      case Pooling _, Reorder _, Shaping.Concat _ ->
          node.inputs().stream().allMatch(input -> is(graph, input));
      default -> false;
    };
  }
}
