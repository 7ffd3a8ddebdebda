package io.tilebrew.engine.plan;

import java.lang.management.CompilationMXBean;
import java.lang.management.ManagementFactory;
import java.lang.ref.WeakReference;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.LockSupport;
import org.jspecify.annotations.Nullable;

/**
 * How a warm-up in the background shares the only processor with the program: for the time in which
 * it or the JIT compiler was at work it waits, long at first, the shorter the longer it lasts and
 * the longer the less is left to be gained, but not while nobody runs the network.
 */
final class Pace {
  /** What a pace goes by. */
  interface Clock {
    /** Nanoseconds that have passed. */
    long now();

    /** Nanoseconds that the JIT compiler was at work. */
    long compiled();

    /** Whether the network has been running since the last call of this method. */
    boolean ran();

    /** Waits for a while. */
    void nap(long nanos);
  }

  /** The clocks of the JVM beside the runs of a plan that others hold, or do not any more. */
  private record JvmClock(WeakReference<@Nullable Plan> plan) implements Clock {
    private static final @Nullable CompilationMXBean COMPILER =
        ManagementFactory.getCompilationMXBean();

    @Override
    public long now() {
      return System.nanoTime();
    }

    @Override
    public long compiled() {
      return COMPILER == null
          ? 0
          : TimeUnit.MILLISECONDS.toNanos(COMPILER.getTotalCompilationTime());
    }

    @Override
    public boolean ran() {
      Plan held = plan.get();
      return held != null && held.ran();
    }

    @Override
    public void nap(long nanos) {
      LockSupport.parkNanos(nanos);
    }
  }

  private static final long NAP_NANOS = 5_000_000;

  /** How long a warm-up has lasted when it waits as long as it works. */
  private static final double EVEN_NANOS = 4.5e9;

  /** The most work that is waited for. */
  private static final double MOST_NANOS = 0.1e9;

  /** How long ago the network ran last where nobody runs it. */
  private static final long IDLE_NANOS = 1_000_000_000;

  /** How much less it works for a wait where nothing is left to be gained. */
  private static final double LEAST_HURRY = 0.05;

  private final Clock clock;
  private final long start;
  private long lastRun;
  private long worksSince;
  private long compiled;
  private double owed = MOST_NANOS;

  /** A pace that begins now, with a wait for what the program has to be compiled itself. */
  Pace(Clock clock) {
    this.clock = clock;
    start = clock.now();
    lastRun = start;
    worksSince = start;
    compiled = clock.compiled();
  }

  /** The same by the clocks of the JVM, beside the runs of {@code plan}. */
  Pace(WeakReference<@Nullable Plan> plan) {
    this(new JvmClock(plan));
  }

  /**
   * Waits for the work since the last wait, once that takes as long as a nap.
   *
   * @param left what is left to be gained, 1 at first
   */
  void pause(double left) {
    double hurry = Math.max(left, LEAST_HURRY);
    long now = clock.now();
    owed += now - worksSince;
    while (owes(now, hurry) && !isIdle(now)) {
      clock.nap(NAP_NANOS);
      long waited = clock.now() - now;
      now += waited;
      owed -= waited * perWait(now, hurry);
    }
    worksSince = now;
  }

  /** Whether there is work to wait for, that of the JIT compiler included. */
  private boolean owes(long now, double hurry) {
    long before = compiled;
    compiled = clock.compiled();
    owed = Math.clamp(owed + (compiled - before), 0, MOST_NANOS);
    return owed > NAP_NANOS * perWait(now, hurry);
  }

  /** The nanoseconds of work for one of waiting. */
  private double perWait(long now, double hurry) {
    double lasted = (now - start) / EVEN_NANOS;
    return lasted * lasted * hurry;
  }

  private boolean isIdle(long now) {
    lastRun = clock.ran() ? now : lastRun;
    return now - lastRun > IDLE_NANOS;
  }
}
