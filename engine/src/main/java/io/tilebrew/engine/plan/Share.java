package io.tilebrew.engine.plan;

import java.util.List;
import java.util.stream.IntStream;

/**
 * One of several shares of things in a row, as even as can be.
 *
 * @param first the first thing
 * @param end the first thing of the next share
 */
public record Share(int first, int end) {
  /** Share {@code number} of {@code shares} of {@code all} things. */
  public static Share of(int number, int shares, int all) {
    return new Share(first(number, shares, all), first(number + 1, shares, all));
  }

  /** The first thing of share {@code number}, which is the end of the one before. */
  private static int first(int number, int shares, int all) {
    return (int) ((long) number * all / shares);
  }

  /** All of so many {@code shares} of {@code all} things. */
  public static List<Share> all(int shares, int all) {
    return IntStream.range(0, shares).mapToObj(number -> of(number, shares, all)).toList();
  }

  /** How many things it has. */
  public int count() {
    return end - first;
  }
}
