package io.tilebrew.graph.onnx;

import io.tilebrew.engine.Shape;
import io.tilebrew.engine.Tensor;
import io.tilebrew.engine.problem.Arithmetic;
import io.tilebrew.engine.problem.UnaryFunction;
import io.tilebrew.graph.Value;
import io.tilebrew.graph.op.Elementwise.Unary;
import io.tilebrew.graph.op.Reduction.ArgExtreme;
import io.tilebrew.graph.op.Reduction.CumSum;
import io.tilebrew.graph.op.Reduction.Reduce;
import io.tilebrew.graph.op.Reduction.TopK;
import java.util.List;
import java.util.stream.IntStream;

/** Operators that combine or order the elements along axes. */
final class ReductionImport {
  private ReductionImport() {}

  static Value reduce(NodeImport n, Reduce.Function function) {
    return n.result(reduction(n, function), n.input(0));
  }

  private static Reduce reduction(NodeImport n, Reduce.Function function) {
    boolean keep = n.attributes().integer("keepdims", 1) != 0;
    return new Reduce(function, axes(n), keep);
  }

  /** The axes, an attribute before opset 18 (of ReduceSum before 13); none means all. */
  private static List<Integer> axes(NodeImport n) {
    int rank = n.shape(0).rank();
    boolean inputs = n.opset() >= (n.type().equals("ReduceSum") ? 13 : 18);
    long[] given =
        !inputs ? n.attributes().longs("axes") : n.has(1) ? n.longs(1, "axes") : new long[0];
    if (given == null || given.length == 0) {
      boolean none = inputs && n.attributes().flag("noop_with_empty_axes");
      return IntStream.range(0, none ? 0 : rank).boxed().toList();
    }
    return ShapeImport.axes(given, rank);
  }

  static Value l1(NodeImport n) {
    Value x = n.step(UnaryFunction.ABS, n.input(0));
    return n.result(reduction(n, Reduce.Function.SUM), x);
  }

  static Value sumSquare(NodeImport n) {
    Value x = n.step(Arithmetic.MUL, n.input(0), n.input(0));
    return n.result(reduction(n, Reduce.Function.SUM), x);
  }

  static Value l2(NodeImport n) {
    Value square = n.step(Arithmetic.MUL, n.input(0), n.input(0));
    Value sum = n.step(reduction(n, Reduce.Function.SUM), square);
    return n.result(new Unary(UnaryFunction.SQRT), sum);
  }

  static Value logSum(NodeImport n) {
    Value sum = n.step(reduction(n, Reduce.Function.SUM), n.input(0));
    return n.result(new Unary(UnaryFunction.LOG), sum);
  }

  /** The greatest element is taken out first, so that no power overflows. */
  static Value logSumExp(NodeImport n) {
    Value x = n.input(0);
    Reduce reduce = reduction(n, Reduce.Function.SUM);
    Value greatest = n.step(new Reduce(Reduce.Function.MAX, reduce.axes(), true), x);
    Value finite = n.step(Arithmetic.MAX, greatest, n.scalar(x, -Float.MAX_VALUE));
    Value powers = n.step(UnaryFunction.EXP, n.step(Arithmetic.SUB, x, finite));
    Value sum = n.step(reduce, powers);
    Value log = n.step(UnaryFunction.LOG, sum);
    return n.result(Arithmetic.ADD, log, n.stepIn(sum.type().shape(), finite));
  }

  static Value argExtreme(NodeImport n, boolean greatest) {
    int axis = ShapeImport.axis(n.attributes().integer("axis", 0), n.shape(0).rank());
    boolean keep = n.attributes().integer("keepdims", 1) != 0;
    boolean last = n.attributes().flag("select_last_index");
    return n.result(new ArgExtreme(greatest, axis, keep, last), n.input(0));
  }

  static List<Value> topK(NodeImport n) {
    Shape shape = n.shape(0);
    int axis = ShapeImport.axis(n.attributes().integer("axis", -1), shape.rank());
    long count;
    if (n.opset() < 10) {
      count = n.attributes().integer("k");
    } else {
      Tensor k = n.constant(1, "k");
      Check.that(k.size() == 1, "k is %s, expected one int64", k);
      count = k.longAt(0);
    }
    Check.that(
        count >= 0 && count <= shape.dim(axis),
        "k is %d, expected 0 to %d, the size of axis %d",
        count,
        shape.dim(axis),
        axis);
    boolean greatest = n.attributes().integer("largest", 1) != 0;
    return n.results(new TopK(axis, (int) count, greatest), 2, n.input(0));
  }

  static Value cumSum(NodeImport n) {
    Tensor axis = n.constant(1, "axis");
    Check.that(axis.size() == 1, "axis is %s, expected one integer", axis);
    boolean exclusive = n.attributes().flag("exclusive");
    boolean reverse = n.attributes().flag("reverse");
    int index = ShapeImport.axis(axis.longAt(0), n.shape(0).rank());
    return n.result(new CumSum(index, exclusive, reverse), n.input(0));
  }
}
