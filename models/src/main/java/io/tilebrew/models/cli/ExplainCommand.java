package io.tilebrew.models.cli;

import io.tilebrew.graph.CompileOptions;
import io.tilebrew.graph.CompileOptions.Kernels;
import io.tilebrew.graph.Explanation;
import io.tilebrew.graph.Explanation.Step;
import io.tilebrew.graph.OnnxModel;
import io.tilebrew.graph.Tilebrew;
import java.io.IOException;
import java.io.PrintWriter;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.concurrent.Callable;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;
import picocli.CommandLine.Spec;

/** Tells how a model is computed. */
@Command(
    name = "explain",
    mixinStandardHelpOptions = true,
    versionProvider = Main.Version.class,
    description = {
      "Tells how a network is computed: the steps, what was fused into each, the kernels, what has"
          + " no kernel and why.",
      "A kernel 'direct 2x6, 8 lanes' holds two vectors of 8 output channels by 6 output pixels in"
          + " registers."
    },
    footer = {
      "",
      "Examples:",
      "  tilebrew explain model.onnx",
      "  tilebrew explain --without epilogue-fusion model.onnx",
      "  tilebrew explain --code conv1 model.onnx"
    })
final class ExplainCommand implements Callable<Integer> {
  @Spec private CommandSpec spec = CommandSpec.create();

  @Parameters(paramLabel = "MODEL", description = "An ONNX file.")
  private Path file = Path.of("");

  @Option(
      names = "--code",
      paramLabel = "NODE",
      description = "Print the loops of the kernel that computes this node, as Java source.")
  private @Nullable String code;

  @Option(
      names = "--json",
      paramLabel = "FILE",
      description = "Write the explanation to FILE, or to the output for -.")
  private @Nullable String json;

  @Mixin private SizeOptions sizes = new SizeOptions();
  @Mixin private KernelOptions kernels = new KernelOptions();

  @Override
  public Integer call() throws IOException {
    CompileOptions options = kernels.compileOptions(Kernels.ON_WARM_UP);
    OnnxModel model = OnnxModel.read(file);
    Map<String, Integer> chosen = sizes.choose(model);
    Explanation explanation = Tilebrew.explain(model, options, chosen);
    PrintWriter out = spec.commandLine().getOut();
    if (code != null) {
      printCode(code, explanation, out);
    } else if (json != null) {
      ExplainReport.write(explanation, chosen, json, out);
    } else {
      out.println(Faults.printable(file.toString()));
      ExplainReport.print(explanation, SizeOptions.text(chosen), out);
    }
    out.flush();
    return 0;
  }

  private static void printCode(String node, Explanation explanation, PrintWriter out) {
    List<Step> steps =
        explanation.steps().stream()
            .filter(step -> step.node().equals(node) || step.origins().contains(node))
            .toList();
    if (steps.isEmpty()) {
      List<String> names =
          explanation.steps().stream()
              .filter(step -> step.source() != null)
              .flatMap(step -> names(step).stream())
              .distinct()
              .toList();
      throw new IllegalArgumentException(
          "there is no node '%s'; near it are %s".formatted(node, NearNames.of(node, names)));
    }
    List<Supplier<String>> sources =
        steps.stream().<Supplier<String>>mapMulti(ExplainCommand::source).toList();
    if (sources.isEmpty()) {
      throw new IllegalArgumentException(
          "node '%s' has no kernel%s".formatted(node, ExplainReport.reason(steps.getFirst())));
    }
    sources.forEach(source -> out.println(source.get()));
  }

  private static void source(Step step, java.util.function.Consumer<Supplier<String>> sink) {
    if (step.source() != null) {
      sink.accept(step.source());
    }
  }

  private static List<String> names(Step step) {
    return step.origins().isEmpty() ? List.of(step.node()) : step.origins();
  }
}
