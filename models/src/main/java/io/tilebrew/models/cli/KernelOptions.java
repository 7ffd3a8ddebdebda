package io.tilebrew.models.cli;

import io.tilebrew.graph.CompileOptions;
import io.tilebrew.graph.CompileOptions.Kernels;
import io.tilebrew.graph.Tuning;
import java.nio.file.Path;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Option;
import picocli.CommandLine.ParameterException;

/** Options about how a network is compiled: which kernels it has, if any, and how they are made. */
final class KernelOptions extends CompilerOptions {
  @Option(
      names = "--reference",
      description = "Run the slow reference implementations instead of the kernels.")
  private boolean reference;

  @Option(
      names = "--tuning",
      paramLabel = "FILE",
      description = "Compute convolutions as this file says, which 'tilebrew tune' has written.")
  private @Nullable Path tuning;

  /**
   * Refuses options about a network that is compiled.
   *
   * @throws ParameterException if one is given
   */
  void refuse(String jar) {
    if (reference || tuning != null || isGiven()) {
      throw new ParameterException(
          commandLine(), "%s is compiled, expected no options of the compiler".formatted(jar));
    }
  }

  /** The options, with {@code kernels} unless the references are wanted. */
  @Override
  CompileOptions compileOptions(Kernels kernels) {
    return super.compileOptions(reference ? Kernels.REFERENCE : kernels)
        .withTuning(tuning == null ? Tuning.NONE : Tuning.read(tuning));
  }
}
