package io.tilebrew.graph.lower;

import io.tilebrew.engine.Settling;
import io.tilebrew.engine.Shape;
import io.tilebrew.engine.Tensor;
import io.tilebrew.engine.plan.Plan;
import io.tilebrew.engine.plan.WarmUp;
import io.tilebrew.graph.Explanation;
import io.tilebrew.graph.FmaPeak;
import io.tilebrew.graph.MemoryStream;
import io.tilebrew.graph.Roofline;
import io.tilebrew.graph.Roofline.Stream;
import io.tilebrew.graph.Trace;
import io.tilebrew.graph.Trace.Timing;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.stream.IntStream;

/**
 * Takes the times of the steps of a plan, in turns with loops that do what the machine can at most,
 * so that whatever disturbs one disturbs the others.
 */
final class Tracer {
  private static final int ROUNDS = 20;
  private static final int MOST_RUNS = 500;
  private static final long LOOP_NANOS = 15_000_000;

  /** How long a loop runs until the JIT compiler has done its work. */
  private static final long LOOP_WARM_UP_NANOS = 500_000_000;

  private static final long SETTLING_NANOS = 500_000_000;

  /** What fits into the second level of the cache, into the last one, and into none. */
  private static final int[] STREAMS = {256 << 10, 8 << 20, 128 << 20};

  private final Plan plan;
  private final int images;
  private final Tensor[] in;
  private final Tensor[] out;
  private final FmaPeak peak = new FmaPeak();
  private final List<MemoryStream> streams = MemoryStream.of(STREAMS);
  private final double[] best = new double[1 + STREAMS.length];
  private final List<long[]> runs = new ArrayList<>();

  /**
   * A tracer.
   *
   * @param images the images of a run
   * @param in the inputs, in order
   */
  Tracer(Plan plan, int images, Tensor[] in) {
    this.plan = plan;
    this.images = images;
    this.in = in;
    this.out =
        IntStream.range(0, plan.outputs().size())
            .mapToObj(i -> Tensor.zeros(plan.outputType(i), shape(i)))
            .toArray(Tensor[]::new);
    Arrays.fill(best, Double.MAX_VALUE);
  }

  private Shape shape(int output) {
    Shape shape = plan.outputShape(output);
    return plan.isBatchFree() ? shape.with(0, shape.dim(0) * images) : shape;
  }

  /**
   * Warms the plan up and takes times.
   *
   * @param explanation the explanation of the plan
   * @param warmUp the longest that kernels may take to warm up
   * @param duration how long is measured
   */
  Trace trace(Explanation explanation, Duration warmUp, Duration duration) {
    long end = System.nanoTime() + warmUp.toNanos();
    boolean settled = WarmUp.climb(plan, end);
    measureMachine(LOOP_WARM_UP_NANOS);
    settle(end);
    for (int round = 0; round < ROUNDS; round++) {
      measureMachine(LOOP_NANOS);
      measureSteps(duration.toNanos() / ROUNDS);
    }
    Roofline roofline = roofline();
    long weights = explanation.totals().weightBytes();
    List<Timing> timings = new ArrayList<>();
    for (int i = 0; i < plan.steps().size(); i++) {
      Explanation.Step step = explanation.steps().get(i);
      timings.add(new Timing(median(i), roofline.bound(step, weights)));
    }
    return new Trace(explanation, timings, roofline, runs.size(), settled);
  }

  /** Runs the steps until they no longer become faster. */
  private void settle(long end) {
    Settling.run(
        2,
        end,
        () -> {
          measureSteps(SETTLING_NANOS);
          double nanos = IntStream.range(0, plan.steps().size()).mapToDouble(this::median).sum();
          runs.clear();
          return nanos;
        });
  }

  private void measureMachine(long nanos) {
    best[0] = Math.min(best[0], leastNanos(peak, nanos));
    for (int i = 0; i < streams.size(); i++) {
      best[1 + i] = Math.min(best[1 + i], leastNanos(streams.get(i), nanos));
    }
  }

  private static double leastNanos(Runnable loop, long nanos) {
    long start = System.nanoTime();
    long now;
    double least = Double.MAX_VALUE;
    do {
      long before = System.nanoTime();
      loop.run();
      now = System.nanoTime();
      least = Math.min(least, (double) (now - before));
    } while (now - start < nanos);
    return least;
  }

  /** The first run, which finds the caches full of streams, does not count. */
  private void measureSteps(long slice) {
    plan.trace(images, in, out, new long[plan.steps().size()]);
    long start = System.nanoTime();
    int count = 0;
    do {
      long[] nanos = new long[plan.steps().size()];
      plan.trace(images, in, out, nanos);
      runs.add(nanos);
      count++;
    } while (count < MOST_RUNS && System.nanoTime() - start < slice);
  }

  private Roofline roofline() {
    int threads = plan.threads();
    List<Stream> speeds = new ArrayList<>();
    for (int i = 0; i < streams.size(); i++) {
      long bytes = streams.get(i).bytes();
      speeds.add(new Stream(bytes, threads * bytes / best[1 + i]));
    }
    return new Roofline(threads * peak.multiplyAdds() / best[0], speeds);
  }

  private double median(int step) {
    long[] sorted = runs.stream().mapToLong(nanos -> nanos[step]).sorted().toArray();
    int half = sorted.length / 2;
    return sorted.length % 2 == 1 ? sorted[half] : (sorted[half - 1] + sorted[half]) / 2.0;
  }
}
