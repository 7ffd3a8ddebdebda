package io.tilebrew.engine.plan;

import java.util.concurrent.Executor;
import java.util.concurrent.atomic.AtomicReferenceArray;
import org.jspecify.annotations.Nullable;

/**
 * Who shares the work of a call with the thread that makes it: tasks of an executor, or threads of
 * the team's own, which start when first needed, are parked between calls, and end when idle. Calls
 * at the same time share the helpers; one that finds none does its work alone.
 */
public final class Team {
  /** No helpers. */
  public static final Team ALONE = new Team(1, null, Long.MAX_VALUE);

  /** The most threads of a team. */
  public static final int MAX_THREADS = 256;

  /** Multiply-adds that take some microseconds, as a meeting of threads does. */
  private static final long WORTH_CUTTING = 250_000;

  /** The multiply-adds that take as long as it takes to move a float. */
  private static final int MOVING = 8;

  /** How much more than a step a whole run must have, since threads must be woken first. */
  private static final int CALLING = 16;

  private final int threads;
  private final @Nullable Executor executor;
  private final long worth;
  private final AtomicReferenceArray<@Nullable Helper> helpers;

  /**
   * A team.
   *
   * @param threads the threads at work on a call, the caller among them
   * @param executor runs the helpers; null for threads of the team's own
   * @param worth the least multiply-adds of a step that is cut
   */
  public Team(int threads, @Nullable Executor executor, long worth) {
    assert threads >= 1 && threads <= MAX_THREADS : threads;
    this.threads = threads;
    this.executor = executor;
    this.worth = worth;
    this.helpers = new AtomicReferenceArray<>(executor == null ? threads - 1 : 0);
  }

  /** The team of {@code threads} threads for a network. */
  public static Team of(int threads, @Nullable Executor executor) {
    return threads == 1 ? ALONE : new Team(threads, executor, WORTH_CUTTING);
  }

  /** The threads at work on a call. */
  public int threads() {
    return threads;
  }

  /**
   * Whether a step of so many multiply-adds that moves so many {@code floats} is faster in parts.
   */
  public boolean isWorthCutting(long multiplyAdds, long floats) {
    return threads > 1 && Math.max(multiplyAdds, MOVING * floats) >= worth;
  }

  /** Whether helpers should be called for a run of so many multiply-adds. */
  boolean isWorthCalling(double multiplyAdds) {
    return threads > 1 && multiplyAdds >= (double) worth * CALLING;
  }

  /** Whether each thread can have a processor, so that one that spins takes none from another. */
  boolean maySpin() {
    return threads <= Runtime.getRuntime().availableProcessors();
  }

  /** Asks the helpers that have nothing to do to join {@code crew}. */
  void ask(Crew crew) {
    if (executor != null) {
      crew.ask(executor);
      return;
    }
    for (int i = 0; i < helpers.length(); i++) {
      Helper helper = helpers.get(i);
      if (helper != null && !helper.hasEnded()) {
        helper.ask(crew);
      } else {
        replace(i, helper, crew);
      }
    }
  }

  private void replace(int i, @Nullable Helper ended, Crew crew) {
    Helper fresh = new Helper(crew);
    if (helpers.compareAndSet(i, ended, fresh)) {
      fresh.start();
    }
  }
}
