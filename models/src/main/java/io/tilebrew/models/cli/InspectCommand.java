package io.tilebrew.models.cli;

import io.tilebrew.engine.Port;
import io.tilebrew.graph.Graph;
import io.tilebrew.graph.ModelException;
import io.tilebrew.graph.OnnxModel;
import java.io.PrintWriter;
import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.Callable;
import java.util.stream.Collectors;
import picocli.CommandLine.Command;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
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
  /** Tried for sizes that the model leaves open, other than the batch. */
  private static final List<Integer> PLACEHOLDERS = List.of(224, 32, 64, 48, 320, 1);

  @Spec private CommandSpec spec = CommandSpec.create();

  @Option(
      names = "--size",
      paramLabel = "NAME=N",
      description =
          "A size that the model leaves open. Default: 1 for the batch, and for others the first"
              + " that works of 224, 32, 64, 48, 320 and 1.")
  private Map<String, Integer> sizes = new LinkedHashMap<>();

  @Parameters(paramLabel = "MODEL", description = "An ONNX file.")
  private Path file = Path.of("");

  @Override
  public Integer call() {
    OnnxModel model = OnnxModel.read(file);
    List<Port> inputs = model.inputs();
    Map<String, Integer> chosen = new LinkedHashMap<>(model.defaultSizes());
    chosen.putAll(sizes);
    Graph graph = graph(model, chosen);
    PrintWriter out = spec.commandLine().getOut();
    header(model, out);
    out.println("inputs");
    for (Port port : inputs) {
      String dims = port.toString().substring(port.name().length() + 2);
      out.printf("  %s  %s%n", Table.cut(port.name()), Faults.printable(dims));
    }
    out.println("outputs");
    graph.outputs().forEach(o -> out.printf("  %s  %s%n", Table.cut(o.name()), o.value().type()));
    GraphTable.print(graph, given(chosen), out);
    out.flush();
    return 0;
  }

  /** The graph; completes {@code chosen} where the model leaves more than the batch open. */
  private static Graph graph(OnnxModel model, Map<String, Integer> chosen) {
    List<String> open =
        model.symbols().stream().filter(symbol -> !chosen.containsKey(symbol)).toList();
    if (open.isEmpty()) {
      return model.graph(chosen);
    }
    for (int size : PLACEHOLDERS) {
      open.forEach(symbol -> chosen.put(symbol, size));
      try {
        return model.graph(chosen);
      } catch (ModelException e) {
        if (Faults.isUnsupported(e)) {
          throw e;
        }
      }
    }
    open.forEach(symbol -> chosen.put(symbol, PLACEHOLDERS.getFirst()));
    return model.graph(chosen);
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

  private static String given(Map<String, Integer> sizes) {
    return sizes.entrySet().stream()
        .map(e -> Table.cut(e.getKey()) + " = " + e.getValue())
        .collect(Collectors.joining(", "));
  }
}
