package io.tilebrew.models.zoo;

import java.util.List;

/**
 * How a network of the {@link Zoo} differs from its usual form; 0 and an empty list leave a thing
 * as it is.
 *
 * @param size rows and columns of the images
 * @param classes the classes told apart; of {@code siamese} the numbers of an embedding
 * @param widths of {@code mlp} the inputs, then the outputs of each layer
 * @param seed what the weights are drawn by
 */
public record ZooOptions(int size, int classes, List<Integer> widths, long seed) {
  /** The usual form. */
  public static final ZooOptions DEFAULT = new ZooOptions(0, 0, List.of(), 0);

  private static final int MOST = 1 << 20;

  /** Checks the ranges. */
  public ZooOptions {
    widths = List.copyOf(widths);
    check("size", size);
    check("classes", classes);
    widths.forEach(width -> check("a width", width == 0 ? -1 : width));
    if (widths.size() == 1) {
      throw new IllegalArgumentException("widths are %s, expected two or more".formatted(widths));
    }
  }

  private static void check(String what, int value) {
    if (value < 0 || value > MOST) {
      throw new IllegalArgumentException("%s is %d, expected 1 to %d".formatted(what, value, MOST));
    }
  }

  /** The same for images of {@code side} x {@code side}. */
  public ZooOptions withSize(int side) {
    return new ZooOptions(side, classes, widths, seed);
  }

  /** The same with {@code count} classes. */
  public ZooOptions withClasses(int count) {
    return new ZooOptions(size, count, widths, seed);
  }

  /** The same with these widths. */
  public ZooOptions withWidths(Integer... all) {
    return new ZooOptions(size, classes, List.of(all), seed);
  }

  /** The same with weights drawn by {@code number}. */
  public ZooOptions withSeed(long number) {
    return new ZooOptions(size, classes, widths, number);
  }
}
