package io.tilebrew.graph;

import io.tilebrew.engine.DataType;
import io.tilebrew.engine.Tensor;
import io.tilebrew.engine.problem.Activation;
import io.tilebrew.engine.problem.Algorithm;
import io.tilebrew.engine.problem.Arithmetic;
import io.tilebrew.engine.problem.UnaryFunction;
import io.tilebrew.engine.problem.Window;
import io.tilebrew.graph.interpret.Interpreter;
import io.tilebrew.graph.op.Constant;
import io.tilebrew.graph.op.Conv;
import io.tilebrew.graph.op.ConvTranspose;
import io.tilebrew.graph.op.Elementwise.Activate;
import io.tilebrew.graph.op.Elementwise.Binary;
import io.tilebrew.graph.op.Elementwise.Unary;
import io.tilebrew.graph.op.Linear.Gemm;
import io.tilebrew.graph.op.Linear.MatMul;
import io.tilebrew.graph.op.Normalization.BatchNormalization;
import io.tilebrew.graph.op.Normalization.LocalResponse;
import io.tilebrew.graph.op.Normalization.Softmax;
import io.tilebrew.graph.op.Normalization.Standardization;
import io.tilebrew.graph.op.Operator;
import io.tilebrew.graph.op.Reduction.Reduce;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;

/**
 * A bound on the rounding error of a graph: the graph is run over magnitudes, so that each result
 * is the sum of all |x * w| behind it, and each operator adds some roundings of that size.
 */
public final class Magnitude {
  private static final double ROUNDING = 0x1p-24;

  private Magnitude() {}

  /** The most by which two orders of rounding may differ in any element of any output. */
  public static double bound(Graph graph, List<Tensor> inputs) {
    GraphBuilder builder = new GraphBuilder("magnitude");
    Map<Value, Value> now = new HashMap<>();
    graph.inputs().forEach(v -> now.put(v, builder.input(v.name(), v.type())));
    double roundings = 0;
    for (Node node : graph.nodes()) {
      Value[] operands = node.inputs().stream().map(now::get).toArray(Value[]::new);
      if (node.operator() instanceof BatchNormalization) {
        // The mean is subtracted.
        operands[3] = builder.add(node.name() + ".mean", new Unary(UnaryFunction.NEG), operands[3]);
      }
      Value magnitude =
          switch (node.operator()) {
            case Conv conv when conv.algorithm() != Algorithm.DIRECT ->
                winograd(builder, conv, operands);
            case Standardization of -> standardization(builder, of, operands[0]);
            case Operator other -> builder.add(node.name(), magnitude(other), operands);
          };
      now.put(node.output(), magnitude);
      roundings += roundings(node);
    }
    graph
        .outputs()
        .forEach(o -> builder.output(o.name(), Objects.requireNonNull(now.get(o.value()))));
    double most = 0;
    for (Tensor output :
        Interpreter.run(builder.build(), inputs.stream().map(Magnitude::abs).toList())) {
      for (int i = 0; i < output.size(); i++) {
        most = Math.max(most, output.doubleAt(i));
      }
    }
    return 2 * ROUNDING * roundings * most;
  }

  private static double roundings(Node node) {
    return switch (node.operator()) {
      case Conv _, ConvTranspose _, Gemm _, MatMul _ -> node.input(1).type().shape().size() + 8;
      default -> 8 + node.output().type().shape().size();
    };
  }

  private static Operator magnitude(Operator operator) {
    return switch (operator) {
      case Constant(Tensor tensor) -> new Constant(abs(tensor));
      case Binary(var function) when function == Arithmetic.SUB -> new Binary(Arithmetic.ADD);
      case Binary(var function) when function == Arithmetic.MIN -> new Binary(Arithmetic.MAX);
      case Reduce(var function, var axes, boolean keepDims) when function == Reduce.Function.MIN ->
          new Reduce(Reduce.Function.MAX, axes, keepDims);
      // Those that are no rectifier and no clip stay below 6 or below their input.
      case Activate(var activation)
          when !(activation instanceof Activation.None
              || activation instanceof Activation.Relu
              || activation instanceof Activation.Clip) ->
          new Activate(new Activation.Clip(6, Float.MAX_VALUE));
      case Unary(var function) when function == UnaryFunction.ERF -> new Unary(UnaryFunction.ABS);
      // |clip(x)| <= |x| + |bound|, and the bounds of the random graphs are at most 6.
      case Activate(Activation.Clip _) -> new Activate(new Activation.Clip(6, Float.MAX_VALUE));
      // A division by at least 1, which errors of the input move by less than themselves.
      case LocalResponse _ -> new Activate(Activation.NONE);
      // An error of its input moves a softmax by no more than twice as much.
      case Softmax _ -> new Activate(Activation.NONE);
      default -> operator;
    };
  }

  /**
   * The magnitude of an element and twice those of all that it is standardized with: with at least
   * 1 added to the variance, an error of one of the n of these moves the mean by an n-th, and the
   * deviation, by which at most the root of n is divided, by the root of an n-th.
   */
  private static Value standardization(GraphBuilder builder, Standardization of, Value x) {
    Value all = builder.add("all", new Reduce(Reduce.Function.SUM, of.axes(), true), x);
    Value twice = builder.add("twice", new Binary(Arithmetic.ADD), all, all);
    return builder.add("standard", new Binary(Arithmetic.ADD), x, twice);
  }

  /**
   * No less than what Winograd's algorithm sums up for an output where nothing cancels out: each
   * element of its tile by each weight, times what the transforms make of such a pair along rows
   * and along columns.
   */
  private static Value winograd(GraphBuilder builder, Conv conv, Value[] operands) {
    Tensor w = Objects.requireNonNull(builder.constant(operands[1]));
    int beyond = conv.algorithm().outputs() - 1;
    int reach = conv.algorithm().inputs() + beyond;
    float most = transformed(conv.algorithm()) * transformed(conv.algorithm());
    Tensor tile = Tensor.zeros(w.type(), w.shape().with(2, reach).with(3, reach));
    for (int i = 0; i < tile.size(); i++) {
      int taps = conv.window().taps();
      for (int tap = 0; tap < taps; tap++) {
        tile.floats()[i] += most * w.floats()[i / reach / reach * taps + tap];
      }
    }
    Window pads = conv.window();
    Window window =
        Window.of(reach, reach)
            .withPadding(
                pads.padTop() + beyond,
                pads.padLeft() + beyond,
                pads.padBottom() + beyond,
                pads.padRight() + beyond);
    operands[1] = builder.constant("tile", tile);
    return builder.add("tiles", new Conv(window, 1, conv.epilogue(), conv.pool()), operands);
  }

  /**
   * The most that an input and a weight count for along one axis: the greatest sum over p of
   * |A<sub>ip</sub> B<sub>pu</sub> G<sub>pa</sub>| for the three transforms.
   */
  private static float transformed(Algorithm algorithm) {
    return switch (algorithm) {
      case DIRECT -> 1;
      case WINOGRAD_2 -> 2;
      case WINOGRAD_4, WINOGRAD_2K5 -> 32 / 3f;
      case WINOGRAD_6, WINOGRAD_4K5 -> 257 / 18f;
    };
  }

  private static Tensor abs(Tensor tensor) {
    if (tensor.type() != DataType.FLOAT32) {
      return tensor;
    }
    float[] values = new float[tensor.size()];
    for (int i = 0; i < values.length; i++) {
      values[i] = Math.abs(tensor.floats()[i]);
    }
    return Tensor.of(tensor.shape(), values);
  }
}
