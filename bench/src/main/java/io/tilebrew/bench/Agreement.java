package io.tilebrew.bench;

/** When two engines give the same: {@code |a - b| <= 1e-4 * max|b| + 1e-5} for all elements. */
final class Agreement {
  private static final double RELATIVE = 1e-4;
  private static final double ABSOLUTE = 1e-5;

  private Agreement() {}

  /**
   * Compares.
   *
   * @param name the output
   * @param engine what gives {@code expected}
   * @throws IllegalStateException if the results differ
   */
  static void require(String name, float[] found, String engine, float[] expected) {
    if (found.length != expected.length) {
      throw new IllegalStateException(
          "output '%s' has %d elements, %s has %d"
              .formatted(name, found.length, engine, expected.length));
    }
    double largest = 0;
    for (float value : expected) {
      largest = Math.max(largest, Math.abs(value));
    }
    double bound = RELATIVE * largest + ABSOLUTE;
    for (int i = 0; i < found.length; i++) {
      double error = Math.abs((double) found[i] - expected[i]);
      // The negation catches NaN.
      if (!(error <= bound)) {
        throw new IllegalStateException(
            "output '%s' is %s at %d, %s has %s, expected a difference of at most %s"
                .formatted(name, found[i], i, engine, expected[i], bound));
      }
    }
  }
}
