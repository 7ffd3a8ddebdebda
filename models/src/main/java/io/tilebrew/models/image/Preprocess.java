package io.tilebrew.models.image;

import io.tilebrew.engine.Shape;
import io.tilebrew.engine.Tensor;
import java.awt.image.BufferedImage;
import java.util.List;
import java.util.Locale;

/**
 * What is done to a picture before a network sees it, in this order: alpha is laid on white, the
 * channels are ordered, the picture is {@linkplain Fit fitted}, inverted, scaled, less the mean,
 * divided by the standard deviation, and padded with zeros.
 *
 * <p>The text form, such as {@code rgb 224 resize 256 crop scale 1/255}, is described in {@code
 * docs/preprocess.md}; {@link #parse} reads it and {@link #toString} writes it. Immutable.
 *
 * @param channels the order of the channels
 * @param height the height in pixels before the padding, from 1 to {@value #MAX_SIDE}
 * @param width the width in pixels before the padding, from 1 to {@value #MAX_SIDE}
 * @param fit how the picture comes to that size
 * @param inversion whether each sample, from 0 to 255, becomes 255 less the sample
 * @param scale what the samples are multiplied by
 * @param mean what is then subtracted: nothing, one number, or one for each channel in its order
 * @param std what the result is divided by: nothing, one number, or one for each channel
 * @param pad pixels of zeros on each side, from 0 to {@value #MAX_SIDE}
 * @param nhwc whether the channels of a pixel lie together; else each channel is a plane
 */
public record Preprocess(
    Channels channels,
    int height,
    int width,
    Fit fit,
    Inversion inversion,
    Scale scale,
    List<Float> mean,
    List<Float> std,
    int pad,
    boolean nhwc) {
  /** The largest height, width and padding. */
  public static final int MAX_SIDE = 8192;

  /** Copies the lists and checks that everything fits together. */
  public Preprocess {
    mean = List.copyOf(mean);
    std = List.copyOf(std);
    check(height >= 1 && height <= MAX_SIDE, "height %d is not from 1 to %d", height, MAX_SIDE);
    check(width >= 1 && width <= MAX_SIDE, "width %d is not from 1 to %d", width, MAX_SIDE);
    check(pad >= 0 && pad <= MAX_SIDE, "pad %d is not from 0 to %d", pad, MAX_SIDE);
    checkNumbers("mean", mean, channels);
    checkNumbers("std", std, channels);
    check(!std.contains(0f) && !std.contains(-0f), "std has a 0, which divides nothing");
    if (fit instanceof Fit.ResizeAndCrop(int shorter)) {
      int needed = Math.max(height, width);
      check(
          shorter >= needed && shorter <= MAX_SIDE,
          "resize %d is not from %d, the size that is cropped, to %d",
          shorter,
          needed,
          MAX_SIDE);
    }
    check(
        !(fit instanceof Fit.Digit) || channels == Channels.GRAY,
        "digit works on gray, not on %s",
        channels);
  }

  /** The order of the channels. */
  public enum Channels {
    /** Red, green, blue. */
    RGB,
    /** Blue, green, red. */
    BGR,
    /** One channel of brightness: 0.299 red + 0.587 green + 0.114 blue. */
    GRAY;

    /** How many there are. */
    public int count() {
      return this == GRAY ? 1 : 3;
    }

    /** The word in the text form. */
    @Override
    public String toString() {
      return name().toLowerCase(Locale.ROOT);
    }
  }

  /** How a picture comes to the size that the network expects. */
  public sealed interface Fit {
    /** Resized, aspect kept, until it covers the size; what sticks out is cut off evenly. */
    record Cover() implements Fit {}

    /** Resized to the size, aspect ignored. */
    record Stretch() implements Fit {}

    /** Not resized: the size is cut from the centre. */
    record Crop() implements Fit {}

    /** Resized, aspect kept, until the shorter side is so long; then cut from the centre. */
    record ResizeAndCrop(int shorter) implements Fit {}

    /**
     * Made to look like the digits of MNIST: light ink on black, the ink scaled into 20/28 of the
     * size with its centre of mass in the middle. A picture that has the size already is left
     * alone.
     */
    record Digit() implements Fit {}
  }

  /** Whether light and dark change places. */
  public enum Inversion {
    NEVER,
    ALWAYS,
    /** If the outermost pixels of the fitted picture are light: over 127.5 on average. */
    AUTO
  }

  /** A factor; a sample becomes {@code sample * numerator / denominator}. */
  public record Scale(float numerator, float denominator) {
    /** Leaves the samples as they are. */
    public static final Scale ONE = new Scale(1, 1);

    /** Checks that both are finite and the denominator is not 0. */
    public Scale {
      check(
          Float.isFinite(numerator) && Float.isFinite(denominator) && denominator != 0,
          "scale %s/%s is no number",
          numerator,
          denominator);
    }
  }

  private static void checkNumbers(String word, List<Float> numbers, Channels channels) {
    check(
        numbers.size() <= 1 || numbers.size() == channels.count(),
        "%s has %d numbers, expected 1 or %d for %s",
        word,
        numbers.size(),
        channels.count(),
        channels);
    check(numbers.stream().allMatch(Float::isFinite), "%s %s is not finite", word, numbers);
  }

  private static void check(boolean holds, String problem, Object... details) {
    if (!holds) {
      throw new IllegalArgumentException(problem.formatted(details));
    }
  }

  /** Covers {@code height} by {@code width} pixels and leaves the samples from 0 to 255. */
  public static Preprocess of(Channels channels, int height, int width) {
    return new Preprocess(
        channels,
        height,
        width,
        new Fit.Cover(),
        Inversion.NEVER,
        Scale.ONE,
        List.of(),
        List.of(),
        0,
        false);
  }

  /**
   * Reads the text form.
   *
   * @throws IllegalArgumentException if {@code text} is none, with a sentence that says why
   */
  public static Preprocess parse(String text) {
    return new PreprocessParser(text).parse();
  }

  /** The shape of one preprocessed picture: [1,C,H,W], or [1,H,W,C]. */
  public Shape shape() {
    int h = height + 2 * pad;
    int w = width + 2 * pad;
    int c = channels.count();
    return nhwc ? Shape.of(1, h, w, c) : Shape.of(1, c, h, w);
  }

  /** {@code image} preprocessed, as a new array in the order of {@link #shape}. */
  public float[] apply(BufferedImage image) {
    float[] values = new float[shape().size()];
    apply(image, values, 0);
    return values;
  }

  /** {@code image} preprocessed, as a new tensor. */
  public Tensor tensor(BufferedImage image) {
    return Tensor.of(shape(), apply(image));
  }

  /**
   * Writes {@code image} preprocessed to {@code into}, from element {@code offset} on.
   *
   * @throws IllegalArgumentException if the array is too short, or the picture is smaller than what
   *     has to be cropped
   */
  public void apply(BufferedImage image, float[] into, int offset) {
    int size = shape().size();
    check(
        offset >= 0 && into.length - offset >= size,
        "an array of %d elements is given, expected %d from %d on",
        into.length,
        size,
        offset);
    Pixels pixels = fitted(new Picture(image, channels));
    boolean invert =
        switch (inversion) {
          case NEVER -> false;
          case ALWAYS -> true;
          case AUTO -> pixels.borderMean() > 127.5;
        };
    java.util.Arrays.fill(into, offset, offset + size, 0);
    for (int c = 0; c < channels.count(); c++) {
      write(pixels, c, invert, into, offset);
    }
  }

  private Pixels fitted(Picture picture) {
    int h = picture.height();
    int w = picture.width();
    return switch (fit) {
      case Fit.Cover() -> cut(picture, Math.max((double) height / h, (double) width / w));
      case Fit.Stretch() -> Resampler.resize(picture, height, width);
      case Fit.Crop() -> cut(picture, 1);
      case Fit.ResizeAndCrop(int shorter) -> cut(picture, (double) shorter / Math.min(h, w));
      case Fit.Digit() ->
          h == height && w == width
              ? Resampler.resize(picture, h, w)
              : DigitFinder.normalize(picture, height, width);
    };
  }

  /** The centre of {@code picture} made {@code factor} times as large. */
  private Pixels cut(Picture picture, double factor) {
    long h = Math.max(1, Math.round(picture.height() * factor));
    long w = Math.max(1, Math.round(picture.width() * factor));
    check(
        h >= height && w >= width,
        "the picture is %dx%d (height x width), expected at least %dx%d to crop",
        h,
        w,
        height,
        width);
    return Resampler.window(
        picture,
        new Resampler.Span(h, (h - height) / 2, height),
        new Resampler.Span(w, (w - width) / 2, width));
  }

  private void write(Pixels pixels, int channel, boolean invert, float[] into, int offset) {
    float subtract = mean.isEmpty() ? 0 : mean.get(mean.size() == 1 ? 0 : channel);
    float divide = std.isEmpty() ? 1 : std.get(std.size() == 1 ? 0 : channel);
    int rows = height + 2 * pad;
    int columns = width + 2 * pad;
    int step = nhwc ? channels.count() : 1;
    int start = offset + (nhwc ? channel : channel * rows * columns);
    for (int y = 0; y < height; y++) {
      int at = start + ((y + pad) * columns + pad) * step;
      for (int x = 0; x < width; x++) {
        float sample = pixels.at(channel, y, x);
        float value = (invert ? 255 - sample : sample) * scale.numerator() / scale.denominator();
        into[at + x * step] = (value - subtract) / divide;
      }
    }
  }

  /** The canonical text form. */
  @Override
  public String toString() {
    return PreprocessParser.print(this);
  }
}
