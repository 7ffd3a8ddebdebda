package io.tilebrew.bench;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;

import java.time.Duration;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import org.junit.jupiter.api.Test;

class RaceTest {
  @Test
  void contestantsTakeTurnsInAlternatingOrder() {
    List<String> calls = new ArrayList<>();
    List<Times> times =
        new Race(2, Duration.ZERO).run(List.of(() -> calls.add("a"), () -> calls.add("b")));
    List<String> expected = new ArrayList<>();
    for (String name : List.of("a", "b", "b", "a")) {
      expected.addAll(Collections.nCopies(1 + Race.MIN_RUNS, name));
    }
    assertEquals(expected, calls);
    assertEquals(2, times.size());
    assertEquals(2, times.getFirst().nanos().length);
  }

  @Test
  void aRaceHasARound() {
    assertThrows(IllegalArgumentException.class, () -> new Race(0));
  }
}
