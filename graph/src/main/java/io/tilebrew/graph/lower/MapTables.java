package io.tilebrew.graph.lower;

import io.tilebrew.engine.DataType;
import io.tilebrew.engine.Tensor;
import io.tilebrew.engine.plan.FeatureMap;
import io.tilebrew.engine.reference.ShapingReference.Padding;
import io.tilebrew.graph.interpret.References;
import io.tilebrew.graph.op.Shaping.Pad;
import io.tilebrew.graph.op.Shaping.Slice;
import java.util.stream.IntStream;
import org.jspecify.annotations.Nullable;

/** Which rows, columns or channels of its input an operator takes. */
final class MapTables {
  private MapTables() {}

  /** The channels at {@code indices}, of which those below 0 count from the end. */
  static int[] channels(Tensor indices, int channels) {
    return IntStream.range(0, indices.size())
        .map(i -> Math.floorMod((int) indices.longAt(i), channels))
        .toArray();
  }

  /** The rows or columns of a slice; one alone where there is no such axis. */
  static int[] slice(Slice slice, int axis) {
    if (axis >= slice.shape().rank()) {
      return new int[1];
    }
    int first = slice.starts().get(axis);
    int step = slice.steps().get(axis);
    return IntStream.range(0, slice.shape().dim(axis)).map(i -> first + i * step).toArray();
  }

  /** The rows or columns that those of a padded map of {@code to} are equal to. */
  static int[] pad(Pad pad, int axis, int from, int to) {
    if (axis >= pad.before().size()) {
      return new int[1];
    }
    Padding padding = References.padding(pad.mode());
    int before = pad.before().get(axis);
    return IntStream.range(0, to).map(i -> padding.source(i - before, from)).toArray();
  }

  /** The place of {@code x} inside its padded form {@code y}. */
  static FeatureMap inner(Pad pad, FeatureMap x, FeatureMap y) {
    FeatureMap channels = y.slice(pad.before().get(1), x.channels());
    return pad.before().size() < 4
        ? channels
        : channels.grow(
            -pad.before().get(2), -pad.before().get(3), -pad.after().get(2), -pad.after().get(3));
  }

  /** The number that all elements of {@code constant} have, or null. */
  static @Nullable Float uniform(@Nullable Tensor constant) {
    if (constant == null || constant.type() != DataType.FLOAT32 || constant.size() == 0) {
      return null;
    }
    int first = Float.floatToRawIntBits(constant.floats()[0]);
    for (float element : constant.floats()) {
      if (Float.floatToRawIntBits(element) != first) {
        return null;
      }
    }
    return constant.floats()[0];
  }
}
