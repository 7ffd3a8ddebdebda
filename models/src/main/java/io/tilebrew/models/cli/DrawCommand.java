package io.tilebrew.models.cli;

import io.tilebrew.graph.CompileOptions;
import io.tilebrew.graph.CompileOptions.Kernels;
import io.tilebrew.graph.Graph;
import io.tilebrew.graph.Tilebrew;
import io.tilebrew.models.draw.GraphPicture;
import java.io.IOException;
import java.io.PrintWriter;
import java.util.Set;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;
import picocli.CommandLine.Spec;

/** Draws the graph of a network. */
@Command(
    mixinStandardHelpOptions = true,
    versionProvider = Main.Version.class,
    description = {
      "Draws the graph of a network as an SVG picture, with the shapes of what flows through it.",
      "As it was read, or with --fused after the passes: what became one node is one box, with its"
          + " parts as labels."
    },
    footer = {
      "",
      "Examples:",
      "  tilebrew draw model.onnx -o model.svg",
      "  tilebrew draw --fused googlenet -o googlenet.svg"
    })
final class DrawCommand implements Callable<Integer> {
  /** Layouts in memory would put copies between the nodes. */
  private static final CompileOptions FUSED =
      new CompileOptions(Kernels.REFERENCE, 0, Set.of("layout"));

  @Spec private CommandSpec spec = CommandSpec.create();

  @Mixin private SizeOptions sizes = new SizeOptions();

  @Parameters(paramLabel = Subject.LABEL, description = Subject.DESCRIPTION)
  private String name = "";

  @Option(
      names = {"-o", "--output"},
      required = true,
      paramLabel = "FILE",
      description = "The picture to write; - is the output.")
  private String output = "";

  @Option(names = "--fused", description = "Draw the graph after the passes.")
  private boolean fused;

  @Override
  public Integer call() throws IOException {
    Graph graph = Subject.read(name, sizes).graph();
    PrintWriter out = spec.commandLine().getOut();
    JsonTarget.write(
        output, out, GraphPicture.svg(fused ? Tilebrew.optimize(graph, FUSED) : graph));
    if (!output.equals("-")) {
      out.println(Faults.printable(output));
    }
    out.flush();
    return 0;
  }
}
