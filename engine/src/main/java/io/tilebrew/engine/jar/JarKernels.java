package io.tilebrew.engine.jar;

import io.tilebrew.engine.codegen.KernelClasses;
import io.tilebrew.engine.kernel.Kernel;
import io.tilebrew.engine.kernel.Program;
import java.util.LinkedHashMap;
import java.util.Map;

/** Kernels that are written into a jar instead of run. */
public final class JarKernels {
  private final Map<String, byte[]> files = new LinkedHashMap<>();
  private final KernelClasses classes = new KernelClasses(files::put);

  /** A kernel that stands for its class. */
  record Named(String className) implements Kernel {
    @Override
    public void run(float[] arena, float[] weights, int[] arguments) {
      throw new AssertionError(className + " is to be run from its jar");
    }
  }

  /** Writes the classes of {@code program}; the kernel that stands for them in a plan. */
  public Kernel define(Program program) {
    return new Named(classes.write(program));
  }

  /** The class files written so far, by binary name. */
  Map<String, byte[]> files() {
    return files;
  }
}
