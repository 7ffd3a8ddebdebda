package io.tilebrew.bench;

import java.util.Arrays;
import java.util.Locale;

/**
 * The times of one contestant.
 *
 * @param nanos nanoseconds a run, one number for each round
 */
record Times(double... nanos) {
  /** Refuses no times at all. */
  Times {
    if (nanos.length == 0) {
      throw new IllegalArgumentException("there are no times");
    }
  }

  /** The median: the middle one, or the mean of the two in the middle. */
  double median() {
    double[] sorted = nanos.clone();
    Arrays.sort(sorted);
    int half = sorted.length / 2;
    return sorted.length % 2 == 1 ? sorted[half] : (sorted[half - 1] + sorted[half]) / 2;
  }

  /** The least. */
  double minimum() {
    return Arrays.stream(nanos).min().orElseThrow();
  }

  /** A number of nanoseconds for people, such as {@code 17.31 us}. */
  static String text(double nanos) {
    if (nanos < 1e6) {
      return String.format(Locale.ROOT, "%.2f us", nanos / 1e3);
    }
    return String.format(Locale.ROOT, "%.2f ms", nanos / 1e6);
  }
}
