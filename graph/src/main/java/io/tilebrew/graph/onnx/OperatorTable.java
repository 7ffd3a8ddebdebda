package io.tilebrew.graph.onnx;

import static java.util.Map.entry;

import io.tilebrew.engine.problem.Activation;
import io.tilebrew.engine.problem.Arithmetic;
import io.tilebrew.engine.problem.Relation;
import io.tilebrew.engine.problem.UnaryFunction;
import io.tilebrew.graph.Value;
import io.tilebrew.graph.op.Elementwise.Activate;
import io.tilebrew.graph.op.Elementwise.Where;
import io.tilebrew.graph.op.Linear.MatMul;
import io.tilebrew.graph.op.Reduction.Reduce;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/** The operators of ONNX that can be imported, and how: one line for each. */
final class OperatorTable {
  private static final int MANY = Integer.MAX_VALUE;

  private static final Map<String, Entry> ENTRIES =
      Map.ofEntries(
          entry("Abs", one(1, 1, 1, n -> ArithmeticImport.unary(n, UnaryFunction.ABS))),
          entry("Acos", one(7, 1, 1, n -> ArithmeticImport.unary(n, UnaryFunction.ACOS))),
          entry("Acosh", one(9, 1, 1, n -> ArithmeticImport.unary(n, UnaryFunction.ACOSH))),
          entry("Add", one(1, 2, 2, n -> ArithmeticImport.binary(n, Arithmetic.ADD))),
          entry("And", one(1, 2, 2, n -> ArithmeticImport.logic(n, Arithmetic.MIN))),
          entry("ArgMax", one(1, 1, 1, n -> ReductionImport.argExtreme(n, true))),
          entry("ArgMin", one(1, 1, 1, n -> ReductionImport.argExtreme(n, false))),
          entry("Asin", one(7, 1, 1, n -> ArithmeticImport.unary(n, UnaryFunction.ASIN))),
          entry("Asinh", one(9, 1, 1, n -> ArithmeticImport.unary(n, UnaryFunction.ASINH))),
          entry("Atan", one(7, 1, 1, n -> ArithmeticImport.unary(n, UnaryFunction.ATAN))),
          entry("Atanh", one(9, 1, 1, n -> ArithmeticImport.unary(n, UnaryFunction.ATANH))),
          entry("AveragePool", one(1, 1, 1, WindowImport::averagePool)),
          entry("BatchNormalization", one(1, 5, 5, NormalizationImport::batchNormalization)),
          entry("Cast", one(1, 1, 1, ArithmeticImport::cast)),
          entry("Ceil", one(1, 1, 1, n -> ArithmeticImport.unary(n, UnaryFunction.CEIL))),
          entry("Celu", one(12, 1, 1, ActivationImport::celu)),
          entry("Clip", one(1, 1, 3, ArithmeticImport::clip)),
          entry("Concat", one(1, 1, MANY, ShapeImport::concat)),
          entry("Constant", one(1, 0, 0, ConstantImport::constant)),
          entry("ConstantOfShape", one(9, 1, 1, ConstantImport::constantOfShape)),
          entry("Conv", one(1, 2, 3, WindowImport::conv)),
          entry("ConvTranspose", one(1, 2, 3, ConvTransposeImport::convTranspose)),
          entry("Cos", one(7, 1, 1, n -> ArithmeticImport.unary(n, UnaryFunction.COS))),
          entry("Cosh", one(9, 1, 1, n -> ArithmeticImport.unary(n, UnaryFunction.COSH))),
          entry("CumSum", one(11, 2, 2, ReductionImport::cumSum)),
          entry("DepthToSpace", one(1, 1, 1, IndexImport::depthToSpace)),
          entry("DequantizeLinear", one(10, 2, 3, QuantizedImport::dequantize)),
          entry("Div", one(1, 2, 2, n -> ArithmeticImport.binary(n, Arithmetic.DIV))),
          entry("Dropout", new Entry(1, 1, 3, NormalizationImport::dropout)),
          entry("DynamicQuantizeLinear", new Entry(11, 1, 1, QuantizedImport::dynamic)),
          entry("Elu", one(1, 1, 1, ActivationImport::elu)),
          entry("Equal", one(1, 2, 2, n -> ArithmeticImport.compare(n, Relation.EQUAL))),
          entry("Erf", one(9, 1, 1, n -> ArithmeticImport.unary(n, UnaryFunction.ERF))),
          entry("Exp", one(1, 1, 1, n -> ArithmeticImport.unary(n, UnaryFunction.EXP))),
          entry("Expand", one(8, 2, 2, ShapeImport::expand)),
          entry("EyeLike", one(9, 1, 1, IndexImport::eyeLike)),
          entry("Flatten", one(1, 1, 1, ShapeImport::flatten)),
          entry("Floor", one(1, 1, 1, n -> ArithmeticImport.unary(n, UnaryFunction.FLOOR))),
          entry("Gather", one(1, 2, 2, ShapeImport::gather)),
          entry("GatherElements", one(11, 2, 2, IndexImport::gatherElements)),
          entry("GatherND", one(11, 2, 2, IndexImport::gatherNd)),
          entry("Gelu", one(20, 1, 1, ActivationImport::gelu)),
          entry("Gemm", one(1, 2, 3, ArithmeticImport::gemm)),
          entry("GlobalAveragePool", one(1, 1, 1, WindowImport::globalAveragePool)),
          entry("GlobalLpPool", one(2, 1, 1, WindowImport::globalLpPool)),
          entry("GlobalMaxPool", one(1, 1, 1, WindowImport::globalMaxPool)),
          entry("Greater", one(1, 2, 2, n -> ArithmeticImport.greater(n, Relation.LESS))),
          entry(
              "GreaterOrEqual",
              one(12, 2, 2, n -> ArithmeticImport.greater(n, Relation.LESS_OR_EQUAL))),
          entry("GroupNormalization", one(18, 3, 3, ScalingImport::group)),
          entry("HardSigmoid", one(1, 1, 1, ActivationImport::hardSigmoid)),
          entry(
              "HardSwish",
              one(14, 1, 1, n -> ActivationImport.activate(n, new Activation.HardSwish()))),
          entry("Hardmax", one(1, 1, 1, NormalizationImport::hardmax)),
          entry("Identity", one(1, 1, 1, n -> n.input(0))),
          entry("InstanceNormalization", one(1, 3, 3, ScalingImport::instance)),
          entry("IsNaN", one(9, 1, 1, ArithmeticImport::isNaN)),
          entry("LRN", one(1, 1, 1, ScalingImport::localResponse)),
          entry("LayerNormalization", new Entry(17, 2, 3, ScalingImport::layer)),
          entry("LeakyRelu", one(1, 1, 1, ActivationImport::leakyRelu)),
          entry("Less", one(1, 2, 2, n -> ArithmeticImport.compare(n, Relation.LESS))),
          entry(
              "LessOrEqual",
              one(12, 2, 2, n -> ArithmeticImport.compare(n, Relation.LESS_OR_EQUAL))),
          entry("Log", one(1, 1, 1, n -> ArithmeticImport.unary(n, UnaryFunction.LOG))),
          entry("LogSoftmax", one(1, 1, 1, NormalizationImport::logSoftmax)),
          entry("LpNormalization", one(1, 1, 1, ScalingImport::norm)),
          entry("LpPool", one(2, 1, 1, WindowImport::lpPool)),
          entry("MatMul", one(1, 2, 2, n -> n.result(new MatMul(), n.input(0), n.input(1)))),
          entry("Max", one(1, 1, MANY, n -> ArithmeticImport.chain(n, Arithmetic.MAX))),
          entry("MaxPool", one(1, 1, 1, WindowImport::maxPool)),
          entry("Mean", one(1, 1, MANY, ArithmeticImport::mean)),
          entry("MeanVarianceNormalization", one(9, 1, 1, ScalingImport::meanVariance)),
          entry("Min", one(1, 1, MANY, n -> ArithmeticImport.chain(n, Arithmetic.MIN))),
          entry("Mish", one(18, 1, 1, ActivationImport::mish)),
          entry("Mod", one(10, 2, 2, ArithmeticImport::mod)),
          entry("Mul", one(1, 2, 2, n -> ArithmeticImport.binary(n, Arithmetic.MUL))),
          entry("Neg", one(1, 1, 1, n -> ArithmeticImport.unary(n, UnaryFunction.NEG))),
          entry("Not", one(1, 1, 1, n -> ArithmeticImport.unary(n, UnaryFunction.NOT))),
          entry("OneHot", one(9, 3, 3, IndexImport::oneHot)),
          entry("Or", one(1, 2, 2, n -> ArithmeticImport.logic(n, Arithmetic.MAX))),
          entry("PRelu", one(1, 2, 2, ArithmeticImport::prelu)),
          entry("Pad", one(1, 1, 4, PadImport::pad)),
          entry("Pow", one(1, 2, 2, ArithmeticImport::pow)),
          entry("QuantizeLinear", one(10, 2, 3, QuantizedImport::quantize)),
          entry("Range", one(11, 3, 3, IndexImport::range)),
          entry("Reciprocal", one(1, 1, 1, ArithmeticImport::reciprocal)),
          entry("ReduceL1", one(1, 1, 2, ReductionImport::l1)),
          entry("ReduceL2", one(1, 1, 2, ReductionImport::l2)),
          entry("ReduceLogSum", one(1, 1, 2, ReductionImport::logSum)),
          entry("ReduceLogSumExp", one(1, 1, 2, ReductionImport::logSumExp)),
          entry("ReduceMax", one(1, 1, 2, n -> ReductionImport.reduce(n, Reduce.Function.MAX))),
          entry("ReduceMean", one(1, 1, 2, n -> ReductionImport.reduce(n, Reduce.Function.MEAN))),
          entry("ReduceMin", one(1, 1, 2, n -> ReductionImport.reduce(n, Reduce.Function.MIN))),
          entry("ReduceProd", one(1, 1, 2, n -> ReductionImport.reduce(n, Reduce.Function.PROD))),
          entry("ReduceSum", one(1, 1, 2, n -> ReductionImport.reduce(n, Reduce.Function.SUM))),
          entry("ReduceSumSquare", one(1, 1, 2, ReductionImport::sumSquare)),
          entry("Relu", one(1, 1, 1, n -> n.result(new Activate(Activation.RELU), n.input(0)))),
          entry("Reshape", one(1, 1, 2, ShapeImport::reshape)),
          entry("Resize", one(10, 1, 4, ResizeImport::resize)),
          entry("Round", one(11, 1, 1, n -> ArithmeticImport.unary(n, UnaryFunction.ROUND))),
          entry("Scatter", one(9, 3, 3, IndexImport::scatterElements)),
          entry("ScatterElements", one(11, 3, 3, IndexImport::scatterElements)),
          entry("ScatterND", one(11, 3, 3, IndexImport::scatterNd)),
          entry("Selu", one(1, 1, 1, ActivationImport::selu)),
          entry("Shape", one(1, 1, 1, ConstantImport::shape)),
          entry("Shrink", one(9, 1, 1, ActivationImport::shrink)),
          entry(
              "Sigmoid", one(1, 1, 1, n -> ActivationImport.activate(n, new Activation.Sigmoid()))),
          entry("Sign", one(9, 1, 1, n -> ArithmeticImport.unary(n, UnaryFunction.SIGN))),
          entry("Sin", one(7, 1, 1, n -> ArithmeticImport.unary(n, UnaryFunction.SIN))),
          entry("Sinh", one(9, 1, 1, n -> ArithmeticImport.unary(n, UnaryFunction.SINH))),
          entry("Size", one(1, 1, 1, ConstantImport::size)),
          entry("Slice", one(1, 1, 5, SliceImport::slice)),
          entry("Softmax", one(1, 1, 1, NormalizationImport::softmax)),
          entry("Softplus", one(1, 1, 1, n -> ArithmeticImport.unary(n, UnaryFunction.SOFTPLUS))),
          entry("Softsign", one(1, 1, 1, ActivationImport::softsign)),
          entry("SpaceToDepth", one(1, 1, 1, IndexImport::spaceToDepth)),
          entry("Split", new Entry(1, 1, 2, SliceImport::split)),
          entry("Sqrt", one(1, 1, 1, n -> ArithmeticImport.unary(n, UnaryFunction.SQRT))),
          entry("Squeeze", one(1, 1, 2, ShapeImport::squeeze)),
          entry("Sub", one(1, 2, 2, n -> ArithmeticImport.binary(n, Arithmetic.SUB))),
          entry("Sum", one(1, 1, MANY, n -> ArithmeticImport.chain(n, Arithmetic.ADD))),
          entry("Swish", one(24, 1, 1, ActivationImport::swish)),
          entry("Tan", one(7, 1, 1, n -> ArithmeticImport.unary(n, UnaryFunction.TAN))),
          entry("Tanh", one(1, 1, 1, n -> ActivationImport.activate(n, new Activation.Tanh()))),
          entry("ThresholdedRelu", one(10, 1, 1, ActivationImport::thresholdedRelu)),
          entry("Tile", one(6, 2, 2, IndexImport::tile)),
          entry("TopK", new Entry(1, 1, 2, ReductionImport::topK)),
          entry("Transpose", one(1, 1, 1, ShapeImport::transpose)),
          entry("Unsqueeze", one(1, 1, 2, ShapeImport::unsqueeze)),
          entry("Upsample", one(7, 1, 2, ResizeImport::upsample)),
          entry(
              "Where",
              one(9, 3, 3, n -> n.result(new Where(), n.input(0), n.input(1), n.input(2)))),
          entry("Xor", one(1, 2, 2, ArithmeticImport::xor)));

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
