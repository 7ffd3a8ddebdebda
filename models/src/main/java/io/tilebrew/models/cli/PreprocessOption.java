package io.tilebrew.models.cli;

import io.tilebrew.engine.Port;
import io.tilebrew.engine.Port.Dimension;
import io.tilebrew.models.image.Preprocess;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.Spec;

/** The option that says what is done to images. */
final class PreprocessOption {
  private static final int MAX_FILE_BYTES = 1 << 16;
  private static final int USUAL_SIDE = 224;

  @Spec(Spec.Target.MIXEE)
  private CommandSpec spec = CommandSpec.create();

  @Option(
      names = "--preprocess",
      paramLabel = "SPEC",
      description = {
        "What is done to images, such as \"bgr 227 mean 104,117,123\": channel order and size,"
            + " then any of resize N crop, crop, stretch, digit, invert [auto], scale F, mean A,"
            + " std A, pad N, nhwc. Or a file with such a line.",
        "Default: the file M.preprocess beside the model M.onnx or M.jar, else a guess from the"
            + " shape of the input, which is printed."
      })
  private @Nullable String text;

  /** What to do to images for input {@code port} of the model at {@code model}. */
  Preprocess resolve(Path model, Port port) throws IOException {
    Preprocess given = given();
    if (given != null) {
      return checked(given, port);
    }
    Path beside = model.resolveSibling(stem(model) + ".preprocess");
    return Files.exists(beside) ? checked(read(beside), port) : guess(port);
  }

  /** What the option says to do to images for {@code port}, else {@code other}. */
  Preprocess orElse(Preprocess other, Port port) throws IOException {
    Preprocess given = given();
    return checked(given == null ? other : given, port);
  }

  private @Nullable Preprocess given() throws IOException {
    if (text == null) {
      return null;
    }
    if (!text.strip().matches("(rgb|bgr|gray)(\\s.*)?")) {
      return read(Path.of(text));
    }
    try {
      return Preprocess.parse(text);
    } catch (IllegalArgumentException e) {
      throw new ParameterException(spec.commandLine(), e.getMessage(), e);
    }
  }

  private static String stem(Path model) {
    String name = String.valueOf(model.getFileName());
    return name.replaceFirst("\\.(onnx|jar)$", "");
  }

  private static Preprocess read(Path file) throws IOException {
    if (Files.size(file) > MAX_FILE_BYTES) {
      throw new IOException(
          "%s has %d bytes, expected one line such as 'rgb 224 scale 1/255'"
              .formatted(file, Files.size(file)));
    }
    String words = Files.readString(file).replaceAll("#.*", "");
    try {
      return Preprocess.parse(words);
    } catch (IllegalArgumentException e) {
      throw new IllegalArgumentException(file + ": " + e.getMessage(), e);
    }
  }

  /** {@code preprocess} if it makes what {@code port} takes. */
  private static Preprocess checked(Preprocess preprocess, Port port) {
    int[] dims = preprocess.shape().dims();
    boolean fits = dims.length == port.dims().size();
    for (int i = 0; fits && i < dims.length; i++) {
      fits = !(port.dims().get(i) instanceof Dimension.Fixed(int size)) || size == dims[i];
    }
    if (!fits) {
      throw new IllegalArgumentException(
          "the preprocessing '%s' makes %s, but the input is %s"
              .formatted(preprocess, preprocess.shape(), port));
    }
    return preprocess;
  }

  private Preprocess guess(Port port) {
    List<Dimension> dims = port.dims();
    boolean nhwc = dims.size() == 4 && channels(dims.get(3)) && !channels(dims.get(1));
    if (dims.size() != 4 || !(nhwc || channels(dims.get(1)))) {
      throw new IllegalArgumentException(
          "the input is %s, expected [N,C,H,W] or [N,H,W,C] with 1 or 3 channels for images"
              .formatted(port));
    }
    int first = nhwc ? 1 : 2;
    String words =
        "%s %dx%d %s%s"
            .formatted(
                size(dims.get(nhwc ? 3 : 1)) == 1 ? "gray" : "rgb",
                size(dims.get(first)),
                size(dims.get(first + 1)),
                "scale 1/255",
                nhwc ? " nhwc" : "");
    Preprocess guess = Preprocess.parse(words);
    spec.commandLine()
        .getErr()
        .printf("note: assuming --preprocess \"%s\", which may be wrong for this model%n", guess);
    return guess;
  }

  private static boolean channels(Dimension dim) {
    return dim instanceof Dimension.Fixed(int size) && (size == 1 || size == 3);
  }

  private static int size(Dimension dim) {
    return switch (dim) {
      case Dimension.Fixed(int size) -> size;
      case Dimension.Symbol(String name) -> USUAL_SIDE;
    };
  }
}
