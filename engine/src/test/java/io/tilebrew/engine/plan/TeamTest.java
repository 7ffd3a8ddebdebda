package io.tilebrew.engine.plan;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertSame;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.tilebrew.engine.Tensor;
import io.tilebrew.engine.codegen.KernelFactory;
import io.tilebrew.engine.kernel.Kernel;
import io.tilebrew.engine.kernel.KernelInterpreter;
import io.tilebrew.engine.kernel.Procedure;
import io.tilebrew.engine.kernel.Program;
import io.tilebrew.engine.tile.Floats;
import io.tilebrew.engine.tile.TestArena;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Collections;
import java.util.List;
import java.util.Set;
import java.util.concurrent.ArrayBlockingQueue;
import java.util.concurrent.BrokenBarrierException;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.CyclicBarrier;
import java.util.concurrent.Executor;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.ForkJoinPool;
import java.util.concurrent.Future;
import java.util.concurrent.RejectedExecutionException;
import java.util.concurrent.ThreadPoolExecutor;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.concurrent.atomic.AtomicInteger;
import net.jqwik.api.EdgeCasesMode;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.constraints.IntRange;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class TeamTest {
  private static final Executor REJECTING =
      task -> {
        throw new RejectedExecutionException();
      };

  private static Team team(int threads, @Nullable Executor executor) {
    return new Team(threads, executor, 0);
  }

  private static Plan generic(Chain chain, Team team) {
    return chain.plan(true, spec -> new KernelFactory().define(spec.generic().program()), team);
  }

  private static void check(Chain chain, Plan plan, int images, long seed) {
    float[] x = Floats.ordinary(seed, images * chain.inputFloats());
    float[] y = new float[images * chain.outputFloats()];
    plan.run(images, x, y);
    TestArena.assertSameBits(chain.expected(images, x), y, chain + " images " + images);
  }

  /** Fewer images than threads are cut by rows, more are handed out. */
  @Property(tries = 60, edgeCases = EdgeCasesMode.NONE)
  void aSharedRunIsItsReferences(
      @ForAll long seed,
      @ForAll @IntRange(min = 2, max = 4) int threads,
      @ForAll @IntRange(min = 1, max = 40) int images,
      @ForAll boolean reuse) {
    Chain chain = Chain.random(seed);
    Plan plan =
        chain.plan(
            reuse, spec -> new KernelInterpreter(spec.literal().program()), team(threads, null));
    check(chain, plan, 1, seed + 1);
    check(chain, plan, 2, seed + 2);
    check(chain, plan, Math.min(images, 5), seed + 3);
    check(chain, generic(chain, team(threads, null)), images, seed + 4);
  }

  @Test
  void aCallThatFindsNoHelpersDoesItsWorkAlone() {
    Chain chain = Chain.random(21);
    Executor dropping = task -> {};
    for (Executor executor : List.of(REJECTING, Runnable::run, dropping)) {
      Plan plan = generic(chain, team(3, executor));
      for (int images = 0; images < 6; images++) {
        check(chain, plan, images, images);
      }
    }
  }

  @Test
  void aSaturatedExecutorIsNotFlooded() {
    Chain chain = Chain.random(22);
    List<Runnable> tasks = new ArrayList<>();
    Plan plan = generic(chain, team(4, tasks::add));
    for (int i = 0; i < 10; i++) {
      check(chain, plan, 1, i);
    }
    assertEquals(3, tasks.size());
    tasks.forEach(Runnable::run);
    check(chain, plan, 1, 10);
    assertEquals(6, tasks.size());
  }

  private static void checkManyCallers(@Nullable Executor executor, ExecutorService callers)
      throws Exception {
    Chain chain = Chain.random(23);
    Plan plan = generic(chain, team(4, executor));
    List<Future<?>> runs = new ArrayList<>();
    for (int caller = 0; caller < 6; caller++) {
      long seed = caller;
      runs.add(
          callers.submit(
              () -> {
                for (int i = 0; i < 40; i++) {
                  check(chain, plan, (i + (int) seed) % 7, seed + i);
                }
              }));
    }
    for (Future<?> run : runs) {
      run.get();
    }
  }

  @Test
  void manyCallersShareOneTeam() throws Exception {
    try (ExecutorService callers = Executors.newFixedThreadPool(6)) {
      checkManyCallers(null, callers);
      try (ExecutorService helpers = Executors.newVirtualThreadPerTaskExecutor()) {
        checkManyCallers(helpers, callers);
      }
      try (ForkJoinPool helpers = new ForkJoinPool(2)) {
        checkManyCallers(helpers, callers);
      }
    }
  }

  /** Helpers are wanted from threads that all are callers. */
  @Test
  void callersMayBeTheirOwnExecutor() throws Exception {
    try (ExecutorService threads = Executors.newFixedThreadPool(3)) {
      checkManyCallers(threads, threads);
    }
    try (ExecutorService threads =
        new ThreadPoolExecutor(
            2,
            2,
            0,
            TimeUnit.SECONDS,
            new ArrayBlockingQueue<>(2),
            new ThreadPoolExecutor.CallerRunsPolicy())) {
      checkManyCallers(threads, threads);
    }
  }

  /** A plan of a step whose units run {@code kernels}. */
  private static Plan parallel(Team team, Kernel... kernels) {
    return parallel(team, 1, kernels);
  }

  private static Plan parallel(Team team, int count, Kernel... kernels) {
    FeatureMap map = new FeatureMap(new Buffer("x", 1), 1, 1, 1, 0, 0, 0, 0, 1, 0);
    Procedure main = new Procedure("nothing", List.of(), List.of());
    Program program = new Program("nothing", 8, List.of(), main, List.of());
    Kernel each = (arena, w, first) -> kernels[first[0]].run(arena, w, first);
    Step step =
        new Step.Compute(
            "k",
            "",
            each,
            () -> program,
            new float[0],
            List.of(new Argument.Moving(new Argument.Fixed(0), 1)),
            kernels.length,
            kernels.length,
            1,
            List.of(),
            List.of(map));
    List<Step> steps = Collections.nCopies(count, step);
    return new Plan(
        List.of(), List.of(), List.of(), steps, MemoryPlan.reuse(steps), 1, false, team);
  }

  private static void run(Plan plan) {
    plan.run(1, new Tensor[0], new Tensor[0]);
  }

  /** The parts of a step wait for each other, so each has a thread of its own. */
  @Test
  void aThreadBeginsWithTheSamePartOfEachStep() {
    int threads = 3;
    CyclicBarrier all = new CyclicBarrier(threads);
    List<Set<Thread>> threadsOf = new ArrayList<>();
    Kernel[] kernels = new Kernel[threads];
    for (int i = 0; i < threads; i++) {
      Set<Thread> ofPart = ConcurrentHashMap.newKeySet();
      threadsOf.add(ofPart);
      kernels[i] =
          (arena, weights, arguments) -> {
            ofPart.add(Thread.currentThread());
            await(all);
          };
    }
    run(parallel(team(threads, null), 50, kernels));
    assertEquals(Set.of(Thread.currentThread()), threadsOf.getFirst());
    threadsOf.forEach(ofPart -> assertEquals(1, ofPart.size()));
  }

  /** The first step leaves ones everywhere, the last one looks what is left of them. */
  @ParameterizedTest
  @ValueSource(ints = {2, 3, 4, 7})
  void thoseWhoShareAStepClearTheHaloBefore(int threads) {
    FeatureMap map = new FeatureMap(new Buffer("y", 400), 2, 3, 20, 1, 1, 1, 1, 4, 0, 5);
    List<Buffer> buffers = List.of(map.buffer());
    Kernel[] nothing = new Kernel[threads];
    Arrays.fill(nothing, (Kernel) (arena, weights, arguments) -> {});
    Step shared = parallel(team(threads, null), nothing).steps().getFirst();
    List<float[]> seen = new ArrayList<>();
    List<Step> steps =
        List.of(
            BareStep.of((arena, w, a) -> Arrays.fill(arena, 1), List.of(), buffers),
            new Step.ClearHalo(map),
            shared,
            BareStep.of((arena, w, a) -> seen.add(arena.clone()), buffers, List.of()));
    MemoryPlan memory = MemoryPlan.reuse(steps);
    Plan plan =
        new Plan(List.of(), List.of(), List.of(), steps, memory, 1, false, team(threads, null));
    run(plan);
    float[] expected = new float[map.buffer().floats()];
    for (int block = 0; block < 5; block++) {
      for (int row = 0; row < 2; row++) {
        int at = block * map.blockStride() + map.at(row, 0);
        Arrays.fill(expected, at, at + 3 * 4, 1);
      }
    }
    int place = plan.place(map.buffer(), 1);
    float[] found = Arrays.copyOfRange(seen.getFirst(), place, place + expected.length);
    assertArrayEquals(expected, found);
    assertEquals(List.of(), plan.halos(1));
    assertEquals(List.of(map), plan.halos(2));
  }

  /** Each part waits for the other, so they run at the same time; one of them fails. */
  @Test
  void aFaultOfAHelperReachesTheCaller() throws Exception {
    List<Throwable> faults = List.of(new AssertionError("helper"), new IllegalStateException());
    for (Throwable fault : faults) {
      CountDownLatch both = new CountDownLatch(2);
      Thread caller = Thread.currentThread();
      Kernel failing =
          (arena, weights, arguments) -> {
            await(both);
            if (Thread.currentThread() != caller) {
              sneak(fault);
            }
          };
      Team team = team(2, null);
      Plan plan = parallel(team, failing, failing);
      assertSame(fault, assertThrows(fault.getClass(), () -> run(plan)));
      AtomicInteger runs = new AtomicInteger();
      Kernel counting = (arena, weights, arguments) -> runs.incrementAndGet();
      run(parallel(team, counting, counting));
      assertEquals(2, runs.get());
    }
  }

  private static void sneak(Throwable fault) {
    switch (fault) {
      case Error e -> throw e;
      case RuntimeException e -> throw e;
      default -> throw new AssertionError(fault);
    }
  }

  private static void await(CyclicBarrier barrier) {
    try {
      barrier.await(10, TimeUnit.SECONDS);
    } catch (InterruptedException | BrokenBarrierException | TimeoutException e) {
      throw new IllegalStateException(e);
    }
  }

  private static void await(CountDownLatch both) {
    both.countDown();
    try {
      assertTrue(both.await(60, TimeUnit.SECONDS));
    } catch (InterruptedException e) {
      throw new AssertionError(e);
    }
  }

  @Test
  void anInterruptOfTheCallerStays() {
    Chain chain = Chain.random(24);
    Plan plan = generic(chain, team(3, null));
    Thread.currentThread().interrupt();
    for (int images = 1; images < 6; images++) {
      check(chain, plan, images, images);
    }
    assertTrue(Thread.interrupted());
  }

  /** Parked helpers are found again, and other teams have threads of their own. */
  @Test
  void helpersComeAgain() throws Exception {
    Team team = team(2, null);
    for (int i = 0; i < 3; i++) {
      CountDownLatch both = new CountDownLatch(2);
      Kernel meeting = (arena, weights, arguments) -> await(both);
      run(parallel(team, meeting, meeting));
      Thread.sleep(5);
    }
  }
}
