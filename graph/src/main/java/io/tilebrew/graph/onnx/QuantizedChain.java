package io.tilebrew.graph.onnx;

import io.tilebrew.engine.DataType;
import io.tilebrew.engine.problem.Activation;
import io.tilebrew.engine.problem.Arithmetic;
import io.tilebrew.engine.problem.Pointwise;
import io.tilebrew.engine.problem.Pointwise.Activate;
import io.tilebrew.engine.problem.Pointwise.Combine;
import io.tilebrew.engine.problem.Pointwise.Input;
import io.tilebrew.engine.problem.Pointwise.Scalar;
import io.tilebrew.engine.problem.Pointwise.Stage;
import io.tilebrew.graph.Value;
import io.tilebrew.graph.op.Elementwise.Cast;
import io.tilebrew.graph.op.Elementwise.Fused;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * An elementwise function of float32 under construction, which can end in integers.
 *
 * <p>It becomes one node, so that no pass takes it apart: sums of products of integers stay exact
 * only while their factor stays out of the weights.
 */
final class QuantizedChain {
  /**
   * What leaves of a sum only its whole part, rounded half to even: one bit of its neighbours is 1.
   */
  private static final Scalar WHOLE = new Scalar(0x1.8p23f);

  private final NodeImport n;
  private final List<Value> inputs = new ArrayList<>();
  private final List<Stage> stages = new ArrayList<>();

  /** The identity of {@code start}, which is float32. */
  QuantizedChain(NodeImport n, Value start) {
    this.n = n;
    inputs.add(start);
  }

  /** This and then an activation. */
  QuantizedChain then(Activation activation) {
    stages.add(new Activate(activation));
    return this;
  }

  /** This and then {@code function} with {@code operand} as its right side. */
  QuantizedChain then(Arithmetic function, Value operand) {
    Float number = n.number(operand);
    if (number != null) {
      return then(function, (float) number);
    }
    inputs.add(operand);
    stages.add(new Combine(function, new Input(inputs.size() - 1), false));
    return this;
  }

  /** This and then {@code function} with a number as its right side. */
  QuantizedChain then(Arithmetic function, float number) {
    stages.add(new Combine(function, new Scalar(number), false));
    return this;
  }

  /** The float32 result, on the way to the outputs. */
  Value step() {
    return stages.isEmpty() ? inputs.getFirst() : n.step(function(), inputs());
  }

  /** The float32 result as the first output. */
  Value result() {
    return n.result(function(), inputs());
  }

  /**
   * The first output: the result rounded half to even, plus the zero point, brought into the range
   * of {@code type}.
   *
   * @param zero one number, or numbers that broadcast; null for 0
   */
  Value quantized(@Nullable Value zero, DataType type) {
    return n.narrow(0, type, shifted(zero, type));
  }

  /** What {@link #quantized} gives, as float32. */
  Shifted shifted(@Nullable Value zero, DataType type) {
    stages.add(new Combine(Arithmetic.ADD, WHOLE, false));
    stages.add(new Combine(Arithmetic.SUB, WHOLE, false));
    Float shift = zero == null ? Float.valueOf(0) : n.number(zero);
    if (shift == null && zero != null) {
      then(Arithmetic.ADD, n.wide(zero));
    }
    float of = shift == null ? 0 : shift;
    int count = 1 << (8 * type.bytes());
    int least = type.isUnsigned() ? 0 : -count / 2;
    then(new Activation.Clip(least - of, least + count - 1 - of));
    return new Shifted(step(), of);
  }

  private Fused function() {
    return new Fused(new Pointwise(stages));
  }

  private Value[] inputs() {
    return inputs.toArray(Value[]::new);
  }

  /** The float32 numbers of {@code x}, a tensor of integers, less the zero point. */
  static QuantizedChain centered(NodeImport n, Value x, @Nullable Value zero) {
    Shifted from = n.shifted(x);
    Shifted known = from == null ? new Shifted(n.step(new Cast(DataType.FLOAT32), x), 0) : from;
    QuantizedChain chain = new QuantizedChain(n, known.value());
    Float shift = zero == null ? Float.valueOf(0) : n.number(zero);
    float add = known.shift() - (shift == null ? 0 : shift);
    if (add != 0) {
      chain.then(Arithmetic.ADD, add);
    }
    return shift == null && zero != null ? chain.then(Arithmetic.SUB, n.wide(zero)) : chain;
  }
}
