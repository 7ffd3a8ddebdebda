package io.tilebrew.graph.pass;

import io.tilebrew.engine.Shape;
import io.tilebrew.engine.Tensor;
import io.tilebrew.graph.Graph;
import io.tilebrew.graph.Layout.Nhwc;
import io.tilebrew.graph.Node;
import io.tilebrew.graph.op.Shaping;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * The operators whose result is a part of their input's memory where both are NHWC: some of the
 * channels, or the pixels together with a part of the halo.
 */
public final class Views {
  private Views() {}

  /** Whether the result of {@code node} can stand in the memory of its first input. */
  public static boolean isView(Graph graph, Node node) {
    return isChannelSlice(node) || zeros(graph, node) != null;
  }

  /** Whether {@code node} takes consecutive channels of all pixels. */
  public static boolean isChannelSlice(Node node) {
    if (!(node.operator() instanceof Shaping.Slice slice)) {
      return false;
    }
    Shape x = node.input(0).type().shape();
    return x.rank() >= 2
        && slice.steps().get(1) == 1
        && slice.shape().with(1, 1).equals(x.with(1, 1))
        && isForward(slice);
  }

  private static boolean isForward(Shaping.Slice slice) {
    for (int axis = 0; axis < slice.shape().rank(); axis++) {
      if (slice.steps().get(axis) != 1 && slice.shape().dim(axis) > 1) {
        return false;
      }
    }
    return true;
  }

  /** The border of zeros that {@code node} puts around each feature map, or null. */
  public static @Nullable Nhwc zeros(Graph graph, Node node) {
    if (!(node.operator() instanceof Shaping.Pad(var before, var after, Shaping.Pad.Mode mode))
        || mode != Shaping.Pad.Mode.CONSTANT
        || before.size() != 4
        || isPadded(before, after, 0)
        || isPadded(before, after, 1)) {
      return null;
    }
    Float value = value(graph, node);
    return value != null && Float.floatToRawIntBits(value) == 0
        ? new Nhwc(before.get(2), before.get(3), after.get(2), after.get(3))
        : null;
  }

  /** Whether something is added along {@code axis}. */
  static boolean isPadded(List<Integer> before, List<Integer> after, int axis) {
    return before.get(axis) > 0 || after.get(axis) > 0;
  }

  /** The value of a constant padding of float32, or null if it is not known. */
  public static @Nullable Float value(Graph graph, Node pad) {
    if (pad.inputs().size() == 1) {
      return 0f;
    }
    Tensor constant = graph.constant(pad.input(1));
    return constant == null ? null : constant.floats()[0];
  }

  /** The sum of two halos. */
  static Nhwc plus(Nhwc a, Nhwc b) {
    return new Nhwc(
        a.top() + b.top(), a.left() + b.left(), a.bottom() + b.bottom(), a.right() + b.right());
  }

  /** What {@code inner} leaves of {@code halo}. */
  static Nhwc minus(Nhwc halo, Nhwc inner) {
    return new Nhwc(
        halo.top() - inner.top(),
        halo.left() - inner.left(),
        halo.bottom() - inner.bottom(),
        halo.right() - inner.right());
  }
}
