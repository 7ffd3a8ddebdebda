package io.tilebrew.engine.plan;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.tilebrew.engine.DataType;
import io.tilebrew.engine.Shape;
import io.tilebrew.engine.Tensor;
import io.tilebrew.engine.kernel.KernelInterpreter;
import io.tilebrew.engine.tile.Floats;
import io.tilebrew.engine.tile.TestArena;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import net.jqwik.api.EdgeCasesMode;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.constraints.IntRange;
import org.junit.jupiter.api.Test;

class PlanTest {
  private static void check(Chain chain, Plan plan, int images, long seed) {
    float[] x = Floats.ordinary(seed, images * chain.inputFloats());
    float[] y = new float[images * chain.outputFloats()];
    plan.run(images, x, y);
    TestArena.assertSameBits(chain.expected(images, x), y, chain + " images " + images);
  }

  /** The second run finds in the arena what the first one left. */
  @Property(tries = 100, edgeCases = EdgeCasesMode.NONE)
  void aChainIsItsReferences(@ForAll long seed, @ForAll boolean reuse) {
    Chain chain = Chain.random(seed);
    Plan plan = chain.plan(reuse, spec -> new KernelInterpreter(spec.literal().program()));
    check(chain, plan, 2, seed + 1);
    check(chain, plan, 1, seed + 2);
  }

  /** A trace gives the results of a run, and a time to each step. */
  @Property(tries = 50, edgeCases = EdgeCasesMode.NONE)
  void aTraceIsARun(
      @ForAll long seed,
      @ForAll @IntRange(min = 1, max = 20) int images,
      @ForAll @IntRange(min = 1, max = 3) int threads) {
    Chain chain = Chain.random(seed);
    Plan plan =
        chain.plan(
            true,
            spec -> new KernelInterpreter(spec.literal().program()),
            new Team(threads, null, 1));
    float[] x = Floats.ordinary(seed, images * chain.inputFloats());
    float[] y = new float[images * chain.outputFloats()];
    long[] nanos = new long[plan.steps().size()];
    Tensor[] out = {Tensor.of(Shape.of(y.length), y)};
    plan.trace(images, new Tensor[] {Tensor.of(Shape.of(x.length), x)}, out, nanos);
    TestArena.assertSameBits(chain.expected(images, x), y, chain + " images " + images);
    assertTrue(Arrays.stream(nanos).sum() > 0, chain::toString);
    check(chain, plan, images, seed + 1);
  }

  @Test
  void thePlanTellsHowFarItsFirstRunHasCome() {
    Chain chain = Chain.of(5, "n1 4x4x2 -> 3 k3 s1 p1 +relu");
    List<Plan.Progress> seen = new ArrayList<>();
    List<Plan> plans = new ArrayList<>();
    Plan plan =
        chain.plan(
            true, spec -> (arena, weights, arguments) -> seen.add(plans.getFirst().progress()));
    plans.add(plan);
    assertEquals(Plan.Progress.NO_RUN, plan.progress());
    for (int run = 0; run < 2; run++) {
      plan.run(1, new float[chain.inputFloats()], new float[chain.outputFloats()]);
      assertEquals(Plan.Progress.HAS_RUN, plan.progress());
    }
    assertEquals(List.of(Plan.Progress.FIRST_RUN, Plan.Progress.HAS_RUN), seen);
  }

  @Test
  void aFirstRunThatFailsIsOver() {
    Chain chain = Chain.of(5, "n1 4x4x2 -> 3 k3 s1 p1 +relu");
    Plan plan =
        chain.plan(
            true,
            spec ->
                (arena, weights, arguments) -> {
                  throw new IllegalStateException();
                });
    float[] x = new float[chain.inputFloats()];
    float[] y = new float[chain.outputFloats()];
    assertThrows(IllegalStateException.class, () -> plan.run(1, x, y));
    assertEquals(Plan.Progress.HAS_RUN, plan.progress());
  }

  @Property(tries = 30, edgeCases = EdgeCasesMode.NONE)
  void aBatchIsItsImages(@ForAll long seed, @ForAll @IntRange(min = 1, max = 40) int images) {
    Chain chain = Chain.random(seed);
    Plan plan = chain.plan();
    check(chain, plan, images, seed + 1);
    check(chain, plan, 1 + images / 2, seed + 2);
  }

  @Test
  void aBatchMayBeLongerThanAnArena() {
    Chain chain = Chain.of(5, "n1 4x4x2 -> 3 k3 s1 p1 +relu", "n1 4x4x3 -> 9 k4 s1");
    Plan plan = chain.plan();
    check(chain, plan, 3 * Plan.MAX_IMAGES + 1, 1);
    check(chain, plan, Plan.MAX_IMAGES, 2);
    check(chain, plan, 0, 3);
  }

  @Test
  void aBatchMayBeFixed() {
    Chain chain = Chain.of(6, "n1 4x4x2 -> 3 k3 s1 p1 +relu", "n1 4x4x3 -> 9 k4 s1");
    Plan free = chain.plan();
    List<Integer> inputs = free.inputs();
    Plan fixed =
        new Plan(free.tensors(), inputs, free.outputs(), free.steps(), free.memory(), 20, false);
    check(chain, fixed, 20, 1);
  }

  /** The map before the last layer has its halo where the input was. */
  @Test
  void aHaloIsClearedWhereAnotherMapWas() {
    Chain chain =
        Chain.of(7, "n1 8x8x4 -> 4 k1 s1", "n1 8x8x4 -> 3 k3 s1", "n1 6x6x3 -> 4 k3 s1 p1 +relu");
    Plan plan = chain.plan();
    List<Integer> places =
        plan.steps().stream()
            .flatMap(step -> step.writes().stream())
            .map(buffer -> plan.memory().place(buffer, 1))
            .toList();
    assertEquals(places.getFirst(), places.get(2));
    check(chain, plan, 2, 1);
  }

  @Test
  void manyThreadsShareOnePlan() throws Exception {
    Chain chain = Chain.random(11);
    Plan plan = chain.plan();
    List<Future<?>> runs = new ArrayList<>();
    try (ExecutorService threads = Executors.newFixedThreadPool(8)) {
      for (int thread = 0; thread < 8; thread++) {
        long seed = thread;
        runs.add(
            threads.submit(
                () -> {
                  for (int i = 0; i < 30; i++) {
                    check(chain, plan, 1 + (i * 7 + (int) seed) % 20, seed + i);
                  }
                }));
      }
      for (Future<?> run : runs) {
        run.get();
      }
    }
  }

  /** Twice an integer, from tensor 0 by way of tensor 2, which only the plan has, to tensor 1. */
  @Test
  void referencesRunOnTensorsOfAnyType() {
    Shape shape = Shape.of(3);
    Plan.TensorSlot slot = new Plan.TensorSlot(DataType.INT64, shape, null);
    Tensor two = Tensor.of(Shape.of(1), 2L);
    Plan.TensorSlot constant = new Plan.TensorSlot(DataType.INT64, two.shape(), two);
    List<Step> steps =
        List.of(
            new Step.Refer("a", "copy", PlanTest::product, List.of(0, 3), List.of(2)),
            new Step.Refer("b", "copy", PlanTest::product, List.of(2, 3), List.of(1)));
    Plan plan =
        new Plan(
            List.of(slot, slot, slot, constant),
            List.of(0),
            List.of(1),
            steps,
            MemoryPlan.reuse(steps),
            1,
            false);
    for (long i = 0; i < 3; i++) {
      Tensor x = Tensor.of(shape, i, i + 1, i + 2);
      Tensor y = Tensor.zeros(DataType.INT64, shape);
      plan.run(1, new Tensor[] {x}, new Tensor[] {y});
      assertArrayEquals(new long[] {4 * i, 4 * i + 4, 4 * i + 8}, y.longs());
    }
  }

  private static void product(Tensor[] in, Tensor[] out) {
    for (int i = 0; i < out[0].size(); i++) {
      out[0].longs()[i] = in[0].longs()[i] * in[1].longs()[0];
    }
  }
}
