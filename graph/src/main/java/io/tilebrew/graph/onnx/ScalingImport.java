package io.tilebrew.graph.onnx;

import io.tilebrew.engine.Shape;
import io.tilebrew.engine.problem.Arithmetic;
import io.tilebrew.engine.problem.Relation;
import io.tilebrew.engine.problem.UnaryFunction;
import io.tilebrew.graph.Value;
import io.tilebrew.graph.op.Elementwise.Where;
import io.tilebrew.graph.op.Normalization.LocalResponse;
import io.tilebrew.graph.op.Normalization.Standardization;
import io.tilebrew.graph.op.Reduction.Reduce;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.stream.IntStream;

/** Normalizations by the statistics of the input itself. */
final class ScalingImport {
  private static final float EPSILON = 1e-5f;

  private ScalingImport() {}

  static Value localResponse(NodeImport n) {
    Attributes a = n.attributes();
    LocalResponse operator =
        new LocalResponse(
            a.integer("size"), a.real("alpha", 1e-4f), a.real("beta", 0.75f), a.real("bias", 1));
    return n.result(operator, n.input(0));
  }

  static Value instance(NodeImport n) {
    Shape x = n.shape(0);
    Check.that(x.rank() >= 3, "the input has shape %s, expected rank 3 or more", x);
    return channels(n, x, range(2, x.rank()));
  }

  /**
   * By means and variances of the batch: batch normalization in training mode, by which networks
   * without normalization standardize their weights.
   */
  static Value batch(NodeImport n) {
    Shape x = n.shape(0);
    Check.that(x.rank() >= 2, "the input has shape %s, expected rank 2 or more", x);
    List<Integer> axes = new ArrayList<>(range(2, x.rank()));
    axes.addFirst(0);
    return channels(n, x, axes);
  }

  /** Input 0 of shape {@code x} standardized along {@code axes}, scaled channel by channel. */
  private static Value channels(NodeImport n, Shape x, List<Integer> axes) {
    float epsilon = n.attributes().real("epsilon", EPSILON);
    Value y = n.step(new Standardization(axes, epsilon), n.input(0));
    return scaled(n, y, perChannel(n, 1, x), perChannel(n, 2, x));
  }

  /** Since opset 21 scale and bias are one for each channel, before that for each group. */
  static Value group(NodeImport n) {
    Shape x = n.shape(0);
    int groups = n.attributes().integer("num_groups");
    Check.that(
        x.rank() >= 3 && groups >= 1 && x.dim(1) % groups == 0,
        "the input %s does not divide into %d groups",
        x,
        groups);
    int[] dims = new int[x.rank() + 1];
    System.arraycopy(x.dims(), 2, dims, 3, x.rank() - 2);
    dims[0] = x.dim(0);
    dims[1] = groups;
    dims[2] = x.dim(1) / groups;
    Shape grouped = Shape.of(dims);
    float epsilon = n.attributes().real("epsilon", EPSILON);
    Standardization operator = new Standardization(range(2, grouped.rank()), epsilon);
    Value y = n.step(operator, n.stepIn(grouped, n.input(0)));
    if (n.opset() < 21) {
      Value factor = n.step(Arithmetic.MUL, y, perChannel(n, 1, grouped));
      return n.resultIn(x, n.step(Arithmetic.ADD, factor, perChannel(n, 2, grouped)));
    }
    return scaled(n, n.stepIn(x, y), perChannel(n, 1, x), perChannel(n, 2, x));
  }

  private static Value scaled(NodeImport n, Value y, Value scale, Value bias) {
    return n.result(Arithmetic.ADD, n.step(Arithmetic.MUL, y, scale), bias);
  }

  /** Input {@code index}, a number for each channel, so that it broadcasts to {@code x}. */
  private static Value perChannel(NodeImport n, int index, Shape x) {
    Check.that(
        n.shape(index).equals(Shape.of(x.dim(1))),
        "input %d has shape %s, expected [%d]",
        index,
        n.shape(index),
        x.dim(1));
    int[] dims = new int[x.rank() - 1];
    Arrays.fill(dims, 1);
    dims[0] = x.dim(1);
    return n.stepIn(Shape.of(dims), n.input(index));
  }

  /** The result, the mean, and one through the deviation. */
  static List<Value> layer(NodeImport n) {
    Value x = n.input(0);
    int rank = x.type().rank();
    int first = ShapeImport.axis(n.attributes().integer("axis", -1), rank);
    List<Integer> axes = range(first, rank);
    float epsilon = n.attributes().real("epsilon", EPSILON);
    Value y = n.step(new Standardization(axes, epsilon), x);
    Value result =
        n.has(2) ? scaled(n, y, n.input(1), n.input(2)) : n.result(Arithmetic.MUL, y, n.input(1));
    Check.that(
        result.type().shape().equals(x.type().shape()),
        "scale and bias do not broadcast to %s",
        x.type());
    List<Value> results = new ArrayList<>(List.of(result));
    if (n.outputs() > 1) {
      Reduce mean = new Reduce(Reduce.Function.MEAN, axes, true);
      Value middle = n.result(1, mean, x);
      Value difference = n.step(Arithmetic.SUB, x, middle);
      Value variance = n.step(mean, n.step(Arithmetic.MUL, difference, difference));
      Value raised = n.step(Arithmetic.ADD, variance, n.scalar(x, epsilon));
      Value deviation = n.step(UnaryFunction.SQRT, raised);
      results.add(middle);
      results.add(n.step(Arithmetic.DIV, n.scalar(x, 1), deviation));
    }
    return results;
  }

  /** Mean 0 and variance 1 along the axes, by default all but the channels. */
  static Value meanVariance(NodeImport n) {
    Value x = n.input(0);
    long[] given = n.attributes().longs("axes");
    List<Integer> axes =
        ShapeImport.axes(given == null ? new long[] {0, 2, 3} : given, x.type().rank());
    Reduce mean = new Reduce(Reduce.Function.MEAN, axes, true);
    Value difference = n.step(Arithmetic.SUB, x, n.step(mean, x));
    Value variance = n.step(mean, n.step(Arithmetic.MUL, difference, difference));
    Value deviation = n.step(UnaryFunction.SQRT, variance);
    Value divisor = n.step(Arithmetic.ADD, deviation, n.scalar(x, 1e-9));
    return n.result(Arithmetic.DIV, difference, divisor);
  }

  /** Divides by the norm along an axis; where that is 0, by 1. */
  static Value norm(NodeImport n) {
    Value x = n.input(0);
    int p = n.attributes().integer("p", 2);
    Check.that(p == 1 || p == 2, "attribute 'p' is %d, expected 1 or 2", p);
    int axis = ShapeImport.axis(n.attributes().integer("axis", -1), x.type().rank());
    Reduce sum = new Reduce(Reduce.Function.SUM, List.of(axis), true);
    Value norm =
        p == 1
            ? n.step(sum, n.step(UnaryFunction.ABS, x))
            : n.step(UnaryFunction.SQRT, n.step(sum, n.step(Arithmetic.MUL, x, x)));
    Value isZero = n.step(Relation.EQUAL, norm, n.scalar(x, 0));
    return n.result(Arithmetic.DIV, x, n.step(new Where(), isZero, n.scalar(x, 1), norm));
  }

  private static List<Integer> range(int from, int to) {
    return IntStream.range(from, to).boxed().toList();
  }
}
