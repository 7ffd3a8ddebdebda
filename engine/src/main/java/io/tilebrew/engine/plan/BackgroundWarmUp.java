package io.tilebrew.engine.plan;

import io.tilebrew.engine.Network;
import java.lang.ref.WeakReference;
import java.time.Duration;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.ThreadPoolExecutor;
import java.util.concurrent.TimeUnit;
import java.util.function.DoubleConsumer;
import org.jspecify.annotations.Nullable;

/**
 * The warm-up of one network in the background, on one thread for all networks that ends when there
 * is nothing to do. It lets the first run pass, which needs the JIT compiler itself, and waits for
 * it a while. Then the kernels of the plan that was expected climb by one form, and at last all to
 * their literal one. Where there is one processor only, both climbs leave most of it to the
 * program.
 */
public final class BackgroundWarmUp implements Runnable {
  private static final Duration SLICE = Duration.ofSeconds(10);
  private static final Duration SHORT_SLICE = Duration.ofMillis(400);
  private static final Duration BREAK = Duration.ofMillis(3600);
  private static final long PATIENCE_NANOS = 2_000_000_000;
  private static final Duration NAP = Duration.ofMillis(20);
  private static final ThreadPoolExecutor EXECUTOR =
      new ThreadPoolExecutor(
          1,
          1,
          1,
          TimeUnit.SECONDS,
          new LinkedBlockingQueue<>(),
          Thread.ofPlatform().daemon().name("tilebrew-warm-up").factory());

  static {
    EXECUTOR.allowCoreThreadTimeOut(true);
  }

  private final WeakReference<Network> network;
  private final WeakReference<@Nullable Plan> plan;
  private final long start = System.nanoTime();
  private @Nullable DoubleConsumer pause;

  private BackgroundWarmUp(Network network, @Nullable Plan plan) {
    this.network = new WeakReference<>(network);
    this.plan = new WeakReference<>(plan);
  }

  /**
   * Warms {@code network} up until all its kernels have arrived or nobody holds it any more.
   *
   * @param plan the plan that its first run is expected to use, or null
   */
  public static void start(Network network, @Nullable Plan plan) {
    EXECUTOR.execute(new BackgroundWarmUp(network, plan));
  }

  @Override
  public void run() {
    Network held = network.get();
    if (held == null) {
      return;
    }
    if (mustWait()) {
      sleep(NAP);
      EXECUTOR.execute(this);
    } else if (!climb(held)) {
      EXECUTOR.execute(this);
    }
  }

  /** Climbs for a while; whether all has arrived. */
  private boolean climb(Network held) {
    Plan first = plan.get();
    if (first == null) {
      return held.warmUp(SLICE);
    }
    if (pause == null) {
      pause = isAlone() ? new Pace(plan)::pause : left -> {};
    }
    if (!WarmUp.climbOne(first, System.nanoTime() + SLICE.toNanos(), pause)) {
      return false;
    }
    if (!isAlone()) {
      return held.warmUp(SLICE);
    }
    sleep(BREAK);
    return held.warmUp(SHORT_SLICE);
  }

  /** Whether there is one processor only. */
  private static boolean isAlone() {
    return Runtime.getRuntime().availableProcessors() == 1;
  }

  private boolean mustWait() {
    Plan first = plan.get();
    return switch (first == null ? Plan.Progress.NO_RUN : first.progress()) {
      case NO_RUN -> System.nanoTime() - start < PATIENCE_NANOS;
      case FIRST_RUN -> true;
      case HAS_RUN -> false;
    };
  }

  private static void sleep(Duration duration) {
    try {
      Thread.sleep(duration);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
  }
}
