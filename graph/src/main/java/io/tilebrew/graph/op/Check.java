package io.tilebrew.graph.op;

import io.tilebrew.engine.DataType;
import io.tilebrew.engine.Shape;
import io.tilebrew.graph.TensorType;
import java.util.Arrays;
import java.util.List;
import java.util.Locale;

/**
 * Checks shared by the operators; each throws {@link IllegalArgumentException} with one sentence.
 */
final class Check {
  private Check() {}

  static void that(boolean fits, String message, Object... args) {
    if (!fits) {
      throw new IllegalArgumentException(message.formatted(args));
    }
  }

  static void arity(List<TensorType> inputs, int least, int most) {
    that(
        inputs.size() >= least && inputs.size() <= most,
        least == most ? "has %d inputs, expected %d" : "has %d inputs, expected %d to %d",
        inputs.size(),
        least,
        most);
  }

  static void element(String what, TensorType type, DataType... expected) {
    that(
        Arrays.asList(expected).contains(type.element()),
        "%s is %s, expected elements of %s",
        what,
        type,
        Arrays.toString(expected));
  }

  static void rank(String what, TensorType type, int rank) {
    that(type.rank() == rank, "%s is %s, expected rank %d", what, type, rank);
  }

  /** The name of a constant of an enum, such as {@code Sqrt}. */
  static String capitalized(Enum<?> constant) {
    String text = constant.name();
    return text.charAt(0) + text.substring(1).toLowerCase(Locale.ROOT);
  }

  /** Checks that {@code axis}, counted from the front, is one of {@code rank} axes. */
  static void front(int axis, int rank) {
    that(axis >= 0 && axis < rank, "axis %d is outside of rank %d", axis, rank);
  }

  /** {@code axis} counted from the front. */
  static int axis(int axis, int rank) {
    that(axis >= -rank && axis < rank, "axis %d is outside of rank %d", axis, rank);
    return axis < 0 ? axis + rank : axis;
  }

  /** The shape that {@code a} and {@code b} broadcast to, as in numpy. */
  static Shape broadcast(Shape a, Shape b) {
    int rank = Math.max(a.rank(), b.rank());
    int[] dims = new int[rank];
    for (int i = 1; i <= rank; i++) {
      int x = i <= a.rank() ? a.dim(-i) : 1;
      int y = i <= b.rank() ? b.dim(-i) : 1;
      that(x == y || x == 1 || y == 1, "shapes %s and %s do not broadcast", a, b);
      dims[rank - i] = x == 1 ? y : x;
    }
    return Shape.of(dims);
  }
}
