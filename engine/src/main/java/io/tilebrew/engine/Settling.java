package io.tilebrew.engine;

import java.util.function.DoubleSupplier;

/** Repeats work until that no longer becomes faster, since the JIT compiler is done with it. */
public final class Settling {
  /** The share of the least time that a spell may take to count as faster. */
  private static final double FASTER = 0.95;

  private Settling() {}

  /**
   * Repeats spells of work.
   *
   * @param calm how many spells in a row, none of them faster, are the last ones
   * @param end the time of {@link System#nanoTime} from which on no spell begins
   * @param spell does some work, and returns how long a run of it took, in any unit
   */
  public static void run(int calm, long end, DoubleSupplier spell) {
    double least = Double.MAX_VALUE;
    for (int slow = 0; slow < calm && System.nanoTime() < end; ) {
      double time = spell.getAsDouble();
      slow = time < FASTER * least ? 0 : slow + 1;
      least = Math.min(least, time);
    }
  }
}
