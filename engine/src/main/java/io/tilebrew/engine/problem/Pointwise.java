package io.tilebrew.engine.problem;

import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * A pointwise function of one float32 value and of others at the same place: a chain of stages,
 * each of which changes what the one before has left.
 *
 * <p>Its text names the stages, for example {@code +add +relu}: the first stage adds the first
 * input beside the value. {@code mul(0.5)} combines with a number, {@code mul[0]} with the value
 * that the chain began with, {@code add[1]} with the first input; without brackets it is the next
 * input that no stage before has used. An {@code r} in front, {@code rsub}, swaps the two sides.
 *
 * @param stages the stages, in order
 */
public record Pointwise(List<Stage> stages) {
  /** The identity. */
  public static final Pointwise NONE = new Pointwise(List.of());

  /** A step of the chain. */
  public sealed interface Stage {}

  /** An activation of the value. */
  public record Activate(Activation activation) implements Stage {}

  /** A function of the value, one of those that are {@link #isVectorized}. */
  public record Apply(UnaryFunction function) implements Stage {
    /** Checks the function. */
    public Apply {
      assert isVectorized(function) : function;
    }
  }

  /**
   * A function of the value and an operand.
   *
   * @param function the function, one of those that are {@link #isVectorized}
   * @param operand the operand
   * @param swapped whether the operand is the left side
   */
  public record Combine(Arithmetic function, Operand operand, boolean swapped) implements Stage {
    /** Checks the function. */
    public Combine {
      assert isVectorized(function) : function;
    }
  }

  /** What a value is combined with. */
  public sealed interface Operand {}

  /** The value that the chain began with. */
  public record Start() implements Operand {}

  /** An input beside the value; the first has the index 1. */
  public record Input(int index) implements Operand {}

  /** A number. */
  public record Scalar(float value) implements Operand {}

  /** Copies the list and drops what changes nothing. */
  public Pointwise {
    stages = stages.stream().filter(s -> !s.equals(new Activate(Activation.NONE))).toList();
  }

  /** An activation alone. */
  public static Pointwise of(Activation activation) {
    return new Pointwise(List.of(new Activate(activation)));
  }

  /** A stage alone. */
  public static Pointwise of(Stage stage) {
    return new Pointwise(List.of(stage));
  }

  /** Whether vector programs have {@code function}. */
  public static boolean isVectorized(UnaryFunction function) {
    return switch (function) {
      case ABS, NEG, SQRT, EXP, ERF -> true;
      case SIGN,
          NOT,
          CEIL,
          FLOOR,
          ROUND,
          EXPM1,
          LOG,
          SOFTPLUS,
          SIN,
          COS,
          TAN,
          ASIN,
          ACOS,
          ATAN,
          SINH,
          COSH,
          ASINH,
          ACOSH,
          ATANH ->
          false;
    };
  }

  /** Whether vector programs have {@code function}. */
  public static boolean isVectorized(Arithmetic function) {
    return switch (function) {
      case ADD, SUB, MUL, DIV, MIN, MAX, PRELU -> true;
      case POW, MOD, REM -> false;
    };
  }

  /** The number of inputs beside the value. */
  public int inputs() {
    int inputs = 0;
    for (Stage stage : stages) {
      if (stage instanceof Combine(var _, Input(int index), var _)) {
        inputs = Math.max(inputs, index);
      }
    }
    return inputs;
  }

  /** Whether a stage looks back at the value that the chain began with. */
  public boolean readsStart() {
    return stages.stream().anyMatch(s -> s instanceof Combine(var _, Start _, var _));
  }

  /**
   * Whether a greater value never gives a smaller result, to the last bit, whatever the inputs; so
   * the result for the greatest of some values is the greatest of their results.
   */
  public boolean isMonotonic() {
    return stages.stream()
        .allMatch(s -> s instanceof Activate(Activation activation) && activation.isMonotonic());
  }

  /** Whether no result has a sign, not even a zero, unless it is NaN. */
  public boolean isRectified() {
    return !stages.isEmpty()
        && stages.getLast() instanceof Activate(Activation activation)
        && (activation instanceof Activation.Relu
            || (activation instanceof Activation.Clip(float low, float _)
                && Float.floatToRawIntBits(low) >= 0));
  }

  /**
   * The first stage if it combines the value with the only input, and no stage after it looks at
   * anything but the value and numbers; else null.
   */
  public @Nullable Combine combinesTwo() {
    boolean once =
        stages.stream()
            .skip(1)
            .noneMatch(s -> s instanceof Combine c && !(c.operand() instanceof Scalar));
    return once
            && !stages.isEmpty()
            && stages.getFirst() instanceof Combine first
            && first.operand() instanceof Input
        ? first
        : null;
  }

  /** This with another first stage. */
  public Pointwise withFirst(Stage first) {
    List<Stage> changed = new ArrayList<>(stages);
    changed.set(0, first);
    return new Pointwise(changed);
  }

  /** The same function of two values with the second one as its start, or null if it has none. */
  public @Nullable Pointwise turned() {
    Combine first = combinesTwo();
    return first == null
        ? null
        : withFirst(new Combine(first.function, first.operand, !first.swapped));
  }

  /**
   * This and then {@code next}, whose inputs are numbered behind those of this.
   *
   * @param next a chain that does not look back at its start, unless this is the identity
   */
  public Pointwise then(Pointwise next) {
    assert stages.isEmpty() || !next.readsStart() : next;
    int before = inputs();
    List<Stage> all = new ArrayList<>(stages);
    for (Stage stage : next.stages) {
      all.add(
          stage instanceof Combine(var function, Input(int index), boolean swapped)
              ? new Combine(function, new Input(before + index), swapped)
              : stage);
    }
    return new Pointwise(all);
  }

  /**
   * The result; the meaning of the function, to the last bit.
   *
   * @param start the value
   * @param inputs the inputs, the one of index 1 first
   */
  public float apply(float start, float... inputs) {
    float value = start;
    for (Stage stage : stages) {
      value =
          switch (stage) {
            case Activate(Activation activation) -> activation.apply(value);
            case Apply(UnaryFunction function) -> function.apply(value);
            case Combine(Arithmetic function, Operand operand, boolean swapped) -> {
              float other =
                  switch (operand) {
                    case Start _ -> start;
                    case Input(int index) -> inputs[index - 1];
                    case Scalar(float number) -> number;
                  };
              yield swapped ? function.apply(other, value) : function.apply(value, other);
            }
          };
    }
    return value;
  }

  /**
   * Reads the text form.
   *
   * @throws IllegalArgumentException if the text is no chain
   */
  public static Pointwise parse(String text) {
    return PointwiseText.parse(text);
  }

  /** The text form, empty for the identity. */
  @Override
  public String toString() {
    return PointwiseText.print(this);
  }
}
