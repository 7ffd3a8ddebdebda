package io.tilebrew.engine.plan;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.util.Arrays;
import java.util.List;
import java.util.stream.IntStream;
import java.util.stream.LongStream;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.constraints.IntRange;
import net.jqwik.api.constraints.LongRange;
import net.jqwik.api.constraints.Size;
import org.junit.jupiter.api.Test;

class BalanceTest {
  private static int[] bounds(Balance balance) {
    return IntStream.rangeClosed(0, balance.parts()).map(balance::first).toArray();
  }

  private static void run(Balance balance, LongStream nanos) {
    long[] took = nanos.toArray();
    for (int part = 0; part < took.length; part++) {
      balance.took(part, took[part]);
    }
    balance.settle();
  }

  /** Runs whose threads need so many nanoseconds for each unit. */
  private static void run(Balance balance, int runs, long... nanos) {
    for (int i = 0; i < runs; i++) {
      int[] bounds = bounds(balance);
      run(
          balance,
          IntStream.range(0, nanos.length)
              .mapToLong(part -> nanos[part] * (bounds[part + 1] - bounds[part])));
    }
  }

  /** Whatever was seen before. */
  @Property
  void eachPartHasAUnitAndTheyAreAll(
      @ForAll @Size(min = 1, max = 6) List<@LongRange(min = -1, max = 1L << 50) Long> nanos,
      @ForAll @IntRange(max = 40) int runs,
      @ForAll @IntRange(max = 300) int more) {
    int parts = nanos.size();
    Balance balance = new Balance(parts, parts + more);
    for (int i = 0; i < runs; i++) {
      run(balance, nanos.stream().mapToLong(Long::longValue));
    }
    int[] bounds = bounds(balance);
    assertEquals(0, bounds[0]);
    assertEquals(parts + more, bounds[parts]);
    for (int part = 0; part < parts; part++) {
      assertTrue(bounds[part] < bounds[part + 1], () -> Arrays.toString(bounds));
    }
  }

  @Test
  void threadsAsFastAsTheOthersHaveAsMuch() {
    Balance balance = new Balance(3, 9);
    assertArrayEquals(new int[] {0, 3, 6, 9}, bounds(balance));
    run(balance, 20, 5, 5, 5);
    assertArrayEquals(new int[] {0, 3, 6, 9}, bounds(balance));
  }

  @Test
  void aSlowThreadHasLess() {
    Balance balance = new Balance(2, 1000);
    run(balance, 50, 30, 20);
    assertEquals(400, balance.first(1), 10);
    run(balance, 50, 20, 20);
    assertEquals(500, balance.first(1), 10);
  }

  /** A part that must be larger takes longer, which does not make its thread slow. */
  @Test
  void partsThatCannotBeEvenStay() {
    Balance balance = new Balance(2, 13);
    int[] first = bounds(balance);
    for (int i = 0; i < 30; i++) {
      run(balance, 1, 20, 20);
      assertArrayEquals(first, bounds(balance));
    }
  }

  @Test
  void otherUnitsAreDividedAlike() {
    Balance balance = new Balance(2, 1000);
    run(balance, 50, 30, 20);
    balance.divide(100);
    assertEquals(40, balance.first(1), 1);
    assertEquals(100, balance.first(2));
  }

  /** Another thread has done the part of one that did not come. */
  @Test
  void workOfOtherThreadsDoesNotCount() {
    Balance balance = new Balance(2, 8);
    run(balance, LongStream.of(100, -1));
    assertArrayEquals(new int[] {0, 4, 8}, bounds(balance));
  }

  @Test
  void onePartIsEverything() {
    Balance balance = new Balance(1, 8);
    run(balance, 3, 5);
    assertArrayEquals(new int[] {0, 8}, bounds(balance));
  }
}
