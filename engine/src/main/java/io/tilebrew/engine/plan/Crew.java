package io.tilebrew.engine.plan;

import java.util.concurrent.Executor;
import java.util.concurrent.RejectedExecutionException;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicLong;
import java.util.concurrent.atomic.AtomicReferenceArray;
import java.util.concurrent.locks.LockSupport;
import org.jspecify.annotations.Nullable;

/**
 * The threads at work on one call: its leader, who is the caller, and the helpers that come.
 *
 * <p>Work is handed out part by part to whoever asks first. The leader waits for parts that others
 * have begun, never for others to come, so it may well do everything itself. Whoever waits spins
 * for up to half a millisecond and then parks. Nothing is allocated.
 */
final class Crew implements Runnable {
  /** Work in parts that are independent of each other. */
  @FunctionalInterface
  interface Work {
    /** Does part number {@code part}. */
    void run(int part);
  }

  /** The most parts of a piece of work. */
  static final int MAX_PARTS = 0xffff;

  private static final long SPIN_NANOS = 500_000;

  /** The number of the piece of work, the number of its parts, and the next part to hand out. */
  private final AtomicLong ticket = new AtomicLong();

  private final AtomicInteger unfinished = new AtomicInteger();

  /** The tasks given to an executor that it has not begun. */
  private final AtomicInteger asked = new AtomicInteger();

  /** Helpers that are parked. */
  private final AtomicReferenceArray<@Nullable Thread> sleepers;

  private volatile boolean open;
  private volatile @Nullable Thread leader;
  private volatile @Nullable Thread waiting;
  private volatile @Nullable Throwable fault;
  private volatile boolean spins;
  private Work work = part -> {};

  /** A crew of a leader and up to {@code helpers} others. */
  Crew(int helpers) {
    sleepers = new AtomicReferenceArray<>(helpers);
  }

  /**
   * Makes this thread the leader until {@link #close}, and asks for helpers, who take a while to
   * wake up.
   *
   * @param team whom to ask
   * @param mayWaste whether threads may spin while they wait
   */
  void open(Team team, boolean mayWaste) {
    spins = mayWaste;
    leader = Thread.currentThread();
    open = true;
    team.ask(this);
  }

  /** Sends the helpers away. */
  void close() {
    open = false;
    leader = null;
    wake();
  }

  /** Whether the crew has a leader. */
  boolean isOpen() {
    return open;
  }

  /** Asks {@code executor} for helpers, as far as those asked for before have come. */
  void ask(Executor executor) {
    for (int i = asked.get(); i < sleepers.length(); i++) {
      asked.incrementAndGet();
      try {
        executor.execute(this);
      } catch (RejectedExecutionException e) {
        asked.decrementAndGet();
        return;
      }
    }
  }

  /** Helps, as a task of an executor, which may run it in the leader's thread or too late. */
  @Override
  public void run() {
    asked.decrementAndGet();
    if (Thread.currentThread() != leader) {
      help();
    }
  }

  /** Does parts of the leader's work until it is done with all of it. */
  void help() {
    while (open) {
      long seen = ticket.get();
      if (next(seen) == parts(seen)) {
        if (!awaitWork(seen)) {
          return;
        }
      } else if (ticket.compareAndSet(seen, seen + 1)) {
        perform(next(seen));
      }
    }
  }

  /**
   * Does all parts of {@code job}, with those who help. What the parts write is seen by the leader
   * afterwards, and what it wrote before is seen by them.
   */
  void each(int parts, Work job) {
    assert Thread.currentThread() == leader && parts <= MAX_PARTS;
    work = job;
    unfinished.set(parts);
    ticket.set((((ticket.get() >>> 32) + 1) << 32) | ((long) parts << 16));
    wake();
    for (long seen = ticket.get(); next(seen) < parts; seen = ticket.get()) {
      if (ticket.compareAndSet(seen, seen + 1)) {
        perform(next(seen));
      }
    }
    awaitOthers();
    Throwable thrown = fault;
    if (thrown != null) {
      fault = null;
      throw rethrown(thrown);
    }
  }

  private static int next(long ticket) {
    return (int) ticket & MAX_PARTS;
  }

  private static int parts(long ticket) {
    return (int) (ticket >>> 16) & MAX_PARTS;
  }

  private static RuntimeException rethrown(Throwable thrown) {
    switch (thrown) {
      case Error e -> throw e;
      case RuntimeException e -> throw e;
      default -> throw new AssertionError(thrown);
    }
  }

  private void perform(int part) {
    try {
      work.run(part);
    } catch (Throwable e) {
      fault = e;
    }
    if (unfinished.decrementAndGet() == 0) {
      LockSupport.unpark(waiting);
    }
  }

  private void wake() {
    for (int i = 0; i < sleepers.length(); i++) {
      if (sleepers.get(i) != null) {
        LockSupport.unpark(sleepers.getAndSet(i, null));
      }
    }
  }

  private void awaitOthers() {
    long start = System.nanoTime();
    while (unfinished.get() > 0 && spins && System.nanoTime() - start < SPIN_NANOS) {
      Thread.onSpinWait();
    }
    waiting = Thread.currentThread();
    boolean interrupted = false;
    while (unfinished.get() > 0) {
      LockSupport.park(this);
      interrupted |= Thread.interrupted();
    }
    waiting = null;
    if (interrupted) {
      Thread.currentThread().interrupt();
    }
  }

  /** Waits for other work than {@code seen}; false if this thread had better leave. */
  private boolean awaitWork(long seen) {
    long start = System.nanoTime();
    while (isIdle(seen) && spins && System.nanoTime() - start < SPIN_NANOS) {
      Thread.onSpinWait();
    }
    if (!isIdle(seen)) {
      return true;
    }
    Thread self = Thread.currentThread();
    int seat = 0;
    while (seat < sleepers.length() && !sleepers.compareAndSet(seat, null, self)) {
      seat++;
    }
    if (seat == sleepers.length()) {
      return false;
    }
    // Whoever takes a thread from its seat has woken it, and will not do so again.
    while (isIdle(seen) && sleepers.get(seat) == self && !self.isInterrupted()) {
      LockSupport.park(this);
    }
    sleepers.compareAndSet(seat, self, null);
    return !self.isInterrupted();
  }

  private boolean isIdle(long seen) {
    return open && ticket.get() == seen;
  }
}
