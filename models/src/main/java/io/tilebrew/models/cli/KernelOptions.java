package io.tilebrew.models.cli;

import io.tilebrew.graph.CompileOptions;
import io.tilebrew.graph.CompileOptions.Kernels;
import picocli.CommandLine.Option;
import picocli.CommandLine.ParameterException;

/** Options about how a network is compiled: which kernels it has, if any, and how they are made. */
final class KernelOptions extends TunedOptions {
  @Option(
      names = "--reference",
      description = "Run the slow reference implementations instead of the kernels.")
  private boolean reference;

  @Override
  boolean isGiven() {
    return reference || super.isGiven();
  }

  /**
   * Refuses options about a network that is compiled.
   *
   * @throws ParameterException if one is given
   */
  void refuse(String jar) {
    if (isGiven()) {
      throw new ParameterException(
          commandLine(), "%s is compiled, expected no options of the compiler".formatted(jar));
    }
  }

  /** The options, with {@code kernels} unless the references are wanted. */
  @Override
  CompileOptions compileOptions(Kernels kernels) {
    return super.compileOptions(reference ? Kernels.REFERENCE : kernels);
  }
}
