package io.tilebrew.bench;

import io.tilebrew.engine.Settling;
import java.time.Duration;
import java.util.Arrays;
import java.util.List;

/**
 * Contestants that run in turns for a slice of time each, so that whatever else the machine does
 * hits all of them alike.
 *
 * @param rounds the rounds; each contestant has a slice in each of them
 * @param slice how long a contestant runs in a round, unless it needs more for {@value #MIN_RUNS}
 *     runs
 */
record Race(int rounds, Duration slice) {
  /** The runs that a slice has at least. */
  static final int MIN_RUNS = 5;

  private static final Duration SLICE = Duration.ofMillis(60);
  private static final Duration SETTLING = Duration.ofSeconds(1);

  /** Checks the number of rounds. */
  Race {
    if (rounds < 1) {
      throw new IllegalArgumentException("%d rounds, expected at least 1".formatted(rounds));
    }
  }

  /** A race with slices of the usual length. */
  Race(int rounds) {
    this(rounds, SLICE);
  }

  /** Runs {@code contestant} for a while without taking the time. */
  static void warmUp(Runnable contestant, Duration duration) {
    nanosPerRun(contestant, duration.toNanos());
  }

  /** Runs {@code contestant} until that no longer becomes faster, for {@code limit} at most. */
  static void settle(Runnable contestant, Duration limit) {
    long end = System.nanoTime() + limit.toNanos();
    Settling.run(2, end, () -> nanosPerRun(contestant, SETTLING.toNanos()));
  }

  /**
   * Runs the race; every other round goes backwards.
   *
   * @return the times of each contestant
   */
  List<Times> run(List<Runnable> contestants) {
    int count = contestants.size();
    double[][] nanos = new double[count][rounds];
    for (int round = 0; round < rounds; round++) {
      for (int turn = 0; turn < count; turn++) {
        int i = round % 2 == 0 ? turn : count - 1 - turn;
        nanos[i][round] = nanosPerRun(contestants.get(i), slice.toNanos());
      }
    }
    return Arrays.stream(nanos).map(Times::new).toList();
  }

  /** The first run, which finds the caches full of what others left, does not count. */
  private static double nanosPerRun(Runnable contestant, long nanos) {
    contestant.run();
    long start = System.nanoTime();
    long now;
    int runs = 0;
    do {
      contestant.run();
      runs++;
      now = System.nanoTime();
    } while (now - start < nanos || runs < MIN_RUNS);
    return (double) (now - start) / runs;
  }
}
