package io.tilebrew.bench;

import java.util.concurrent.atomic.AtomicLongArray;

/**
 * Measures what a word to another thread, which waits for it, and its answer take. Threads that
 * share a network depend on that as they do on arithmetic, and on virtual machines it changes with
 * the places of the processors: some 0.15 us within a group of cores that share a cache, 0.6 us
 * between two groups.
 */
final class RoundTrip {
  private static final int BATCHES = 25;
  private static final int WORDS = 1000;
  private static final int WARM_UP = 20_000;

  /** Places in lines of the cache of their own. */
  private static final int QUESTION = 32;

  private static final int ANSWER = 64;

  private final AtomicLongArray lines = new AtomicLongArray(96);

  private long asked;

  private RoundTrip() {}

  /** Whether there is a processor for each of two threads. */
  static boolean isPossible() {
    return Runtime.getRuntime().availableProcessors() > 1;
  }

  /** The median of some batches, in nanoseconds a word with its answer. */
  static double nanos() {
    return new RoundTrip().measure();
  }

  private double measure() {
    Thread.ofPlatform().daemon().start(() -> answer(WARM_UP + BATCHES * WORDS));
    ask(WARM_UP);
    double[] batches = new double[BATCHES];
    for (int i = 0; i < BATCHES; i++) {
      long begin = System.nanoTime();
      ask(WORDS);
      batches[i] = (double) (System.nanoTime() - begin) / WORDS;
    }
    return new Times(batches).median();
  }

  private void ask(int words) {
    for (int i = 0; i < words; i++) {
      asked++;
      lines.setRelease(QUESTION, asked);
      await(ANSWER, asked);
    }
  }

  private void answer(int words) {
    for (long word = 1; word <= words; word++) {
      await(QUESTION, word);
      lines.setRelease(ANSWER, word);
    }
  }

  private void await(int place, long word) {
    while (lines.getAcquire(place) < word) {
      // Only a thread that spins is as quick as those of a network.
    }
  }
}
