package io.tilebrew.engine.plan;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.sun.management.ThreadMXBean;
import io.tilebrew.engine.codegen.KernelFactory;
import io.tilebrew.engine.kernel.Kernel;
import io.tilebrew.engine.tile.KernelSpec;
import java.lang.management.ManagementFactory;
import java.util.concurrent.TimeUnit;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;

/**
 * A run of a plan allocates nothing.
 *
 * <p>Before the JIT compiler has done its work each vector is an object, so the test runs a plan
 * until several windows of runs in succession have allocated not one byte, and fails if that never
 * happens. A run that allocates now and then, though it be one in a hundred, is found out.
 */
class AllocationTest {
  private static final int RUNS = 200;
  private static final int CLEAN_WINDOWS = 10;
  private static final long PATIENCE_SECONDS = 120;

  private static final ThreadMXBean THREADS = (ThreadMXBean) ManagementFactory.getThreadMXBean();

  private static @Nullable Object sink;

  /** The bytes that this thread allocates in one window of runs. */
  private static long window(Runnable run) {
    long before = THREADS.getCurrentThreadAllocatedBytes();
    for (int i = 0; i < RUNS; i++) {
      run.run();
    }
    return THREADS.getCurrentThreadAllocatedBytes() - before;
  }

  /** Bytes of the last window, 0 once enough windows in succession were clean. */
  private static long settle(Runnable run, long end) {
    int clean = 0;
    long bytes;
    do {
      bytes = window(run);
      clean = bytes == 0 ? clean + 1 : 0;
    } while (clean < CLEAN_WINDOWS && System.nanoTime() < end);
    return clean == CLEAN_WINDOWS ? 0 : Math.max(1, bytes);
  }

  private static Runnable runs(Function<KernelSpec, Kernel> reading, int images) {
    return runs(reading, images, Team.ALONE);
  }

  private static Runnable runs(Function<KernelSpec, Kernel> reading, int images, Team team) {
    Chain chain =
        Chain.of(
            9,
            "n1 10x10x2 -> 12 k3 s1 p1 +relu +max2",
            "n1 5x5x12 -> 9 k3 s1 p1",
            "n1 5x5x9 -> 10 k5 s1");
    Plan plan = chain.plan(true, reading, team);
    float[] x = new float[images * chain.inputFloats()];
    float[] y = new float[images * chain.outputFloats()];
    return () -> plan.run(images, x, y);
  }

  private static long end() {
    return System.nanoTime() + TimeUnit.SECONDS.toNanos(PATIENCE_SECONDS);
  }

  @Test
  void literalKernelsAllocateNothing() {
    assertEquals(
        0, settle(runs(spec -> new KernelFactory().define(spec.literal().program()), 1), end()));
  }

  @Test
  void genericKernelsAllocateNothing() {
    assertEquals(
        0, settle(runs(spec -> new KernelFactory().define(spec.generic().program()), 3), end()));
  }

  /** One image is cut by rows, three are shared among the threads. */
  @Test
  void sharedRunsAllocateNothing() {
    for (int images : new int[] {1, 3}) {
      Team team = new Team(2, null, 0);
      Runnable run =
          runs(spec -> new KernelFactory().define(spec.generic().program()), images, team);
      assertEquals(0, settle(run, end()));
    }
  }

  /** The measure itself: one object in a window of runs is seen. */
  @Test
  void oneObjectIsSeen() {
    Runnable run = runs(spec -> (arena, weights, arguments) -> {}, 1);
    int[] count = {0};
    Runnable leaking =
        () -> {
          run.run();
          if (++count[0] % RUNS == 0) {
            sink = new int[1];
          }
        };
    long end = System.nanoTime() + TimeUnit.SECONDS.toNanos(1);
    assertTrue(settle(leaking, end) > 0, () -> "not seen: " + sink);
  }
}
