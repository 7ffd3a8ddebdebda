package io.tilebrew.models.cli;

import io.tilebrew.graph.CompileOptions;
import io.tilebrew.graph.Graph;
import io.tilebrew.graph.OnnxFile;
import io.tilebrew.graph.OnnxModel;
import io.tilebrew.graph.Tilebrew;
import java.io.IOException;
import java.io.PrintWriter;
import java.nio.file.Path;
import java.util.List;
import java.util.Set;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.Parameters;
import picocli.CommandLine.Spec;

/** Writes a model again after the passes. */
@Command(
    mixinStandardHelpOptions = true,
    versionProvider = Main.Version.class,
    description =
        "Runs the passes over a model and writes the result as an ONNX file, for a batch of 1.",
    footer = {
      "",
      "Examples:",
      "  tilebrew optimize in.onnx -o out.onnx",
      "  tilebrew optimize in.onnx -o out.onnx --without dense-to-conv"
    })
final class OptimizeCommand implements Callable<Integer> {
  @Spec private CommandSpec spec = CommandSpec.create();

  @Parameters(paramLabel = "MODEL", description = "An ONNX file.")
  private Path model = Path.of("");

  @Option(
      names = {"-o", "--output"},
      required = true,
      paramLabel = "FILE",
      description = "The file to write.")
  private Path output = Path.of("");

  @Option(
      names = "--without",
      split = ",",
      paramLabel = "PASS",
      description = "A pass to leave out.")
  private List<String> without = List.of();

  @Override
  public Integer call() throws IOException {
    CompileOptions options = options();
    OnnxModel before = OnnxModel.read(model);
    Graph graph = Tilebrew.optimize(before, options);
    new OnnxFile(graph).write(output);
    int nodes = before.operators().values().stream().mapToInt(Integer::intValue).sum();
    int after =
        OnnxModel.read(output).operators().values().stream().mapToInt(Integer::intValue).sum();
    PrintWriter out = spec.commandLine().getOut();
    out.printf("%s  %d nodes, %d before%n", Faults.printable(output.toString()), after, nodes);
    out.flush();
    return 0;
  }

  private CompileOptions options() {
    try {
      return new CompileOptions(CompileOptions.Kernels.TIERED, 0, Set.copyOf(without));
    } catch (IllegalArgumentException e) {
      throw new ParameterException(spec.commandLine(), "--without: " + e.getMessage(), e);
    }
  }
}
