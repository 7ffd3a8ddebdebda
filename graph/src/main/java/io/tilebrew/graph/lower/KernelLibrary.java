package io.tilebrew.graph.lower;

import io.tilebrew.engine.codegen.KernelFactory;
import io.tilebrew.engine.kernel.Kernel;
import io.tilebrew.engine.kernel.TieredKernel;
import io.tilebrew.engine.tile.KernelForm;
import io.tilebrew.engine.tile.KernelSpec;
import io.tilebrew.graph.CompileOptions.Kernels;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;

/**
 * The kernels of one network: steps of the same form share one. Generic kernels are shared by all
 * networks, so that what the JIT compiler has learned of them stays.
 */
final class KernelLibrary {
  private static final Map<KernelForm, Kernel> GENERIC = new ConcurrentHashMap<>();

  private final Map<KernelForm, Kernel> literal = new ConcurrentHashMap<>();
  private final Kernels form;

  KernelLibrary(Kernels form) {
    this.form = form;
  }

  /** The kernel of {@code spec}. */
  Kernel kernel(KernelSpec spec) {
    return switch (form) {
      case TIERED, ON_WARM_UP ->
          literal.computeIfAbsent(
              spec.literal(), form -> new TieredKernel(generic(spec), () -> define(form)));
      case LITERAL -> literal.computeIfAbsent(spec.literal(), KernelLibrary::define);
      case GENERIC -> generic(spec);
      case REFERENCE -> throw new AssertionError("references have no kernels");
    };
  }

  private static Kernel generic(KernelSpec spec) {
    return GENERIC.computeIfAbsent(spec.generic(), KernelLibrary::define);
  }

  private static Kernel define(KernelForm form) {
    return KernelFactory.define(form.program());
  }
}
