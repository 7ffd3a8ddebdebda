package io.tilebrew.graph.lower;

import io.tilebrew.engine.codegen.KernelFactory;
import io.tilebrew.engine.kernel.Kernel;
import io.tilebrew.engine.kernel.Program;
import io.tilebrew.engine.kernel.TieredKernel;
import io.tilebrew.engine.tile.KernelSpec;
import io.tilebrew.graph.CompileOptions.Kernels;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;

/**
 * The kernels of one network: steps with the same program share one. Generic kernels are shared by
 * all networks, so that what the JIT compiler has learned of them stays.
 */
final class KernelLibrary {
  private static final Map<Program, Kernel> GENERIC = new ConcurrentHashMap<>();

  private final Map<Program, Kernel> literal = new ConcurrentHashMap<>();
  private final Kernels form;

  KernelLibrary(Kernels form) {
    this.form = form;
  }

  /** The kernel of {@code spec}, whose program with literal sizes is {@code program}. */
  Kernel kernel(KernelSpec spec, Program program) {
    return switch (form) {
      case TIERED, ON_WARM_UP ->
          literal.computeIfAbsent(
              program, p -> new TieredKernel(generic(spec), () -> KernelFactory.define(p)));
      case LITERAL -> literal.computeIfAbsent(program, KernelFactory::define);
      case GENERIC -> generic(spec);
      case REFERENCE -> throw new AssertionError("references have no kernels");
    };
  }

  private static Kernel generic(KernelSpec spec) {
    return GENERIC.computeIfAbsent(spec.generic(), KernelFactory::define);
  }
}
