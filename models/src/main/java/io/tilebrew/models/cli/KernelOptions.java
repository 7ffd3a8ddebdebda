package io.tilebrew.models.cli;

import io.tilebrew.graph.CompileOptions;
import io.tilebrew.graph.CompileOptions.Kernels;
import io.tilebrew.graph.Tilebrew;
import io.tilebrew.graph.Tuning;
import java.nio.file.Path;
import java.util.HashSet;
import java.util.Iterator;
import java.util.List;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.Spec;

/** Options about how a network is compiled. */
final class KernelOptions {
  @Spec(Spec.Target.MIXEE)
  private CommandSpec spec = CommandSpec.create();

  @Option(
      names = "--reference",
      description = "Run the slow reference implementations instead of the kernels.")
  private boolean reference;

  @Option(
      names = "--lanes",
      paramLabel = "N",
      defaultValue = "0",
      description = "Floats in a vector: 4, 8 or 16. Default: what this machine does best.")
  private int lanes;

  @Option(
      names = "--without",
      paramLabel = "PASS",
      completionCandidates = PassNames.class,
      description = "Leave a pass of the compiler out, one of ${COMPLETION-CANDIDATES}.")
  private List<String> without = List.of();

  @Option(
      names = "--threads",
      paramLabel = "N",
      defaultValue = "1",
      description = "Threads at work on a run. Default: ${DEFAULT-VALUE}.")
  private int threads;

  @Option(
      names = "--bfloat16",
      description =
          "Round the weights of fully connected layers to bfloat16, which halves what they read:"
              + " each is off by 1/256 at most.")
  private boolean bfloat16;

  @Option(
      names = "--tuning",
      paramLabel = "FILE",
      description = "Compute convolutions as this file says, which 'tilebrew tune' has written.")
  private @Nullable Path tuning;

  /** The names of the passes. */
  record PassNames() implements Iterable<String> {
    @Override
    public Iterator<String> iterator() {
      return Tilebrew.passes().iterator();
    }
  }

  /** The options, with {@code kernels} unless the references are wanted. */
  CompileOptions compileOptions(Kernels kernels) {
    try {
      CompileOptions options =
          new CompileOptions(
              reference ? Kernels.REFERENCE : kernels, lanes, new HashSet<>(without));
      return options
          .withThreads(threads)
          .withBfloat16Dense(bfloat16)
          .withTuning(tuning == null ? Tuning.NONE : Tuning.read(tuning));
    } catch (IllegalArgumentException e) {
      throw new ParameterException(spec.commandLine(), String.valueOf(e.getMessage()), e);
    }
  }
}
