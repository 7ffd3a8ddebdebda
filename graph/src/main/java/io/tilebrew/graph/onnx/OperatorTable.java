package io.tilebrew.graph.onnx;

import static java.util.Map.entry;

import io.tilebrew.engine.problem.Activation;
import io.tilebrew.graph.Value;
import io.tilebrew.graph.op.Elementwise.Activate;
import io.tilebrew.graph.op.Elementwise.Binary.Function;
import io.tilebrew.graph.op.Linear.MatMul;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/** The operators of ONNX that can be imported, and how: one line for each. */
final class OperatorTable {
  private static final int MANY = Integer.MAX_VALUE;

  private static final Map<String, Entry> ENTRIES =
      Map.ofEntries(
          entry("Add", one(1, 2, 2, n -> ArithmeticImport.binary(n, Function.ADD))),
          entry("AveragePool", one(1, 1, 1, WindowImport::averagePool)),
          entry("BatchNormalization", one(1, 5, 5, NormalizationImport::batchNormalization)),
          entry("Cast", one(1, 1, 1, ArithmeticImport::cast)),
          entry("Clip", one(1, 1, 3, ArithmeticImport::clip)),
          entry("Concat", one(1, 1, MANY, ShapeImport::concat)),
          entry("Constant", one(1, 0, 0, ConstantImport::constant)),
          entry("ConstantOfShape", one(9, 1, 1, ConstantImport::constantOfShape)),
          entry("Conv", one(1, 2, 3, WindowImport::conv)),
          entry("Div", one(1, 2, 2, n -> ArithmeticImport.binary(n, Function.DIV))),
          entry("Dropout", new Entry(1, 1, 3, NormalizationImport::dropout)),
          entry("Expand", one(8, 2, 2, ShapeImport::expand)),
          entry("Flatten", one(1, 1, 1, ShapeImport::flatten)),
          entry("Gather", one(1, 2, 2, ShapeImport::gather)),
          entry("Gemm", one(1, 2, 3, ArithmeticImport::gemm)),
          entry("GlobalAveragePool", one(1, 1, 1, WindowImport::globalAveragePool)),
          entry("GlobalMaxPool", one(1, 1, 1, WindowImport::globalMaxPool)),
          entry("Identity", one(1, 1, 1, n -> n.input(0))),
          entry("MatMul", one(1, 2, 2, n -> n.result(new MatMul(), n.input(0), n.input(1)))),
          entry("MaxPool", one(1, 1, 1, WindowImport::maxPool)),
          entry("Mul", one(1, 2, 2, n -> ArithmeticImport.binary(n, Function.MUL))),
          entry("Relu", one(1, 1, 1, n -> n.result(new Activate(Activation.RELU), n.input(0)))),
          entry("Reshape", one(1, 1, 2, ShapeImport::reshape)),
          entry("Shape", one(1, 1, 1, ConstantImport::shape)),
          entry("Size", one(1, 1, 1, ConstantImport::size)),
          entry("Slice", one(1, 1, 5, SliceImport::slice)),
          entry("Softmax", one(1, 1, 1, NormalizationImport::softmax)),
          entry("Squeeze", one(1, 1, 2, ShapeImport::squeeze)),
          entry("Sub", one(1, 2, 2, n -> ArithmeticImport.binary(n, Function.SUB))),
          entry("Sum", one(1, 1, MANY, n -> ArithmeticImport.chain(n, Function.ADD))),
          entry("Transpose", one(1, 1, 1, ShapeImport::transpose)),
          entry("Unsqueeze", one(1, 1, 2, ShapeImport::unsqueeze)));

  private OperatorTable() {}

  /** What {@code type} becomes under {@code opset}, or null if it is not supported. */
  static @Nullable Entry find(String type, int opset) {
    Entry entry = ENTRIES.get(type);
    return entry != null && opset >= entry.since ? entry : null;
  }

  /** Builds the values of a node. */
  @FunctionalInterface
  interface Handler {
    /** The values of the outputs; the file may leave out the last. */
    List<Value> build(NodeImport node);
  }

  /** Builds the value of a node with one output. */
  @FunctionalInterface
  interface OneHandler {
    Value build(NodeImport node);
  }

  /**
   * An operator.
   *
   * @param since the opset that brought it
   * @param least the least number of inputs
   * @param most the greatest number of inputs
   * @param handler what it becomes
   */
  record Entry(int since, int least, int most, Handler handler) {
    List<Value> build(NodeImport node) {
      Check.that(
          node.inputs() >= least && node.inputs() <= most,
          least == most ? "has %d inputs, expected %d" : "has %d inputs, expected %d to %d",
          node.inputs(),
          least,
          most);
      return handler.build(node);
    }
  }

  private static Entry one(int since, int least, int most, OneHandler handler) {
    return new Entry(since, least, most, node -> List.of(handler.build(node)));
  }
}
