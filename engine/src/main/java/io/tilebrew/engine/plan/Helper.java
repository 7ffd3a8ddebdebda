package io.tilebrew.engine.plan;

import java.util.concurrent.atomic.AtomicReference;
import java.util.concurrent.locks.LockSupport;
import org.jspecify.annotations.Nullable;

/** A thread that helps one crew after another: parked between them, ended by long idleness. */
final class Helper implements Runnable {
  private static final long IDLE_NANOS = 10_000_000_000L;

  /** Stands for the crew where the thread has ended. */
  private static final Crew ENDED = new Crew(0);

  private final AtomicReference<@Nullable Crew> crew;
  private final Thread thread;

  /** A helper that begins with {@code first} once started. */
  Helper(Crew first) {
    crew = new AtomicReference<>(first);
    thread = Thread.ofPlatform().daemon().name("tilebrew-helper").unstarted(this);
  }

  void start() {
    thread.start();
  }

  /** Sends this helper to {@code other} unless it is busy. */
  void ask(Crew other) {
    if (crew.compareAndSet(null, other)) {
      LockSupport.unpark(thread);
    }
  }

  /** Whether the thread has ended or is about to. */
  boolean hasEnded() {
    return crew.get() == ENDED;
  }

  @Override
  public void run() {
    long since = System.nanoTime();
    while (true) {
      Crew joined = crew.get();
      if (joined != null) {
        joined.help();
        crew.set(null);
        since = System.nanoTime();
      } else if (System.nanoTime() - since < IDLE_NANOS) {
        LockSupport.parkNanos(this, IDLE_NANOS);
        Thread.interrupted();
      } else if (crew.compareAndSet(null, ENDED)) {
        return;
      }
    }
  }
}
