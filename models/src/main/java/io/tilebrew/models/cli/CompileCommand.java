package io.tilebrew.models.cli;

import io.tilebrew.graph.CompileOptions;
import io.tilebrew.graph.CompileOptions.Kernels;
import io.tilebrew.graph.OnnxModel;
import io.tilebrew.graph.Tilebrew;
import java.io.IOException;
import java.io.PrintWriter;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Locale;
import java.util.Map;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.Parameters;
import picocli.CommandLine.Spec;

/** Compiles a network ahead of time. */
@Command(
    mixinStandardHelpOptions = true,
    versionProvider = Main.Version.class,
    description = {
      "Compiles a network ahead of time into a jar: its plan, its weights as its kernels read them,"
          + " and the classes of these kernels.",
      "A program runs it with the engine alone (CompiledJar.load), and has its first result sooner."
          + " The jar is for the vectors of this machine or wider ones, see --lanes, and for the"
          + " sizes given, but any batch where the model leaves that open."
    },
    footer = {
      "",
      "Examples:",
      "  tilebrew compile model.onnx -o model.jar",
      "  tilebrew compile --lanes 8 --size height=320 --size width=320 model.onnx -o model.jar",
      "  tilebrew bench model.jar"
    })
final class CompileCommand implements Callable<Integer> {
  private static final int KIB = 1 << 10;

  @Spec private CommandSpec spec = CommandSpec.create();

  @Parameters(paramLabel = Subject.LABEL, description = Subject.DESCRIPTION)
  private String name = "";

  @Option(
      names = {"-o", "--output"},
      required = true,
      paramLabel = "FILE",
      description = "The jar to write.")
  private Path output = Path.of("");

  @Mixin private SizeOptions sizes = new SizeOptions();
  @Mixin private TunedOptions compiler = new TunedOptions();

  @Override
  public Integer call() throws IOException {
    if (!Subject.isJar(output.toString())) {
      throw new ParameterException(
          spec.commandLine(), "--output is %s, expected a name with .jar".formatted(output));
    }
    CompileOptions options = compiler.compileOptions(Kernels.TIERED);
    OnnxModel model = Subject.model(name);
    Map<String, Integer> chosen = sizes.choose(model);
    Tilebrew.compileToJar(model, options, chosen, output);
    PrintWriter out = spec.commandLine().getOut();
    out.printf(
        Locale.ROOT,
        "%s  %,d KiB%s%n",
        Faults.printable(output.toString()),
        Files.size(output) / KIB,
        chosen.isEmpty() ? "" : ", for " + SizeOptions.text(chosen));
    out.flush();
    return 0;
  }
}
