package io.tilebrew.graph.lower;

import io.tilebrew.engine.Network;
import java.lang.ref.WeakReference;
import java.time.Duration;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.ThreadPoolExecutor;
import java.util.concurrent.TimeUnit;

/** The one thread that warms networks up in the background; it ends when there is nothing to do. */
public final class BackgroundWarmUp {
  private static final Duration SLICE = Duration.ofSeconds(10);
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

  private BackgroundWarmUp() {}

  /** Warms {@code network} up until all its kernels have arrived or nobody holds it any more. */
  public static void start(Network network) {
    start(new WeakReference<>(network));
  }

  private static void start(WeakReference<Network> network) {
    EXECUTOR.execute(
        () -> {
          Network held = network.get();
          if (held != null && !held.warmUp(SLICE)) {
            start(network);
          }
        });
  }
}
