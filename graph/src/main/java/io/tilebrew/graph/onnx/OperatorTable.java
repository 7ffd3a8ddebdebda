package io.tilebrew.graph.onnx;

import io.tilebrew.engine.problem.Activation;
import io.tilebrew.engine.problem.Arithmetic;
import io.tilebrew.engine.problem.Relation;
import io.tilebrew.engine.problem.UnaryFunction;
import io.tilebrew.graph.Value;
import io.tilebrew.graph.op.Elementwise.Where;
import io.tilebrew.graph.op.Linear.MatMul;
import io.tilebrew.graph.op.Reduction.Reduce;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** The operators of ONNX that can be imported, and how: one line for each. */
final class OperatorTable {
  private static final int MANY = Integer.MAX_VALUE;
  private static final String ORT = "com.microsoft:";

  private OperatorTable() {}

  /** What {@code type} becomes under {@code opset}, or null if it is not supported. */
  static @Nullable Entry find(String type, int opset) {
    Entry entry = entry(type);
    return entry != null && opset >= entry.since ? entry : null;
  }

  /** A switch, not a map, so that only the handlers of operators that occur are linked. */
  private static @Nullable Entry entry(String type) {
    return switch (type) {
      case "Abs" -> unary(1, UnaryFunction.ABS);
      case "Acos" -> unary(7, UnaryFunction.ACOS);
      case "Acosh" -> unary(9, UnaryFunction.ACOSH);
      case "Add" -> binary(Arithmetic.ADD);
      case "And" -> one(1, 2, 2, n -> ArithmeticImport.logic(n, Arithmetic.MIN));
      case "ArgMax" -> one(1, 1, 1, n -> ReductionImport.argExtreme(n, true));
      case "ArgMin" -> one(1, 1, 1, n -> ReductionImport.argExtreme(n, false));
      case "Asin" -> unary(7, UnaryFunction.ASIN);
      case "Asinh" -> unary(9, UnaryFunction.ASINH);
      case "Atan" -> unary(7, UnaryFunction.ATAN);
      case "Atanh" -> unary(9, UnaryFunction.ATANH);
      case "AveragePool" -> one(1, 1, 1, WindowImport::averagePool);
      case "BatchNormalization" -> one(1, 5, 5, NormalizationImport::batchNormalization);
      case "Cast" -> one(1, 1, 1, ArithmeticImport::cast);
      case "Ceil" -> unary(1, UnaryFunction.CEIL);
      case "Celu" -> one(12, 1, 1, ActivationImport::celu);
      case "Clip" -> one(1, 1, 3, ArithmeticImport::clip);
      case "Concat" -> one(1, 1, MANY, ShapeImport::concat);
      case "Constant" -> one(1, 0, 0, ConstantImport::constant);
      case "ConstantOfShape" -> one(9, 1, 1, ConstantImport::constantOfShape);
      case "Conv" -> one(1, 2, 3, WindowImport::conv);
      case "ConvTranspose" -> one(1, 2, 3, ConvTransposeImport::convTranspose);
      case "ConvInteger" -> one(10, 2, 4, QuantizedLinearImport::convInteger);
      case "Cos" -> unary(7, UnaryFunction.COS);
      case "Cosh" -> unary(9, UnaryFunction.COSH);
      case "CumSum" -> one(11, 2, 2, ReductionImport::cumSum);
      case "DepthToSpace" -> one(1, 1, 1, IndexImport::depthToSpace);
      case "DequantizeLinear" -> one(10, 2, 3, QuantizedImport::dequantize);
      case "Div" -> binary(Arithmetic.DIV);
      case "Dropout" -> new Entry(1, 1, 3, NormalizationImport::dropout);
      case "DynamicQuantizeLinear" -> new Entry(11, 1, 1, QuantizedImport::dynamic);
      case "Elu" -> one(1, 1, 1, ActivationImport::elu);
      case "Equal" -> one(1, 2, 2, n -> ArithmeticImport.compare(n, Relation.EQUAL));
      case "Erf" -> unary(9, UnaryFunction.ERF);
      case "Exp" -> unary(1, UnaryFunction.EXP);
      case "Expand" -> one(8, 2, 2, ShapeImport::expand);
      case "EyeLike" -> one(9, 1, 1, IndexImport::eyeLike);
      case "Flatten" -> one(1, 1, 1, ShapeImport::flatten);
      case "Floor" -> unary(1, UnaryFunction.FLOOR);
      case "Gather" -> one(1, 2, 2, ShapeImport::gather);
      case "GatherElements" -> one(11, 2, 2, IndexImport::gatherElements);
      case "GatherND" -> one(11, 2, 2, IndexImport::gatherNd);
      case "Gelu" -> one(20, 1, 1, ActivationImport::gelu);
      case "Gemm" -> one(1, 2, 3, ArithmeticImport::gemm);
      case "GlobalAveragePool" -> one(1, 1, 1, WindowImport::globalAveragePool);
      case "GlobalLpPool" -> one(2, 1, 1, WindowImport::globalLpPool);
      case "GlobalMaxPool" -> one(1, 1, 1, WindowImport::globalMaxPool);
      case "GridSample" -> one(16, 2, 2, GridSampleImport::gridSample);
      case "Greater" -> one(1, 2, 2, n -> ArithmeticImport.greater(n, Relation.LESS));
      case "GreaterOrEqual" ->
          one(12, 2, 2, n -> ArithmeticImport.greater(n, Relation.LESS_OR_EQUAL));
      case "GroupNormalization" -> one(18, 3, 3, ScalingImport::group);
      case "HardSigmoid" -> one(1, 1, 1, ActivationImport::hardSigmoid);
      case "HardSwish" -> activation(14, new Activation.HardSwish());
      case "Hardmax" -> one(1, 1, 1, NormalizationImport::hardmax);
      case "Identity" -> one(1, 1, 1, n -> n.input(0));
      case "InstanceNormalization" -> one(1, 3, 3, ScalingImport::instance);
      case "IsNaN" -> one(9, 1, 1, ArithmeticImport::isNaN);
      case "LRN" -> one(1, 1, 1, ScalingImport::localResponse);
      case "LayerNormalization" -> new Entry(17, 2, 3, ScalingImport::layer);
      case "LeakyRelu" -> one(1, 1, 1, ActivationImport::leakyRelu);
      case "Less" -> one(1, 2, 2, n -> ArithmeticImport.compare(n, Relation.LESS));
      case "LessOrEqual" -> one(12, 2, 2, n -> ArithmeticImport.compare(n, Relation.LESS_OR_EQUAL));
      case "Log" -> unary(1, UnaryFunction.LOG);
      case "LogSoftmax" -> one(1, 1, 1, NormalizationImport::logSoftmax);
      case "LpNormalization" -> one(1, 1, 1, ScalingImport::norm);
      case "LpPool" -> one(2, 1, 1, WindowImport::lpPool);
      case "MatMul" -> one(1, 2, 2, n -> n.result(new MatMul(), n.input(0), n.input(1)));
      case "MatMulInteger" -> one(10, 2, 4, QuantizedLinearImport::matMulInteger);
      case "Max" -> chain(Arithmetic.MAX);
      case "MaxPool" -> new Entry(1, 1, 1, UnpoolImport::maxPool);
      case "MaxUnpool" -> one(9, 2, 3, UnpoolImport::maxUnpool);
      case "Mean" -> one(1, 1, MANY, ArithmeticImport::mean);
      case "MeanVarianceNormalization" -> one(9, 1, 1, ScalingImport::meanVariance);
      case "Min" -> chain(Arithmetic.MIN);
      case "Mish" -> one(18, 1, 1, ActivationImport::mish);
      case "Mod" -> one(10, 2, 2, ArithmeticImport::mod);
      case "Mul" -> binary(Arithmetic.MUL);
      case "Neg" -> unary(1, UnaryFunction.NEG);
      case "Not" -> unary(1, UnaryFunction.NOT);
      case "OneHot" -> one(9, 3, 3, IndexImport::oneHot);
      case "Or" -> one(1, 2, 2, n -> ArithmeticImport.logic(n, Arithmetic.MAX));
      case "PRelu" -> one(1, 2, 2, ArithmeticImport::prelu);
      case "Pad" -> one(1, 1, 4, PadImport::pad);
      case "Pow" -> one(1, 2, 2, ArithmeticImport::pow);
      case "QLinearConv" -> one(10, 8, 9, QuantizedLinearImport::conv);
      case "QLinearMatMul" -> one(10, 8, 8, QuantizedLinearImport::matMul);
      case "QuantizeLinear" -> one(10, 2, 3, QuantizedImport::quantize);
      case "Range" -> one(11, 3, 3, IndexImport::range);
      case "Reciprocal" -> one(1, 1, 1, ArithmeticImport::reciprocal);
      case "ReduceL1" -> one(1, 1, 2, ReductionImport::l1);
      case "ReduceL2" -> one(1, 1, 2, ReductionImport::l2);
      case "ReduceLogSum" -> one(1, 1, 2, ReductionImport::logSum);
      case "ReduceLogSumExp" -> one(1, 1, 2, ReductionImport::logSumExp);
      case "ReduceMax" -> reduce(Reduce.Function.MAX);
      case "ReduceMean" -> reduce(Reduce.Function.MEAN);
      case "ReduceMin" -> reduce(Reduce.Function.MIN);
      case "ReduceProd" -> reduce(Reduce.Function.PROD);
      case "ReduceSum" -> reduce(Reduce.Function.SUM);
      case "ReduceSumSquare" -> one(1, 1, 2, ReductionImport::sumSquare);
      case "Relu" -> activation(1, Activation.RELU);
      case "Reshape" -> one(1, 1, 2, ShapeImport::reshape);
      case "Resize" -> one(10, 1, 4, ResizeImport::resize);
      case "Round" -> unary(11, UnaryFunction.ROUND);
      case "Scatter" -> one(9, 3, 3, IndexImport::scatterElements);
      case "ScatterElements" -> one(11, 3, 3, IndexImport::scatterElements);
      case "ScatterND" -> one(11, 3, 3, IndexImport::scatterNd);
      case "Selu" -> one(1, 1, 1, ActivationImport::selu);
      case "Shape" -> one(1, 1, 1, ConstantImport::shape);
      case "Shrink" -> one(9, 1, 1, ActivationImport::shrink);
      case "Sigmoid" -> activation(1, new Activation.Sigmoid());
      case "Sign" -> unary(9, UnaryFunction.SIGN);
      case "Sin" -> unary(7, UnaryFunction.SIN);
      case "Sinh" -> unary(9, UnaryFunction.SINH);
      case "Size" -> one(1, 1, 1, ConstantImport::size);
      case "Slice" -> one(1, 1, 5, SliceImport::slice);
      case "Softmax" -> one(1, 1, 1, NormalizationImport::softmax);
      case "Softplus" -> unary(1, UnaryFunction.SOFTPLUS);
      case "Softsign" -> one(1, 1, 1, ActivationImport::softsign);
      case "SpaceToDepth" -> one(1, 1, 1, IndexImport::spaceToDepth);
      case "Split" -> new Entry(1, 1, 2, SliceImport::split);
      case "Sqrt" -> unary(1, UnaryFunction.SQRT);
      case "Squeeze" -> one(1, 1, 2, ShapeImport::squeeze);
      case "Sub" -> binary(Arithmetic.SUB);
      case "Sum" -> chain(Arithmetic.ADD);
      case "Swish" -> one(24, 1, 1, ActivationImport::swish);
      case "Tan" -> unary(7, UnaryFunction.TAN);
      case "Tanh" -> activation(1, new Activation.Tanh());
      case "ThresholdedRelu" -> one(10, 1, 1, ActivationImport::thresholdedRelu);
      case "Tile" -> one(6, 2, 2, IndexImport::tile);
      case "TopK" -> new Entry(1, 1, 2, ReductionImport::topK);
      case "Transpose" -> one(1, 1, 1, ShapeImport::transpose);
      case "Unsqueeze" -> one(1, 1, 2, ShapeImport::unsqueeze);
      case "Upsample" -> one(7, 1, 2, ResizeImport::upsample);
      case "Where" -> one(9, 3, 3, n -> n.result(new Where(), n.input(0), n.input(1), n.input(2)));
      case "Xor" -> one(1, 2, 2, ArithmeticImport::xor);
      default -> type.startsWith(ORT) ? quantized(type.substring(ORT.length())) : null;
    };
  }

  /** What the quantizer of ONNX Runtime writes beside the operators of ONNX. */
  private static @Nullable Entry quantized(String type) {
    return switch (type) {
      case "DequantizeLinear" -> one(1, 2, 3, QuantizedImport::dequantize);
      case "QGemm" -> one(1, 6, 9, QuantizedLinearImport::gemm);
      case "QLinearAdd" -> one(1, 7, 8, QuantizedMapImport::add);
      case "QLinearAveragePool" -> one(1, 4, 5, QuantizedMapImport::averagePool);
      case "QLinearConcat" -> one(1, 5, MANY, QuantizedMapImport::concat);
      case "QLinearGlobalAveragePool" -> one(1, 5, 5, QuantizedMapImport::globalAveragePool);
      case "QLinearLeakyRelu" -> one(1, 4, 5, QuantizedMapImport::leakyRelu);
      case "QLinearMul" -> one(1, 7, 8, QuantizedMapImport::mul);
      case "QLinearSigmoid" -> one(1, 4, 5, QuantizedMapImport::sigmoid);
      case "QuantizeLinear" -> one(1, 2, 3, QuantizedImport::quantize);
      default -> null;
    };
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

  private static Entry unary(int since, UnaryFunction function) {
    return one(since, 1, 1, n -> ArithmeticImport.unary(n, function));
  }

  private static Entry binary(Arithmetic function) {
    return one(1, 2, 2, n -> ArithmeticImport.binary(n, function));
  }

  private static Entry chain(Arithmetic function) {
    return one(1, 1, MANY, n -> ArithmeticImport.chain(n, function));
  }

  private static Entry reduce(Reduce.Function function) {
    return one(1, 1, 2, n -> ReductionImport.reduce(n, function));
  }

  private static Entry activation(int since, Activation activation) {
    return one(since, 1, 1, n -> ActivationImport.activate(n, activation));
  }
}
