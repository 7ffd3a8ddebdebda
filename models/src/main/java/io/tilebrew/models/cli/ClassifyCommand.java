package io.tilebrew.models.cli;

import io.tilebrew.engine.DataType;
import io.tilebrew.engine.Network;
import io.tilebrew.engine.Port;
import io.tilebrew.graph.CompileOptions.Kernels;
import io.tilebrew.graph.OnnxModel;
import io.tilebrew.graph.Tilebrew;
import io.tilebrew.models.Lenet;
import io.tilebrew.models.image.Preprocess;
import java.io.IOException;
import java.io.PrintWriter;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.concurrent.Callable;
import java.util.stream.IntStream;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.Parameters;
import picocli.CommandLine.Spec;

/** Says what is in pictures. */
@Command(
    mixinStandardHelpOptions = true,
    versionProvider = Main.Version.class,
    description = "Says what is in images: the most probable classes of each.",
    footer = {
      "",
      "Examples:",
      "  tilebrew classify",
      "      ten handwritten digits that come with Tilebrew",
      "  tilebrew classify photo.jpg",
      "      your own digit: dark on paper, which should fill the picture",
      "  tilebrew classify --model squeezenet.onnx --labels imagenet.txt \\",
      "      --preprocess \"bgr 227 mean 104,117,123\" cat.png"
    })
final class ClassifyCommand implements Callable<Integer> {
  @Spec private CommandSpec spec = CommandSpec.create();

  @Option(
      names = "--model",
      paramLabel = "M.onnx",
      description = "The network. Default: a LeNet-5 for handwritten digits.")
  private @Nullable Path model;

  @Option(
      names = "--labels",
      paramLabel = "FILE",
      description = "The names of the classes, one a line. Default: their numbers.")
  private @Nullable Path labels;

  @Option(
      names = "--top",
      paramLabel = "N",
      defaultValue = "5",
      description = "How many classes are shown of each image (default: ${DEFAULT-VALUE}).")
  private int top;

  @Option(
      names = "--picture",
      paramLabel = "STYLE",
      defaultValue = "auto",
      description =
          "How the image is shown: truecolor, colors256, ascii, none, or auto for what the terminal"
              + " can do (default: ${DEFAULT-VALUE}).")
  private PictureStyle picture = PictureStyle.AUTO;

  @Mixin private PreprocessOption preprocess = new PreprocessOption();
  @Mixin private KernelOptions kernels = new KernelOptions();

  @Parameters(
      paramLabel = "IMAGE",
      arity = "0..*",
      description = "PNG, JPEG, GIF, BMP or TIFF files. Default: ten digits of MNIST.")
  private List<Path> images = List.of();

  @Override
  public Integer call() throws IOException {
    if (top < 1) {
      throw new ParameterException(spec.commandLine(), "--top is " + top + ", expected 1 or more");
    }
    OnnxModel onnx = model == null ? Lenet.model() : OnnxModel.read(model);
    Network network = Tilebrew.compile(onnx, kernels.compileOptions(Kernels.TIERED));
    Classifier classifier =
        new Classifier(network, preprocess(imageInput(network)), names(network));
    ClassifyReport report =
        new ClassifyReport(classifier, top, picture.resolved(), spec.commandLine().getOut());
    if (images.isEmpty()) {
      IntStream.range(0, 10).forEach(report::printDigit);
      return 0;
    }
    int status = 0;
    for (Path image : images) {
      try {
        report.print(image);
      } catch (IOException | IllegalArgumentException e) {
        status = Faults.report(e, spec.commandLine().getErr());
      }
    }
    return status;
  }

  private static Port imageInput(Network network) {
    List<Port> inputs = network.inputs();
    if (inputs.size() != 1 || inputs.getFirst().element() != DataType.FLOAT32) {
      throw new IllegalArgumentException(
          "the network takes %s, expected one f32 input for images; 'tilebrew run' takes any"
              .formatted(inputs));
    }
    return inputs.getFirst();
  }

  private Preprocess preprocess(Port port) throws IOException {
    return model == null
        ? preprocess.orElse(Lenet.preprocess(), port)
        : preprocess.resolve(model, port);
  }

  private List<String> names(Network network) throws IOException {
    if (labels == null) {
      return List.of();
    }
    List<String> lines =
        new String(Files.readAllBytes(labels), StandardCharsets.UTF_8)
            .lines()
            .map(line -> Faults.printable(line.strip()))
            .toList();
    Port output = network.outputs().getFirst();
    PrintWriter err = spec.commandLine().getErr();
    Classifier.classes(output).stream()
        .filter(classes -> classes != lines.size())
        .forEach(
            classes ->
                err.printf(
                    "note: %s has %d lines, but the network has %d classes%n",
                    labels, lines.size(), classes));
    return lines;
  }
}
