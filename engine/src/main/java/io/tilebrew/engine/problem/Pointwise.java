package io.tilebrew.engine.problem;

import java.util.ArrayList;
import java.util.List;
import java.util.function.UnaryOperator;
import org.jspecify.annotations.Nullable;

/**
 * A pointwise function of one float32 value and of others at the same place: a chain of stages,
 * each of which changes what the one before has left.
 *
 * <p>Its text names the stages, for example {@code +add +relu}: the first stage adds the first
 * input beside the value. {@code mul(0.5)} combines with a number, {@code add[1]} with the first
 * input; without brackets it is the next input that no stage before has used. {@code mul[0]}
 * combines with the value that the chain began with, {@code mul[@2]} with the one that two stages
 * have left. An {@code r} in front, {@code rsub}, swaps the two sides.
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

  /**
   * The value that the first stages of the chain have left.
   *
   * @param stages how many stages; none for the value that the chain began with, and at most those
   *     before the stage that combines with it
   */
  public record Earlier(int stages) implements Operand {}

  /** An input beside the value; the first has the index 1. */
  public record Input(int index) implements Operand {}

  /** A number. */
  public record Scalar(float value) implements Operand {}

  /** Copies the list and drops what changes nothing. */
  public Pointwise {
    stages = needed(stages);
  }

  private static List<Stage> needed(List<Stage> stages) {
    List<Stage> needed = new ArrayList<>();
    int[] places = new int[stages.size()];
    for (int i = 0; i < places.length; i++) {
      places[i] = needed.size();
      Stage stage = stages.get(i);
      if (!stage.equals(new Activate(Activation.NONE))) {
        needed.add(changed(stage, o -> o instanceof Earlier(int n) ? new Earlier(places[n]) : o));
        assert !(stage instanceof Combine(var _, Earlier(int n), var _)) || n <= i : stages;
      }
    }
    return List.copyOf(needed);
  }

  private static Stage changed(Stage stage, UnaryOperator<Operand> change) {
    return stage instanceof Combine(var function, Operand operand, boolean swapped)
        ? new Combine(function, change.apply(operand), swapped)
        : stage;
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
            || (activation instanceof Activation.Clip(float low, float high)
                && Float.floatToRawIntBits(low) >= 0
                && Float.floatToRawIntBits(high) >= 0));
  }

  /**
   * The first stage if it combines the value with the only input, and no stage after it looks at
   * either of them; else null.
   */
  public @Nullable Combine combinesTwo() {
    boolean once =
        stages.stream()
            .skip(1)
            .noneMatch(
                s ->
                    s instanceof Combine c
                        && (c.operand() instanceof Input || c.operand().equals(new Earlier(0))));
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

  /** This with other operands. */
  public Pointwise withOperands(UnaryOperator<Operand> change) {
    return new Pointwise(stages.stream().map(stage -> changed(stage, change)).toList());
  }

  /** This and then {@code next}, whose inputs are numbered behind those of this. */
  public Pointwise then(Pointwise next) {
    int before = inputs();
    List<Stage> all = new ArrayList<>(stages);
    for (Stage stage : next.stages) {
      all.add(
          changed(
              stage,
              operand ->
                  switch (operand) {
                    case Earlier(int count) -> new Earlier(stages.size() + count);
                    case Input(int index) -> new Input(before + index);
                    case Scalar number -> number;
                  }));
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
    float[] left = new float[stages.size()];
    float value = start;
    for (int i = 0; i < left.length; i++) {
      left[i] = value;
      value =
          switch (stages.get(i)) {
            case Activate(Activation activation) -> activation.apply(value);
            case Apply(UnaryFunction function) -> function.apply(value);
            case Combine(Arithmetic function, Operand operand, boolean swapped) -> {
              float other =
                  switch (operand) {
                    case Earlier(int count) -> left[count];
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
