package io.tilebrew.graph.onnx;

import io.tilebrew.engine.Shape;
import io.tilebrew.graph.ModelException;
import io.tilebrew.graph.Value;
import io.tilebrew.graph.op.Shaping.Pad;
import io.tilebrew.graph.op.Shaping.Slice;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Collections;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** Pad; negative pads, which take elements away, become a Slice before it. */
final class PadImport {
  private PadImport() {}

  static Value pad(NodeImport n) {
    long[] pads = pads(n);
    Shape x = n.shape(0);
    int rank = x.rank();
    List<Integer> starts = new ArrayList<>();
    List<Integer> before = new ArrayList<>();
    List<Integer> after = new ArrayList<>();
    long[] kept = new long[rank];
    for (int i = 0; i < rank; i++) {
      long start = Math.max(-pads[i], 0);
      kept[i] = x.dim(i) - start - Math.max(-pads[rank + i], 0);
      Check.that(kept[i] >= 0, "the pads %s take more than axis %d has", Arrays.toString(pads), i);
      starts.add(kept[i] == 0 ? 0 : (int) start);
      before.add(size(Math.max(pads[i], 0)));
      after.add(size(Math.max(pads[rank + i], 0)));
    }
    Shape shape = Shape.of(kept);
    Value part = n.input(0);
    if (!shape.equals(x)) {
      part = n.step(new Slice(starts, Collections.nCopies(rank, 1), shape), part);
    }
    Pad pad = new Pad(before, after, mode(n));
    Value value = pad.mode() == Pad.Mode.CONSTANT ? value(n, part) : null;
    return value == null ? n.result(pad, part) : n.result(pad, part, value);
  }

  private static int size(long pad) {
    Check.that(pad <= Integer.MAX_VALUE, "pad %d is too large", pad);
    return (int) pad;
  }

  /** The pads before each axis, then those after each. */
  private static long[] pads(NodeImport n) {
    long[] given =
        n.opset() < 2
            ? n.attributes().longs("paddings")
            : n.opset() < 11 ? n.attributes().longs("pads") : n.longs(1, "pads");
    int rank = n.shape(0).rank();
    List<Integer> axes = new ArrayList<>();
    if (n.has(3)) {
      for (long axis : n.longs(3, "axes")) {
        axes.add(ShapeImport.axis(axis, rank));
      }
    } else {
      for (int i = 0; i < rank; i++) {
        axes.add(i);
      }
    }
    int length = given == null ? 0 : given.length;
    Check.that(
        length == 2 * axes.size() && axes.stream().distinct().count() == axes.size(),
        "has %d pads for the axes %s, expected two for each, and each once",
        length,
        axes);
    long[] all = new long[2 * rank];
    for (int i = 0; given != null && i < axes.size(); i++) {
      all[axes.get(i)] = Math.max(given[i], -Integer.MAX_VALUE);
      all[rank + axes.get(i)] = Math.max(given[axes.size() + i], -Integer.MAX_VALUE);
    }
    return all;
  }

  private static Pad.Mode mode(NodeImport n) {
    String mode = n.attributes().text("mode", "constant");
    return switch (mode) {
      case "constant" -> Pad.Mode.CONSTANT;
      case "reflect" -> Pad.Mode.REFLECT;
      case "edge" -> Pad.Mode.EDGE;
      case "wrap" -> Pad.Mode.WRAP;
      default ->
          throw new IllegalArgumentException(
              "mode is '%s', expected constant, reflect, edge or wrap"
                  .formatted(ModelException.shorten(mode)));
    };
  }

  /** The value of constant padding, or null for 0. */
  private static @Nullable Value value(NodeImport n, Value x) {
    if (n.opset() >= 11) {
      return n.has(2) ? n.input(2) : null;
    }
    float value = n.attributes().real("value", 0);
    return value == 0 ? null : n.scalar(x, value);
  }
}
