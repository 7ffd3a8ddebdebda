package io.tilebrew.engine.plan;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.util.Arrays;
import java.util.List;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.constraints.IntRange;
import net.jqwik.api.constraints.LongRange;
import net.jqwik.api.constraints.Size;
import org.junit.jupiter.api.Test;

class BalanceTest {
  private static int[] bounds(Balance balance, int units, int parts) {
    int[] bounds = new int[parts + 1];
    balance.divide(units, parts, bounds);
    return bounds;
  }

  /** Runs of {@code units} units by threads that need so many nanoseconds for each. */
  private static void run(Balance balance, int runs, int units, long... nanos) {
    for (int i = 0; i < runs; i++) {
      int[] bounds = bounds(balance, units, nanos.length);
      long[] busy = new long[nanos.length];
      Arrays.setAll(busy, part -> nanos[part] * (bounds[part + 1] - bounds[part]));
      balance.add(busy, 1);
      balance.settle();
    }
  }

  /** Whatever was seen before. */
  @Property
  void eachPartHasAUnitAndTheyAreAll(
      @ForAll @Size(min = 1, max = 6) List<@LongRange(min = 0, max = 1L << 50) Long> busy,
      @ForAll @IntRange(max = 40) int runs,
      @ForAll @IntRange(max = 300) int more) {
    int threads = busy.size();
    Balance balance = new Balance(threads);
    for (int i = 0; i < runs; i++) {
      balance.add(busy.stream().mapToLong(Long::longValue).toArray(), 1);
      balance.settle();
    }
    for (int parts = 1; parts <= threads; parts++) {
      int[] bounds = bounds(balance, parts + more, parts);
      assertEquals(0, bounds[0]);
      assertEquals(parts + more, bounds[parts]);
      for (int part = 0; part < parts; part++) {
        assertTrue(bounds[part] < bounds[part + 1], () -> Arrays.toString(bounds));
      }
    }
  }

  @Test
  void threadsAsFastAsTheOthersHaveAsMuch() {
    Balance balance = new Balance(3);
    assertArrayEquals(new int[] {0, 3, 6, 9}, bounds(balance, 9, 3));
    run(balance, 20, 900, 5, 5, 5);
    assertArrayEquals(new int[] {0, 3, 6, 9}, bounds(balance, 9, 3));
  }

  @Test
  void aSlowThreadHasLess() {
    Balance balance = new Balance(2);
    run(balance, 50, 1000, 30, 20);
    assertEquals(400, bounds(balance, 1000, 2)[1], 10);
    run(balance, 50, 1000, 20, 20);
    assertEquals(500, bounds(balance, 1000, 2)[1], 10);
  }

  @Test
  void fewerPartsThanThreadsAreEven() {
    Balance balance = new Balance(3);
    run(balance, 50, 1000, 30, 20, 10);
    assertArrayEquals(new int[] {0, 4, 8}, bounds(balance, 8, 2));
  }

  /** Another thread has done the part of one that did not come. */
  @Test
  void workOfOtherThreadsDoesNotCount() {
    Balance balance = new Balance(2);
    balance.add(new long[] {100, -1}, 1);
    balance.settle();
    assertArrayEquals(new int[] {0, 4, 8}, bounds(balance, 8, 2));
  }
}
