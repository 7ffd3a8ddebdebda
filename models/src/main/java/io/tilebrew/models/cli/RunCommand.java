package io.tilebrew.models.cli;

import io.tilebrew.engine.CompiledJar;
import io.tilebrew.engine.DataType;
import io.tilebrew.engine.Network;
import io.tilebrew.engine.Port;
import io.tilebrew.engine.Tensor;
import io.tilebrew.graph.CompileOptions.Kernels;
import io.tilebrew.graph.OnnxModel;
import io.tilebrew.graph.TensorFile;
import io.tilebrew.graph.Tilebrew;
import io.tilebrew.models.data.Npy;
import io.tilebrew.models.image.Images;
import io.tilebrew.models.image.Preprocess;
import java.io.IOException;
import java.io.PrintWriter;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Comparator;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.Callable;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;
import picocli.CommandLine.Spec;

/** Runs a model on files. */
@Command(
    mixinStandardHelpOptions = true,
    versionProvider = Main.Version.class,
    description = "Runs a network on files and prints or writes its outputs.",
    footer = {
      "",
      "Examples:",
      "  tilebrew run model.onnx --input image=digits.npy",
      "  tilebrew run model.onnx --input cat.png --preprocess \"rgb 224 scale 1/255\" --output out"
    })
final class RunCommand implements Callable<Integer> {
  @Spec private CommandSpec spec = CommandSpec.create();

  @Parameters(
      paramLabel = "MODEL",
      description = "An ONNX file, or a jar that 'tilebrew compile' has written.")
  private Path model = Path.of("");

  @Option(
      names = "--input",
      required = true,
      paramLabel = "[NAME=]FILE",
      description =
          "The value of an input: a .npy file, a .pb file with an ONNX tensor, or an image. The"
              + " name may be left out if there is one input only.")
  private List<String> inputs = List.of();

  @Option(
      names = "--output",
      paramLabel = "DIR",
      description = "Write each output to DIR/NAME.npy. Default: print a summary of each.")
  private @Nullable Path output;

  @Mixin private PreprocessOption preprocess = new PreprocessOption();
  @Mixin private KernelOptions kernels = new KernelOptions();

  @Override
  public Integer call() throws IOException {
    Network network = network();
    Map<String, Tensor> tensors = new LinkedHashMap<>();
    for (String input : inputs) {
      Port port = port(input, network.inputs());
      String file =
          input.startsWith(port.name() + "=") ? input.substring(port.name().length() + 1) : input;
      if (tensors.put(port.name(), read(Path.of(file), port)) != null) {
        throw new IllegalArgumentException("input '%s' is given twice".formatted(port.name()));
      }
    }
    Map<String, Tensor> results = network.run(tensors);
    PrintWriter out = spec.commandLine().getOut();
    if (output == null) {
      results.forEach((name, tensor) -> out.println(summary(name, tensor)));
    } else {
      write(results, output, out);
    }
    out.flush();
    return 0;
  }

  private Network network() throws IOException {
    if (Subject.isJar(model.toString())) {
      kernels.refuse(model.toString());
      return CompiledJar.load(model);
    }
    return Tilebrew.compile(OnnxModel.read(model), kernels.compileOptions(Kernels.TIERED));
  }

  /** The input that {@code argument} is for: the one whose name it starts with, or the only one. */
  private static Port port(String argument, List<Port> ports) {
    return ports.stream()
        .filter(port -> argument.startsWith(port.name() + "="))
        .max(Comparator.comparingInt(port -> port.name().length()))
        .orElseGet(
            () -> {
              if (ports.size() == 1) {
                return ports.getFirst();
              }
              throw new IllegalArgumentException(
                  "--input %s names none of the inputs %s".formatted(argument, ports));
            });
  }

  private Tensor read(Path file, Port port) throws IOException {
    String name = file.toString().toLowerCase(Locale.ROOT);
    if (name.endsWith(".npy")) {
      return Npy.read(file);
    }
    if (name.endsWith(".pb")) {
      return TensorFile.read(file).tensor();
    }
    Preprocess steps = preprocess.resolve(model, port);
    Tensor image = steps.tensor(Images.read(file));
    if (port.element() == DataType.FLOAT32) {
      return image;
    }
    Tensor converted = Tensor.zeros(port.element(), image.shape());
    for (int i = 0; i < image.size(); i++) {
      converted.set(i, (double) Math.round(image.floats()[i]));
    }
    return converted;
  }

  private static void write(Map<String, Tensor> results, Path folder, PrintWriter out)
      throws IOException {
    Files.createDirectories(folder);
    Set<String> taken = new HashSet<>();
    for (Map.Entry<String, Tensor> result : results.entrySet()) {
      Path file = folder.resolve(fileName(result.getKey(), taken));
      Npy.write(file, result.getValue());
      out.printf(
          "%s  %s  %s%n",
          Faults.printable(file.toString()), Table.cut(result.getKey()), result.getValue());
    }
  }

  /** A name for a file inside its folder, whatever the output is called, that is not taken yet. */
  static String fileName(String output, Set<String> taken) {
    String safe = output.replaceAll("[^A-Za-z0-9._-]", "_").replaceAll("^\\.+", "_");
    String stem = safe.isEmpty() ? "output" : safe.substring(0, Math.min(safe.length(), 100));
    String name = stem;
    for (int i = 2; !taken.add(name.toLowerCase(Locale.ROOT)); i++) {
      name = stem + "-" + i;
    }
    return name + ".npy";
  }

  /** The type and shape of {@code tensor}, its range, its mean and its first elements. */
  static String summary(String name, Tensor tensor) {
    double min = Double.POSITIVE_INFINITY;
    double max = Double.NEGATIVE_INFINITY;
    double sum = 0;
    StringBuilder first = new StringBuilder();
    for (int i = 0; i < tensor.size(); i++) {
      double value = tensor.doubleAt(i);
      min = Math.min(min, value);
      max = Math.max(max, value);
      sum += value;
      if (i < 8) {
        first.append(number(value)).append(' ');
      }
    }
    String more = tensor.size() > 8 ? "..." : "";
    String range =
        tensor.size() == 0
            ? "empty"
            : "min %s, max %s, mean %s"
                .formatted(number(min), number(max), number(sum / tensor.size()));
    return "%s  %s%n  %s%n  %s".formatted(Table.cut(name), tensor, range, (first + more).strip());
  }

  private static String number(double value) {
    return value == Math.rint(value) && Math.abs(value) < 1e15
        ? String.valueOf((long) value)
        : String.format(Locale.ROOT, "%.6g", value);
  }
}
