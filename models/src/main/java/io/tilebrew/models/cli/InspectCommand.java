package io.tilebrew.models.cli;

import io.tilebrew.graph.OnnxModel;
import io.tilebrew.models.inspect.Inspection;
import io.tilebrew.models.inspect.Lesson;
import java.io.IOException;
import java.io.PrintWriter;
import java.nio.file.Path;
import java.util.concurrent.Callable;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.Parameters;
import picocli.CommandLine.Spec;

/** Prints what is in a model. */
@Command(
    mixinStandardHelpOptions = true,
    versionProvider = Main.Version.class,
    description = {
      "Prints the inputs, the outputs and the layers of a network: shapes, windows, parameters,"
          + " connections, multiply-adds, receptive fields, and what fully connected layers would"
          + " need.",
      "A node named LAYER/PART is a part of LAYER.",
      "With --layers: counts the weights of layers that are written down instead."
    },
    footer = {
      "",
      "Layers are written 'INPUT -> LAYER -> LAYER...'. The input is N, HxW or CxHxW; a layer is",
      "  16                 neurons that see everything",
      "  16 k2              neurons that see a 2x2 window each, equally many at each position",
      "  16 shared by 4     neurons of which groups of 4 have the same weights; also behind k2",
      "  conv 16 k5 s2 p2   a convolution of 16 maps",
      "",
      "Examples:",
      "  tilebrew inspect model.onnx",
      "  tilebrew inspect --size height=480 --size width=640 model.onnx",
      "  tilebrew inspect lenet5-1998",
      "  tilebrew inspect --csv layers.csv resnet50",
      "  tilebrew inspect --layers '3x3 -> 16 k2 shared by 4'",
      "  tilebrew inspect --layers '9 -> 90 -> 50'"
    })
final class InspectCommand implements Callable<Integer> {
  @Spec private CommandSpec spec = CommandSpec.create();

  @Mixin private SizeOptions sizes = new SizeOptions();

  @Parameters(arity = "0..1", paramLabel = Subject.LABEL, description = Subject.DESCRIPTION)
  private @Nullable String name;

  @Option(
      names = "--layers",
      paramLabel = "TEXT",
      description = "Count the weights of these layers, without biases.")
  private @Nullable String layers;

  @Option(
      names = "--json",
      paramLabel = "FILE",
      description = "Write what is printed to FILE, or to the output for -.")
  private @Nullable String json;

  @Option(
      names = "--csv",
      paramLabel = "FILE",
      description = "Write the table of layers to FILE, or to the output for -.")
  private @Nullable String csv;

  @Override
  public Integer call() throws IOException {
    PrintWriter out = spec.commandLine().getOut();
    if (layers != null) {
      if (name != null || json != null || csv != null) {
        throw new ParameterException(
            spec.commandLine(), "--layers goes without a model, --json and --csv");
      }
      LayerReport.print(Lesson.parse(layers), out);
    } else if (name != null) {
      inspect(name, out);
    } else {
      throw new ParameterException(
          spec.commandLine(), "Missing required parameter: '" + Subject.LABEL + "'");
    }
    out.flush();
    return 0;
  }

  private void inspect(String subject, PrintWriter out) throws IOException {
    OnnxModel model = Subject.isNetwork(subject) ? null : OnnxModel.read(Path.of(subject));
    Subject read = model == null ? Subject.read(subject, sizes) : Subject.of(subject, model, sizes);
    Inspection inspection = Inspection.of(read.graph());
    Header header = model == null ? Header.of(read) : Header.of(read, model);
    if (json != null) {
      JsonTarget.write(
          json,
          out,
          generator -> {
            generator.writeStartObject();
            header.write(generator);
            LayerReport.write(inspection, generator);
            generator.writeEndObject();
          });
    }
    if (csv != null) {
      JsonTarget.write(csv, out, LayerReport.csv(inspection));
    }
    if (!"-".equals(json) && !"-".equals(csv)) {
      header.print(out);
      LayerReport.print(inspection, out);
    }
  }
}
