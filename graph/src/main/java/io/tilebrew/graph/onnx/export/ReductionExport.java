package io.tilebrew.graph.onnx.export;

import io.tilebrew.engine.DataType;
import io.tilebrew.engine.Shape;
import io.tilebrew.engine.Tensor;
import io.tilebrew.graph.op.Normalization;
import io.tilebrew.graph.op.Normalization.BatchNormalization;
import io.tilebrew.graph.op.Normalization.LocalResponse;
import io.tilebrew.graph.op.Normalization.Softmax;
import io.tilebrew.graph.op.Normalization.Standardization;
import io.tilebrew.graph.op.Reduction;
import io.tilebrew.graph.op.Reduction.ArgExtreme;
import io.tilebrew.graph.op.Reduction.CumSum;
import io.tilebrew.graph.op.Reduction.Reduce;
import io.tilebrew.graph.op.Reduction.TopK;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.stream.IntStream;

/** Operators that combine elements along axes, and normalizations. */
final class ReductionExport {
  private ReductionExport() {}

  static void reduction(NodeExport n, Reduction operator) {
    switch (operator) {
      case Reduce reduce -> reduce(n, reduce);
      case ArgExtreme(boolean greatest, int axis, boolean keepDims, boolean last) ->
          n.node(greatest ? "ArgMax" : "ArgMin")
              .integer("axis", axis)
              .flag("keepdims", keepDims)
              .flag("select_last_index", last)
              .to(n.out());
      case TopK(int axis, int count, boolean greatest) ->
          n.node("TopK", n.in(0), n.longs("k", count))
              .integer("axis", axis)
              .flag("largest", greatest)
              .to(n.out(0), n.out(1));
      case CumSum(int axis, boolean exclusive, boolean reverse) ->
          n.node("CumSum", n.in(0), n.scalar("axis", DataType.INT64, axis))
              .flag("exclusive", exclusive)
              .flag("reverse", reverse)
              .to(n.out());
    }
  }

  private static void reduce(NodeExport n, Reduce reduce) {
    String axes = n.longs("axes", reduce.axes().stream().mapToLong(Integer::longValue).toArray());
    n.node(type(reduce.function()), n.in(0), axes)
        .flag("keepdims", reduce.keepDims())
        .flag("noop_with_empty_axes", reduce.axes().isEmpty())
        .to(n.out());
  }

  private static String type(Reduce.Function function) {
    return switch (function) {
      case SUM -> "ReduceSum";
      case MEAN -> "ReduceMean";
      case PROD -> "ReduceProd";
      case MIN -> "ReduceMin";
      case MAX -> "ReduceMax";
    };
  }

  static void normalization(NodeExport n, Normalization operator) {
    switch (operator) {
      case BatchNormalization(float epsilon) ->
          n.node("BatchNormalization").real("epsilon", epsilon).to(n.out());
      case Softmax(int axis) -> n.node("Softmax").integer("axis", axis).to(n.out());
      case Standardization standardization -> standardization(n, standardization);
      case LocalResponse(int size, float alpha, float beta, float bias) ->
          n.node("LRN")
              .integer("size", size)
              .real("alpha", alpha)
              .real("beta", beta)
              .real("bias", bias)
              .to(n.out());
    }
  }

  /** LayerNormalization along the last axes; others are moved there and back. */
  private static void standardization(NodeExport n, Standardization operator) {
    int rank = n.input(0).rank();
    List<Integer> order = new ArrayList<>(IntStream.range(0, rank).boxed().toList());
    order.removeAll(operator.axes());
    int first = order.size();
    operator.axes().stream().sorted().forEach(order::add);
    int[] dims = order.stream().skip(first).mapToInt(n.input(0).shape()::dim).toArray();
    Tensor ones = Tensor.zeros(DataType.FLOAT32, Shape.of(dims));
    Arrays.fill(ones.floats(), 1);
    boolean moves = !order.equals(order.stream().sorted().toList());
    String x = moves ? n.node("Transpose").ints("perm", order).to(n.step("axesLast")) : n.in(0);
    String y = moves ? n.step("standard") : n.out();
    n.node("LayerNormalization", x, n.constant("ones", ones))
        .integer("axis", first)
        .real("epsilon", operator.epsilon())
        .to(y);
    if (moves) {
      int[] back = IntStream.range(0, rank).map(order::indexOf).toArray();
      n.node("Transpose", y).ints("perm", back).to(n.out());
    }
  }
}
