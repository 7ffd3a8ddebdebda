package io.tilebrew.models.cli;

import io.tilebrew.graph.Graph;
import io.tilebrew.graph.OnnxFile;
import io.tilebrew.models.zoo.Cost;
import io.tilebrew.models.zoo.Zoo;
import io.tilebrew.models.zoo.ZooOptions;
import java.io.IOException;
import java.io.PrintWriter;
import java.nio.file.Path;
import java.util.List;
import java.util.Locale;
import java.util.concurrent.Callable;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.Parameters;
import picocli.CommandLine.Spec;

/** Lists the networks of the zoo, or makes one. */
@Command(
    mixinStandardHelpOptions = true,
    versionProvider = Main.Version.class,
    description =
        "Makes a classic network with random weights and writes it as an ONNX file. Without a name:"
            + " lists them.",
    footer = {
      "",
      "Examples:",
      "  tilebrew zoo",
      "  tilebrew zoo vgg16 -o vgg16.onnx",
      "  tilebrew zoo resnet18 --size 64 --classes 10 -o small.onnx",
      "  tilebrew zoo mlp --widths 9,90,50"
    })
final class ZooCommand implements Callable<Integer> {
  @Spec private CommandSpec spec = CommandSpec.create();

  @Parameters(arity = "0..1", paramLabel = "NAME", description = "A network. Default: list all.")
  private @Nullable String name;

  @Option(
      names = {"-o", "--output"},
      paramLabel = "FILE",
      description = "The file to write. Default: print what the network costs.")
  private @Nullable Path output;

  @Option(
      names = "--size",
      defaultValue = "0",
      paramLabel = "N",
      description = "Rows and columns of the images. Default: as in the paper.")
  private int size;

  @Option(
      names = "--classes",
      defaultValue = "0",
      paramLabel = "N",
      description = "The classes, or the numbers of an embedding. Default: as in the paper.")
  private int classes;

  @Option(
      names = "--widths",
      split = ",",
      paramLabel = "N",
      description = "Of mlp: the inputs, then the outputs of each layer.")
  private List<Integer> widths = List.of();

  @Option(
      names = "--seed",
      defaultValue = "0",
      paramLabel = "N",
      description = "What the weights are drawn by. Default: 0.")
  private long seed;

  @Override
  public Integer call() throws IOException {
    PrintWriter out = spec.commandLine().getOut();
    if (name == null) {
      list(out);
      return 0;
    }
    Graph graph = network(name);
    Cost cost = Cost.of(graph);
    if (output != null) {
      new OnnxFile(graph).withBatch("N").write(output);
    }
    out.printf(
        Locale.ROOT,
        "%s  %s%n  %,d parameters, %,d multiply-adds for one image%n",
        output == null ? name : Faults.printable(output.toString()),
        Zoo.summary(name),
        cost.parameters(),
        cost.multiplyAdds());
    out.flush();
    return 0;
  }

  private void list(PrintWriter out) {
    int width = Zoo.names().stream().mapToInt(String::length).max().orElse(0);
    for (String each : Zoo.names()) {
      out.printf("%-" + width + "s  %s%n", each, Zoo.summary(each));
    }
    out.flush();
  }

  private Graph network(String wanted) {
    try {
      return Zoo.network(wanted, new ZooOptions(size, classes, widths, seed));
    } catch (IllegalArgumentException e) {
      throw new ParameterException(spec.commandLine(), e.getMessage(), e);
    }
  }
}
