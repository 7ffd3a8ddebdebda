package io.tilebrew.models.inspect;

import io.tilebrew.engine.problem.Window;
import java.util.ArrayList;
import java.util.List;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * A chain of layers written down in a line, to count what sharing weights and looking at parts
 * saves. Biases do not count.
 *
 * <p>The line is {@code INPUT -> LAYER -> LAYER...}. The input is {@code N} numbers, an image
 * {@code HxW} or {@code CxHxW}. A layer is
 *
 * <ul>
 *   <li>{@code N}: neurons that see everything,
 *   <li>{@code N k2}: neurons that see a 2x2 window of all channels each, as many at each position
 *       of the window,
 *   <li>either of them {@code shared by G}: groups of G neurons have the same weights,
 *   <li>{@code conv M k5}: a convolution of M maps.
 * </ul>
 *
 * <p>Windows are written as {@link Window#parse} reads them, {@code k5 s2 p2} say.
 *
 * @param layers the layers
 */
public record Lesson(List<Row> layers) {
  private static final String COUNT = "(\\d{1,9})";
  private static final Pattern INPUT = Pattern.compile("%1$s(?:x%1$s)?(?:x%1$s)?".formatted(COUNT));
  private static final Pattern LAYER =
      Pattern.compile("(conv )?%1$s( k.*?)?(?: shared by %1$s)?".formatted(COUNT));

  /** Copies the list. */
  public Lesson {
    layers = List.copyOf(layers);
  }

  /**
   * A layer.
   *
   * @param text how it was written
   * @param output the shape of its outputs
   * @param weights the different weights
   * @param connections the uses of weights, one for each input of each neuron
   * @param denseWeights the weights of a fully connected layer between the same shapes
   */
  public record Row(String text, Maps output, long weights, long connections, long denseWeights) {}

  /** The shape of some outputs: channels, rows and columns. */
  public record Maps(int channels, int height, int width) {
    /** Checks the range. */
    public Maps {
      if (channels < 1 || height < 1 || width < 1) {
        throw new IllegalArgumentException(
            "%dx%dx%d is no shape, expected numbers from 1 on".formatted(channels, height, width));
      }
    }

    long size() {
      return product(channels, height, width);
    }

    /** Such as {@code 16x28x28}, {@code 3x3} for one channel, {@code 10} for one pixel. */
    @Override
    public String toString() {
      return height == 1 && width == 1
          ? String.valueOf(channels)
          : (channels == 1 ? "" : channels + "x") + height + "x" + width;
    }
  }

  /**
   * Reads a line.
   *
   * @throws IllegalArgumentException if a part of it is not understood or does not fit
   */
  public static Lesson parse(String text) {
    String[] parts = text.split("->", -1);
    if (parts.length < 2) {
      throw new IllegalArgumentException(
          "'%s' has no layer; expected for example '3x3 -> 16'".formatted(text));
    }
    List<Row> rows = new ArrayList<>();
    Maps maps = input(words(parts[0]));
    for (int i = 1; i < parts.length; i++) {
      String layer = words(parts[i]);
      try {
        Row row = layer(layer, maps);
        rows.add(row);
        maps = row.output;
      } catch (ArithmeticException | NumberFormatException e) {
        throw new IllegalArgumentException("layer '%s' is too large".formatted(layer), e);
      }
    }
    return new Lesson(rows);
  }

  private static String words(String text) {
    return text.strip().replaceAll("\\s+", " ");
  }

  private static Maps input(String text) {
    Matcher m = INPUT.matcher(text);
    if (!m.matches()) {
      throw new IllegalArgumentException(
          "'%s' is no input; expected for example '9', '3x3' or '3x32x32'".formatted(text));
    }
    int first = number(m, 1, 1);
    int second = number(m, 2, 0);
    int third = number(m, 3, 0);
    return second == 0
        ? new Maps(first, 1, 1)
        : third == 0 ? new Maps(1, first, second) : new Maps(first, second, third);
  }

  private static Row layer(String text, Maps in) {
    Matcher m = LAYER.matcher(text);
    if (!m.matches() || (m.group(1) != null && (m.group(3) == null || m.group(4) != null))) {
      throw new IllegalArgumentException(
          "'%s' is no layer; expected for example '16', '16 shared by 4', '16 k2 shared by 4' or"
                  .formatted(text)
              + " 'conv 16 k5'");
    }
    int count = number(m, 2, 1);
    int shared = number(m, 4, 1);
    if (m.group(3) == null) {
      return neurons(text, new Maps(count, 1, 1), in, in.size(), shared);
    }
    Window window = Window.parse(m.group(3).strip());
    int height = Math.max(0, window.outputHeight(in.height));
    int width = Math.max(0, window.outputWidth(in.width));
    long seen = product(in.channels, window.kernelHeight(), window.kernelWidth());
    if (height == 0 || width == 0) {
      throw new IllegalArgumentException(
          "layer '%s' does not fit: its window is larger than %s".formatted(text, in));
    }
    int positions = Math.multiplyExact(height, width);
    if (m.group(1) != null) {
      return neurons(text, new Maps(count, height, width), in, seen, positions);
    }
    if (count % positions != 0) {
      throw new IllegalArgumentException(
          "layer '%s': %d neurons do not divide into the %d positions of the window on %s"
              .formatted(text, count, positions, in));
    }
    return neurons(text, new Maps(count / positions, height, width), in, seen, shared);
  }

  /** A layer of neurons that see {@code seen} inputs each, of which {@code shared} are alike. */
  private static Row neurons(String text, Maps out, Maps in, long seen, int shared) {
    if (shared < 1 || out.size() % shared != 0) {
      throw new IllegalArgumentException(
          "layer '%s': %d neurons do not divide into groups of %d"
              .formatted(text, out.size(), shared));
    }
    return new Row(
        text,
        out,
        product(out.size() / shared, seen),
        product(out.size(), seen),
        product(in.size(), out.size()));
  }

  private static long product(long... factors) {
    long product = 1;
    for (long factor : factors) {
      product = Math.multiplyExact(product, factor);
    }
    return product;
  }

  private static int number(Matcher m, int group, int otherwise) {
    return m.group(group) == null ? otherwise : Integer.parseInt(m.group(group));
  }
}
