package io.tilebrew.engine.codegen;

import static java.lang.classfile.ClassFile.ACC_FINAL;
import static java.lang.classfile.ClassFile.ACC_PRIVATE;
import static java.lang.classfile.ClassFile.ACC_PUBLIC;
import static java.lang.classfile.ClassFile.ACC_STATIC;
import static java.lang.constant.ConstantDescs.CD_void;

import io.tilebrew.engine.kernel.Procedure;
import io.tilebrew.engine.kernel.Program;
import java.lang.classfile.ClassBuilder;
import java.lang.classfile.ClassFile;
import java.lang.classfile.CodeBuilder;
import java.lang.classfile.constantpool.ConstantPoolBuilder;
import java.lang.constant.ClassDesc;
import java.lang.constant.ConstantDescs;
import java.lang.constant.MethodTypeDesc;
import java.util.Map;
import java.util.function.BiConsumer;

/**
 * The bytecode reading of the kernel language: a class that implements {@link
 * io.tilebrew.engine.kernel.Kernel} by calls of the Vector API, one static method for each
 * procedure.
 *
 * <p>The methods hold nothing but Vector API calls, array accesses and {@code int} arithmetic,
 * since a call that the JIT compiler does not inline would box every vector.
 */
public final class BytecodeWriter {
  /** The type of the main procedure, too: it may have more sizes than the JIT compiler passes. */
  private static final MethodTypeDesc RUN =
      MethodTypeDesc.of(CD_void, Types.FLOATS, Types.FLOATS, Types.INTS);

  private final Program program;
  private final References references;

  private BytecodeWriter(Program program, References references) {
    this.program = program;
    this.references = references;
  }

  /** The class file of {@code program} under the binary name {@code className}. */
  public static byte[] write(String className, Program program) {
    return write(className, program, Map.of());
  }

  /**
   * The same where some procedures are methods of other classes.
   *
   * @param owners the classes by the names of the procedures
   */
  static byte[] write(String className, Program program, Map<String, ClassDesc> owners) {
    return build(className, program, owners, BytecodeWriter::writeKernel);
  }

  /** The class file that holds nothing but a procedure of {@code program}, which calls no other. */
  static byte[] write(String className, Program program, Procedure procedure) {
    return build(
        className,
        program,
        Map.of(),
        (writer, type) -> {
          type.withFlags(ACC_PUBLIC | ACC_FINAL);
          writer.write(type, procedure, ACC_PUBLIC);
        });
  }

  private static byte[] build(
      String className,
      Program program,
      Map<String, ClassDesc> owners,
      BiConsumer<BytecodeWriter, ClassBuilder> content) {
    ConstantPoolBuilder pool = ConstantPoolBuilder.of();
    References references = new References(ClassDesc.of(className), owners, pool);
    BytecodeWriter writer = new BytecodeWriter(program, references);
    return ClassFile.of(ClassFile.StackMapsOption.DROP_STACK_MAPS)
        .build(references.owner(), pool, type -> content.accept(writer, type));
  }

  private void writeKernel(ClassBuilder type) {
    type.withFlags(ACC_PUBLIC | ACC_FINAL);
    type.withInterfaceSymbols(Types.KERNEL);
    type.withMethodBody(
        ConstantDescs.INIT_NAME,
        ConstantDescs.MTD_void,
        ACC_PUBLIC,
        BytecodeWriter::writeConstructor);
    type.withMethodBody("run", RUN, ACC_PUBLIC | ACC_FINAL, this::writeRun);
    for (Procedure procedure : program.procedures()) {
      if (references.isOwn(procedure)) {
        write(type, procedure, ACC_PRIVATE);
      }
    }
    type.withMethodBody(
        program.main().name(),
        RUN,
        ACC_PRIVATE | ACC_STATIC,
        code -> MethodWriter.writeMain(code, program, references));
  }

  private void write(ClassBuilder type, Procedure procedure, int access) {
    type.withMethodBody(
        procedure.name(),
        References.type(procedure),
        access | ACC_STATIC,
        code -> MethodWriter.write(code, program, procedure, references));
  }

  private static void writeConstructor(CodeBuilder code) {
    code.aload(0)
        .invokespecial(ConstantDescs.CD_Object, ConstantDescs.INIT_NAME, ConstantDescs.MTD_void)
        .return_();
  }

  private void writeRun(CodeBuilder code) {
    code.aload(1)
        .aload(2)
        .aload(3)
        .invokestatic(references.owner().asSymbol(), program.main().name(), RUN)
        .return_();
  }
}
