package io.tilebrew.models.cli;

import io.tilebrew.graph.CompileOptions;
import io.tilebrew.graph.CompileOptions.Kernels;
import io.tilebrew.graph.Tuning;
import java.nio.file.Path;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Option;

/** Options about how the kernels of a network are made, and which of several. */
sealed class TunedOptions extends CompilerOptions permits KernelOptions {
  @Option(
      names = "--tuning",
      paramLabel = "FILE",
      description = "Compute convolutions as this file says, which 'tilebrew tune' has written.")
  private @Nullable Path tuning;

  @Override
  boolean isGiven() {
    return tuning != null || super.isGiven();
  }

  /**
   * The options for {@code kernels}.
   *
   * @throws io.tilebrew.graph.ModelException if the file cannot be read or is no tuning
   */
  @Override
  CompileOptions compileOptions(Kernels kernels) {
    return super.compileOptions(kernels)
        .withTuning(tuning == null ? Tuning.NONE : Tuning.read(tuning));
  }
}
