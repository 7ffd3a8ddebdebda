package io.tilebrew.models.cli;

import io.tilebrew.models.image.Preprocess;
import io.tilebrew.models.image.Preprocess.Channels;
import io.tilebrew.models.image.Preprocess.Fit;
import io.tilebrew.models.image.Preprocess.Inversion;
import io.tilebrew.models.image.Preprocess.Scale;
import java.awt.image.BufferedImage;
import java.util.List;
import java.util.stream.IntStream;

/**
 * A picture as lines of text, each for two rows of pixels.
 *
 * @param width the columns of each line
 * @param lines the lines, with colours as escape sequences
 */
record TerminalPicture(int width, List<String> lines) {
  private static final int MAX_SIDE = 32;
  private static final String INK = " .:-=+*#%@";
  private static final String RESET = "\u001b[0m";

  /** {@code image} in a style that is not {@link PictureStyle#AUTO}. */
  static TerminalPicture of(BufferedImage image, PictureStyle style) {
    if (style == PictureStyle.NONE) {
      return new TerminalPicture(0, List.of());
    }
    double factor = Math.min(1, (double) MAX_SIDE / Math.max(image.getWidth(), image.getHeight()));
    int width = (int) Math.max(1, Math.round(image.getWidth() * factor));
    int height = 2 * (int) Math.max(1, Math.round(image.getHeight() * factor / 2));
    Preprocess resize =
        new Preprocess(
            Channels.RGB,
            height,
            width,
            new Fit.Stretch(),
            Inversion.NEVER,
            Scale.ONE,
            List.of(),
            List.of(),
            0,
            true);
    float[] pixels = resize.apply(image);
    List<String> lines =
        IntStream.range(0, height / 2).mapToObj(y -> line(pixels, y, width, style)).toList();
    return new TerminalPicture(width, lines);
  }

  private static String line(float[] pixels, int y, int width, PictureStyle style) {
    StringBuilder line = new StringBuilder();
    for (int x = 0; x < width; x++) {
      int upper = 3 * (2 * y * width + x);
      int lower = upper + 3 * width;
      switch (style) {
        case TRUECOLOR ->
            line.append(
                "\u001b[38;2;%s;48;2;%sm▀".formatted(rgb(pixels, upper), rgb(pixels, lower)));
        case COLORS256 ->
            line.append(
                "\u001b[38;5;%d;48;5;%dm▀".formatted(index(pixels, upper), index(pixels, lower)));
        case ASCII -> {
          double light = (light(pixels, upper) + light(pixels, lower)) / 2;
          line.append(INK.charAt((int) Math.round(light / 255 * (INK.length() - 1))));
        }
        case AUTO, NONE -> throw new AssertionError(style);
      }
    }
    return style == PictureStyle.ASCII ? line.toString() : line.append(RESET).toString();
  }

  private static String rgb(float[] pixels, int at) {
    return "%d;%d;%d"
        .formatted(Math.round(pixels[at]), Math.round(pixels[at + 1]), Math.round(pixels[at + 2]));
  }

  /** The nearest of the 24 grays or of the colours of the 6x6x6 cube. */
  private static int index(float[] pixels, int at) {
    int[] cube = new int[3];
    for (int c = 0; c < 3; c++) {
      cube[c] =
          pixels[at + c] < 48 ? 0 : pixels[at + c] < 115 ? 1 : (int) (pixels[at + c] - 35) / 40;
    }
    if (cube[0] == cube[1] && cube[1] == cube[2]) {
      int gray = (int) Math.round((light(pixels, at) - 8) / 10);
      return gray < 0 ? 16 : gray > 23 ? 231 : 232 + gray;
    }
    return 16 + 36 * cube[0] + 6 * cube[1] + cube[2];
  }

  private static double light(float[] pixels, int at) {
    return 0.299 * pixels[at] + 0.587 * pixels[at + 1] + 0.114 * pixels[at + 2];
  }
}
