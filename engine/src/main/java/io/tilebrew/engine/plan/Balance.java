package io.tilebrew.engine.plan;

import java.util.Arrays;

/**
 * How the units of a piece of work are divided into parts: so that all would have taken the same
 * time in the runs before. Of one thread at a time, but for {@link #took}.
 */
final class Balance {
  /** How much of what was seen in a run counts for the next. */
  private static final double GAIN = 0.25;

  /** What is seen at most: the times of a run in which a thread was held up tell little. */
  private static final double MOST_SEEN = 1.1;

  /** The least that a part has, in even shares. */
  private static final double LEAST = 0.5;

  /** Times that lie so far apart are in lines of the cache of their own. */
  private static final int APART = 16;

  /** The share of each part, which are 1 together. */
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
    divide(units);
  }

  int parts() {
    return shares.length;
  }

  /** The first unit of {@code part}; the end of the units where there is no such part. */
  int first(int part) {
    return bounds[part];
  }

  /** Divides {@code units} units. Each part has a unit at least. */
  void divide(int units) {
    int parts = shares.length;
    assert parts <= units : units;
    double before = 0;
    for (int i = 0; i < parts; i++) {
      int least = i == 0 ? 0 : bounds[i - 1] + 1;
      bounds[i] = Math.clamp((long) Math.ceil(units * before - 0.5), least, units - (parts - i));
      before += shares[i];
    }
    bounds[parts] = units;
  }

  /** Tells the time of {@code part}; 0 or less if another thread than its own did it. */
  void took(int part, long nanos) {
    if (parts() > 1) {
      this.nanos[(part + 1) * APART] = nanos;
    }
  }

  /** Ends a run: the part of a thread that was slower than others gets smaller. */
  void settle() {
    int parts = shares.length;
    if (parts == 1) {
      return;
    }
    double speeds = 0;
    for (int i = 0; i < parts; i++) {
      speeds += speed(i);
    }
    // Infinite if the time of a part is not known.
    if (speeds < Double.POSITIVE_INFINITY) {
      double all = 0;
      for (int i = 0; i < parts; i++) {
        double seen = Math.clamp(speed(i) / speeds / shares[i], 1 / MOST_SEEN, MOST_SEEN);
        shares[i] = Math.max(LEAST / parts, shares[i] * (1 + GAIN * (seen - 1)));
        all += shares[i];
      }
      for (int i = 0; i < parts; i++) {
        shares[i] /= all;
      }
      divide(bounds[parts]);
    }
    for (int i = 0; i < parts; i++) {
      took(i, 0);
    }
  }

  /** The units of {@code part} for each nanosecond that it took. */
  private double speed(int part) {
    double units = bounds[part + 1] - bounds[part];
    return units / Math.max(0, nanos[(part + 1) * APART]);
  }
}
