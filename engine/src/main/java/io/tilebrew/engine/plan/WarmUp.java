package io.tilebrew.engine.plan;

import io.tilebrew.engine.kernel.Kernel;
import io.tilebrew.engine.kernel.TieredKernel;
import java.util.Arrays;
import java.util.Comparator;
import java.util.List;

/**
 * The climb of kernels from their generic to their literal form: each literal form is run on
 * scratch memory until the JIT compiler has done its work, and adopted if it is the faster one
 * then.
 */
public final class WarmUp {
  private static final long ROUND_NANOS = 20_000_000;
  private static final int MIN_ROUNDS = 8;
  private static final int STEADY_ROUNDS = 8;
  private static final int MAX_ROUNDS = 150;

  private WarmUp() {}

  /**
   * Climbs the kernels of {@code plan}, those with most work first.
   *
   * @param end the time of {@link System#nanoTime} to stop at
   * @return whether all kernels have arrived
   */
  public static boolean climb(Plan plan, long end) {
    List<Step.Compute> waiting =
        plan.steps().stream()
            .filter(Step.Compute.class::isInstance)
            .map(Step.Compute.class::cast)
            .filter(c -> c.kernel() instanceof TieredKernel t && !t.isSettled())
            .sorted(Comparator.comparingLong((Step.Compute c) -> -c.multiplyAdds()))
            .toList();
    if (waiting.isEmpty()) {
      return true;
    }
    float[] scratch = plan.newContext().arena(1);
    Arrays.fill(scratch, 1);
    for (Step.Compute step : waiting) {
      TieredKernel kernel = (TieredKernel) step.kernel();
      if (!kernel.isSettled()) {
        if (System.nanoTime() >= end) {
          return false;
        }
        int[] arguments = plan.arguments(1)[plan.steps().indexOf(step)];
        climb(kernel, scratch, step.weights(), arguments, end);
      }
    }
    return true;
  }

  private static void climb(
      TieredKernel kernel, float[] arena, float[] weights, int[] arguments, long end) {
    Kernel literal = kernel.literal();
    double best = Double.MAX_VALUE;
    int steady = 0;
    for (int round = 0; round < MAX_ROUNDS && System.nanoTime() < end; round++) {
      double time = time(literal, arena, weights, arguments);
      steady = time < 0.95 * best ? 0 : steady + 1;
      best = Math.min(best, time);
      if (round >= MIN_ROUNDS && steady >= STEADY_ROUNDS) {
        double generic = Double.MAX_VALUE;
        for (int i = 0; i < 3; i++) {
          generic = Math.min(generic, time(kernel.generic(), arena, weights, arguments));
        }
        if (best <= generic) {
          kernel.settle(literal);
          return;
        }
        steady = 0;
      }
    }
    if (System.nanoTime() < end) {
      kernel.settle(kernel.generic());
    }
  }

  /** Nanoseconds a run, over a round of many runs. */
  private static double time(Kernel kernel, float[] arena, float[] weights, int[] arguments) {
    long start = System.nanoTime();
    long now;
    int runs = 0;
    do {
      kernel.run(arena, weights, arguments);
      runs++;
      now = System.nanoTime();
    } while (now - start < ROUND_NANOS);
    return (double) (now - start) / runs;
  }
}
