package io.tilebrew.models.draw;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.Comparator;
import java.util.List;
import java.util.function.IntFunction;

/**
 * The order of places from left to right in each row, with few crossings: places move to the middle
 * of those that they are linked to, downwards and upwards in turn (Sugiyama, Tagawa and Toda 1981).
 */
final class Order {
  private static final int SWEEPS = 12;

  private final Ranks ranks;
  private final int[] position;

  private Order(Ranks ranks) {
    this.ranks = ranks;
    this.position = new int[ranks.places()];
  }

  /** The places of each row, from left to right. */
  static List<int[]> of(Ranks ranks) {
    return new Order(ranks).find();
  }

  private List<int[]> find() {
    List<int[]> rows = first();
    List<int[]> best = copy(rows);
    long fewest = crossings(rows);
    for (int sweep = 0; sweep < SWEEPS && fewest > 0; sweep++) {
      if (sweep % 2 == 0) {
        rows.forEach(row -> sort(row, ranks::above));
      } else {
        rows.reversed().forEach(row -> sort(row, ranks::below));
      }
      long now = crossings(rows);
      if (now < fewest) {
        fewest = now;
        best = copy(rows);
      }
    }
    return best;
  }

  /** Places in the order in which a walk along the arrows meets them. */
  private List<int[]> first() {
    List<List<Integer>> rows = new ArrayList<>();
    for (int i = 0; i < ranks.rows(); i++) {
      rows.add(new ArrayList<>());
    }
    for (int place = 0; place < ranks.places(); place++) {
      rows.get(ranks.rank(place)).add(place);
    }
    List<int[]> arrays = new ArrayList<>();
    for (List<Integer> row : rows) {
      arrays.add(row.stream().mapToInt(Integer::intValue).toArray());
      number(arrays.getLast());
    }
    return arrays;
  }

  private static List<int[]> copy(List<int[]> rows) {
    return rows.stream().map(int[]::clone).toList();
  }

  private void number(int[] row) {
    for (int i = 0; i < row.length; i++) {
      position[row[i]] = i;
    }
  }

  /** Sorts a row by the mean position of the linked places; those without links stay. */
  private void sort(int[] row, IntFunction<List<Integer>> links) {
    double[] mean = new double[row.length];
    Integer[] order = new Integer[row.length];
    for (int i = 0; i < row.length; i++) {
      order[i] = i;
      mean[i] = links.apply(row[i]).stream().mapToInt(p -> position[p]).average().orElse(i);
    }
    Arrays.sort(order, Comparator.comparingDouble(i -> mean[i]));
    int[] sorted = Arrays.stream(order).mapToInt(i -> row[i]).toArray();
    System.arraycopy(sorted, 0, row, 0, row.length);
    number(row);
  }

  /** The crossings between all rows. */
  private long crossings(List<int[]> rows) {
    long crossings = 0;
    for (int[] row : rows) {
      List<Integer> ends = new ArrayList<>();
      for (int place : row) {
        ranks.below(place).stream().map(p -> position[p]).sorted().forEach(ends::add);
      }
      crossings += inversions(ends);
    }
    return crossings;
  }

  /** The pairs that stand in the wrong order, counted by a binary indexed tree. */
  static long inversions(List<Integer> numbers) {
    int size = numbers.stream().mapToInt(Integer::intValue).max().orElse(0) + 1;
    int[] tree = new int[size + 1];
    long inversions = 0;
    for (int seen = 0; seen < numbers.size(); seen++) {
      int number = numbers.get(seen) + 1;
      int notGreater = 0;
      for (int i = number; i > 0; i -= i & -i) {
        notGreater += tree[i];
      }
      inversions += seen - notGreater;
      for (int i = number; i <= size; i += i & -i) {
        tree[i]++;
      }
    }
    return inversions;
  }
}
