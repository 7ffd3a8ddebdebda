package io.tilebrew.models.draw;

import java.util.List;

/**
 * Where places stand from left to right: near to the middle of those that they are linked to, in
 * the order of their row and with room between them.
 */
final class Columns {
  private static final int SWEEPS = 24;
  private static final double GAP = 24;

  private final Ranks ranks;
  private final List<int[]> rows;
  private final double[] widths;
  private final double[] x;

  private Columns(Ranks ranks, List<int[]> rows, double[] widths) {
    this.ranks = ranks;
    this.rows = rows;
    this.widths = widths;
    this.x = new double[ranks.places()];
  }

  /**
   * The middle of each place.
   *
   * @param widths the width of each box
   */
  static double[] of(Ranks ranks, List<int[]> rows, double[] widths) {
    return new Columns(ranks, rows, widths).find();
  }

  private double[] find() {
    for (int sweep = 0; sweep < SWEEPS; sweep++) {
      boolean above = sweep % 2 == 0;
      boolean both = sweep >= SWEEPS - 2;
      for (int[] row : above ? rows : rows.reversed()) {
        place(row, above || both, !above || both);
      }
    }
    return x;
  }

  /** Points want to be one below the other more than boxes do, so that arrows run straight. */
  private double weight(int a, int b) {
    return ranks.isPoint(a) && ranks.isPoint(b) ? 4 : 1;
  }

  private double width(int place) {
    return ranks.isPoint(place) ? 0 : widths[place];
  }

  private void place(int[] row, boolean above, boolean below) {
    double[] wanted = new double[row.length];
    double[] weights = new double[row.length];
    double[] offsets = new double[row.length];
    for (int i = 0; i < row.length; i++) {
      int place = row[i];
      if (i > 0) {
        offsets[i] = offsets[i - 1] + (width(row[i - 1]) + width(place)) / 2 + GAP;
      }
      double sum = 0;
      for (List<Integer> links :
          List.of(
              above ? ranks.above(place) : List.<Integer>of(),
              below ? ranks.below(place) : List.<Integer>of())) {
        for (int other : links) {
          weights[i] += weight(place, other);
          sum += weight(place, other) * x[other];
        }
      }
      boolean linked = weights[i] > 0;
      wanted[i] = (linked ? sum / weights[i] : x[place]) - offsets[i];
      weights[i] = linked ? weights[i] : 0.01;
    }
    double[] found = ascending(wanted, weights);
    for (int i = 0; i < row.length; i++) {
      x[row[i]] = found[i] + offsets[i];
    }
  }

  /**
   * The ascending numbers that are nearest to {@code wanted} by weighted squares: neighbours in the
   * wrong order become their mean.
   */
  static double[] ascending(double[] wanted, double[] weights) {
    int n = wanted.length;
    double[] means = new double[n];
    double[] sums = new double[n];
    int[] ends = new int[n];
    int blocks = 0;
    for (int i = 0; i < n; i++) {
      double mean = wanted[i];
      double weight = weights[i];
      while (blocks > 0 && means[blocks - 1] > mean) {
        blocks--;
        double sum = weight + sums[blocks];
        mean = (mean * weight + means[blocks] * sums[blocks]) / sum;
        weight = sum;
      }
      means[blocks] = mean;
      sums[blocks] = weight;
      ends[blocks++] = i + 1;
    }
    double[] found = new double[n];
    for (int block = 0, i = 0; block < blocks; block++) {
      for (; i < ends[block]; i++) {
        found[i] = means[block];
      }
    }
    return found;
  }
}
