package io.tilebrew.engine.codegen;

import static java.lang.constant.ConstantDescs.CD_float;
import static java.lang.constant.ConstantDescs.CD_int;

import java.lang.constant.ClassDesc;

/** The types that generated classes name. */
final class Types {
  static final ClassDesc KERNEL = ClassDesc.of("io.tilebrew.engine.kernel.Kernel");
  static final ClassDesc MATH = ClassDesc.of("java.lang.Math");
  static final ClassDesc FLOATS = CD_float.arrayType();
  static final ClassDesc INTS = CD_int.arrayType();
  static final ClassDesc VECTOR = vector("Vector");
  static final ClassDesc FLOAT_VECTOR = vector("FloatVector");
  static final ClassDesc INT_VECTOR = vector("IntVector");
  static final ClassDesc SPECIES = vector("VectorSpecies");
  static final ClassDesc MASK = vector("VectorMask");
  static final ClassDesc SHUFFLE = vector("VectorShuffle");
  static final ClassDesc SHUFFLES = ClassDesc.of("io.tilebrew.engine.kernel.Shuffles");
  static final ClassDesc OPERATORS = vector("VectorOperators");
  static final ClassDesc UNARY = OPERATORS.nested("Unary");
  static final ClassDesc TERNARY = OPERATORS.nested("Ternary");
  static final ClassDesc BINARY = OPERATORS.nested("Binary");
  static final ClassDesc ASSOCIATIVE = OPERATORS.nested("Associative");
  static final ClassDesc COMPARISON = OPERATORS.nested("Comparison");

  private Types() {}

  private static ClassDesc vector(String name) {
    return ClassDesc.of("jdk.incubator.vector", name);
  }
}
