package io.tilebrew.graph.pass;

import io.tilebrew.engine.Shape;
import io.tilebrew.engine.Tensor;
import io.tilebrew.engine.tile.MapKernels;
import io.tilebrew.graph.Graph;
import io.tilebrew.graph.Node;
import io.tilebrew.graph.op.Resize;
import io.tilebrew.graph.op.Shaping;

/** Which operators that move or resize NHWC maps have kernels. */
final class MapShaping {
  private MapShaping() {}

  /** Whether rows and columns alone are resized, and few pixels make one. */
  static boolean hasKernel(Resize resize) {
    return resize.axes().size() == 4
        && resize.axes().get(0).isIdentity(resize.how())
        && resize.axes().get(1).isIdentity(resize.how())
        && MapKernels.canResize(resize.how(), resize.axes().get(2), resize.axes().get(3));
  }

  /** Whether all images and consecutive channels are taken. */
  static boolean hasKernel(Shaping.Slice slice) {
    return (slice.steps().get(0) == 1 || slice.shape().dim(0) == 1)
        && (slice.steps().get(1) == 1 || slice.shape().dim(1) == 1);
  }

  /** Whether a known value surrounds the elements, or pixels are repeated. */
  static boolean hasKernel(Graph graph, Node node, Shaping.Pad pad) {
    return switch (pad.mode()) {
      case CONSTANT -> Views.value(graph, node) != null;
      case REFLECT, EDGE, WRAP -> !Views.isPadded(pad.before(), pad.after(), 1);
    };
  }

  /** Whether known channels are taken. */
  static boolean hasKernel(Graph graph, Node node, Shaping.Gather gather) {
    Shape shape = node.input(0).type().shape();
    Tensor indices = graph.constant(node.input(1));
    if (gather.axis() != 1 || indices == null || indices.shape().rank() != 1) {
      return false;
    }
    for (int i = 0; i < indices.size(); i++) {
      if (indices.longAt(i) < -shape.dim(1) || indices.longAt(i) >= shape.dim(1)) {
        return false;
      }
    }
    return true;
  }
}
