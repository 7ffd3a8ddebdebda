package io.tilebrew.graph.onnx;

import io.tilebrew.engine.DataType;
import io.tilebrew.engine.Shape;
import io.tilebrew.engine.Tensor;
import io.tilebrew.engine.problem.Arithmetic;
import io.tilebrew.engine.problem.Relation;
import io.tilebrew.engine.problem.UnaryFunction;
import io.tilebrew.graph.Value;
import io.tilebrew.graph.op.Elementwise.Binary;
import io.tilebrew.graph.op.Elementwise.Cast;
import io.tilebrew.graph.op.Normalization.BatchNormalization;
import io.tilebrew.graph.op.Normalization.Softmax;
import io.tilebrew.graph.op.Operator;
import io.tilebrew.graph.op.Reduction.ArgExtreme;
import io.tilebrew.graph.op.Reduction.Reduce;
import io.tilebrew.graph.op.Shaping.Expand;
import java.util.List;

/** Operators that bring elements to a common scale, and dropout. */
final class NormalizationImport {
  private NormalizationImport() {}

  static Value batchNormalization(NodeImport n) {
    Attributes a = n.attributes();
    boolean training =
        n.opset() < 7
            ? !a.flag("is_test")
            : n.opset() < 14 ? n.outputs() > 1 : a.flag("training_mode");
    if (training && n.opset() >= 14 && !n.isUsed(1) && !n.isUsed(2)) {
      return ScalingImport.batch(n);
    }
    Check.that(!training, "is in training mode, expected inference");
    Check.that(
        a.integer("spatial", 1) == 1,
        "attribute 'spatial' is %d, expected 1",
        a.integer("spatial", 1));
    return n.result(
        new BatchNormalization(a.real("epsilon", 1e-5f)),
        n.input(0),
        n.input(1),
        n.input(2),
        n.input(3),
        n.input(4));
  }

  static Value softmax(NodeImport n) {
    Along along = Along.of(n);
    return along.finish(new Softmax(along.axis), along.x);
  }

  /** {@code x - m - ln(sum(e^(x - m)))} with the greatest element m. */
  static Value logSoftmax(NodeImport n) {
    Along along = Along.of(n);
    List<Integer> axes = List.of(along.axis);
    Value greatest = n.step(new Reduce(Reduce.Function.MAX, axes, true), along.x);
    Value y = n.step(Arithmetic.SUB, along.x, greatest);
    Value powers = n.step(UnaryFunction.EXP, y);
    Value sum = n.step(new Reduce(Reduce.Function.SUM, axes, true), powers);
    return along.finish(new Binary(Arithmetic.SUB), y, n.step(UnaryFunction.LOG, sum));
  }

  /** 1 at the first of the greatest elements along the axis, else 0. */
  static Value hardmax(NodeImport n) {
    Along along = Along.of(n);
    Value place = n.step(new ArgExtreme(true, along.axis, true, false), along.x);
    Value numbers = n.counting(along.x.type().shape(), along.axis);
    Value isPlace = n.step(Relation.EQUAL, numbers, place);
    return along.finish(new Cast(along.x.type().element()), isPlace);
  }

  /**
   * The input and the axis of Softmax and its like; before opset 13 all dimensions from the axis on
   * are one.
   *
   * @param x the input, perhaps with these dimensions made one
   * @param axis the axis of {@code x}, counted from the front
   * @param shape the shape of the result
   */
  private record Along(NodeImport n, Value x, int axis, Shape shape) {
    static Along of(NodeImport n) {
      boolean flattens = n.opset() < 13;
      Value x = n.input(0);
      Shape shape = x.type().shape();
      int axis = ShapeImport.axis(n.attributes().integer("axis", flattens ? 1 : -1), shape.rank());
      if (!flattens || shape.size(axis + 1, shape.rank()) == 1) {
        return new Along(n, x, axis, shape);
      }
      Shape flat = Shape.of(shape.size(0, axis), shape.size(axis, shape.rank()));
      return new Along(n, n.stepIn(flat, x), 1, shape);
    }

    /** Adds the last operator and gives its result the shape of the input. */
    Value finish(Operator operator, Value... inputs) {
      return x.type().shape().equals(shape)
          ? n.result(operator, inputs)
          : n.resultIn(shape, n.step(operator, inputs));
    }
  }

  /** The identity; the mask says that all elements are kept. */
  static List<Value> dropout(NodeImport n) {
    if (n.has(2)) {
      Tensor training = n.constant(2, "training_mode");
      Check.that(
          training.size() == 1 && training.longAt(0) == 0,
          "training_mode is not false, expected inference");
    }
    Value x = n.input(0);
    if (n.outputs() < 2) {
      return List.of(x);
    }
    Tensor one =
        n.opset() < 10
            ? Tensor.zeros(x.type().element(), Shape.SCALAR)
            : Tensor.zeros(DataType.BOOL, Shape.SCALAR);
    one.set(0, 1L);
    return List.of(x, n.result(1, new Expand(x.type().shape()), n.constant(one)));
  }
}
