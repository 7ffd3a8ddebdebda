package io.tilebrew.engine.plan;

import java.util.Arrays;

/**
 * How work is divided among threads: so that all took the same time in the runs before. Of one
 * thread at a time.
 */
final class Balance {
  /** How much of what was seen in a run counts for the next. */
  private static final double GAIN = 0.25;

  /** What is seen at most: the times of a run in which a thread was held up tell little. */
  private static final double MOST_SEEN = 1.1;

  /** The least that a thread has, in even shares. */
  private static final double LEAST = 0.5;

  /** The share of each, which are 1 together. */
  private final double[] shares;

  /** The nanoseconds that each was at work in this run, as long as it did its own share. */
  private final long[] busy;

  /** Even shares of {@code threads} threads. */
  Balance(int threads) {
    shares = new double[threads];
    busy = new long[threads];
    Arrays.fill(shares, 1.0 / threads);
  }

  /**
   * Writes where the part of each thread of {@code units} units begins, and the end; even parts if
   * there are fewer {@code parts} than threads. Each part has a unit at least.
   */
  void divide(int units, int parts, int[] bounds) {
    boolean even = parts < shares.length;
    double before = 0;
    for (int i = 0; i < parts; i++) {
      long wanted = even ? Share.first(i, parts, units) : (long) Math.ceil(units * before - 0.5);
      int least = i == 0 ? 0 : bounds[i - 1] + 1;
      bounds[i] = Math.clamp(wanted, least, units - (parts - i));
      before += shares[i];
    }
    bounds[parts] = units;
  }

  /**
   * Counts the nanoseconds of a piece of work, {@code apart} elements apart, unless one of them is
   * negative.
   */
  void add(long[] nanos, int apart) {
    for (int i = 0; i < busy.length; i++) {
      if (nanos[i * apart] < 0) {
        return;
      }
    }
    for (int i = 0; i < busy.length; i++) {
      busy[i] += nanos[i * apart];
    }
  }

  /** Ends a run: who was at work longer than the others has less in the next one. */
  void settle() {
    double mean = sum() / (double) busy.length;
    if (mean > 0) {
      double all = 0;
      for (int i = 0; i < shares.length; i++) {
        double least = LEAST / shares.length;
        double seen = Math.clamp(mean / Math.max(1, busy[i]), 1 / MOST_SEEN, MOST_SEEN);
        shares[i] = Math.max(least, shares[i] * Math.pow(seen, GAIN));
        all += shares[i];
      }
      for (int i = 0; i < shares.length; i++) {
        shares[i] /= all;
      }
    }
    Arrays.fill(busy, 0);
  }

  private long sum() {
    long sum = 0;
    for (long nanos : busy) {
      sum += nanos;
    }
    return sum;
  }
}
