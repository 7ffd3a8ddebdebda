package io.tilebrew.engine.codegen;

import io.tilebrew.engine.kernel.Kernel;
import io.tilebrew.engine.kernel.Procedure;
import io.tilebrew.engine.kernel.Program;
import java.lang.constant.ClassDesc;
import java.lang.invoke.MethodHandles;
import java.lang.invoke.MethodType;
import java.util.HashMap;
import java.util.Map;
import java.util.Set;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;

/**
 * Makes kernels of programs: each is a class, and so is each procedure that calls no other. Those
 * that are equal are one class for all kernels of a factory, so that the JIT compiler meets it
 * once. The classes are unloaded together, after the factory and its last kernel.
 */
public final class KernelFactory {
  private static final String PACKAGE = "io.tilebrew.generated.";

  private final @Nullable KernelFactory parent;
  private final String prefix;
  private final Classes classes;
  private final Map<Code, ClassDesc> procedures = new HashMap<>();
  private int defined;

  /** A factory. */
  public KernelFactory() {
    this.parent = null;
    this.prefix = PACKAGE;
    this.classes = new Classes(KernelFactory.class.getClassLoader());
  }

  /** A factory whose kernels use the procedures that {@code parent} has by then. */
  public KernelFactory(KernelFactory parent) {
    this.parent = parent;
    this.prefix = parent.prefix + "inner.";
    this.classes = new Classes(parent.classes);
  }

  /** What the code of a procedure depends on. */
  private record Code(int lanes, Procedure procedure) {}

  /** A kernel that runs {@code program} as bytecode. */
  public synchronized Kernel define(Program program) {
    Map<String, ClassDesc> owners = new HashMap<>();
    for (Procedure procedure : program.procedures()) {
      if (procedure.isLeaf()) {
        owners.put(procedure.name(), owner(program, procedure));
      }
    }
    String name = nextName("Kernel");
    Class<?> kernel = classes.define(program, BytecodeWriter.write(name, program, owners));
    try {
      return (Kernel)
          MethodHandles.publicLookup()
              .findConstructor(kernel, MethodType.methodType(void.class))
              .invoke();
    } catch (Throwable e) {
      throw invalid(program, e);
    }
  }

  /** The simple names of the classes of procedures. */
  synchronized Set<String> procedures() {
    return procedures.values().stream().map(ClassDesc::displayName).collect(Collectors.toSet());
  }

  /** The class that holds the code of {@code procedure}. */
  private ClassDesc owner(Program program, Procedure procedure) {
    Code code = new Code(program.lanes(), procedure);
    ClassDesc known = parent == null ? null : parent.known(code);
    return known != null
        ? known
        : procedures.computeIfAbsent(
            code,
            key -> {
              String name = nextName("Procedure");
              classes.define(program, BytecodeWriter.write(name, program, procedure));
              return ClassDesc.of(name);
            });
  }

  private synchronized @Nullable ClassDesc known(Code code) {
    return procedures.get(code);
  }

  private String nextName(String kind) {
    return prefix + kind + defined++;
  }

  private static AssertionError invalid(Program program, Throwable e) {
    return new AssertionError("the class written for %s is not valid".formatted(program.name()), e);
  }

  /** The classes, which see what this module sees. */
  private static final class Classes extends ClassLoader {
    Classes(ClassLoader parent) {
      super(parent);
      KernelFactory.class.getModule().addExports(Kernel.class.getPackageName(), getUnnamedModule());
    }

    Class<?> define(Program program, byte[] bytes) {
      try {
        return defineClass(null, bytes, 0, bytes.length);
      } catch (LinkageError e) {
        throw invalid(program, e);
      }
    }
  }
}
