package io.tilebrew.engine.tile;

import io.tilebrew.engine.kernel.Index;
import io.tilebrew.engine.kernel.Memory;
import io.tilebrew.engine.kernel.Vec;
import io.tilebrew.engine.problem.Activation;
import io.tilebrew.engine.problem.Arithmetic;
import io.tilebrew.engine.problem.Pointwise;
import io.tilebrew.engine.problem.Pointwise.Activate;
import io.tilebrew.engine.problem.Pointwise.Apply;
import io.tilebrew.engine.problem.Pointwise.Combine;
import io.tilebrew.engine.problem.Pointwise.Stage;
import io.tilebrew.engine.problem.Pool;
import io.tilebrew.engine.problem.UnaryFunction;
import io.tilebrew.engine.reference.FloatMath;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * Writes pointwise functions at the end of a tile.
 *
 * @param function the function
 * @param isGeneric whether the bounds of its first clips are read from the header of the weights
 */
record Epilogue(Pointwise function, boolean isGeneric) {
  /** The floats at the start of the weights that hold the bounds of generic clips. */
  static final int HEADER = 4;

  private static final Vec ZERO = new Vec.Splat(0);
  private static final Vec ONE = new Vec.Splat(1);
  private static final Activation.Clip UNBOUNDED =
      new Activation.Clip(Float.NEGATIVE_INFINITY, Float.POSITIVE_INFINITY);

  /** The vector of an input of the function. */
  interface Inputs {
    Vec read(int index);
  }

  /** An epilogue with all of its numbers in its code. */
  static Epilogue of(Pointwise function) {
    return new Epilogue(function, false);
  }

  /**
   * The same with the bounds of clips read from the header, so that one program serves many: none,
   * ReLU and clip are the same.
   */
  Epilogue generic() {
    List<Stage> stages = new ArrayList<>();
    int clips = 0;
    for (Stage stage : function.stages()) {
      boolean clip = isClip(stage) && clips < HEADER / 2;
      clips += clip ? 1 : 0;
      stages.add(clip ? new Activate(UNBOUNDED) : stage);
    }
    if (clips == 0 && (stages.isEmpty() || stages.getLast() instanceof Combine)) {
      stages.add(new Activate(UNBOUNDED));
    }
    return new Epilogue(new Pointwise(stages), true);
  }

  private static boolean isClip(Stage stage) {
    return stage instanceof Activate(Activation activation)
        && (activation instanceof Activation.Relu || activation instanceof Activation.Clip);
  }

  /** The header: the least and the greatest value of the first clips. */
  static float[] header(Pointwise function) {
    float[] header = new float[HEADER];
    for (int i = 0; i < HEADER; i++) {
      header[i] = i % 2 == 0 ? Float.NEGATIVE_INFINITY : Float.POSITIVE_INFINITY;
    }
    int at = 0;
    for (Stage stage : function.stages()) {
      if (at < HEADER && stage instanceof Activate(Activation activation)) {
        if (activation instanceof Activation.Relu) {
          header[at] = 0;
          at += 2;
        } else if (activation instanceof Activation.Clip(float low, float high)) {
          header[at] = low;
          header[at + 1] = high;
          at += 2;
        }
      }
    }
    return header;
  }

  /** Whether the code is so long that a tile must hold few of it. */
  static boolean isLong(Pointwise function) {
    return exponentials(function) > 0;
  }

  /** The same of this one. */
  boolean isLong() {
    return isLong(function);
  }

  /** How often the code of an exponential, some 150 bytes, would fit in that of the function. */
  static int exponentials(Pointwise function) {
    return function.stages().stream()
        .mapToInt(
            stage ->
                switch (stage) {
                  case Activate(Activation activation) -> exponentials(activation);
                  case Apply(UnaryFunction f) ->
                      f == UnaryFunction.ERF ? 2 : f == UnaryFunction.EXP ? 1 : 0;
                  case Combine _ -> 0;
                })
        .sum();
  }

  private static int exponentials(Activation activation) {
    return switch (activation) {
      case Activation.Sigmoid _, Activation.Tanh _, Activation.Silu _ -> 1;
      case Activation.None _,
          Activation.Relu _,
          Activation.Clip _,
          Activation.LeakyRelu _,
          Activation.HardSigmoid _,
          Activation.HardSwish _ ->
          0;
    };
  }

  /**
   * The function and the pooling of the sums of a window; the pooling first where the order is
   * free, unless results have no sign: the maximum of such is cheaper.
   *
   * @param pool the pooling, or null where the window is one sum
   * @param inputs the inputs of the function, the same for the whole window
   */
  Vec write(Code code, List<Vec.Ref> window, @Nullable Pool pool, Inputs inputs) {
    Vec.Ref result = window.getFirst();
    if (pool == null) {
      return write(code, result, inputs);
    }
    boolean max = pool.kind() == Pool.Kind.MAX;
    boolean free = max && !isKnownRectified() && function.isMonotonic();
    if (!free) {
      window.forEach(sum -> code.assign(sum, write(code, sum, inputs)));
    }
    if (!max) {
      code.assign(result, Vec.add(new Vec.Splat(0), result));
    }
    for (Vec.Ref sum : window.subList(1, window.size())) {
      code.assign(result, max ? greatest(result, sum) : Vec.add(result, sum));
    }
    if (!max) {
      return Vec.div(result, new Vec.Splat(window.size()));
    }
    return free ? write(code, result, inputs) : result;
  }

  /** The greater of two results. */
  Vec greatest(Vec a, Vec b) {
    return isKnownRectified() ? Vec.umax(a, b) : Vec.max(a, b);
  }

  /** Whether no result has a sign, unless it is NaN, and the code can tell. */
  private boolean isKnownRectified() {
    return !isGeneric && !isLong() && function.isRectified();
  }

  /** The function of a sum that waits in the output at {@code y}, of which {@code lanes} count. */
  void finish(Code code, Index y, Inputs inputs, Index lanes) {
    Vec.Ref sum = code.let("s", new Vec.Load(Memory.ARENA, y));
    code.store(y, write(code, sum, inputs), lanes);
  }

  /** The function of {@code x}. */
  Vec write(Code code, Vec.Ref x, Inputs inputs) {
    Vec value = x;
    List<Vec.Ref> left = new ArrayList<>();
    int clips = 0;
    for (int i = 0; i < function.stages().size(); i++) {
      left.add(i == 0 ? x : code.let(x.name() + "_" + i, value));
      Stage stage = function.stages().get(i);
      boolean isRead = isGeneric && isClip(stage) && clips < HEADER / 2;
      value = isRead ? clip(code, left.getLast(), clips) : write(code, left, stage, inputs);
      clips += isRead ? 1 : 0;
    }
    return value;
  }

  /**
   * What {@code stage} makes.
   *
   * @param left what each stage up to this one has found
   */
  private static Vec write(Code code, List<Vec.Ref> left, Stage stage, Inputs inputs) {
    Vec.Ref x = left.getLast();
    return switch (stage) {
      case Activate(Activation activation) -> apply(code, x, activation);
      case Apply(UnaryFunction f) -> apply(code, x, f);
      case Combine(Arithmetic f, Pointwise.Operand operand, boolean swapped) -> {
        Vec other =
            switch (operand) {
              case Pointwise.Earlier(int count) -> left.get(count);
              case Pointwise.Input(int index) -> code.let(x.name() + "o", inputs.read(index));
              case Pointwise.Scalar(float number) -> new Vec.Splat(number);
            };
        yield swapped ? combine(f, other, x) : combine(f, x, other);
      }
    };
  }

  private static Vec combine(Arithmetic function, Vec a, Vec b) {
    return switch (function) {
      case ADD -> Vec.add(a, b);
      case SUB -> Vec.sub(a, b);
      case MUL -> Vec.mul(a, b);
      case DIV -> Vec.div(a, b);
      case MIN -> Vec.min(a, b);
      case MAX -> Vec.max(a, b);
      case PRELU -> new Vec.Select(Vec.Comparison.LESS, a, ZERO, Vec.mul(a, b), a);
      case POW, MOD, REM -> throw new AssertionError(function);
    };
  }

  private static Vec apply(Code code, Vec.Ref x, UnaryFunction function) {
    return switch (function) {
      case ABS -> new Vec.Apply(Vec.Mapping.ABS, x);
      case NEG -> new Vec.Apply(Vec.Mapping.NEG, x);
      case SQRT -> new Vec.Apply(Vec.Mapping.SQRT, x);
      case EXP -> Exponential.write(code, x.name(), x);
      case ERF -> Exponential.erf(code, x.name() + "e", x);
      default -> throw new AssertionError(function);
    };
  }

  /** {@code activation} of {@code x}. */
  private static Vec apply(Code code, Vec.Ref x, Activation activation) {
    return switch (activation) {
      case Activation.None() -> x;
      case Activation.Relu() -> raise(x, new Vec.Splat(0));
      case Activation.Clip(float low, float high) -> {
        Vec raised =
            low == Float.NEGATIVE_INFINITY
                ? x
                : code.let(x.name() + "r", raise(x, new Vec.Splat(low)));
        yield high == Float.POSITIVE_INFINITY ? raised : lower(raised, new Vec.Splat(high));
      }
      case Activation.LeakyRelu(float alpha) ->
          new Vec.Select(Vec.Comparison.LESS, x, ZERO, Vec.mul(new Vec.Splat(alpha), x), x);
      case Activation.HardSigmoid gate -> hardSigmoid(code, x, gate);
      case Activation.HardSwish() -> Vec.mul(x, hardSigmoid(code, x, Activation.HardSwish.GATE));
      case Activation.Sigmoid() -> sigmoid(code, x);
      case Activation.Tanh() -> tanh(code, x);
      case Activation.Silu() -> Vec.mul(x, sigmoid(code, x));
    };
  }

  private static Vec hardSigmoid(Code code, Vec.Ref x, Activation.HardSigmoid gate) {
    Vec line = new Vec.Fma(new Vec.Splat(gate.alpha()), x, new Vec.Splat(gate.beta()));
    Vec raised = code.let(x.name() + "r", raise(code.let(x.name() + "l", line), ZERO));
    return lower(raised, ONE);
  }

  private static Vec sigmoid(Code code, Vec.Ref x) {
    Vec e = Exponential.bounded(code, x.name(), Vec.sub(ZERO, x));
    return Vec.div(ONE, Vec.add(ONE, e));
  }

  private static Vec tanh(Code code, Vec.Ref x) {
    String name = x.name() + "t";
    Vec a = code.let(name, new Vec.Select(Vec.Comparison.LESS, x, ZERO, Vec.sub(ZERO, x), x));
    Vec square = code.let(name + "q", Vec.mul(a, a));
    Vec p = Exponential.polynomial(FloatMath.tanhCoefficients(), square);
    Vec near = code.let(name + "s", new Vec.Fma(Vec.mul(p, square), a, a));
    Vec e = Exponential.bounded(code, name, Vec.add(a, a));
    Vec far = code.let(name + "g", Vec.sub(ONE, Vec.div(new Vec.Splat(2), Vec.add(e, ONE))));
    Vec split = new Vec.Splat(FloatMath.TANH_SPLIT);
    Vec t = code.let(name + "v", new Vec.Select(Vec.Comparison.LESS, a, split, near, far));
    return new Vec.Select(Vec.Comparison.LESS, x, ZERO, Vec.sub(ZERO, t), t);
  }

  /** The clip whose bounds stand in the header of the weights as those of number {@code i}. */
  private static Vec clip(Code code, Vec.Ref x, int i) {
    Vec low = new Vec.Broadcast(Memory.WEIGHTS, Index.of(2 * i));
    Vec high = new Vec.Broadcast(Memory.WEIGHTS, Index.of(2 * i + 1));
    Vec raised = code.let(x.name() + "r", raise(x, code.let("low", low)));
    return lower(raised, code.let("high", high));
  }

  private static Vec raise(Vec x, Vec low) {
    return new Vec.Select(Vec.Comparison.LESS_OR_EQUAL, x, low, low, x);
  }

  private static Vec lower(Vec x, Vec high) {
    return new Vec.Select(Vec.Comparison.LESS_OR_EQUAL, high, x, high, x);
  }
}
