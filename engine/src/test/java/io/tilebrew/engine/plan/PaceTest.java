package io.tilebrew.engine.plan;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import org.junit.jupiter.api.Test;

class PaceTest {
  private static final long NAP = 5_000_000;
  private static final long SECOND = 1_000_000_000;

  /** A processor on which a network runs. */
  private static final class Processor implements Pace.Clock {
    private boolean runs = true;
    private long now;
    private long compiled;
    private int naps;

    @Override
    public long now() {
      return now;
    }

    @Override
    public long compiled() {
      return compiled;
    }

    @Override
    public boolean ran() {
      return runs;
    }

    @Override
    public void nap(long nanos) {
      naps++;
      now += nanos;
    }
  }

  private final Processor processor = new Processor();
  private final Pace pace = new Pace(processor);

  /** The naps after work of the warm-up and of the JIT compiler. */
  private int naps(long work, long compilation) {
    return naps(work, compilation, 1);
  }

  private int naps(long work, long compilation, double left) {
    processor.naps = 0;
    processor.now += work;
    processor.compiled += compilation;
    pace.pause(left);
    return processor.naps;
  }

  @Test
  void waitsWhileOthersAreCompiledAtFirst() {
    for (int i = 0; i < 3; i++) {
      assertTrue(naps(0, SECOND) > 0);
    }
  }

  @Test
  void waitsForItsWorkAndLessAndLess() {
    naps(0, 0);
    int before = Integer.MAX_VALUE;
    for (int i = 0; i < 12; i++) {
      int naps = naps(10 * NAP, 0);
      assertTrue(naps <= before, naps + " naps after " + before);
      before = naps;
      naps(2 * SECOND, 0);
    }
    assertTrue(before <= 1, before + " naps at last");
  }

  @Test
  void waitsLongerWhereLessIsLeftToBeGained() {
    naps(10 * SECOND, 0);
    int much = naps(10 * NAP, 0);
    int little = naps(10 * NAP, 0, 0.2);
    int nothing = naps(10 * NAP, 0, 0);
    assertTrue(much < little && little < nothing, much + ", " + little + ", " + nothing);
  }

  /** A turn that takes less time than a nap is for is not followed by one. */
  @Test
  void gathersShortTurns() {
    naps(10 * SECOND, 0);
    int naps = 0;
    for (int i = 0; i < 100; i++) {
      naps += naps(NAP / 20, 0);
    }
    assertTrue(0 < naps && naps < 10, naps + " naps");
  }

  @Test
  void waitsForCompilationsAsForItsOwnWork() {
    naps(SECOND, 0);
    Processor other = new Processor();
    Pace same = new Pace(other);
    other.now = SECOND;
    same.pause(1);
    assertEquals(processor.now, other.now);
    int own = naps(4 * NAP, 0);
    other.naps = 0;
    other.now += 2 * NAP;
    other.compiled = 2 * NAP;
    same.pause(1);
    assertEquals(own, other.naps, 1);
  }

  @Test
  void neverWaitsForLong() {
    naps(2 * SECOND, 0);
    int naps = naps(0, 1000 * SECOND);
    assertTrue(naps * NAP < SECOND, naps + " naps");
  }

  @Test
  void doesNotWaitWhileNobodyRunsTheNetwork() {
    processor.runs = false;
    int last = naps(0, SECOND);
    assertTrue(last > 0);
    assertEquals(0, naps(SECOND, SECOND));
    processor.runs = true;
    assertTrue(naps(0, SECOND) > 0);
  }
}
