package io.tilebrew.bench;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;

import org.junit.jupiter.api.Test;

class TimesTest {
  @Test
  void medianIsTheMiddleOne() {
    assertEquals(3, new Times(5, 1, 3).median());
    assertEquals(7, new Times(7).median());
  }

  @Test
  void medianOfAnEvenNumberIsTheMeanOfTheTwoInTheMiddle() {
    assertEquals(2.5, new Times(9, 2, 3, 1).median());
  }

  @Test
  void minimumIsTheLeast() {
    assertEquals(1, new Times(5, 1, 3).minimum());
  }

  @Test
  void medianLeavesTheOrderAlone() {
    Times times = new Times(5, 1, 3);
    times.median();
    assertEquals(5, times.nanos()[0]);
  }

  @Test
  void noTimesAreRefused() {
    assertThrows(IllegalArgumentException.class, Times::new);
  }

  @Test
  void textHasAUnit() {
    assertEquals("17.31 us", Times.text(17_310));
    assertEquals("1.50 ms", Times.text(1_500_000));
  }
}
