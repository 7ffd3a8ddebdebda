package io.tilebrew.models.cli;

import io.tilebrew.graph.CompileOptions;
import io.tilebrew.graph.CompileOptions.Kernels;
import io.tilebrew.graph.Tilebrew;
import java.util.HashSet;
import java.util.Iterator;
import java.util.List;
import picocli.CommandLine;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.Spec;

/** Options about how the kernels of a network are made. */
sealed class CompilerOptions permits TunedOptions {
  @Spec(Spec.Target.MIXEE)
  private CommandSpec spec = CommandSpec.create();

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

  /** The names of the passes. */
  record PassNames() implements Iterable<String> {
    @Override
    public Iterator<String> iterator() {
      return Tilebrew.passes().iterator();
    }
  }

  /** Whether an option is not what it is by default. */
  boolean isGiven() {
    return lanes != 0 || !without.isEmpty() || threads != 1 || bfloat16;
  }

  /** The command that has these options. */
  final CommandLine commandLine() {
    return spec.commandLine();
  }

  /** The options for {@code kernels}. */
  CompileOptions compileOptions(Kernels kernels) {
    try {
      return new CompileOptions(kernels, lanes, new HashSet<>(without))
          .withThreads(threads)
          .withBfloat16Dense(bfloat16);
    } catch (IllegalArgumentException e) {
      throw new ParameterException(spec.commandLine(), String.valueOf(e.getMessage()), e);
    }
  }
}
