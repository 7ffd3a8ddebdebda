package io.tilebrew.engine.plan;

import com.sun.management.ThreadMXBean;
import io.tilebrew.engine.Settling;
import io.tilebrew.engine.kernel.Kernel;
import io.tilebrew.engine.kernel.TieredKernel;
import io.tilebrew.engine.kernel.TurnLimit;
import java.lang.management.ManagementFactory;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Comparator;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import java.util.concurrent.locks.LockSupport;
import java.util.function.DoubleConsumer;

/**
 * The climb of kernels from their generic to their literal form, at once or by their shared form:
 * short runs of each form on scratch memory, until the JIT compiler has done its work, which shows
 * in that vectors are no longer allocated; it is adopted if it is the faster one then. Several
 * kernels take turns, so that one runs while another is being compiled.
 */
public final class WarmUp {
  private static final int TOGETHER = 6;
  private static final long TURN_NANOS = 250_000;

  /** A pause after turns that brought nothing, in which the JIT compiler has the processor. */
  private static final long NAP_NANOS = 4_000_000;

  private static final int MIN_TURNS = 6;
  private static final int STEADY_TURNS = 6;
  private static final int MAX_TURNS = 1600;
  private static final int COMPARISONS = 3;

  /** How often a form that the JIT compiler is done with may turn out to be slower. */
  private static final int MAX_LOSSES = 20;

  /** How much slower than the form that runs another one is at most, once it has been compiled. */
  private static final double COMPILED = 1.5;

  /** The turns after which a kernel that allocates, or may do so, counts as compiled anyway. */
  private static final int PATIENT_TURNS = 400;

  /** How long runs are repeated before they are compared with those before, at least. */
  private static final long SETTLING_NANOS = 100_000_000;

  /** And for how much longer for each kernel, as the JIT compiler has a queue of them. */
  private static final long KERNEL_NANOS = 10_000_000;

  /** How many runs that are at least: loops are compiled after so many turns, however slow. */
  private static final int SETTLING_RUNS = 5;

  /** After how many such spells, none of them faster, the JIT compiler counts as done. */
  private static final int CALM_SPELLS = 3;

  /** How often it may turn out that the JIT compiler was not done, since kernels allocate. */
  private static final int PATIENT_SETTLINGS = 4;

  private static final ThreadMXBean THREADS =
      ManagementFactory.getPlatformMXBean(ThreadMXBean.class);

  private final float[] arena;
  private final double limit;

  /**
   * A warm-up.
   *
   * @param limit how much slower than the form that runs another one may be to be adopted
   */
  private WarmUp(float[] arena, double limit) {
    this.arena = arena;
    this.limit = limit;
  }

  /** A kernel on its way. */
  private final class Climber {
    private final TieredKernel kernel;
    private final boolean toLast;
    private final int number;
    private final Kernel next;
    private final float[] weights;
    private final int[] whole;
    private final int[] brief;
    private double best = Double.MAX_VALUE;
    private int turns;
    private int steady;
    private int losses;

    Climber(Step.Compute step, boolean toLast, int[] arguments) {
      this.kernel = (TieredKernel) step.kernel();
      this.toLast = toLast;
      this.number = toLast ? kernel.last() : 0;
      this.next = kernel.form(number);
      this.weights = step.weights();
      this.whole = arguments;
      this.brief = arguments.clone();
      assert step.arguments().getLast() instanceof Argument.Turns : step;
      brief[brief.length - 1] = TurnLimit.SHORT;
    }

    /** Takes a turn; whether the kernel has arrived, by this warm-up or another one. */
    boolean turn() {
      if (hasArrived(kernel, toLast)) {
        return true;
      }
      long before = THREADS.getCurrentThreadAllocatedBytes();
      double time = time(next, brief);
      boolean boxes = before < 0 || THREADS.getCurrentThreadAllocatedBytes() > before;
      steady = time < 0.97 * best ? 0 : steady + 1;
      best = Math.min(best, time);
      turns++;
      if (turns < MIN_TURNS || steady < STEADY_TURNS || (boxes && turns < PATIENT_TURNS)) {
        return false;
      }
      boolean isFaster = isFaster();
      losses += isFaster || boxes ? 0 : 1;
      if (!isFaster && turns < MAX_TURNS && losses < MAX_LOSSES) {
        steady = 0;
        return false;
      }
      kernel.choose(number, isFaster);
      return true;
    }

    /** Whether the next form is faster than the one that runs, in whole runs. */
    private boolean isFaster() {
      double nextTime = Double.MAX_VALUE;
      double currentTime = Double.MAX_VALUE;
      for (int i = 0; i < COMPARISONS; i++) {
        nextTime = Math.min(nextTime, time(next, whole));
        currentTime = Math.min(currentTime, time(kernel.current(), whole));
      }
      return nextTime <= limit * currentTime;
    }

    /** Nanoseconds a run. */
    private double time(Kernel form, int[] arguments) {
      long start = System.nanoTime();
      long now;
      int runs = 0;
      do {
        form.run(arena, weights, arguments);
        runs++;
        now = System.nanoTime();
      } while (now - start < TURN_NANOS);
      return (double) (now - start) / runs;
    }
  }

  /**
   * Climbs the kernels of {@code plan} by one form, those with most work first: to the shared form
   * those that have one, the others to the literal one.
   *
   * @param end the time of {@link System#nanoTime} to stop at
   * @param pause called before all that takes time, to leave the processor to others for a while,
   *     with the share of all multiply-adds of which the kernels have not arrived
   * @return whether all kernels have arrived there
   */
  static boolean climbOne(Plan plan, long end, DoubleConsumer pause) {
    return climb(plan, end, 1, false, pause);
  }

  /** The same to the literal forms. */
  public static boolean climb(Plan plan, long end) {
    return climb(plan, end, 1, true, left -> {});
  }

  /** The same to the literal forms even where these are slower, so that they can be timed. */
  public static boolean climbToLiteral(Plan plan, long end) {
    return climb(plan, end, COMPILED, true, left -> {});
  }

  /**
   * Runs all kernels of {@code plan} one after the other until that no longer becomes faster: the
   * loops around the tiles are called so seldom that the JIT compiler comes to them last. While
   * vectors are allocated it is not done, but on few processors it may need longer for a kernel
   * than it takes to see that nothing becomes faster.
   */
  public static void runIn(Plan plan, long end) {
    if (plan.computes().findAny().isEmpty()) {
      return;
    }
    Spells spells = new Spells(plan, end);
    for (int i = 0; i < PATIENT_SETTLINGS && spells.allocate && System.nanoTime() < end; i++) {
      Settling.run(CALM_SPELLS, end, spells::nanosPerRun);
    }
  }

  /** Spells of whole runs of all kernels. */
  private static final class Spells {
    private final List<Step.Compute> steps;
    private final float[] arena;
    private final List<int[]> arguments;
    private final long end;

    /** Whether the latest spell allocated. */
    private boolean allocate = true;

    Spells(Plan plan, long end) {
      this.steps = plan.computes().toList();
      this.arena = WarmUp.arena(plan);
      this.arguments = steps.stream().map(step -> arguments(plan, step)).toList();
      this.end = end;
    }

    double nanosPerRun() {
      long spell = SETTLING_NANOS + KERNEL_NANOS * steps.size();
      long before = THREADS.getCurrentThreadAllocatedBytes();
      long start = System.nanoTime();
      long now;
      int runs = 0;
      do {
        for (int i = 0; i < steps.size(); i++) {
          Step.Compute step = steps.get(i);
          step.kernel().run(arena, step.weights(), arguments.get(i));
        }
        runs++;
        now = System.nanoTime();
      } while ((now - start < spell || runs < SETTLING_RUNS) && now < end);
      allocate = THREADS.getCurrentThreadAllocatedBytes() > before;
      return (double) (now - start) / runs;
    }
  }

  private static float[] arena(Plan plan) {
    float[] arena = plan.newContext().arena(1);
    Arrays.fill(arena, 1);
    return arena;
  }

  private static boolean climb(
      Plan plan, long end, double limit, boolean toLast, DoubleConsumer pause) {
    List<Step.Compute> waiting = waiting(plan, toLast);
    if (waiting.isEmpty()) {
      return true;
    }
    if (System.nanoTime() >= end) {
      return false;
    }
    double left = left(plan, toLast);
    pause.accept(left);
    WarmUp warmUp = new WarmUp(arena(plan), limit);
    List<Climber> climbers = new ArrayList<>();
    int next = 0;
    while (next < waiting.size() || !climbers.isEmpty()) {
      if (climbers.size() < TOGETHER && next < waiting.size()) {
        Step.Compute step = waiting.get(next++);
        pause.accept(left);
        if (!hasArrived((TieredKernel) step.kernel(), toLast)) {
          climbers.add(warmUp.new Climber(step, toLast, arguments(plan, step)));
        }
      }
      for (Climber climber : List.copyOf(climbers)) {
        if (System.nanoTime() >= end) {
          return false;
        }
        pause.accept(left);
        if (climber.turn()) {
          climbers.remove(climber);
          left = left(plan, toLast);
        }
      }
      if (climbers.stream().allMatch(climber -> climber.steady > 0)) {
        LockSupport.parkNanos(NAP_NANOS);
      }
    }
    return true;
  }

  /** The arguments for all units of an image, so that code is compiled that any share needs. */
  private static int[] arguments(Plan plan, Step.Compute step) {
    int[] own = new int[step.arguments().size()];
    return plan.resolve(step, 1).of(own, 0, 0, step.units());
  }

  private static boolean hasArrived(TieredKernel kernel, boolean toLast) {
    return toLast ? kernel.isSettled() : kernel.hasClimbed();
  }

  /** The share of all multiply-adds of which the kernels have not arrived. */
  private static double left(Plan plan, boolean toLast) {
    double all = 1;
    double left = 0;
    for (Step.Compute step : plan.computes().toList()) {
      all += step.multiplyAdds();
      boolean climbs = step.kernel() instanceof TieredKernel t && !hasArrived(t, toLast);
      left += climbs ? step.multiplyAdds() : 0;
    }
    return left / all;
  }

  /** One step for each kernel that is to climb, the one with most work first. */
  private static List<Step.Compute> waiting(Plan plan, boolean toLast) {
    Set<Kernel> seen = new HashSet<>();
    return plan.computes()
        .filter(c -> c.kernel() instanceof TieredKernel t && !hasArrived(t, toLast))
        .sorted(Comparator.comparingLong((Step.Compute c) -> -c.multiplyAdds()))
        .filter(c -> seen.add(c.kernel()))
        .toList();
  }
}
