package io.tilebrew.graph.lower;

import io.tilebrew.engine.codegen.KernelFactory;
import io.tilebrew.engine.kernel.Kernel;
import io.tilebrew.engine.kernel.Program;
import io.tilebrew.engine.kernel.TieredKernel;
import io.tilebrew.engine.tile.KernelForm;
import io.tilebrew.engine.tile.KernelSpec;
import io.tilebrew.graph.CompileOptions.Kernels;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import java.util.function.Function;
import java.util.function.Supplier;
import java.util.stream.Stream;

/**
 * The kernels of one network: steps of the same form share one. Generic kernels are shared by all
 * networks that run in this JVM, so that what the JIT compiler has learned of them stays.
 */
final class KernelLibrary {
  private static final KernelFactory GENERIC_FACTORY = new KernelFactory();
  private static final Generic GENERIC = new Generic(GENERIC_FACTORY::define);

  private final Kernels form;
  private final Generic generic;
  private final Function<Program, Kernel> maker;
  private final Map<KernelForm, Kernel> literal = new ConcurrentHashMap<>();

  /** Generic kernels, the same for all that ask for one form. */
  private record Generic(Map<KernelForm, Kernel> kernels, Function<Program, Kernel> maker) {
    Generic(Function<Program, Kernel> maker) {
      this(new ConcurrentHashMap<>(), maker);
    }

    Kernel kernel(KernelSpec spec) {
      return kernels.computeIfAbsent(spec.generic(), form -> maker.apply(form.program()));
    }
  }

  /** Kernels that run in this JVM. */
  KernelLibrary(Kernels form) {
    this(form, GENERIC, new KernelFactory(GENERIC_FACTORY)::define);
  }

  /** Kernels that {@code maker} makes. */
  KernelLibrary(Kernels form, Function<Program, Kernel> maker) {
    this(form, new Generic(maker), maker);
  }

  private KernelLibrary(Kernels form, Generic generic, Function<Program, Kernel> maker) {
    this.form = form;
    this.generic = generic;
    this.maker = maker;
  }

  /** The kernel of {@code spec}. */
  Kernel kernel(KernelSpec spec) {
    return switch (form) {
      case TIERED, ON_WARM_UP ->
          literal.computeIfAbsent(spec.literal(), form -> tiered(spec, form));
      case LITERAL -> literal.computeIfAbsent(spec.literal(), form -> maker.apply(form.program()));
      case GENERIC -> generic.kernel(spec);
      case REFERENCE -> throw new AssertionError("references have no kernels");
    };
  }

  private Kernel tiered(KernelSpec spec, KernelForm last) {
    List<Supplier<Kernel>> others =
        Stream.of(spec.shared(), last).distinct().map(this::maker).toList();
    return new TieredKernel(generic.kernel(spec), others);
  }

  private Supplier<Kernel> maker(KernelForm form) {
    return () -> maker.apply(form.program());
  }
}
