package io.tilebrew.engine.codegen;

import static org.junit.jupiter.api.Assertions.assertEquals;

import java.lang.classfile.Opcode;
import java.lang.classfile.constantpool.ConstantPoolBuilder;
import java.lang.classfile.constantpool.MemberRefEntry;
import java.lang.invoke.MethodHandles;
import java.lang.invoke.MethodType;
import java.lang.reflect.Modifier;
import java.util.EnumSet;
import java.util.Set;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

class MemberTest {
  /** Those that vectors of all sizes share, though no vector that a loop changes needs them. */
  private static final Set<Member> SHARED =
      EnumSet.of(
          Member.INTO_ARRAY, Member.INTO_ARRAY_MASKED, Member.INT_ADD, Member.INT_BINARY_SCALAR);

  /** Else the JIT compiler guesses their sizes by those that other kernels have used. */
  @ParameterizedTest
  @EnumSource
  void vectorsAreComputedByMethodsOfTheirSize(Member member) throws ReflectiveOperationException {
    if (member.opcode() != Opcode.INVOKEVIRTUAL) {
      return;
    }
    MemberRefEntry entry = member.entry(ConstantPoolBuilder.of());
    Class<?> owner = Class.forName(entry.owner().asInternalName().replace('/', '.'));
    MethodType type =
        MethodType.fromMethodDescriptorString(
            entry.type().stringValue(), MethodHandles.lookup().lookupClass().getClassLoader());
    int modifiers = owner.getMethod(member.symbol(), type.parameterArray()).getModifiers();
    boolean isShared = SHARED.contains(member) || member.name().endsWith("_SHARED");
    assertEquals(!isShared, Modifier.isAbstract(modifiers));
  }
}
