package io.tilebrew.engine.problem;

import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/**
 * A convolution with its epilogue, complete but for the numbers: bias, a pointwise function, then a
 * pooling.
 *
 * <p>Its text names a case in tests, benchmarks and reports alike, for example {@code n1 56x56x64
 * -> 64 k3 s1 p1 w4 +relu +max2}: batch, input height x width x channels, output channels, window,
 * {@code g}roups unless 1, {@code w}inograd tile unless direct, {@code bf16} for weights of that
 * format, activation, and the window of the pooling ({@code max2} is 2x2 with stride 2, {@code
 * max3s2p1} 3x3 with stride 2 and padding 1).
 *
 * @param batch images, at least 1
 * @param height rows of an input feature map
 * @param width columns of an input feature map
 * @param inputChannels channels of the input, a multiple of {@code group}
 * @param outputChannels channels of the output, a multiple of {@code group}
 * @param window kernel, stride, dilation, padding
 * @param group groups of channels that do not see each other
 * @param algorithm how it is computed; Winograd's wants 3x3 taps, stride and dilation 1, one group,
 *     and no pooling but one of 2x2 with stride 2
 * @param weights what numbers the weights are; bfloat16 wants the direct algorithm, one group, one
 *     output pixel and no pooling
 * @param epilogue applied after the bias; its inputs broadcast to the convolution's output
 * @param pool the pooling after that, or null
 */
public record ConvProblem(
    int batch,
    int height,
    int width,
    int inputChannels,
    int outputChannels,
    Window window,
    int group,
    Algorithm algorithm,
    WeightFormat weights,
    Pointwise epilogue,
    @Nullable Pool pool) {
  /** The form of the text; only those who read one pay for it. */
  private static final class Text {
    private static final Pattern PROBLEM =
        Pattern.compile(
            "n(\\d+) (\\d+)x(\\d+)x(\\d+) -> (\\d+) (k[^+gwb]+?)(?: g(\\d+))?( w\\w+)?"
                + "( bf16)?((?: \\+\\S+)*)");
    private static final Pattern POOL =
        Pattern.compile("(.*) \\+((?:max|avg|avgpadded|l1norm|l2norm)\\d\\S*)");
  }

  /** Checks that the channels fit the groups and that the window fits the input. */
  public ConvProblem {
    if (group < 1 || inputChannels % group != 0 || outputChannels % group != 0) {
      throw new IllegalArgumentException(
          "%d input and %d output channels do not divide into %d groups"
              .formatted(inputChannels, outputChannels, group));
    }
    String refusal =
        algorithm.refusal(window, group, pool) + weights.refusal(algorithm, group, pool);
    if (!refusal.isEmpty()) {
      throw new IllegalArgumentException(refusal);
    }
    if (window.outputHeight(height) < 1 || window.outputWidth(width) < 1) {
      throw new IllegalArgumentException(
          "window %s does not fit an input of %dx%d".formatted(window, height, width));
    }
    if (pool != null
        && (pool.window().outputHeight(window.outputHeight(height)) < 1
            || pool.window().outputWidth(window.outputWidth(width)) < 1)) {
      throw new IllegalArgumentException(
          "pooling %s does not fit an input of %dx%d"
              .formatted(pool, window.outputHeight(height), window.outputWidth(width)));
    }
    boolean onePixel = window.outputHeight(height) == 1 && window.outputWidth(width) == 1;
    if (weights == WeightFormat.BFLOAT16 && !onePixel) {
      throw new IllegalArgumentException(
          "window %s over an input of %dx%d has several outputs, %s is for one"
              .formatted(window, height, width, weights));
    }
  }

  /** A convolution whose weights are any floats. */
  public ConvProblem(
      int batch,
      int height,
      int width,
      int inputChannels,
      int outputChannels,
      Window window,
      int group,
      Algorithm algorithm,
      Pointwise epilogue,
      @Nullable Pool pool) {
    this(
        batch,
        height,
        width,
        inputChannels,
        outputChannels,
        window,
        group,
        algorithm,
        WeightFormat.FLOAT32,
        epilogue,
        pool);
  }

  /** A direct convolution. */
  public ConvProblem(
      int batch,
      int height,
      int width,
      int inputChannels,
      int outputChannels,
      Window window,
      int group,
      Pointwise epilogue,
      @Nullable Pool pool) {
    this(
        batch,
        height,
        width,
        inputChannels,
        outputChannels,
        window,
        group,
        Algorithm.DIRECT,
        epilogue,
        pool);
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
    return pool == null ? convHeight() : pool.window().outputHeight(convHeight());
  }

  /** Columns of the output, after pooling. */
  public int outputWidth() {
    return pool == null ? convWidth() : pool.window().outputWidth(convWidth());
  }

  /** Rows of tiles, which cover what the outputs are made of. */
  public int tileRows() {
    int rows = pool == null ? convHeight() : outputHeight() * pool.window().kernelHeight();
    return Math.ceilDiv(rows, algorithm.outputs());
  }

  /** Columns of tiles. */
  public int tileColumns() {
    int columns = pool == null ? convWidth() : outputWidth() * pool.window().kernelWidth();
    return Math.ceilDiv(columns, algorithm.outputs());
  }

  /** Rows of zeros below the input that a kernel reads. */
  public int zerosBelow() {
    int read = algorithm.inputs() + (tileRows() - 1) * algorithm.outputs();
    return algorithm == Algorithm.DIRECT
        ? window.padBottom()
        : Math.max(0, read - window.padTop() - height);
  }

  /** Columns of zeros right of the input that a kernel reads. */
  public int zerosRight() {
    int read = algorithm.inputs() + (tileColumns() - 1) * algorithm.outputs();
    return algorithm == Algorithm.DIRECT
        ? window.padRight()
        : Math.max(0, read - window.padLeft() - width);
  }

  /** The multiply-adds of the whole batch, those of the direct algorithm whatever it is. */
  public long multiplyAdds() {
    return (long) batch
        * convHeight()
        * convWidth()
        * outputChannels
        * window.taps()
        * (inputChannels / group);
  }

  /** This convolution computed in another way. */
  public ConvProblem with(Algorithm other) {
    return with(other, pool);
  }

  /** The same convolution with another pooling, or none. */
  public ConvProblem withPool(@Nullable Pool other) {
    return with(algorithm, other);
  }

  private ConvProblem with(Algorithm otherWay, @Nullable Pool otherPool) {
    return new ConvProblem(
        batch,
        height,
        width,
        inputChannels,
        outputChannels,
        window,
        group,
        otherWay,
        weights,
        epilogue,
        otherPool);
  }

  /** The products of the whole batch that the algorithm needs: multiply-adds, if it is direct. */
  public long products() {
    return algorithm == Algorithm.DIRECT
        ? multiplyAdds()
        : (long) batch
            * tileRows()
            * tileColumns()
            * algorithm.products()
            * inputChannels
            * outputChannels;
  }

  /**
   * Reads the text form.
   *
   * @throws IllegalArgumentException if the text is not of the form above
   */
  public static ConvProblem parse(String text) {
    Matcher m = Text.PROBLEM.matcher(text);
    if (!m.matches()) {
      throw new IllegalArgumentException(
          "'%s' is no convolution; expected for example 'n1 56x56x64 -> 64 k3 s1 p1 +relu +max2'"
              .formatted(text));
    }
    Matcher pooled = Text.POOL.matcher(m.group(10));
    boolean pools = pooled.matches();
    return new ConvProblem(
        Integer.parseInt(m.group(1)),
        Integer.parseInt(m.group(2)),
        Integer.parseInt(m.group(3)),
        Integer.parseInt(m.group(4)),
        Integer.parseInt(m.group(5)),
        Window.parse(m.group(6)),
        m.group(7) == null ? 1 : Integer.parseInt(m.group(7)),
        m.group(8) == null ? Algorithm.DIRECT : Algorithm.parse(m.group(8)),
        m.group(9) == null ? WeightFormat.FLOAT32 : WeightFormat.BFLOAT16,
        Pointwise.parse(pools ? pooled.group(1) : m.group(10)),
        pools ? Pool.parse(pooled.group(2)) : null);
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
    text.append(algorithm.text()).append(weights.text());
    if (!epilogue.equals(Pointwise.NONE)) {
      text.append(' ').append(epilogue);
    }
    if (pool != null) {
      text.append(" +").append(pool);
    }
    return text.toString();
  }
}
