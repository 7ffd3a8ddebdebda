package io.tilebrew.engine.plan;

/**
 * One of several shares of things in a row, as even as can be.
 *
 * @param first the first thing
 * @param end the first thing of the next share
 */
public record Share(int first, int end) {
  /** Share {@code number} of {@code shares} of {@code all} things. */
  public static Share of(int number, int shares, int all) {
    return new Share((int) ((long) number * all / shares), (int) ((number + 1L) * all / shares));
  }

  /** How many things it has. */
  public int count() {
    return end - first;
  }
}
