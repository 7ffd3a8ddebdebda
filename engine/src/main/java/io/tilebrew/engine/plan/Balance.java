package io.tilebrew.engine.plan;

import java.util.Arrays;

/**
 * How the units of a piece of work are divided into parts, so that all take the same time: by what
 * each part took in the runs before, and by how fast the threads were of late in other work, too.
 * Of one thread at a time, but for {@link #took}.
 */
final class Balance {
  /** How much of what was seen in a run counts for this work in the next one. */
  private static final double GAIN = 0.1;

  /** How much of it counts for the speed of a thread, which may change at any time. */
  private static final double SPEED_GAIN = 0.25;

  /** What is seen at most: the times of a run in which a thread was held up tell little. */
  private static final double MOST_SEEN = 1.3;

  /** The least that a part has, in even shares, for what it took before; and for its thread. */
  private static final double LEAST = 0.5;

  /** Times that lie so far apart are in lines of the cache of their own. */
  private static final int APART = 16;

  /** The share of each part if all threads were as fast, which are 1 together. */
  private final double[] shares;

  /** The first unit of each part, and the end of the last one. */
  private final int[] bounds;

  /** The nanoseconds that each part took in this run, 0 if that is not known. */
  private final long[] nanos;

  /** Even parts of {@code units} units, of which there are as many as parts at least. */
  Balance(int parts, int units) {
    shares = new double[parts];
    bounds = new int[parts + 1];
    nanos = new long[parts == 1 ? 0 : (parts + 2) * APART];
    Arrays.fill(shares, 1.0 / parts);
    bounds[parts] = units;
    divide(evenSpeeds(parts));
  }

  /** The speeds of threads of which nothing is known, which are 1 together. */
  static double[] evenSpeeds(int threads) {
    double[] speeds = new double[threads];
    Arrays.fill(speeds, 1.0 / threads);
    return speeds;
  }

  int parts() {
    return shares.length;
  }

  /** The first unit of {@code part}; the end of the units where there is no such part. */
  int first(int part) {
    return bounds[part];
  }

  /** Says that the next run has {@code units} units, as many as parts at least. */
  void resize(int units) {
    bounds[parts()] = units;
  }

  /** Divides the units for threads of such speeds. Each part has a unit at least. */
  void divide(double[] speeds) {
    int parts = parts();
    int units = bounds[parts];
    assert parts <= units : units;
    double all = all(speeds);
    double before = 0;
    for (int i = 0; i < parts; i++) {
      int least = i == 0 ? 0 : bounds[i - 1] + 1;
      bounds[i] = Math.clamp((long) Math.ceil(units * before - 0.5), least, units - (parts - i));
      before += shares[i] * speeds[i] / all;
    }
  }

  private double all(double[] speeds) {
    double all = 0;
    for (int i = 0; i < parts(); i++) {
      all += shares[i] * speeds[i];
    }
    return all;
  }

  /** Tells the time of {@code part}; 0 or less if another thread than its own did it. */
  void took(int part, long nanos) {
    if (parts() > 1) {
      this.nanos[(part + 1) * APART] = nanos;
    }
  }

  /**
   * Ends a run: a part that was slower than others gets smaller the next time, and its thread
   * counts as slower.
   *
   * @param speeds the speeds by which the units were divided, and then the new ones
   */
  void settle(double[] speeds) {
    int parts = parts();
    if (parts == 1) {
      return;
    }
    double reached = 0;
    for (int i = 0; i < parts; i++) {
      reached += reached(i);
    }
    // Infinite if the time of a part is not known.
    if (reached < Double.POSITIVE_INFINITY) {
      double all = all(speeds);
      for (int i = 0; i < parts; i++) {
        double expected = shares[i] * speeds[i] / all;
        double seen = Math.clamp(reached(i) / reached / expected, 1 / MOST_SEEN, MOST_SEEN) - 1;
        shares[i] = Math.max(LEAST / parts, shares[i] * (1 + GAIN * seen));
        speeds[i] = Math.max(LEAST / speeds.length, speeds[i] * (1 + SPEED_GAIN * seen));
      }
      scale(shares);
      scale(speeds);
    }
    for (int i = 0; i < parts; i++) {
      took(i, 0);
    }
  }

  /** Makes {@code numbers} 1 together. */
  private static void scale(double[] numbers) {
    double all = 0;
    for (double number : numbers) {
      all += number;
    }
    for (int i = 0; i < numbers.length; i++) {
      numbers[i] /= all;
    }
  }

  /** The units of {@code part} for each nanosecond that it took. */
  private double reached(int part) {
    double units = bounds[part + 1] - bounds[part];
    return units / Math.max(0, nanos[(part + 1) * APART]);
  }
}
