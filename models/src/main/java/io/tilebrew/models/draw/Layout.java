package io.tilebrew.models.draw;

import io.tilebrew.models.draw.Diagram.Arrow;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Comparator;
import java.util.HashMap;
import java.util.List;
import java.util.Map;

/**
 * Where the boxes of a diagram stand, and how arrows run: in rows from top to bottom.
 *
 * @param boxes the place of each box
 * @param arrows the points of each arrow; between the first two, and any other pair after that, it
 *     runs straight down, between the pairs it bends
 * @param width the width of all
 * @param height the height of all
 */
record Layout(List<Rectangle> boxes, List<List<Point>> arrows, double width, double height) {
  private static final double MARGIN = 24;
  private static final double LEAST_GAP = 36;
  private static final double MOST_GAP = 110;
  private static final double STEEPNESS = 0.12;
  private static final double PORT = 16;

  /** Copies the lists. */
  Layout {
    boxes = List.copyOf(boxes);
    arrows = List.copyOf(arrows);
  }

  /** A width and a height. */
  record Size(double width, double height) {}

  /** A place; y grows downwards. */
  record Point(double x, double y) {}

  /** A box by its upper left corner and its size. */
  record Rectangle(double x, double y, double width, double height) {
    double middle() {
      return x + width / 2;
    }

    double bottom() {
      return y + height;
    }
  }

  /** The upper and the lower end of a row. */
  private record Row(double top, double bottom) {}

  /**
   * A layout of boxes of these sizes.
   *
   * @throws IllegalArgumentException if the arrows are too many and too long
   */
  static Layout of(List<Size> sizes, List<Arrow> arrows) {
    Ranks ranks = new Ranks(sizes.size(), arrows);
    List<int[]> order = Order.of(ranks);
    double[] x = Columns.of(ranks, order, sizes.stream().mapToDouble(Size::width).toArray());
    double left = Double.MAX_VALUE;
    double right = 0;
    for (int place = 0; place < x.length; place++) {
      double half = ranks.isPoint(place) ? 0 : sizes.get(place).width / 2;
      left = Math.min(left, x[place] - half);
    }
    for (int place = 0; place < x.length; place++) {
      x[place] += MARGIN - left;
      right = Math.max(right, x[place] + (ranks.isPoint(place) ? 0 : sizes.get(place).width / 2));
    }
    List<Row> rows = rows(ranks, order, sizes, x);
    List<Rectangle> boxes = new ArrayList<>();
    for (int box = 0; box < sizes.size(); box++) {
      Size size = sizes.get(box);
      Row row = rows.get(ranks.rank(box));
      double y = (row.top + row.bottom - size.height) / 2;
      boxes.add(new Rectangle(x[box] - size.width / 2, y, size.width, size.height));
    }
    double bottom = rows.isEmpty() ? 0 : rows.getLast().bottom;
    return new Layout(
        boxes, arrows(ranks, boxes, rows, x, arrows), right + MARGIN, bottom + MARGIN);
  }

  /**
   * Rows as high as their highest box, farther from each other where arrows run far to the side.
   */
  private static List<Row> rows(Ranks ranks, List<int[]> order, List<Size> sizes, double[] x) {
    List<Row> rows = new ArrayList<>();
    double top = MARGIN;
    for (int[] row : order) {
      double height = 0;
      double farthest = 0;
      for (int place : row) {
        height = Math.max(height, ranks.isPoint(place) ? 0 : sizes.get(place).height);
        for (int other : ranks.below(place)) {
          farthest = Math.max(farthest, Math.abs(x[other] - x[place]));
        }
      }
      rows.add(new Row(top, top + height));
      top += height + Math.clamp(LEAST_GAP + STEEPNESS * farthest, LEAST_GAP, MOST_GAP);
    }
    return rows;
  }

  private static List<List<Point>> arrows(
      Ranks ranks, List<Rectangle> boxes, List<Row> rows, double[] x, List<Arrow> arrows) {
    double[] ports = ports(ranks, boxes, x, arrows);
    List<List<Point>> all = new ArrayList<>();
    for (int i = 0; i < arrows.size(); i++) {
      List<Integer> route = ranks.routes().get(i);
      Rectangle from = boxes.get(arrows.get(i).from());
      Rectangle to = boxes.get(arrows.get(i).to());
      List<Point> points = new ArrayList<>();
      points.add(new Point(from.middle(), from.bottom()));
      points.add(new Point(from.middle(), rows.get(ranks.rank(route.getFirst())).bottom));
      for (int point : route.subList(1, route.size() - 1)) {
        points.add(new Point(x[point], rows.get(ranks.rank(point)).top));
        points.add(new Point(x[point], rows.get(ranks.rank(point)).bottom));
      }
      points.add(new Point(ports[i], rows.get(ranks.rank(route.getLast())).top));
      points.add(new Point(ports[i], to.y));
      all.add(List.copyOf(points));
    }
    return all;
  }

  /** Where each arrow enters its box: side by side, in the order in which they come. */
  private static double[] ports(
      Ranks ranks, List<Rectangle> boxes, double[] x, List<Arrow> arrows) {
    Map<Integer, List<Integer>> entering = new HashMap<>();
    for (int i = 0; i < arrows.size(); i++) {
      entering.computeIfAbsent(arrows.get(i).to(), to -> new ArrayList<>()).add(i);
    }
    double[] ports = new double[arrows.size()];
    entering.forEach(
        (to, all) -> {
          all.sort(
              Comparator.comparingDouble(
                  i -> x[ranks.routes().get(i).get(ranks.routes().get(i).size() - 2)]));
          Rectangle box = boxes.get(to);
          double step = Math.min(PORT, box.width / (all.size() + 1));
          for (int i = 0; i < all.size(); i++) {
            ports[all.get(i)] = box.middle() + (i - (all.size() - 1) / 2.0) * step;
          }
        });
    return ports;
  }

  /** The layout as text, for comparisons. */
  @Override
  public String toString() {
    return Arrays.asList(boxes, arrows, width, height).toString();
  }
}
