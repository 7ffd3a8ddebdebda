package io.tilebrew.models.draw;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashMap;
import java.util.List;
import java.util.Map;

/**
 * The boxes of a diagram in rows, so that every arrow leads downwards, and points where arrows pass
 * the rows between.
 *
 * <p>Places 0 to {@code boxes - 1} are the boxes; the others are such points. Arrows that leave one
 * box share their points.
 */
final class Ranks {
  private static final int MAX_PLACES = 200_000;

  private final int boxes;
  private final List<Integer> rankOf = new ArrayList<>();
  private final List<List<Integer>> above = new ArrayList<>();
  private final List<List<Integer>> below = new ArrayList<>();
  private final List<List<Integer>> routes = new ArrayList<>();
  private final int rows;

  /**
   * Ranks for arrows from boxes to later ones.
   *
   * @throws IllegalArgumentException if the arrows are too many and too long
   */
  Ranks(int boxes, List<Diagram.Arrow> arrows) {
    this.boxes = boxes;
    int[] ranks = ranks(boxes, arrows);
    this.rows = Arrays.stream(ranks).max().orElse(-1) + 1;
    for (int rank : ranks) {
      place(rank);
    }
    Map<Long, Integer> points = new HashMap<>();
    for (Diagram.Arrow arrow : arrows) {
      routes.add(route(arrow, points));
    }
  }

  /**
   * As near to the top as arrows allow; what nothing leads to as near to the next as they allow.
   */
  private static int[] ranks(int boxes, List<Diagram.Arrow> arrows) {
    int[] ranks = new int[boxes];
    int[] nearest = new int[boxes];
    boolean[] entered = new boolean[boxes];
    Arrays.fill(nearest, Integer.MAX_VALUE);
    List<Diagram.Arrow> sorted = new ArrayList<>(arrows);
    sorted.sort(java.util.Comparator.comparingInt(Diagram.Arrow::from));
    for (Diagram.Arrow arrow : sorted) {
      ranks[arrow.to()] = Math.max(ranks[arrow.to()], ranks[arrow.from()] + 1);
      entered[arrow.to()] = true;
    }
    for (Diagram.Arrow arrow : sorted) {
      nearest[arrow.from()] = Math.min(nearest[arrow.from()], ranks[arrow.to()]);
    }
    for (int i = 0; i < boxes; i++) {
      if (!entered[i] && nearest[i] != Integer.MAX_VALUE) {
        ranks[i] = nearest[i] - 1;
      }
    }
    return ranks;
  }

  private int place(int rank) {
    if (rankOf.size() == MAX_PLACES) {
      throw new IllegalArgumentException(
          "the graph is too large for a picture: its arrows pass more than %,d places"
              .formatted(MAX_PLACES));
    }
    rankOf.add(rank);
    above.add(new ArrayList<>());
    below.add(new ArrayList<>());
    return rankOf.size() - 1;
  }

  private List<Integer> route(Diagram.Arrow arrow, Map<Long, Integer> points) {
    List<Integer> route = new ArrayList<>(List.of(arrow.from()));
    int last = arrow.from();
    for (int rank = rank(arrow.from()) + 1; rank < rank(arrow.to()); rank++) {
      long key = (long) arrow.from() * rows + rank;
      Integer known = points.get(key);
      int point = known == null ? place(rank) : known;
      if (known == null) {
        points.put(key, point);
        link(last, point);
      }
      route.add(point);
      last = point;
    }
    link(last, arrow.to());
    route.add(arrow.to());
    return route;
  }

  private void link(int from, int to) {
    below.get(from).add(to);
    above.get(to).add(from);
  }

  /** The number of boxes and points. */
  int places() {
    return rankOf.size();
  }

  /** The number of rows. */
  int rows() {
    return rows;
  }

  /** The row of a place. */
  int rank(int place) {
    return rankOf.get(place);
  }

  /** Whether a place is a point of an arrow. */
  boolean isPoint(int place) {
    return place >= boxes;
  }

  /** The places in the row above that lead to a place. */
  List<Integer> above(int place) {
    return above.get(place);
  }

  /** The places in the row below that a place leads to. */
  List<Integer> below(int place) {
    return below.get(place);
  }

  /** The places of each arrow, from box to box. */
  List<List<Integer>> routes() {
    return routes;
  }
}
