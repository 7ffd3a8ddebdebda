package io.tilebrew.models.cli;

import io.tilebrew.graph.FmaPeak;
import java.time.Duration;
import java.util.Arrays;

/**
 * The times of a workload, measured in turns with the peak of the processor, so that whatever
 * disturbs the machine disturbs both.
 *
 * @param nanos nanoseconds of each run, sorted
 * @param peak multiply-adds a nanosecond of one core, at best
 */
record Stopwatch(long[] nanos, double peak) {
  private static final int ROUNDS = 20;
  private static final int LEAST_RUNS = 10;
  private static final Duration PEAK_SLICE = Duration.ofMillis(15);

  /** Runs {@code workload} for about {@code duration}, but 10 times at least. */
  static Stopwatch measure(Runnable workload, Duration duration) {
    FmaPeak peak = new FmaPeak();
    for (int i = 0; i < ROUNDS; i++) {
      run(peak, PEAK_SLICE.toNanos());
    }
    long[] all = new long[0];
    long best = Long.MAX_VALUE;
    long slice = duration.toNanos() / ROUNDS;
    for (long spent = 0; spent < duration.toNanos() || all.length < LEAST_RUNS; ) {
      best = Math.min(best, run(peak, PEAK_SLICE.toNanos())[0]);
      long[] some = run(workload, slice);
      int known = all.length;
      all = Arrays.copyOf(all, known + some.length);
      System.arraycopy(some, 0, all, known, some.length);
      spent += Arrays.stream(some).sum();
    }
    Arrays.sort(all);
    return new Stopwatch(all, (double) peak.multiplyAdds() / best);
  }

  /** The nanoseconds of each run until {@code nanos} have passed, sorted; one run at least. */
  private static long[] run(Runnable workload, long nanos) {
    long[] times = new long[16];
    int runs = 0;
    long start = System.nanoTime();
    long now = start;
    do {
      long before = now;
      workload.run();
      now = System.nanoTime();
      if (runs == times.length) {
        times = Arrays.copyOf(times, 2 * runs);
      }
      times[runs++] = now - before;
    } while (now - start < nanos);
    long[] result = Arrays.copyOf(times, runs);
    Arrays.sort(result);
    return result;
  }

  /** The median in nanoseconds. */
  double median() {
    int half = nanos.length / 2;
    return nanos.length % 2 == 1 ? nanos[half] : (nanos[half - 1] + nanos[half]) / 2.0;
  }

  /** What 99 of 100 runs do not exceed, in nanoseconds. */
  double p99() {
    return nanos[(int) Math.ceil(0.99 * nanos.length) - 1];
  }
}
