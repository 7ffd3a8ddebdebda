package io.tilebrew.engine.codegen;

import io.tilebrew.engine.kernel.Kernel;
import java.lang.invoke.MethodHandles;
import java.lang.invoke.MethodType;

/** A loader of the classes of kernels, which see what this module sees. */
public abstract class KernelLoader extends ClassLoader {
  /** A loader whose classes use those of {@code parent}, which sees the engine. */
  protected KernelLoader(ClassLoader parent) {
    super(parent);
  }

  /**
   * Defines the class called {@code name}.
   *
   * @throws LinkageError if it is not valid
   */
  protected final Class<?> define(String name, byte[] file) {
    Masks.load();
    KernelLoader.class.getModule().addExports(Kernel.class.getPackageName(), getUnnamedModule());
    return defineClass(name, file, 0, file.length);
  }

  /**
   * A kernel of the class called {@code name}.
   *
   * @throws ReflectiveOperationException if there is no such class, or it is not one of a kernel
   * @throws LinkageError if it is not valid
   */
  public final Kernel kernel(String name) throws ReflectiveOperationException {
    Class<? extends Kernel> type = loadClass(name).asSubclass(Kernel.class);
    try {
      return (Kernel)
          MethodHandles.publicLookup()
              .findConstructor(type, MethodType.methodType(void.class))
              .invoke();
    } catch (ReflectiveOperationException | RuntimeException | Error e) {
      throw e;
    } catch (Throwable e) {
      throw new AssertionError(e);
    }
  }
}
