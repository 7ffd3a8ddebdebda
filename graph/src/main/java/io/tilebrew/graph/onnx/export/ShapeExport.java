package io.tilebrew.graph.onnx.export;

import io.tilebrew.engine.Shape;
import io.tilebrew.graph.op.Indexing;
import io.tilebrew.graph.op.Indexing.GatherElements;
import io.tilebrew.graph.op.Indexing.GatherNd;
import io.tilebrew.graph.op.Indexing.ScatterElements;
import io.tilebrew.graph.op.Indexing.ScatterNd;
import io.tilebrew.graph.op.Shaping;
import io.tilebrew.graph.op.Shaping.Concat;
import io.tilebrew.graph.op.Shaping.Expand;
import io.tilebrew.graph.op.Shaping.Gather;
import io.tilebrew.graph.op.Shaping.Pad;
import io.tilebrew.graph.op.Shaping.Reshape;
import io.tilebrew.graph.op.Shaping.Slice;
import io.tilebrew.graph.op.Shaping.Transpose;
import java.util.Arrays;
import java.util.stream.LongStream;
import java.util.stream.Stream;

/** Operators that move elements without computing. */
final class ShapeExport {
  private ShapeExport() {}

  static void shaping(NodeExport n, Shaping operator) {
    switch (operator) {
      case Reshape(Shape shape) -> reshape(n, shape);
      case Transpose(var permutation) -> n.node("Transpose").ints("perm", permutation).to(n.out());
      case Concat(int axis) -> n.node("Concat").integer("axis", axis).to(n.out());
      case Expand(Shape shape) ->
          n.node("Expand", n.in(0), n.longs("shape", longs(shape))).to(n.out());
      case Slice slice -> slice(n, slice);
      case Gather(int axis) -> n.node("Gather").integer("axis", axis).to(n.out());
      case Pad pad -> pad(n, pad);
    }
  }

  private static long[] longs(Shape shape) {
    return Arrays.stream(shape.dims()).asLongStream().toArray();
  }

  /** Before an open batch a 0 copies the dimension. */
  private static void reshape(NodeExport n, Shape shape) {
    long[] dims = longs(shape);
    if (n.hasOpenBatch()) {
      dims[0] = 0;
    }
    n.node("Reshape", n.in(0), n.longs("shape", dims))
        .flag("allowzero", !n.hasOpenBatch() && LongStream.of(dims).anyMatch(dim -> dim == 0))
        .to(n.out());
  }

  /** Axes that are taken whole are left out. */
  private static void slice(NodeExport n, Slice slice) {
    Shape x = n.input(0).shape();
    LongStream.Builder starts = LongStream.builder();
    LongStream.Builder ends = LongStream.builder();
    LongStream.Builder axes = LongStream.builder();
    LongStream.Builder steps = LongStream.builder();
    for (int axis = 0; axis < x.rank(); axis++) {
      int size = slice.shape().dim(axis);
      long step = slice.steps().get(axis);
      long start = size == 0 ? 0 : slice.starts().get(axis);
      long end = start + size * step;
      if (size != x.dim(axis) || step != 1) {
        starts.add(start);
        // An end before the first element would count from the last one.
        ends.add(end < 0 ? Integer.MIN_VALUE : end);
        axes.add(axis);
        steps.add(step);
      }
    }
    n.node(
            "Slice",
            n.in(0),
            n.longs("starts", starts.build().toArray()),
            n.longs("ends", ends.build().toArray()),
            n.longs("axes", axes.build().toArray()),
            n.longs("steps", steps.build().toArray()))
        .to(n.out());
  }

  private static void pad(NodeExport n, Pad pad) {
    long[] pads =
        Stream.concat(pad.before().stream(), pad.after().stream())
            .mapToLong(Integer::longValue)
            .toArray();
    String mode =
        switch (pad.mode()) {
          case CONSTANT -> "constant";
          case REFLECT -> "reflect";
          case EDGE -> "edge";
          case WRAP -> "wrap";
        };
    String[] in = n.inputs();
    String sizes = n.longs("pads", pads);
    NodeWriter node =
        in.length == 2 ? n.node("Pad", in[0], sizes, in[1]) : n.node("Pad", in[0], sizes);
    node.text("mode", mode).to(n.out());
  }

  static void indexing(NodeExport n, Indexing operator) {
    switch (operator) {
      case GatherElements(int axis) -> n.node("GatherElements").integer("axis", axis).to(n.out());
      case ScatterElements(int axis, var update) ->
          n.node("ScatterElements")
              .integer("axis", axis)
              .text("reduction", reduction(update))
              .to(n.out());
      case GatherNd(int batchDims) ->
          n.node("GatherND").integer("batch_dims", batchDims).to(n.out());
      case ScatterNd(var update) ->
          n.node("ScatterND").text("reduction", reduction(update)).to(n.out());
    }
  }

  private static String reduction(Indexing.Update update) {
    return switch (update) {
      case REPLACE -> "none";
      case ADD -> "add";
      case MUL -> "mul";
      case MIN -> "min";
      case MAX -> "max";
    };
  }
}
