package io.tilebrew.bench;

import java.util.Locale;

/** The lines of a report on contestants that do the same work. */
final class Report {
  private static final String ROW = "  %-14s %12s %12s %9s %8s%n";

  private final long multiplyAdds;
  private final double peak;
  private final StringBuilder text = new StringBuilder();

  /**
   * An empty report.
   *
   * @param multiplyAdds the multiply-adds of a run
   * @param peak what the machine can do at most, in GFLOP/s
   */
  Report(long multiplyAdds, double peak) {
    this.multiplyAdds = multiplyAdds;
    this.peak = peak;
    text.append(ROW.formatted("", "median", "minimum", "GFLOP/s", "of peak"));
  }

  /** 10<sup>9</sup> operations a second, two for each multiply-add. */
  static double gigaflops(long multiplyAdds, double nanos) {
    return 2.0 * multiplyAdds / nanos;
  }

  /** Adds a line; the throughput is that of the median. */
  Report add(String name, Times times) {
    double gigaflops = gigaflops(multiplyAdds, times.median());
    text.append(
        ROW.formatted(
            name,
            Times.text(times.median()),
            Times.text(times.minimum()),
            String.format(Locale.ROOT, "%.1f", gigaflops),
            String.format(Locale.ROOT, "%.1f%%", 100 * gigaflops / peak)));
    return this;
  }

  /** Adds a line on how much more time one takes than another. */
  Report ratio(String name, double ofMedians, double ofMinima) {
    text.append(
        String.format(
            Locale.ROOT, "  %s: %.3f by medians, %.3f by minima%n", name, ofMedians, ofMinima));
    return this;
  }

  @Override
  public String toString() {
    return text.toString();
  }
}
