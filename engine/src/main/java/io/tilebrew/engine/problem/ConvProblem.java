package io.tilebrew.engine.problem;

import java.util.Locale;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/**
 * A convolution with its epilogue, complete but for the numbers: bias, activation, then max
 * pooling.
 *
 * <p>Its text names a case in tests, benchmarks and reports alike, for example {@code n1 56x56x64
 * -> 64 k3 s1 p1 +relu +max2}: batch, input height x width x channels, output channels, window,
 * {@code g}roups unless 1, activation, and the window of the pooling ({@code max2} is 2x2 with
 * stride 2, {@code max3s2} 3x3 with stride 2).
 *
 * @param batch images, at least 1
 * @param height rows of an input feature map
 * @param width columns of an input feature map
 * @param inputChannels channels of the input, a multiple of {@code group}
 * @param outputChannels channels of the output, a multiple of {@code group}
 * @param window kernel, stride, dilation, padding
 * @param group groups of channels that do not see each other
 * @param activation applied after the bias
 * @param pool the window of the max pooling after the activation, or null
 */
public record ConvProblem(
    int batch,
    int height,
    int width,
    int inputChannels,
    int outputChannels,
    Window window,
    int group,
    Activation activation,
    @Nullable Window pool) {
  private static final Pattern TEXT =
      Pattern.compile(
          "n(\\d+) (\\d+)x(\\d+)x(\\d+) -> (\\d+) k(\\d+)(?:x(\\d+))? s(\\d+)(?:x(\\d+))?(?:"
              + " d(\\d+)(?:x(\\d+))?)?(?: p(\\d+)(?:,(\\d+),(\\d+),(\\d+))?)?(?: g(\\d+))?(?:"
              + " \\+((?:relu|sigmoid|tanh|silu|hardswish|(?:clip|leaky|hardsigmoid)\\([^)]*\\))))?(?:"
              + " \\+max(\\d+)(?:x(\\d+))?(?:s(\\d+)(?:x(\\d+))?)?)?");

  /** Checks that the channels fit the groups and that the window fits the input. */
  public ConvProblem {
    if (group < 1 || inputChannels % group != 0 || outputChannels % group != 0) {
      throw new IllegalArgumentException(
          "%d input and %d output channels do not divide into %d groups"
              .formatted(inputChannels, outputChannels, group));
    }
    if (window.outputHeight(height) < 1 || window.outputWidth(width) < 1) {
      throw new IllegalArgumentException(
          "window %s does not fit an input of %dx%d".formatted(window, height, width));
    }
  }

  /** Rows of the convolution's own output, before pooling. */
  public int convHeight() {
    return window.outputHeight(height);
  }

  /** Columns of the convolution's own output, before pooling. */
  public int convWidth() {
    return window.outputWidth(width);
  }

  /** Rows of the output, after pooling. */
  public int outputHeight() {
    return pool == null ? convHeight() : pool.outputHeight(convHeight());
  }

  /** Columns of the output, after pooling. */
  public int outputWidth() {
    return pool == null ? convWidth() : pool.outputWidth(convWidth());
  }

  /** The multiply-adds of the whole batch. */
  public long multiplyAdds() {
    return (long) batch
        * convHeight()
        * convWidth()
        * outputChannels
        * window.taps()
        * (inputChannels / group);
  }

  /**
   * Reads the text form.
   *
   * @throws IllegalArgumentException if the text is not of the form above
   */
  public static ConvProblem parse(String text) {
    Matcher m = TEXT.matcher(text);
    if (!m.matches()) {
      throw new IllegalArgumentException(
          "'%s' is no convolution; expected for example 'n1 56x56x64 -> 64 k3 s1 p1 +relu +max2'"
              .formatted(text));
    }
    int kernel = number(m, 6, 1);
    int stride = number(m, 8, 1);
    int dilation = number(m, 10, 1);
    int pad = number(m, 12, 0);
    Window window =
        new Window(
            kernel,
            number(m, 7, kernel),
            stride,
            number(m, 9, stride),
            dilation,
            number(m, 11, dilation),
            pad,
            number(m, 13, pad),
            number(m, 14, pad),
            number(m, 15, pad));
    return new ConvProblem(
        number(m, 1, 1),
        number(m, 2, 1),
        number(m, 3, 1),
        number(m, 4, 1),
        number(m, 5, 1),
        window,
        number(m, 16, 1),
        m.group(17) == null ? Activation.NONE : Activation.parse(m.group(17)),
        m.group(18) == null ? null : pool(m));
  }

  private static int number(Matcher m, int group, int otherwise) {
    return m.group(group) == null ? otherwise : Integer.parseInt(m.group(group));
  }

  private static Window pool(Matcher m) {
    int height = number(m, 18, 1);
    int width = number(m, 19, height);
    int strideHeight = number(m, 20, height);
    int strideWidth = m.group(20) == null ? width : number(m, 21, strideHeight);
    return new Window(height, width, strideHeight, strideWidth, 1, 1, 0, 0, 0, 0);
  }

  @Override
  public String toString() {
    StringBuilder text = new StringBuilder();
    text.append(
        "n%d %dx%dx%d -> %d %s"
            .formatted(batch, height, width, inputChannels, outputChannels, window));
    if (group != 1) {
      text.append(" g").append(group);
    }
    if (!(activation instanceof Activation.None)) {
      text.append(" +").append(activation.toString().toLowerCase(Locale.ROOT));
    }
    if (pool != null) {
      text.append(" +max").append(pool.toString().substring(1).replace(" ", ""));
    }
    return text.toString();
  }
}
