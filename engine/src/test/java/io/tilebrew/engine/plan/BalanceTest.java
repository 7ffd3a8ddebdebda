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

  private static void run(Balance balance, double[] speeds, LongStream nanos) {
    balance.divide(speeds);
    long[] took = nanos.toArray();
    for (int part = 0; part < took.length; part++) {
      balance.took(part, took[part]);
    }
    balance.settle(speeds);
  }

  /** Runs whose threads need so many nanoseconds for each unit. */
  private static void run(Balance balance, double[] speeds, int runs, long... nanos) {
    for (int i = 0; i < runs; i++) {
      balance.divide(speeds);
      int[] bounds = bounds(balance);
      run(
          balance,
          speeds,
          IntStream.range(0, nanos.length)
              .mapToLong(part -> nanos[part] * (bounds[part + 1] - bounds[part])));
    }
    balance.divide(speeds);
  }

  /** Whatever was seen before. */
  @Property
  void eachPartHasAUnitAndTheyAreAll(
      @ForAll @Size(min = 1, max = 6) List<@LongRange(min = -1, max = 1L << 50) Long> nanos,
      @ForAll @IntRange(max = 40) int runs,
      @ForAll @IntRange(max = 3) int others,
      @ForAll @IntRange(max = 300) int more) {
    int parts = nanos.size();
    Balance balance = new Balance(parts, parts + more);
    double[] speeds = Balance.evenSpeeds(parts + others);
    for (int i = 0; i < runs; i++) {
      run(balance, speeds, nanos.stream().mapToLong(Long::longValue));
    }
    balance.divide(speeds);
    int[] bounds = bounds(balance);
    assertEquals(0, bounds[0]);
    assertEquals(parts + more, bounds[parts]);
    for (int part = 0; part < parts; part++) {
      assertTrue(bounds[part] < bounds[part + 1], () -> Arrays.toString(bounds));
    }
    assertEquals(1, Arrays.stream(speeds).sum(), 1e-9);
  }

  @Test
  void threadsAsFastAsTheOthersHaveAsMuch() {
    Balance balance = new Balance(3, 9);
    assertArrayEquals(new int[] {0, 3, 6, 9}, bounds(balance));
    run(balance, Balance.evenSpeeds(3), 20, 5, 5, 5);
    assertArrayEquals(new int[] {0, 3, 6, 9}, bounds(balance));
  }

  @Test
  void aSlowThreadHasLess() {
    Balance balance = new Balance(2, 1000);
    double[] speeds = Balance.evenSpeeds(2);
    run(balance, speeds, 30, 30, 20);
    assertEquals(400, balance.first(1), 10);
    run(balance, speeds, 30, 20, 20);
    assertEquals(500, balance.first(1), 10);
  }

  /** What a thread did in other work tells how fast it is now. */
  @Test
  void aThreadThatWasSlowElsewhereHasLess() {
    Balance before = new Balance(2, 1000);
    Balance balance = new Balance(2, 1000);
    double[] speeds = Balance.evenSpeeds(3);
    run(before, speeds, 10, 30, 20);
    balance.divide(speeds);
    assertTrue(balance.first(1) < 450, () -> Arrays.toString(bounds(balance)));
  }

  /** Work in which a thread is always slower, as its data come from far, says so of itself only. */
  @Test
  void eachWorkHasSharesOfItsOwn() {
    Balance uneven = new Balance(2, 1000);
    Balance even = new Balance(2, 1000);
    double[] speeds = Balance.evenSpeeds(2);
    for (int i = 0; i < 200; i++) {
      run(uneven, speeds, 1, 30, 20);
      run(even, speeds, 1, 20, 20);
    }
    even.divide(speeds);
    assertEquals(500, even.first(1), 15);
    uneven.divide(speeds);
    assertEquals(400, uneven.first(1), 15);
  }

  /** A part that must be larger takes longer, which does not make its thread slow. */
  @Test
  void partsThatCannotBeEvenStay() {
    Balance balance = new Balance(2, 13);
    double[] speeds = Balance.evenSpeeds(2);
    int[] first = bounds(balance);
    for (int i = 0; i < 30; i++) {
      run(balance, speeds, 1, 20, 20);
      assertArrayEquals(first, bounds(balance));
    }
  }

  /** A thread that was held up once has hardly less. */
  @Test
  void timesOutOfTheUsualTellLittle() {
    Balance balance = new Balance(2, 1000);
    double[] speeds = Balance.evenSpeeds(2);
    run(balance, speeds, 1, 1000, 20);
    assertEquals(450, balance.first(1), 25);
    run(balance, speeds, 10, 20, 20);
    assertEquals(500, balance.first(1), 10);
  }

  @Test
  void otherUnitsAreDividedAlike() {
    Balance balance = new Balance(2, 1000);
    double[] speeds = Balance.evenSpeeds(2);
    run(balance, speeds, 30, 30, 20);
    balance.resize(100);
    balance.divide(speeds);
    assertEquals(40, balance.first(1), 1);
    assertEquals(100, balance.first(2));
  }

  /** Another thread has done the part of one that did not come. */
  @Test
  void workOfOtherThreadsDoesNotCount() {
    Balance balance = new Balance(2, 8);
    run(balance, Balance.evenSpeeds(2), LongStream.of(100, -1));
    assertArrayEquals(new int[] {0, 4, 8}, bounds(balance));
  }

  @Test
  void onePartIsEverything() {
    Balance balance = new Balance(1, 8);
    run(balance, Balance.evenSpeeds(2), 3, 5);
    assertArrayEquals(new int[] {0, 8}, bounds(balance));
  }
}
