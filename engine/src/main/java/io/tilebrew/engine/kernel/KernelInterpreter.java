package io.tilebrew.engine.kernel;

import java.util.Arrays;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;

/** The interpreter of the kernel language, for tests: slow, and plain enough to be believed. */
public final class KernelInterpreter implements Kernel {
  private final Program program;

  /** An interpreter of {@code program}. */
  public KernelInterpreter(Program program) {
    this.program = program;
  }

  @Override
  public void run(float[] arena, float[] weights, int[] arguments) {
    Frame frame = new Frame(arena, weights);
    for (String parameter : program.main().parameters()) {
      frame.ints.put(parameter, arguments[program.parameters().indexOf(parameter)]);
    }
    frame.run(program.main().body());
  }

  private final class Frame {
    private final float[] arena;
    private final float[] weights;
    private final Map<String, Integer> ints = new HashMap<>();
    private final Map<String, float[]> vectors = new HashMap<>();

    Frame(float[] arena, float[] weights) {
      this.arena = arena;
      this.weights = weights;
    }

    void run(List<Statement> statements) {
      statements.forEach(this::run);
    }

    private void run(Statement statement) {
      switch (statement) {
        case Statement.Define(String name, Index value) -> ints.put(name, eval(value));
        case Statement.Let(String name, Vec value) -> vectors.put(name, eval(value));
        case Statement.Assign(String name, Vec value) -> vectors.replace(name, eval(value));
        case Statement.Store(Memory memory, Index at, Vec value, Index lanes) -> {
          int count = Math.clamp(eval(lanes), 0, program.lanes());
          if (count > 0) {
            System.arraycopy(eval(value), 0, array(memory), eval(at), count);
          }
        }
        case Statement.Prefetch(Memory memory, Index at) ->
            Objects.checkFromIndexSize(eval(at), program.lanes(), array(memory).length);
        case Statement.Loop(
                String variable,
                Index from,
                Index to,
                int step,
                List<Statement> body) -> {
          int end = eval(to);
          for (int i = eval(from); i < end; i += step) {
            ints.put(variable, i);
            run(body);
          }
        }
        case Statement.Call(String name, List<Index> arguments) -> {
          Procedure callee = program.procedure(name);
          Frame frame = new Frame(arena, weights);
          for (int i = 0; i < arguments.size(); i++) {
            frame.ints.put(callee.parameters().get(i), eval(arguments.get(i)));
          }
          frame.run(callee.body());
        }
      }
    }

    private int eval(Index index) {
      return switch (index) {
        case Index.Const(int value) -> value;
        case Index.Var(String name) -> ints.get(name);
        case Index.Sum(Index a, Index b) -> Math.addExact(eval(a), eval(b));
        case Index.Product(Index a, Index b) -> Math.multiplyExact(eval(a), eval(b));
        case Index.Quotient(Index a, int divisor) -> eval(a) / divisor;
        case Index.Least(Index a, Index b) -> Math.min(eval(a), eval(b));
        case Index.Greatest(Index a, Index b) -> Math.max(eval(a), eval(b));
        case Index.Entry(Index at) -> (int) weights[eval(at)];
      };
    }

    private float[] eval(Vec vec) {
      float[] result = new float[program.lanes()];
      switch (vec) {
        case Vec.Ref(String name) ->
            System.arraycopy(vectors.get(name), 0, result, 0, result.length);
        case Vec.Load(Memory memory, Index at) ->
            System.arraycopy(array(memory), eval(at), result, 0, result.length);
        case Vec.Broadcast(Memory memory, Index at) -> Arrays.fill(result, array(memory)[eval(at)]);
        case Vec.Splat(float value) -> Arrays.fill(result, value);
        case Vec.FromIndex(Index value) -> Arrays.fill(result, eval(value));
        case Vec.Fma(Vec a, Vec b, Vec c) -> {
          float[] x = eval(a);
          float[] y = eval(b);
          float[] z = eval(c);
          for (int i = 0; i < result.length; i++) {
            result[i] = Math.fma(x[i], y[i], z[i]);
          }
        }
        case Vec.Arithmetic(Vec.Function function, Vec a, Vec b) -> {
          float[] x = eval(a);
          float[] y = eval(b);
          for (int i = 0; i < result.length; i++) {
            result[i] = apply(function, x[i], y[i]);
          }
        }
        case Vec.Apply(Vec.Mapping function, Vec a) -> {
          float[] x = eval(a);
          for (int i = 0; i < result.length; i++) {
            result[i] = apply(function, x[i]);
          }
        }
        case Vec.Select(Vec.Comparison comparison, Vec a, Vec b, Vec then, Vec otherwise) -> {
          float[] x = eval(a);
          float[] y = eval(b);
          float[] yes = eval(then);
          float[] no = eval(otherwise);
          for (int i = 0; i < result.length; i++) {
            result[i] = holds(comparison, x[i], y[i]) ? yes[i] : no[i];
          }
        }
        case Vec.Spread(Vec value, int width, int lane) -> {
          float[] x = eval(value);
          for (int i = 0; i < result.length; i++) {
            result[i] = x[i - i % width + lane];
          }
        }
        case Vec.EverySecond(Vec value, int first) -> {
          float[] x = eval(value);
          for (int i = 0; i < result.length; i++) {
            result[i] = x[(2 * i + first) % result.length];
          }
        }
        case Vec.PowerOfTwo(Vec rounded) -> {
          float[] x = eval(rounded);
          for (int i = 0; i < result.length; i++) {
            result[i] = Float.intBitsToFloat((Float.floatToRawIntBits(x[i]) + 127) << 23);
          }
        }
      }
      return result;
    }

    private float[] array(Memory memory) {
      return switch (memory) {
        case ARENA -> arena;
        case WEIGHTS -> weights;
      };
    }
  }

  private static float apply(Vec.Function function, float a, float b) {
    return switch (function) {
      case ADD -> a + b;
      case SUB -> a - b;
      case MUL -> a * b;
      case DIV -> a / b;
      case MIN -> Math.min(a, b);
      case MAX -> Math.max(a, b);
      case UMAX ->
          Integer.compareUnsigned(Float.floatToRawIntBits(a), Float.floatToRawIntBits(b)) > 0
              ? a
              : b;
    };
  }

  private static float apply(Vec.Mapping function, float a) {
    return switch (function) {
      case ABS -> Math.abs(a);
      case NEG -> -a;
      case SQRT -> (float) Math.sqrt(a);
      case UPPER_HALF -> Float.intBitsToFloat(Float.floatToRawIntBits(a) & 0xffff0000);
      case LOWER_HALF -> Float.intBitsToFloat(Float.floatToRawIntBits(a) << 16);
    };
  }

  private static boolean holds(Vec.Comparison comparison, float a, float b) {
    return switch (comparison) {
      case LESS -> a < b;
      case LESS_OR_EQUAL -> a <= b;
    };
  }
}
