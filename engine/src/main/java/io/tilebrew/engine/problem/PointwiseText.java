package io.tilebrew.engine.problem;

import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/** The text form of pointwise functions. */
final class PointwiseText {
  private static final Pattern COMBINE =
      Pattern.compile("(r?)(add|sub|mul|div|min|max|prelu)(?:\\[(@?\\d+)]|\\((-?[\\w.+-]+)\\))?");
  private static final Pattern APPLY = Pattern.compile("abs|neg|sqrt|exp|erf");

  private PointwiseText() {}

  static Pointwise parse(String text) {
    List<Pointwise.Stage> stages = new ArrayList<>();
    int used = 0;
    for (String word : text.isBlank() ? new String[0] : text.strip().split("\\s+")) {
      if (!word.startsWith("+")) {
        throw new IllegalArgumentException(
            "'%s' in '%s' is no stage; expected for example '+add +relu'".formatted(word, text));
      }
      Pointwise.Stage stage = stage(word.substring(1), used + 1);
      if (earlier(stage) > stages.size()) {
        throw new IllegalArgumentException(
            "'%s' in '%s' looks at a value that is not there yet".formatted(word, text));
      }
      stages.add(stage);
      used = Math.max(used, input(stage));
    }
    return new Pointwise(stages);
  }

  private static Pointwise.Stage stage(String word, int next) {
    if (APPLY.matcher(word).matches()) {
      return new Pointwise.Apply(UnaryFunction.valueOf(word.toUpperCase(Locale.ROOT)));
    }
    Matcher m = COMBINE.matcher(word);
    if (!m.matches()) {
      return new Pointwise.Activate(Activation.parse(word));
    }
    Pointwise.Operand operand =
        m.group(4) != null
            ? new Pointwise.Scalar(Float.parseFloat(m.group(4)))
            : operand(m.group(3), next);
    return new Pointwise.Combine(
        Arithmetic.valueOf(m.group(2).toUpperCase(Locale.ROOT)), operand, !m.group(1).isEmpty());
  }

  private static Pointwise.Operand operand(@Nullable String place, int next) {
    if (place == null) {
      return new Pointwise.Input(next);
    }
    boolean input = !place.startsWith("@") && !place.equals("0");
    int number = Integer.parseInt(place.replace("@", ""));
    return input ? new Pointwise.Input(number) : new Pointwise.Earlier(number);
  }

  /** The index of the input that {@code stage} reads, or 0. */
  private static int input(Pointwise.Stage stage) {
    return stage instanceof Pointwise.Combine(var _, Pointwise.Input(int index), var _) ? index : 0;
  }

  /** After how many stages there is the value that {@code stage} looks back at, or 0. */
  private static int earlier(Pointwise.Stage stage) {
    return stage instanceof Pointwise.Combine(var _, Pointwise.Earlier(int count), var _)
        ? count
        : 0;
  }

  static String print(Pointwise function) {
    StringBuilder text = new StringBuilder();
    int used = 0;
    for (Pointwise.Stage stage : function.stages()) {
      text.append(text.isEmpty() ? "+" : " +").append(text(stage, used + 1));
      used = Math.max(used, input(stage));
    }
    return text.toString();
  }

  private static String text(Pointwise.Stage stage, int next) {
    return switch (stage) {
      case Pointwise.Activate(Activation activation) -> activation.toString();
      case Pointwise.Apply(UnaryFunction function) -> function.name().toLowerCase(Locale.ROOT);
      case Pointwise.Combine(Arithmetic function, Pointwise.Operand operand, boolean swapped) ->
          (swapped ? "r" : "")
              + function.name().toLowerCase(Locale.ROOT)
              + switch (operand) {
                case Pointwise.Earlier(int count) -> count == 0 ? "[0]" : "[@" + count + "]";
                case Pointwise.Input(int index) -> index == next ? "" : "[" + index + "]";
                case Pointwise.Scalar(float value) -> "(" + value + ")";
              };
    };
  }
}
