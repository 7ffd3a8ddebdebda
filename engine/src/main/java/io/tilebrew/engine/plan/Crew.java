package io.tilebrew.engine.plan;

import java.lang.invoke.VarHandle;
import java.util.concurrent.Executor;
import java.util.concurrent.RejectedExecutionException;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicLongArray;
import java.util.concurrent.atomic.AtomicReferenceArray;
import java.util.concurrent.locks.LockSupport;
import org.jspecify.annotations.Nullable;

/**
 * The threads at work on one call: its leader, who is the caller, and the helpers that come.
 *
 * <p>The work is done in rounds, each of which begins when all parts of the one before are done.
 * Each of the crew does the same part of every round, so that what it has written is in its cache,
 * and the leader or whoever is free takes over the parts of those that have not come. The leader
 * waits for parts that others have begun, and never long for others to come, so it may well do
 * everything itself. Whoever waits spins for up to half a millisecond and then parks.
 *
 * <p>Rounds are numbered over all calls. A thread has one number of its own that tells what it has
 * done, in a line of the cache of its own: a round costs the time in which such a line gets from
 * one processor to the other, and back. Nothing is allocated.
 */
final class Crew implements Runnable {
  /** Work in rounds, whose parts are independent of each other. */
  @FunctionalInterface
  interface Work {
    /** Does part number {@code part} of a round: units {@code first} to {@code end}. */
    void run(int round, int part, int first, int end);
  }

  /** A place behind all rounds. */
  private static final long NONE = Long.MAX_VALUE;

  private static final long SPIN_NANOS = 500_000;

  /** How long the leader waits for a thread that has come but does not begin with its part. */
  private static final long PATIENCE_NANOS = 20_000;

  /** Numbers that lie so far apart are in lines of the cache of their own. */
  private static final int APART = 16;

  /** For each part the last round in which it is done; for the leader's, in which all parts are. */
  private final AtomicLongArray done;

  /** For each part the last round in which somebody took it. */
  private final AtomicLongArray taken;

  /** The tasks given to an executor that it has not begun. */
  private final AtomicInteger asked = new AtomicInteger();

  /** The helpers that have come; each does the part behind the number of its seat. */
  private final AtomicReferenceArray<@Nullable Thread> seats;

  /** Those of them that are parked. */
  private final AtomicReferenceArray<@Nullable Thread> sleepers;

  /** Those of them that the leader has waited for in vain, and not seen since. */
  private final boolean[] late;

  /** How fast the threads of all parts were of late, 1 together. */
  private final double[] speeds;

  private volatile boolean open;
  private volatile @Nullable Thread leader;
  private volatile @Nullable Thread waiting;
  private volatile @Nullable Throwable fault;
  private volatile boolean spins;
  private volatile long start;
  private volatile Balance[] rounds = new Balance[0];
  private Work work = (round, part, first, end) -> {};

  /** A crew of a leader and up to {@code helpers} others, for work of as many parts. */
  Crew(int helpers) {
    done = new AtomicLongArray((helpers + 2) * APART);
    taken = new AtomicLongArray((helpers + 2) * APART);
    seats = new AtomicReferenceArray<>(helpers);
    sleepers = new AtomicReferenceArray<>(helpers);
    late = new boolean[helpers];
    speeds = Balance.evenSpeeds(helpers + 1);
  }

  /** Where the number of {@code part} stands. */
  private static int at(int part) {
    return (part + 1) * APART;
  }

  /**
   * Makes this thread the leader until {@link #close}, and asks for helpers, who take a while to
   * wake up.
   *
   * @param team whom to ask
   * @param mayWaste whether threads may spin while they wait
   * @param rounds how each round is divided, into one part for each of the crew at most
   * @param work what is done
   */
  void open(Team team, boolean mayWaste, Balance[] rounds, Work work) {
    start = NONE;
    this.rounds = rounds;
    this.work = work;
    spins = mayWaste;
    leader = Thread.currentThread();
    open = true;
    team.ask(this);
  }

  /** Makes the next round the first one, after {@link #open} or the last one. */
  void begin() {
    start = number() + 1;
    divide(0);
    done.setRelease(at(0), start);
  }

  /** Divides a round, if there is one, before others may begin with it. */
  private void divide(int round) {
    if (round < rounds.length) {
      rounds[round].divide(speeds);
    }
  }

  /** Sends the helpers away, and throws what a part has thrown. */
  void close() {
    open = false;
    leader = null;
    wake(sleepers.length());
    Throwable thrown = fault;
    if (thrown != null) {
      fault = null;
      throw rethrown(thrown);
    }
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
    long number = number() + 1;
    while (awaitRound(number, seat)) {
      if (hasBegun(number)) {
        help(number, seat + 1);
        number = Math.max(number, number()) + 1;
      }
    }
  }

  /** Does part {@code own} of a round, and then those for which nobody has come. */
  private void help(long number, int own) {
    boolean isThere = take(number, own, true);
    for (int part = own + 1; isThere; part++) {
      isThere = seats.length() >= part && seats.get(part - 1) == null && take(number, part, false);
    }
  }

  /** Does a part of a round if nobody has taken it; false if the round has no such part. */
  private boolean take(long number, int part, boolean isOwn) {
    if (!claim(number, part)) {
      return true;
    }
    // The leader cannot leave a round of which a part is taken. Otherwise these may be of another
    // call, but the places of rounds are told before they are set, and no number is used twice.
    Balance[] all = rounds;
    long round = number - start - 1;
    boolean isThere =
        number() == number - 1
            && round >= 0
            && round < all.length
            && all[(int) round].parts() > part;
    if (isThere) {
      perform(all[(int) round], (int) round, part, isOwn);
      done.set(at(part), number);
      LockSupport.unpark(waiting);
    }
    return isThere;
  }

  private boolean claim(long number, int part) {
    long last = taken.get(at(part));
    return last < number && taken.compareAndSet(at(part), last, number);
  }

  /** The last round that is done. */
  private long number() {
    return done.getAcquire(at(0));
  }

  /**
   * Does all parts of the round behind the one before, with those who help. What the parts write is
   * seen by the leader afterwards, and what it wrote before is seen by them.
   */
  void perform(int round) {
    long number = start + 1 + round;
    assert Thread.currentThread() == leader && number == number() + 1 : round;
    Balance balance = rounds[round];
    int parts = balance.parts();
    wake(parts - 1);
    perform(balance, round, 0, true);
    if (parts > 1) {
      finish(number, balance, round);
    }
    balance.settle(speeds);
    divide(round + 1);
    done.setRelease(at(0), number);
  }

  private static RuntimeException rethrown(Throwable thrown) {
    switch (thrown) {
      case Error e -> throw e;
      case RuntimeException e -> throw e;
      default -> throw new AssertionError(thrown);
    }
  }

  private void perform(Balance balance, int round, int part, boolean isOwn) {
    long begin = System.nanoTime();
    try {
      if (fault == null) {
        work.run(round, part, balance.first(part), balance.first(part + 1));
      }
    } catch (Throwable e) {
      fault = e;
    }
    balance.took(part, isOwn ? System.nanoTime() - begin : -1);
  }

  /** Waits for the other parts of a round, and does those that nobody begins with. */
  private void finish(long number, Balance balance, int round) {
    int parts = balance.parts();
    for (int part = 1; part < parts; part++) {
      if (isAbsent(part)) {
        take(number, part, false);
      }
    }
    // One that went to sleep when the round began, and may not have been seen to.
    VarHandle.fullFence();
    wake(parts - 1);
    long begin = System.nanoTime();
    for (int part = 1; part < parts; part++) {
      if (done.getAcquire(at(part)) < number && !awaitPart(number, part, begin)) {
        late[part - 1] = true;
        perform(balance, round, part, false);
        done.set(at(part), number);
      }
    }
  }

  /** Whether it is no use to wait for the thread of {@code part} if it has not begun. */
  private boolean isAbsent(int part) {
    return !spins || late[part - 1] || seats.get(part - 1) == null;
  }

  /** Waits until a part is done; false if nobody began with it in time, and it is claimed. */
  private boolean awaitPart(long number, int part, long begin) {
    while (done.getAcquire(at(part)) < number) {
      long waited = System.nanoTime() - begin;
      if (waited > PATIENCE_NANOS && claim(number, part)) {
        return false;
      }
      if (spins && waited < SPIN_NANOS) {
        Thread.onSpinWait();
      } else {
        park(number, part);
      }
    }
    late[part - 1] = false;
    return true;
  }

  /** Parks until a part is done that is taken. */
  private void park(long number, int part) {
    waiting = Thread.currentThread();
    boolean interrupted = false;
    while (taken.get(at(part)) == number && done.get(at(part)) < number) {
      LockSupport.park(this);
      interrupted |= Thread.interrupted();
    }
    waiting = null;
    if (interrupted) {
      Thread.currentThread().interrupt();
    }
  }

  private void wake(int helpers) {
    for (int i = 0; i < helpers; i++) {
      if (sleepers.get(i) != null) {
        LockSupport.unpark(sleepers.getAndSet(i, null));
      }
    }
  }

  /** Waits for round {@code number} to begin; false if this thread had better leave. */
  private boolean awaitRound(long number, int seat) {
    long begin = System.nanoTime();
    while (isIdle(number) && spins && System.nanoTime() - begin < SPIN_NANOS) {
      Thread.onSpinWait();
    }
    if (!isIdle(number)) {
      return open;
    }
    Thread self = Thread.currentThread();
    sleepers.set(seat, self);
    // Whoever takes a thread from its seat has woken it, and will not do so again.
    while (isIdle(number) && sleepers.get(seat) == self && !self.isInterrupted()) {
      LockSupport.park(this);
    }
    sleepers.compareAndSet(seat, self, null);
    return open && !self.isInterrupted();
  }

  private boolean isIdle(long number) {
    return open && !hasBegun(number);
  }

  private boolean hasBegun(long number) {
    return number() >= number - 1;
  }
}
