package io.tilebrew.bench;

/** When two engines give the same: {@code |a - b| <= 1e-4 * max|b| + 1e-5} for all elements. */
final class Agreement {
  private static final double RELATIVE = 1e-4;
  private static final double ABSOLUTE = 1e-5;

  private Agreement() {}

  /**
   * Compares.
   *
   * @throws IllegalStateException if the results differ
   */
  static void require(String name, float[] found, float[] expected) {
    if (found.length != expected.length) {
      throw new IllegalStateException(
          "output '%s' has %d elements, expected %d"
              .formatted(name, found.length, expected.length));
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
            "output '%s' is %s at %d, expected %s within %s"
                .formatted(name, found[i], i, expected[i], bound));
      }
    }
  }
}
