package io.tilebrew.engine.codegen;

import static java.lang.constant.ConstantDescs.CD_int;
import static java.lang.constant.ConstantDescs.CD_void;

import io.tilebrew.engine.kernel.Procedure;
import java.lang.classfile.CodeBuilder;
import java.lang.classfile.Opcode;
import java.lang.classfile.constantpool.ClassEntry;
import java.lang.classfile.constantpool.ConstantDynamicEntry;
import java.lang.classfile.constantpool.ConstantPoolBuilder;
import java.lang.classfile.constantpool.FieldRefEntry;
import java.lang.classfile.constantpool.MemberRefEntry;
import java.lang.classfile.constantpool.MethodRefEntry;
import java.lang.constant.ClassDesc;
import java.lang.constant.ConstantDescs;
import java.lang.constant.DirectMethodHandleDesc;
import java.lang.constant.DynamicConstantDesc;
import java.lang.constant.MethodTypeDesc;
import java.util.ArrayList;
import java.util.Collections;
import java.util.EnumMap;
import java.util.HashMap;
import java.util.List;
import java.util.Map;

/**
 * What the code of one class refers to; its constant pool is searched for each but once, not for
 * each instruction.
 */
final class References {
  private static final DirectMethodHandleDesc SPREAD =
      ConstantDescs.ofConstantBootstrap(
          Types.SHUFFLES, "spread", Types.SHUFFLE, CD_int, CD_int, CD_int);

  private static final DirectMethodHandleDesc EVERY_SECOND =
      ConstantDescs.ofConstantBootstrap(
          Types.SHUFFLES, "everySecond", Types.SHUFFLE, CD_int, CD_int);

  private final ConstantPoolBuilder pool;
  private final ClassEntry owner;
  private final Map<String, ClassDesc> owners;
  private final ClassEntry floats;
  private final ClassEntry ints;
  private final ClassEntry floatVector;
  private final ClassEntry intVector;
  private final Map<Member, MemberRefEntry> members = new EnumMap<>(Member.class);
  private final Map<List<Integer>, ConstantDynamicEntry> shuffles = new HashMap<>();
  private final Map<String, MethodRefEntry> procedures = new HashMap<>();

  /**
   * The references of the class {@code owner}, whose constant pool is {@code pool}.
   *
   * @param owners the classes of those procedures that are not its own, by name
   */
  References(ClassDesc owner, Map<String, ClassDesc> owners, ConstantPoolBuilder pool) {
    this.pool = pool;
    this.owner = pool.classEntry(owner);
    this.owners = owners;
    floats = pool.classEntry(Types.FLOATS);
    ints = pool.classEntry(Types.INTS);
    floatVector = pool.classEntry(Types.FLOAT_VECTOR);
    intVector = pool.classEntry(Types.INT_VECTOR);
  }

  ClassEntry owner() {
    return owner;
  }

  ClassEntry floats() {
    return floats;
  }

  ClassEntry ints() {
    return ints;
  }

  ClassEntry floatVector() {
    return floatVector;
  }

  ClassEntry intVector() {
    return intVector;
  }

  /** Reads or calls {@code member}. */
  CodeBuilder use(CodeBuilder code, Member member) {
    MemberRefEntry entry = members.get(member);
    if (entry == null) {
      entry = member.entry(pool);
      members.put(member, entry);
    }
    return entry instanceof FieldRefEntry field
        ? code.fieldAccess(member.opcode(), field)
        : code.invoke(member.opcode(), entry);
  }

  /**
   * Loads the shuffle that spreads the lane {@code lane} of each run of {@code width}; a constant
   * of the class, so that the JIT compiler knows it.
   */
  CodeBuilder spread(CodeBuilder code, int lanes, int width, int lane) {
    return shuffle(code, SPREAD, lanes, width, lane);
  }

  /** Loads the shuffle that takes every second lane from {@code first} on. */
  CodeBuilder everySecond(CodeBuilder code, int lanes, int first) {
    return shuffle(code, EVERY_SECOND, lanes, first);
  }

  /** Loads the shuffle that {@code bootstrap} makes; no two of them take as many arguments. */
  private CodeBuilder shuffle(
      CodeBuilder code, DirectMethodHandleDesc bootstrap, Integer... arguments) {
    return code.ldc(
        shuffles.computeIfAbsent(
            List.of(arguments),
            key ->
                pool.constantDynamicEntry(
                    DynamicConstantDesc.ofNamed(
                        bootstrap, bootstrap.methodName(), Types.SHUFFLE, arguments))));
  }

  /** Whether {@code procedure} is a method of this class. */
  boolean isOwn(Procedure procedure) {
    return !owners.containsKey(procedure.name());
  }

  /** Calls {@code procedure}. */
  CodeBuilder call(CodeBuilder code, Procedure procedure) {
    MethodRefEntry entry = procedures.get(procedure.name());
    if (entry == null) {
      ClassDesc other = owners.get(procedure.name());
      entry =
          pool.methodRefEntry(
              other == null ? owner : pool.classEntry(other),
              pool.nameAndTypeEntry(procedure.name(), type(procedure)));
      procedures.put(procedure.name(), entry);
    }
    return code.invoke(Opcode.INVOKESTATIC, entry);
  }

  /** The type of the method that {@code procedure} becomes. */
  static MethodTypeDesc type(Procedure procedure) {
    List<ClassDesc> types = new ArrayList<>(List.of(Types.FLOATS, Types.FLOATS));
    types.addAll(Collections.nCopies(procedure.parameters().size(), CD_int));
    return MethodTypeDesc.of(CD_void, types);
  }
}
