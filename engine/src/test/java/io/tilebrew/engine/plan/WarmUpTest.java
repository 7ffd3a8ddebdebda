package io.tilebrew.engine.plan;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertSame;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.tilebrew.engine.codegen.KernelFactory;
import io.tilebrew.engine.kernel.Kernel;
import io.tilebrew.engine.kernel.TieredKernel;
import io.tilebrew.engine.tile.Floats;
import io.tilebrew.engine.tile.TestArena;
import java.util.Arrays;
import java.util.List;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.Supplier;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;

class WarmUpTest {
  private static final Kernel FAST = (arena, weights, arguments) -> {};

  private static final Kernel SLOW =
      (arena, weights, arguments) -> {
        long end = System.nanoTime() + TimeUnit.MILLISECONDS.toNanos(2);
        while (System.nanoTime() < end) {
          Thread.onSpinWait();
        }
      };

  private static Plan plan(Kernel... kernels) {
    Buffer buffer = new Buffer("x", 1);
    List<Step> steps =
        List.of(kernels).stream()
            .map(kernel -> BareStep.of(kernel, List.of(), List.of(buffer)))
            .toList();
    return new Plan(List.of(), List.of(), List.of(), steps, MemoryPlan.reuse(steps), 1, true);
  }

  private static long seconds(int seconds) {
    return System.nanoTime() + TimeUnit.SECONDS.toNanos(seconds);
  }

  /** Makes a fast kernel, and counts how often. */
  private static Supplier<Kernel> counted(AtomicInteger made) {
    return () -> {
      made.incrementAndGet();
      return FAST;
    };
  }

  @Test
  void settlesOnTheFasterForm() {
    AtomicInteger runs = new AtomicInteger();
    Kernel counting = (arena, weights, arguments) -> runs.incrementAndGet();
    TieredKernel climbs = new TieredKernel(SLOW, List.of(() -> counting));
    TieredKernel stays = new TieredKernel(FAST, List.of(() -> SLOW));
    Plan plan = plan(climbs, FAST, stays);
    assertTrue(WarmUp.climb(plan, seconds(100)));
    assertTrue(climbs.isSettled());
    assertTrue(stays.isSettled());
    int before = runs.get();
    climbs.run(new float[0], new float[0], new int[0]);
    assertEquals(before + 1, runs.get());
    assertTrue(WarmUp.climb(plan, System.nanoTime()));
  }

  @Test
  void climbsByOneForm() {
    Kernel same = (arena, weights, arguments) -> {};
    TieredKernel two = new TieredKernel(SLOW, List.of(() -> FAST, () -> same));
    TieredKernel one = new TieredKernel(SLOW, List.of(() -> FAST));
    Plan plan = plan(two, one);
    assertTrue(WarmUp.climbOne(plan, seconds(100), left -> {}));
    assertSame(FAST, two.current());
    assertFalse(two.isSettled());
    assertTrue(one.isSettled());
    assertTrue(WarmUp.climbOne(plan, System.nanoTime(), left -> {}));
    assertTrue(WarmUp.climb(plan, seconds(100)));
    assertTrue(two.isSettled());
  }

  @Test
  void climbsToTheLastFormAtOnce() {
    AtomicInteger made = new AtomicInteger();
    TieredKernel kernel = new TieredKernel(SLOW, List.of(counted(made), () -> FAST));
    assertTrue(WarmUp.climb(plan(kernel), seconds(100)));
    assertSame(FAST, kernel.current());
    assertTrue(kernel.isSettled());
    assertEquals(0, made.get());
  }

  /** A climb to the last forms that was too short does not take the others away. */
  @Test
  void climbsByOneFormAfterAClimbThatGaveUp() {
    TieredKernel kernel = new TieredKernel(SLOW, List.of(() -> FAST, () -> SLOW));
    Plan plan = plan(kernel);
    long end = System.nanoTime() + TimeUnit.MILLISECONDS.toNanos(1);
    assertFalse(WarmUp.climb(plan, end));
    assertTrue(WarmUp.climbOne(plan, seconds(100), left -> {}));
    assertSame(FAST, kernel.current());
  }

  /** Kernels that become faster are run until they no longer do. */
  @Test
  void runsInWhatBecomesFaster() {
    AtomicInteger runs = new AtomicInteger();
    Kernel hastening =
        (arena, weights, arguments) -> {
          if (runs.incrementAndGet() < 100) {
            SLOW.run(arena, weights, arguments);
          }
        };
    Plan plan = plan(hastening, FAST);
    WarmUp.runIn(plan, System.nanoTime());
    assertEquals(0, runs.get());
    WarmUp.runIn(plan, seconds(100));
    assertTrue(runs.get() > 100);
  }

  @Test
  void givesUpAtTheDeadline() {
    TieredKernel slow = new TieredKernel(FAST, List.of(() -> SLOW));
    TieredKernel later = new TieredKernel(FAST, List.of(() -> SLOW));
    long end = System.nanoTime() + TimeUnit.MILLISECONDS.toNanos(50);
    assertFalse(WarmUp.climb(plan(slow, later), end));
    assertFalse(slow.isSettled());
    assertFalse(WarmUp.climb(plan(slow), end));
    assertFalse(slow.isSettled());
  }

  @Test
  void doesNothingAfterTheDeadline() {
    AtomicInteger made = new AtomicInteger();
    assertFalse(
        WarmUp.climb(plan(new TieredKernel(FAST, List.of(counted(made)))), System.nanoTime()));
    assertEquals(0, made.get());
    assertTrue(WarmUp.climb(plan(FAST), System.nanoTime()));
  }

  /** Another thread sees the same bits all along. */
  @Test
  void neverChangesABit() throws Exception {
    Chain chain = Chain.of(3, "n1 12x12x3 -> 20 k3 s1 p1 +relu +max2", "n1 6x6x20 -> 10 k6 s1");
    Plan plan =
        chain.plan(
            true,
            spec ->
                new TieredKernel(
                    new KernelFactory().define(spec.generic().program()),
                    Stream.of(spec.shared(), spec.literal())
                        .map(
                            form ->
                                (Supplier<Kernel>) () -> new KernelFactory().define(form.program()))
                        .toList()));
    float[] x = Floats.ordinary(1, chain.inputFloats());
    float[] expected = chain.expected(1, x);
    AtomicBoolean done = new AtomicBoolean();
    AtomicInteger different = new AtomicInteger();
    Thread caller =
        Thread.ofPlatform()
            .start(
                () -> {
                  float[] y = new float[chain.outputFloats()];
                  while (!done.get()) {
                    plan.run(1, x, y);
                    different.addAndGet(Arrays.equals(expected, y) ? 0 : 1);
                  }
                });
    try {
      WarmUp.climbOne(plan, seconds(60), left -> {});
      WarmUp.climb(plan, seconds(60));
    } finally {
      done.set(true);
      caller.join();
    }
    assertEquals(0, different.get());
    float[] y = new float[chain.outputFloats()];
    plan.run(1, x, y);
    TestArena.assertSameBits(expected, y, chain);
    plan.steps().stream()
        .filter(Step.Compute.class::isInstance)
        .forEach(step -> assertTrue(((TieredKernel) ((Step.Compute) step).kernel()).isSettled()));
  }
}
