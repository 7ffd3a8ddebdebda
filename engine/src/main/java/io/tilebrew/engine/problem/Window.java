package io.tilebrew.engine.problem;

import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * The sliding window of a convolution or a pooling: kernel, stride, dilation and padding in rows
 * and columns, all counted in elements.
 *
 * @param kernelHeight rows of taps, at least 1
 * @param kernelWidth columns of taps, at least 1
 * @param strideHeight rows between the windows of two neighbouring outputs, at least 1
 * @param strideWidth columns between the windows of two neighbouring outputs, at least 1
 * @param dilationHeight rows between two neighbouring taps, at least 1
 * @param dilationWidth columns between two neighbouring taps, at least 1
 * @param padTop rows of padding above the input, at least 0
 * @param padLeft columns of padding left of the input, at least 0
 * @param padBottom rows of padding below the input, at least 0
 * @param padRight columns of padding right of the input, at least 0
 */
public record Window(
    int kernelHeight,
    int kernelWidth,
    int strideHeight,
    int strideWidth,
    int dilationHeight,
    int dilationWidth,
    int padTop,
    int padLeft,
    int padBottom,
    int padRight) {
  /** The window of a 1x1 convolution. */
  public static final Window POINT = new Window(1, 1, 1, 1, 1, 1, 0, 0, 0, 0);

  /** The form of the text; only those who read one pay for it. */
  private static final class Text {
    private static final String PAIR = "(\\d+)(?:x(\\d+))?";
    private static final Pattern PATTERN =
        Pattern.compile(
            "k%1$s(?: s%1$s)?(?: d%1$s)?(?: p(\\d+)(?:,(\\d+),(\\d+),(\\d+))?)?".formatted(PAIR));
  }

  /** Checks the ranges. */
  public Window {
    atLeast("kernel", 1, kernelHeight, kernelWidth);
    atLeast("stride", 1, strideHeight, strideWidth);
    atLeast("dilation", 1, dilationHeight, dilationWidth);
    atLeast("padding", 0, padTop, padLeft);
    atLeast("padding", 0, padBottom, padRight);
  }

  private static void atLeast(String what, int least, int height, int width) {
    if (height < least || width < least) {
      throw new IllegalArgumentException(
          "%s %dx%d is below %d".formatted(what, height, width, least));
    }
  }

  /** A window of {@code kernelHeight} x {@code kernelWidth} taps, stride 1, without padding. */
  public static Window of(int kernelHeight, int kernelWidth) {
    return new Window(kernelHeight, kernelWidth, 1, 1, 1, 1, 0, 0, 0, 0);
  }

  /** A square window with equal padding on the four sides. */
  public static Window square(int kernel, int stride, int pad) {
    return new Window(kernel, kernel, stride, stride, 1, 1, pad, pad, pad, pad);
  }

  /**
   * Reads the canonical text; a stride that is missing is 1.
   *
   * @throws IllegalArgumentException if the text is not of that form
   */
  public static Window parse(String text) {
    return parse(text, false);
  }

  /** Reads {@link #poolText}. */
  static Window parsePool(String text) {
    return parse("k" + text.replaceAll("[sdp]", " $0"), true);
  }

  private static Window parse(String text, boolean tiling) {
    Matcher m = Text.PATTERN.matcher(text);
    if (!m.matches()) {
      throw new IllegalArgumentException(
          "'%s' is no window; expected for example 'k3 s2 p1'".formatted(text));
    }
    int height = number(m, 1, 1);
    int width = number(m, 2, height);
    int stride = number(m, 3, tiling ? height : 1);
    int dilation = number(m, 5, 1);
    int pad = number(m, 7, 0);
    return new Window(
        height,
        width,
        stride,
        number(m, 4, tiling && m.group(3) == null ? width : stride),
        dilation,
        number(m, 6, dilation),
        pad,
        number(m, 8, pad),
        number(m, 9, pad),
        number(m, 10, pad));
  }

  private static int number(Matcher m, int group, int otherwise) {
    return m.group(group) == null ? otherwise : Integer.parseInt(m.group(group));
  }

  /** The rows that the dilated kernel spans. */
  public int spanHeight() {
    return Math.addExact(Math.multiplyExact(kernelHeight - 1, dilationHeight), 1);
  }

  /** The columns that the dilated kernel spans. */
  public int spanWidth() {
    return Math.addExact(Math.multiplyExact(kernelWidth - 1, dilationWidth), 1);
  }

  /** The output rows over an input of {@code height} rows, rounded down; 0 or less if none fits. */
  public int outputHeight(int height) {
    return output(height, padTop, padBottom, spanHeight(), strideHeight);
  }

  /**
   * The output columns over an input of {@code width} columns, rounded down; 0 or less if none
   * fits.
   */
  public int outputWidth(int width) {
    return output(width, padLeft, padRight, spanWidth(), strideWidth);
  }

  private static int output(int size, int before, int after, int span, int stride) {
    long padded = (long) size + before + after;
    return padded < span ? 0 : Math.toIntExact((padded - span) / stride + 1);
  }

  /** Whether neighbouring windows share no input element and leave none out. */
  public boolean tilesInput() {
    return strideHeight == kernelHeight
        && strideWidth == kernelWidth
        && dilationHeight == 1
        && dilationWidth == 1
        && !isPadded();
  }

  /** Whether any side is padded. */
  public boolean isPadded() {
    return (padTop | padLeft | padBottom | padRight) != 0;
  }

  /** The number of taps. */
  public int taps() {
    return kernelHeight * kernelWidth;
  }

  /** This window with another padding. */
  public Window withPadding(int top, int left, int bottom, int right) {
    return new Window(
        kernelHeight,
        kernelWidth,
        strideHeight,
        strideWidth,
        dilationHeight,
        dilationWidth,
        top,
        left,
        bottom,
        right);
  }

  /**
   * The canonical text, such as {@code k3 s2 p1} or {@code k1x7 s1 d2 p0,3,0,3}: kernel, stride,
   * dilation unless 1, padding (top, left, bottom, right) unless 0.
   */
  @Override
  public String toString() {
    return "k%s s%s%s"
        .formatted(
            pair(kernelHeight, kernelWidth), pair(strideHeight, strideWidth), dilationAndPadding());
  }

  /** The text of a pooling window: without k and spaces, without a stride equal to the kernel. */
  String poolText() {
    boolean tiling = strideHeight == kernelHeight && strideWidth == kernelWidth;
    return pair(kernelHeight, kernelWidth)
        + (tiling ? "" : "s" + pair(strideHeight, strideWidth))
        + dilationAndPadding().replace(" ", "");
  }

  private String dilationAndPadding() {
    StringBuilder text = new StringBuilder();
    if (dilationHeight != 1 || dilationWidth != 1) {
      text.append(" d").append(pair(dilationHeight, dilationWidth));
    }
    if (padTop == padLeft && padTop == padBottom && padTop == padRight) {
      if (padTop != 0) {
        text.append(" p").append(padTop);
      }
    } else {
      text.append(" p%d,%d,%d,%d".formatted(padTop, padLeft, padBottom, padRight));
    }
    return text.toString();
  }

  private static String pair(int height, int width) {
    return height == width ? String.valueOf(height) : height + "x" + width;
  }
}
