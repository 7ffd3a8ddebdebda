package io.tilebrew.graph;

import io.tilebrew.graph.Roofline.Bound;
import java.util.List;

/**
 * The time of each step of a network, with what bounds it on this machine.
 *
 * @param explanation the steps
 * @param timings the time of each of them
 * @param roofline what the machine did at most in the same minutes, with as many cores as threads
 * @param runs the runs that were timed
 * @param settled whether all kernels had their fastest form
 */
public record Trace(
    Explanation explanation, List<Timing> timings, Roofline roofline, int runs, boolean settled) {
  /**
   * The time of a step in a run.
   *
   * @param nanos the median in nanoseconds
   * @param bound the least time
   */
  public record Timing(double nanos, Bound bound) {
    /** The share of the speed that the bound allows, from 0 to about 1. */
    public double ofBound() {
      return nanos == 0 ? 0 : bound.nanos() / nanos;
    }
  }

  /** Copies the list. */
  public Trace {
    timings = List.copyOf(timings);
  }

  /** The sum of the times in nanoseconds. */
  public double nanos() {
    return timings.stream().mapToDouble(Timing::nanos).sum();
  }

  /** 10<sup>9</sup> operations a second of step {@code i}, two for each multiply-add. */
  public double gigaflops(int i) {
    double nanos = timings.get(i).nanos();
    return nanos == 0 ? 0 : 2 * explanation.steps().get(i).multiplyAdds() / nanos;
  }
}
