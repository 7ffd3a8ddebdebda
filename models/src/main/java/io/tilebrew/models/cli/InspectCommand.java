package io.tilebrew.models.cli;

import io.tilebrew.engine.Port;
import io.tilebrew.graph.Graph;
import io.tilebrew.graph.OnnxModel;
import java.io.PrintWriter;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.concurrent.Callable;
import java.util.stream.Collectors;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Parameters;
import picocli.CommandLine.Spec;

/** Prints what is in a model. */
@Command(
    name = "inspect",
    mixinStandardHelpOptions = true,
    versionProvider = Main.Version.class,
    description = "Prints the inputs, the outputs and the nodes of a network, with their shapes.",
    footer = {
      "",
      "Examples:",
      "  tilebrew inspect model.onnx",
      "  tilebrew inspect --size height=480 --size width=640 model.onnx"
    })
final class InspectCommand implements Callable<Integer> {
  @Spec private CommandSpec spec = CommandSpec.create();

  @Mixin private SizeOptions sizes = new SizeOptions();

  @Parameters(paramLabel = "MODEL", description = "An ONNX file.")
  private Path file = Path.of("");

  @Override
  public Integer call() {
    OnnxModel model = OnnxModel.read(file);
    List<Port> inputs = model.inputs();
    Map<String, Integer> chosen = sizes.choose(model);
    Graph graph = model.graph(chosen);
    PrintWriter out = spec.commandLine().getOut();
    header(model, out);
    out.println("inputs");
    for (Port port : inputs) {
      String dims = port.toString().substring(port.name().length() + 2);
      out.printf("  %s  %s%n", Table.cut(port.name()), Faults.printable(dims));
    }
    out.println("outputs");
    graph.outputs().forEach(o -> out.printf("  %s  %s%n", Table.cut(o.name()), o.value().type()));
    GraphTable.print(graph, SizeOptions.text(chosen), out);
    out.flush();
    return 0;
  }

  private void header(OnnxModel model, PrintWriter out) {
    String opsets =
        model.opsets().entrySet().stream()
            .map(e -> (e.getKey().isEmpty() ? "" : Table.cut(e.getKey()) + " ") + e.getValue())
            .collect(Collectors.joining(", "));
    String producer = model.producer().isEmpty() ? "" : ", by " + Table.cut(model.producer());
    out.printf("%s%n", Faults.printable(file.toString()));
    out.printf("  ONNX IR %d, opset %s%s%n", model.irVersion(), opsets, producer);
  }
}
