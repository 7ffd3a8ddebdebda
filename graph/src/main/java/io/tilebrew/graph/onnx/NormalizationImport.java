package io.tilebrew.graph.onnx;

import io.tilebrew.engine.DataType;
import io.tilebrew.engine.Shape;
import io.tilebrew.engine.Tensor;
import io.tilebrew.graph.Value;
import io.tilebrew.graph.op.Normalization.BatchNormalization;
import io.tilebrew.graph.op.Normalization.Softmax;
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

  /** Before opset 13 all dimensions from the axis on are one. */
  static Value softmax(NodeImport n) {
    boolean flattens = n.opset() < 13;
    Value x = n.input(0);
    Shape shape = x.type().shape();
    int axis = ShapeImport.axis(n.attributes().integer("axis", flattens ? 1 : -1), shape.rank());
    if (!flattens || shape.size(axis + 1, shape.rank()) == 1) {
      return n.result(new Softmax(axis), x);
    }
    Shape flat = Shape.of(shape.size(0, axis), shape.size(axis, shape.rank()));
    return n.resultIn(shape, n.step(new Softmax(1), n.stepIn(flat, x)));
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
