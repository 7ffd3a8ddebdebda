package io.tilebrew.graph;

import static org.junit.jupiter.api.Assertions.assertEquals;

import io.tilebrew.graph.Explanation.Kind;
import io.tilebrew.graph.Explanation.Step;
import io.tilebrew.graph.Roofline.Bound;
import io.tilebrew.graph.Roofline.Limit;
import io.tilebrew.graph.Roofline.Stream;
import java.util.List;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.constraints.LongRange;
import org.junit.jupiter.api.Test;

class RooflineTest {
  private static final Roofline ROOFLINE =
      new Roofline(50, List.of(new Stream(100, 20), new Stream(1000, 10), new Stream(10_000, 2)));

  private static Step step(long products, long weights, long read, long written) {
    return new Step(
        "y",
        Kind.KERNEL,
        "",
        List.of(),
        List.of(),
        "",
        "",
        4 * products,
        products,
        weights,
        read,
        written,
        "",
        null);
  }

  @Test
  void productsBoundAStepThatMovesLittle() {
    assertEquals(new Bound(20, Limit.ARITHMETIC), ROOFLINE.bound(step(1000, 40, 30, 30), 100));
  }

  @Test
  void weightsComeAtTheSpeedOfAllWeights() {
    assertEquals(new Bound(20 + 3, Limit.MEMORY), ROOFLINE.bound(step(1000, 40, 30, 30), 10_000));
    assertEquals(new Bound(4 + 20, Limit.MEMORY), ROOFLINE.bound(step(1000, 40, 100, 100), 1000));
    assertEquals(new Bound(2, Limit.MEMORY), ROOFLINE.bound(step(0, 40, 0, 0), 100));
  }

  /** More of anything never makes a step faster. */
  @Property
  void boundsGrow(
      @ForAll @LongRange(min = 0, max = 100_000) long products,
      @ForAll @LongRange(min = 0, max = 100_000) long weights,
      @ForAll @LongRange(min = 0, max = 100_000) long read,
      @ForAll @LongRange(min = 0, max = 1000) long more) {
    double bound = ROOFLINE.bound(step(products, weights, read, 0), weights).nanos();
    for (Step larger :
        List.of(
            step(products + more, weights, read, 0),
            step(products, weights + more, read, 0),
            step(products, weights, read, more))) {
      double other = ROOFLINE.bound(larger, larger.weightBytes()).nanos();
      assertEquals(bound, Math.min(bound, other));
    }
  }
}
