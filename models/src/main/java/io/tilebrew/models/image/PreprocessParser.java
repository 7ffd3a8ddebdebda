package io.tilebrew.models.image;

import io.tilebrew.models.image.Preprocess.Channels;
import io.tilebrew.models.image.Preprocess.Fit;
import io.tilebrew.models.image.Preprocess.Inversion;
import io.tilebrew.models.image.Preprocess.Scale;
import java.util.Arrays;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import java.util.StringJoiner;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;

/** The text form of {@link Preprocess}. */
final class PreprocessParser {
  private static final Pattern NUMBER =
      Pattern.compile("[+-]?(\\d+(\\.\\d*)?|\\.\\d+)([eE][+-]?\\d+)?");
  private static final String WORDS =
      "resize, crop, stretch, digit, invert, scale, mean, std, pad or nhwc";

  private final String[] words;
  private final Set<String> seen = new HashSet<>();
  private int next;
  private int shorter;
  private @Nullable Fit fit;
  private boolean crop;
  private Inversion inversion = Inversion.NEVER;
  private Scale scale = Scale.ONE;
  private List<Float> mean = List.of();
  private List<Float> std = List.of();
  private int pad;
  private boolean nhwc;

  PreprocessParser(String text) {
    words = text.isBlank() ? new String[0] : text.strip().split("\\s+");
  }

  Preprocess parse() {
    Channels channels = channels(word("rgb, bgr or gray"));
    String sides = word("a size");
    if (!sides.matches("\\d{1,9}(x\\d{1,9})?")) {
      throw fault("'%s' is no size, expected one number or HEIGHTxWIDTH", sides);
    }
    String[] size = sides.split("x", -1);
    int height = integer(size[0]);
    int width = integer(size[size.length - 1]);
    while (next < words.length) {
      option(words[next++]);
    }
    return new Preprocess(channels, height, width, fit(), inversion, scale, mean, std, pad, nhwc);
  }

  private void option(String word) {
    if (!seen.add(word)) {
      throw fault("'%s' is given twice", word);
    }
    switch (word) {
      case "resize" -> shorter = integer(word("a number after resize"));
      case "crop" -> crop = true;
      case "stretch" -> fit(new Fit.Stretch());
      case "digit" -> fit(new Fit.Digit());
      case "invert" -> inversion = inversion();
      case "scale" -> scale = scale(word("a number after scale"));
      case "mean" -> mean = numbers(word("numbers after mean"));
      case "std" -> std = numbers(word("numbers after std"));
      case "pad" -> pad = integer(word("a number after pad"));
      case "nhwc" -> nhwc = true;
      default -> throw fault("'%s' is unknown, expected %s", word, WORDS);
    }
  }

  private void fit(Fit one) {
    if (fit != null) {
      throw fault("stretch and digit exclude each other");
    }
    fit = one;
  }

  private Fit fit() {
    if (fit != null) {
      if (crop || shorter > 0) {
        throw fault("stretch and digit exclude resize and crop");
      }
      return fit;
    }
    if (seen.contains("resize")) {
      if (!crop) {
        throw fault("resize sets the shorter side, expected crop with it to come to the size");
      }
      return new Fit.ResizeAndCrop(shorter);
    }
    return crop ? new Fit.Crop() : new Fit.Cover();
  }

  private Inversion inversion() {
    if (next < words.length && words[next].equals("auto")) {
      next++;
      return Inversion.AUTO;
    }
    return Inversion.ALWAYS;
  }

  private Channels channels(String word) {
    return Arrays.stream(Channels.values())
        .filter(c -> c.toString().equals(word))
        .findFirst()
        .orElseThrow(() -> fault("'%s' comes first, expected rgb, bgr or gray", word));
  }

  private Scale scale(String word) {
    String[] parts = word.split("/", 2);
    return new Scale(number(parts[0]), parts.length == 1 ? 1 : number(parts[1]));
  }

  private List<Float> numbers(String word) {
    return Arrays.stream(word.split(",", -1)).map(this::number).toList();
  }

  private float number(String word) {
    if (!NUMBER.matcher(word).matches()) {
      throw fault("'%s' is no number", word);
    }
    return Float.parseFloat(word);
  }

  private int integer(String word) {
    if (!word.matches("\\d{1,9}")) {
      throw fault("'%s' is no whole number", word);
    }
    return Integer.parseInt(word);
  }

  private String word(String expected) {
    if (next == words.length) {
      throw fault("it ends early, expected %s", expected);
    }
    return words[next++];
  }

  private IllegalArgumentException fault(String problem, Object... details) {
    return new IllegalArgumentException(
        "preprocessing '%s': %s"
            .formatted(cut(String.join(" ", words)), problem.formatted(details)));
  }

  private static String cut(String text) {
    return text.length() <= 200 ? text : text.substring(0, 197) + "...";
  }

  static String print(Preprocess spec) {
    StringJoiner text = new StringJoiner(" ");
    text.add(spec.channels().toString());
    text.add(
        spec.height() == spec.width()
            ? String.valueOf(spec.height())
            : spec.height() + "x" + spec.width());
    switch (spec.fit()) {
      case Fit.Cover() -> {}
      case Fit.Stretch() -> text.add("stretch");
      case Fit.Crop() -> text.add("crop");
      case Fit.ResizeAndCrop(int shorter) -> text.add("resize " + shorter + " crop");
      case Fit.Digit() -> text.add("digit");
    }
    switch (spec.inversion()) {
      case NEVER -> {}
      case ALWAYS -> text.add("invert");
      case AUTO -> text.add("invert auto");
    }
    if (!spec.scale().equals(Scale.ONE)) {
      text.add("scale " + print(spec.scale()));
    }
    if (!spec.mean().isEmpty()) {
      text.add("mean " + print(spec.mean()));
    }
    if (!spec.std().isEmpty()) {
      text.add("std " + print(spec.std()));
    }
    if (spec.pad() > 0) {
      text.add("pad " + spec.pad());
    }
    return spec.nhwc() ? text.add("nhwc").toString() : text.toString();
  }

  private static String print(Scale scale) {
    String numerator = print(scale.numerator());
    return scale.denominator() == 1 ? numerator : numerator + "/" + print(scale.denominator());
  }

  private static String print(List<Float> numbers) {
    return numbers.stream().map(PreprocessParser::print).collect(Collectors.joining(","));
  }

  private static String print(float number) {
    String text = Float.toString(number);
    return text.endsWith(".0") ? text.substring(0, text.length() - 2) : text;
  }
}
