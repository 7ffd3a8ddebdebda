package io.tilebrew.engine.codegen;

import io.tilebrew.engine.kernel.Kernel;
import io.tilebrew.engine.kernel.Program;
import java.util.Set;

/**
 * Makes kernels of programs. Their classes are unloaded together, after the factory and its last
 * kernel.
 */
public final class KernelFactory {
  private final Loader loader;
  private final KernelClasses classes;

  /** A factory. */
  public KernelFactory() {
    this.loader = new Loader(KernelFactory.class.getClassLoader());
    this.classes = new KernelClasses(loader::add);
  }

  /** A factory whose kernels use the procedures that {@code parent} has by then. */
  public KernelFactory(KernelFactory parent) {
    this.loader = new Loader(parent.loader);
    this.classes = new KernelClasses(parent.classes, loader::add);
  }

  /** A kernel that runs {@code program} as bytecode. */
  public Kernel define(Program program) {
    try {
      return loader.kernel(classes.write(program));
    } catch (LinkageError | ReflectiveOperationException e) {
      throw new AssertionError(
          "the class written for %s is not valid".formatted(program.name()), e);
    }
  }

  /** The simple names of the classes of procedures. */
  Set<String> procedures() {
    return classes.procedures();
  }

  /** Has the classes as they are written. */
  private static final class Loader extends KernelLoader {
    Loader(ClassLoader parent) {
      super(parent);
    }

    void add(String name, byte[] file) {
      define(name, file);
    }
  }
}
