package io.tilebrew.models.cli;

import io.tilebrew.engine.Tensor;
import java.util.Arrays;
import java.util.Locale;

/**
 * How far a result may be from what is expected: {@code |found - expected| <= atol + rtol * scale}.
 *
 * <p>Integers and booleans must be equal; NaN equals NaN only, and an infinity itself only.
 */
record Tolerance(double rtol, double atol, Scale scale) {
  /** What the relative tolerance is relative to. */
  enum Scale {
    /** The expected element. */
    ELEMENT,
    /** The largest finite element of the expected tensor. */
    MAX
  }

  /**
   * What a comparison gave.
   *
   * @param maxError the largest difference; NaN where a number stands against none
   * @param message what does not fit, or "" if all does
   */
  record Comparison(double maxError, String message) {
    boolean isEqual() {
      return message.isEmpty();
    }
  }

  Comparison compare(Tensor found, Tensor expected) {
    if (found.type() != expected.type() || !found.shape().equals(expected.shape())) {
      return new Comparison(Double.NaN, "is %s, expected %s".formatted(found, expected));
    }
    double max = scale == Scale.MAX ? largest(expected) : 0;
    double maxError = 0;
    double worstExcess = 0;
    int worst = -1;
    int faults = 0;
    for (int i = 0; i < expected.size(); i++) {
      double error = error(found, expected, i);
      double excess =
          Double.isNaN(error) ? Double.POSITIVE_INFINITY : error - bound(expected, i, max);
      maxError = Math.max(maxError, error);
      if (excess > 0) {
        faults++;
        if (worst < 0 || excess > worstExcess) {
          worst = i;
          worstExcess = excess;
        }
      }
    }
    return new Comparison(
        maxError, faults == 0 ? "" : message(found, expected, faults, worst, max));
  }

  private double bound(Tensor expected, int i, double max) {
    if (!expected.type().isFloat()) {
      return 0;
    }
    double value = Math.abs(expected.doubleAt(i));
    return switch (scale) {
      case ELEMENT -> Double.isFinite(value) ? atol + rtol * value : 0;
      case MAX -> atol + rtol * max;
    };
  }

  /** The difference; 0 for equal numbers and for two NaN, NaN if nothing can be subtracted. */
  private static double error(Tensor found, Tensor expected, int i) {
    if (!expected.type().isFloat()) {
      return found.longAt(i) == expected.longAt(i)
          ? 0
          : Math.max(1, Math.abs(found.doubleAt(i) - expected.doubleAt(i)));
    }
    double a = found.doubleAt(i);
    double b = expected.doubleAt(i);
    if (a == b || (Double.isNaN(a) && Double.isNaN(b))) {
      return 0;
    }
    return Double.isFinite(a) && Double.isFinite(b) ? Math.abs(a - b) : Double.NaN;
  }

  private static double largest(Tensor tensor) {
    double max = 0;
    for (int i = 0; i < tensor.size(); i++) {
      double value = Math.abs(tensor.doubleAt(i));
      if (Double.isFinite(value)) {
        max = Math.max(max, value);
      }
    }
    return max;
  }

  private String message(Tensor found, Tensor expected, int faults, int worst, double max) {
    return String.format(
        Locale.ROOT,
        "%d of %d elements differ, most at %s: %s, expected %s within %.3g",
        faults,
        expected.size(),
        Arrays.toString(position(expected, worst)),
        text(found, worst),
        text(expected, worst),
        bound(expected, worst, max));
  }

  private static String text(Tensor tensor, int i) {
    return tensor.type().isFloat()
        ? String.valueOf(tensor.doubleAt(i))
        : Long.toString(tensor.longAt(i));
  }

  private static int[] position(Tensor tensor, int index) {
    int[] strides = tensor.shape().strides();
    int[] position = new int[strides.length];
    for (int axis = 0; axis < position.length; axis++) {
      position[axis] = index / strides[axis] % tensor.shape().dim(axis);
    }
    return position;
  }
}
