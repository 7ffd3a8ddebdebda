package io.tilebrew.engine.codegen;

import io.tilebrew.engine.kernel.Kernel;
import io.tilebrew.engine.kernel.Program;
import java.lang.invoke.MethodHandles;
import java.lang.invoke.MethodType;

/** Makes kernels of programs: each a hidden class of this module, unloaded with its last kernel. */
public final class KernelFactory {
  private static final MethodHandles.Lookup LOOKUP = MethodHandles.lookup();

  private KernelFactory() {}

  /** A kernel that runs {@code program} as bytecode. */
  public static Kernel define(Program program) {
    byte[] bytes =
        BytecodeWriter.write(KernelFactory.class.getPackageName() + ".Generated", program);
    try {
      MethodHandles.Lookup defined = LOOKUP.defineHiddenClass(bytes, true);
      return (Kernel)
          defined
              .findConstructor(defined.lookupClass(), MethodType.methodType(void.class))
              .invoke();
    } catch (Throwable e) {
      throw new AssertionError(
          "the class written for %s is not valid".formatted(program.name()), e);
    }
  }
}
