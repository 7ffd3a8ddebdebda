package io.tilebrew.models.draw;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.tilebrew.models.draw.Diagram.Arrow;
import io.tilebrew.models.draw.Layout.Point;
import io.tilebrew.models.draw.Layout.Rectangle;
import io.tilebrew.models.draw.Layout.Size;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.constraints.IntRange;
import org.junit.jupiter.api.Test;

class LayoutTest {
  private static final double EPSILON = 1e-6;

  private static List<Size> sizes(Random random, int boxes) {
    List<Size> sizes = new ArrayList<>();
    for (int i = 0; i < boxes; i++) {
      sizes.add(new Size(40 + random.nextInt(200), 20 + random.nextInt(60)));
    }
    return sizes;
  }

  private static List<Arrow> arrows(Random random, int boxes, int reach) {
    List<Arrow> arrows = new ArrayList<>();
    for (int to = 1; to < boxes; to++) {
      for (int i = random.nextInt(4); i > 0; i--) {
        Arrow arrow = new Arrow(Math.max(0, to - 1 - random.nextInt(reach)), to);
        if (!arrows.contains(arrow)) {
          arrows.add(arrow);
        }
      }
    }
    return arrows;
  }

  @Property(tries = 150)
  void boxesAreApartAndArrowsLeadDownwards(
      @ForAll long seed,
      @ForAll @IntRange(min = 0, max = 60) int boxes,
      @ForAll @IntRange(min = 1, max = 20) int reach) {
    Random random = new Random(seed);
    List<Size> sizes = sizes(random, boxes);
    List<Arrow> arrows = arrows(random, boxes, reach);
    Layout layout = Layout.of(sizes, arrows);
    for (int i = 0; i < boxes; i++) {
      Rectangle box = layout.boxes().get(i);
      assertEquals(sizes.get(i), new Size(box.width(), box.height()));
      assertTrue(
          box.x() > 0
              && box.y() > 0
              && box.x() + box.width() < layout.width()
              && box.bottom() < layout.height(),
          box.toString());
      for (int j = 0; j < i; j++) {
        assertApart(box, layout.boxes().get(j));
      }
    }
    for (int i = 0; i < arrows.size(); i++) {
      Rectangle from = layout.boxes().get(arrows.get(i).from());
      Rectangle to = layout.boxes().get(arrows.get(i).to());
      assertLeads(layout.arrows().get(i), from, to);
      assertTrue(from.bottom() < to.y());
    }
    assertEquals(layout.toString(), Layout.of(sizes, arrows).toString());
  }

  private static void assertApart(Rectangle a, Rectangle b) {
    boolean beside = a.x() + a.width() < b.x() || b.x() + b.width() < a.x();
    boolean below = a.bottom() < b.y() || b.bottom() < a.y();
    assertTrue(beside || below, a + " and " + b);
  }

  private static void assertLeads(List<Point> points, Rectangle from, Rectangle to) {
    assertEquals(from.bottom(), points.getFirst().y(), EPSILON);
    assertEquals(to.y(), points.getLast().y(), EPSILON);
    assertTrue(to.x() < points.getLast().x() && points.getLast().x() < to.x() + to.width());
    assertEquals(0, points.size() % 2);
    for (int i = 1; i < points.size(); i++) {
      assertTrue(points.get(i - 1).y() <= points.get(i).y() + EPSILON, points.toString());
      assertTrue(i % 2 == 0 || points.get(i - 1).x() == points.get(i).x(), points.toString());
    }
  }

  /** Two branches stand side by side, in the middle of what they leave and join. */
  @Test
  void branchesAreSideBySide() {
    Size size = new Size(100, 30);
    Layout layout =
        Layout.of(
            List.of(size, size, size, size),
            List.of(new Arrow(0, 1), new Arrow(0, 2), new Arrow(1, 3), new Arrow(2, 3)));
    List<Rectangle> boxes = layout.boxes();
    assertEquals(boxes.get(1).y(), boxes.get(2).y());
    assertEquals(boxes.get(0).middle(), boxes.get(3).middle(), 0.5);
    assertEquals(boxes.get(0).middle(), (boxes.get(1).middle() + boxes.get(2).middle()) / 2, 0.5);
  }

  @Test
  void aChainIsStraight() {
    Size size = new Size(100, 30);
    Layout layout = Layout.of(List.of(size, size, size), List.of(new Arrow(0, 1), new Arrow(1, 2)));
    layout.arrows().forEach(a -> assertEquals(a.getFirst().x(), a.getLast().x(), EPSILON));
  }

  @Property(tries = 200)
  void ascendingNumbersAreTheNearest(@ForAll long seed, @ForAll @IntRange(max = 8) int n) {
    Random random = new Random(seed);
    double[] wanted = random.doubles(n).toArray();
    double[] weights = random.doubles(n, 0.1, 4).toArray();
    double[] found = Columns.ascending(wanted, weights);
    double distance = distance(wanted, weights, found);
    for (int trial = 0; trial < 50; trial++) {
      double[] other = found.clone();
      for (int i = 0; i < n; i++) {
        other[i] += 0.1 * random.nextGaussian();
      }
      java.util.Arrays.sort(other);
      assertTrue(distance(wanted, weights, other) >= distance - EPSILON);
    }
    double[] sorted = found.clone();
    java.util.Arrays.sort(sorted);
    assertArrayEquals(sorted, found);
  }

  private static double distance(double[] wanted, double[] weights, double[] found) {
    double sum = 0;
    for (int i = 0; i < wanted.length; i++) {
      sum += weights[i] * (wanted[i] - found[i]) * (wanted[i] - found[i]);
    }
    return sum;
  }

  @Property
  void inversionsAreCounted(@ForAll List<@IntRange(max = 30) Integer> numbers) {
    long expected = 0;
    for (int i = 0; i < numbers.size(); i++) {
      for (int j = 0; j < i; j++) {
        expected += numbers.get(j) > numbers.get(i) ? 1 : 0;
      }
    }
    assertEquals(expected, Order.inversions(numbers));
  }

  @Test
  void tooManyLongArrowsAreRefused() {
    List<Size> sizes = new ArrayList<>();
    List<Arrow> arrows = new ArrayList<>();
    for (int i = 0; i < 1000; i++) {
      sizes.add(new Size(10, 10));
      for (int to : new int[] {i + 1, 999}) {
        if (i < to && to < 1000) {
          arrows.add(new Arrow(i, to));
        }
      }
    }
    var e = assertThrows(IllegalArgumentException.class, () -> Layout.of(sizes, arrows));
    assertTrue(String.valueOf(e.getMessage()).contains("too large for a picture"));
  }
}
