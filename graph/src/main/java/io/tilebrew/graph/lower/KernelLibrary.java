package io.tilebrew.graph.lower;

import io.tilebrew.engine.codegen.KernelFactory;
import io.tilebrew.engine.kernel.Kernel;
import io.tilebrew.engine.kernel.TieredKernel;
import io.tilebrew.engine.tile.KernelForm;
import io.tilebrew.engine.tile.KernelSpec;
import io.tilebrew.graph.CompileOptions.Kernels;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import java.util.function.Supplier;
import java.util.stream.Stream;

/**
 * The kernels of one network: steps of the same form share one. Generic kernels are shared by all
 * networks, so that what the JIT compiler has learned of them stays.
 */
final class KernelLibrary {
  private static final Map<KernelForm, Kernel> GENERIC = new ConcurrentHashMap<>();
  private static final KernelFactory GENERIC_FACTORY = new KernelFactory();

  private final KernelFactory factory = new KernelFactory(GENERIC_FACTORY);
  private final Map<KernelForm, Kernel> literal = new ConcurrentHashMap<>();
  private final Kernels form;

  KernelLibrary(Kernels form) {
    this.form = form;
  }

  /** The kernel of {@code spec}. */
  Kernel kernel(KernelSpec spec) {
    return switch (form) {
      case TIERED, ON_WARM_UP ->
          literal.computeIfAbsent(spec.literal(), form -> tiered(spec, form));
      case LITERAL ->
          literal.computeIfAbsent(spec.literal(), form -> factory.define(form.program()));
      case GENERIC -> generic(spec);
      case REFERENCE -> throw new AssertionError("references have no kernels");
    };
  }

  private Kernel tiered(KernelSpec spec, KernelForm last) {
    List<Supplier<Kernel>> others =
        Stream.of(spec.shared(), last).distinct().map(this::maker).toList();
    return new TieredKernel(generic(spec), others);
  }

  private Supplier<Kernel> maker(KernelForm form) {
    return () -> factory.define(form.program());
  }

  private static Kernel generic(KernelSpec spec) {
    return GENERIC.computeIfAbsent(spec.generic(), form -> GENERIC_FACTORY.define(form.program()));
  }
}
