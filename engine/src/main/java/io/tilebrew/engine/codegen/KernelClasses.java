package io.tilebrew.engine.codegen;

import io.tilebrew.engine.kernel.Procedure;
import io.tilebrew.engine.kernel.Program;
import java.lang.constant.ClassDesc;
import java.util.HashMap;
import java.util.Map;
import java.util.Set;
import java.util.function.BiConsumer;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;

/**
 * Writes the classes of kernels: one for each program, and one for each procedure that calls no
 * other. Procedures that are equal are one class for all programs, so that the JIT compiler meets
 * it once.
 */
public final class KernelClasses {
  /** The package of all classes that are written. */
  public static final String PACKAGE = "io.tilebrew.generated";

  private final @Nullable KernelClasses parent;
  private final String prefix;
  private final BiConsumer<String, byte[]> sink;
  private final Map<Code, ClassDesc> procedures = new HashMap<>();
  private int written;

  /**
   * Classes in the package {@link #PACKAGE}.
   *
   * @param sink takes the binary name and the class file of each, those first that others need
   */
  public KernelClasses(BiConsumer<String, byte[]> sink) {
    this.parent = null;
    this.prefix = PACKAGE + ".";
    this.sink = sink;
  }

  /** Classes that use the procedures that {@code parent} has by then. */
  KernelClasses(KernelClasses parent, BiConsumer<String, byte[]> sink) {
    this.parent = parent;
    this.prefix = parent.prefix + "inner.";
    this.sink = sink;
  }

  /** What the code of a procedure depends on. */
  private record Code(int lanes, Procedure procedure) {}

  /** Writes the classes of {@code program}; the name of the one that is its kernel. */
  public synchronized String write(Program program) {
    Map<String, ClassDesc> owners = new HashMap<>();
    for (Procedure procedure : program.procedures()) {
      if (procedure.isLeaf()) {
        owners.put(procedure.name(), owner(program, procedure));
      }
    }
    String name = nextName("Kernel");
    sink.accept(name, BytecodeWriter.write(name, program, owners));
    return name;
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
              sink.accept(name, BytecodeWriter.write(name, program, procedure));
              return ClassDesc.of(name);
            });
  }

  private synchronized @Nullable ClassDesc known(Code code) {
    return procedures.get(code);
  }

  private String nextName(String kind) {
    return prefix + kind + written++;
  }
}
