package io.tilebrew.models.cli;

import io.tilebrew.engine.Tensor;
import io.tilebrew.graph.CompileOptions;
import io.tilebrew.graph.CompileOptions.Kernels;
import io.tilebrew.graph.Explanation;
import io.tilebrew.graph.Explanation.Step;
import io.tilebrew.graph.OnnxModel;
import io.tilebrew.graph.Tilebrew;
import io.tilebrew.graph.Trace;
import java.io.IOException;
import java.io.PrintWriter;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.concurrent.Callable;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.Parameters;
import picocli.CommandLine.Spec;

/** Tells how a model is computed. */
@Command(
    mixinStandardHelpOptions = true,
    versionProvider = Main.Version.class,
    description = {
      "Tells how a network is computed: the steps, what was fused into each, the kernels, what has"
          + " no kernel and why.",
      "A kernel 'direct 2x6, 8 lanes' holds two vectors of 8 output channels by 6 output pixels in"
          + " registers.",
      "With --trace it also runs the network and takes the time of each step. The bound of a step"
          + " is what its multiply-adds take at the peak of the processor, or its bytes at the"
          + " speed of the memory, whichever is more; both are measured in the same run."
    },
    footer = {
      "",
      "Examples:",
      "  tilebrew explain model.onnx",
      "  tilebrew explain --without epilogue-fusion model.onnx",
      "  tilebrew explain --code conv1 model.onnx",
      "  tilebrew explain --trace --sort model.onnx"
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

  @Option(names = "--trace", description = "Run the network and take the time of each step.")
  private boolean trace;

  @Option(
      names = "--sort",
      description = "With --trace: list the steps by their time, the longest first.")
  private boolean sort;

  @Option(
      names = "--seconds",
      paramLabel = "S",
      defaultValue = "5",
      description = "With --trace: how long is measured, about (default: ${DEFAULT-VALUE}).")
  private int seconds;

  @Option(
      names = "--warm-up",
      paramLabel = "S",
      defaultValue = "120",
      description =
          "With --trace: the most seconds that kernels may take to warm up (default:"
              + " ${DEFAULT-VALUE}).")
  private int warmUp;

  @Mixin private SizeOptions sizes = new SizeOptions();
  @Mixin private KernelOptions kernels = new KernelOptions();

  @Override
  public Integer call() throws IOException {
    if (seconds < 1 || warmUp < 0 || (trace && code != null)) {
      throw new ParameterException(
          spec.commandLine(),
          trace && code != null
              ? "--trace and --code exclude each other"
              : "a time is too short, expected 1 second or more");
    }
    CompileOptions options = kernels.compileOptions(Kernels.ON_WARM_UP);
    OnnxModel model = OnnxModel.read(file);
    Map<String, Integer> chosen = sizes.choose(model);
    PrintWriter out = spec.commandLine().getOut();
    if (trace) {
      trace(model, options, chosen, out);
      out.flush();
      return 0;
    }
    Explanation explanation = Tilebrew.explain(model, options, chosen);
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

  private void trace(
      OnnxModel model, CompileOptions options, Map<String, Integer> chosen, PrintWriter out)
      throws IOException {
    Map<String, Tensor> inputs = RandomInputs.of(model.inputs(), chosen);
    Trace times =
        Tilebrew.trace(
            model,
            options,
            chosen,
            List.copyOf(inputs.values()),
            Duration.ofSeconds(warmUp),
            Duration.ofSeconds(seconds));
    TraceReport report = new TraceReport(times, sort);
    if (json != null) {
      report.write(chosen, json, out);
    } else {
      out.println(Faults.printable(file.toString()));
      report.print(SizeOptions.text(chosen), out);
    }
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
