package io.tilebrew.models.cli;

import io.tilebrew.engine.Tensor;
import io.tilebrew.graph.CompileOptions;
import io.tilebrew.graph.CompileOptions.Kernels;
import io.tilebrew.graph.OnnxModel;
import io.tilebrew.graph.Tilebrew;
import io.tilebrew.graph.Tuning;
import java.io.IOException;
import java.io.PrintWriter;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.concurrent.Callable;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.Parameters;
import picocli.CommandLine.Spec;

/** Finds the fastest kernels for a model on this machine. */
@Command(
    mixinStandardHelpOptions = true,
    versionProvider = Main.Version.class,
    description = {
      "Times the ways to compute each convolution of a network on this machine: Winograd's"
          + " algorithm or the direct one, and tiles of several sizes.",
      "It writes the choices to a text file, which other commands take as --tuning. Keep the"
          + " machine quiet meanwhile."
    },
    footer = {
      "",
      "Examples:",
      "  tilebrew tune model.onnx",
      "  tilebrew tune --seconds 300 resnet50 -o resnet50.tuning",
      "  tilebrew bench --tuning model.onnx.tuning model.onnx"
    })
final class TuneCommand implements Callable<Integer> {
  @Spec private CommandSpec spec = CommandSpec.create();

  @Parameters(paramLabel = Subject.LABEL, description = Subject.DESCRIPTION)
  private String subject = "";

  @Option(
      names = {"-o", "--output"},
      paramLabel = "FILE",
      description = "The file to write. Default: the name of the model with .tuning behind it.")
  private @Nullable Path output;

  @Option(
      names = "--seconds",
      paramLabel = "S",
      defaultValue = "120",
      description =
          "How long it may take, about (default: ${DEFAULT-VALUE}). What there is no time for stays"
              + " as usual.")
  private int seconds;

  @Mixin private SizeOptions sizes = new SizeOptions();
  @Mixin private CompilerOptions compiler = new CompilerOptions();

  @Override
  public Integer call() throws IOException {
    if (seconds < 1) {
      throw new ParameterException(
          spec.commandLine(), "--seconds is %d, expected 1 or more".formatted(seconds));
    }
    CompileOptions options = compiler.compileOptions(Kernels.ON_WARM_UP);
    OnnxModel model = Subject.model(subject);
    Map<String, Integer> chosen = sizes.choose(model);
    Map<String, Tensor> inputs = RandomInputs.of(model.inputs(), chosen);
    PrintWriter err = spec.commandLine().getErr();
    Tuning tuning =
        Tilebrew.tune(
            model,
            options,
            chosen,
            List.copyOf(inputs.values()),
            Duration.ofSeconds(seconds),
            text -> {
              err.println("timing " + text);
              err.flush();
            });
    Path file = output == null ? Path.of(subject + ".tuning") : output;
    tuning.write(file);
    PrintWriter out = spec.commandLine().getOut();
    long changed = tuning.entries().stream().filter(TuneCommand::isUnusual).count();
    out.printf(
        "%s  %d convolutions, %d in another way than usual%n",
        Faults.printable(file.toString()), tuning.entries().size(), changed);
    out.flush();
    return 0;
  }

  /** Whether an entry says another way than the one that was timed first. */
  private static boolean isUnusual(Tuning.Entry entry) {
    return !entry.choice().equals(entry.micros().keySet().iterator().next());
  }
}
