package io.tilebrew.engine.plan;

import java.util.concurrent.Executor;
import java.util.concurrent.RejectedExecutionException;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicLong;
import java.util.concurrent.atomic.AtomicLongArray;
import java.util.concurrent.atomic.AtomicReferenceArray;
import java.util.concurrent.locks.LockSupport;
import org.jspecify.annotations.Nullable;

/**
 * The threads at work on one call: its leader, who is the caller, and the helpers that come.
 *
 * <p>Each begins with a part of its own, the same in all work of a call, so that what it has
 * written is in its cache; then it takes over what nobody else has begun. The leader waits for
 * parts that others have begun, never for others to come, so it may well do everything itself.
 * Whoever waits spins for up to half a millisecond and then parks. Nothing is allocated.
 */
final class Crew implements Runnable {
  /** Work in parts that are independent of each other. */
  @FunctionalInterface
  interface Work {
    /** Does part number {@code part}: units {@code first} to {@code end}. */
    void run(int part, int first, int end);
  }

  private static final long SPIN_NANOS = 500_000;

  private static final int PARTS_BITS = 16;

  /** Numbers that lie so far apart are in lines of the cache of their own. */
  private static final int APART = 16;

  /** The number of the piece of work, and behind it the number of its parts. */
  private final AtomicLong ticket = new AtomicLong();

  /** For each part the number of the last piece of work of which somebody took it. */
  private final AtomicLongArray taken;

  private final AtomicInteger unfinished = new AtomicInteger();

  /** The tasks given to an executor that it has not begun. */
  private final AtomicInteger asked = new AtomicInteger();

  /** The helpers that have come; each begins with the part behind the number of its seat. */
  private final AtomicReferenceArray<@Nullable Thread> seats;

  /** Those of them that are parked. */
  private final AtomicReferenceArray<@Nullable Thread> sleepers;

  private volatile boolean open;
  private volatile @Nullable Thread leader;
  private volatile @Nullable Thread waiting;
  private volatile @Nullable Throwable fault;
  private volatile boolean spins;
  private Work work = (part, first, end) -> {};

  /** How much of a piece of work each part is. */
  private final Balance balance;

  /** The first unit of each part of the piece of work, and the end of the last one. */
  private final int[] bounds;

  /** The nanoseconds that each part took, or -1 if another than its thread did it. */
  private final long[] nanos;

  /** A crew of a leader and up to {@code helpers} others, for work of as many parts. */
  Crew(int helpers) {
    taken = new AtomicLongArray(helpers + 1);
    balance = new Balance(helpers + 1);
    bounds = new int[helpers + 2];
    nanos = new long[(helpers + 1) * APART];
    seats = new AtomicReferenceArray<>(helpers);
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
    balance.settle();
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

  /** Does parts of the leader's work until it is done with all of it, if a seat is free. */
  void help() {
    int seat = 0;
    while (seat < seats.length() && !seats.compareAndSet(seat, null, Thread.currentThread())) {
      seat++;
    }
    if (seat < seats.length()) {
      help(seat);
      seats.set(seat, null);
    }
  }

  private void help(int seat) {
    while (open) {
      long seen = ticket.get();
      takeParts(seen, seat + 1);
      if (!awaitWork(seen, seat)) {
        return;
      }
    }
  }

  /**
   * Does all parts of {@code job}, with those who help. What the parts write is seen by the leader
   * afterwards, and what it wrote before is seen by them.
   *
   * @param parts at most one for each of the crew
   * @param units what the parts share: as much each as its thread does in the same time, if there
   *     is one for each of the crew
   */
  void each(int parts, int units, Work job) {
    assert Thread.currentThread() == leader && parts <= taken.length() : parts;
    assert parts <= units : units;
    work = job;
    balance.divide(units, parts, bounds);
    unfinished.set(parts);
    long issued = (((ticket.get() >>> PARTS_BITS) + 1) << PARTS_BITS) | parts;
    ticket.set(issued);
    wake();
    takeParts(issued, 0);
    awaitOthers();
    if (parts == taken.length()) {
      balance.add(nanos, APART);
    }
    Throwable thrown = fault;
    if (thrown != null) {
      fault = null;
      throw rethrown(thrown);
    }
  }

  /** Does the parts of a piece of work that nobody has taken, {@code first} first. */
  private void takeParts(long seen, int first) {
    long number = seen >>> PARTS_BITS;
    int parts = (int) seen & ((1 << PARTS_BITS) - 1);
    for (int i = 0; i < parts; i++) {
      int part = (first + i) % parts;
      long last = taken.get(part);
      if (last < number && taken.compareAndSet(part, last, number)) {
        perform(part, part == first);
      }
    }
  }

  private static RuntimeException rethrown(Throwable thrown) {
    switch (thrown) {
      case Error e -> throw e;
      case RuntimeException e -> throw e;
      default -> throw new AssertionError(thrown);
    }
  }

  private void perform(int part, boolean isOwn) {
    long start = System.nanoTime();
    try {
      work.run(part, bounds[part], bounds[part + 1]);
    } catch (Throwable e) {
      fault = e;
    }
    nanos[part * APART] = isOwn ? System.nanoTime() - start : -1;
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
  private boolean awaitWork(long seen, int seat) {
    long start = System.nanoTime();
    while (isIdle(seen) && spins && System.nanoTime() - start < SPIN_NANOS) {
      Thread.onSpinWait();
    }
    if (!isIdle(seen)) {
      return true;
    }
    Thread self = Thread.currentThread();
    sleepers.set(seat, self);
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
