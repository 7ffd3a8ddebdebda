package io.tilebrew.engine.codegen;

import static java.lang.classfile.Opcode.GETSTATIC;
import static java.lang.classfile.Opcode.INVOKEINTERFACE;
import static java.lang.classfile.Opcode.INVOKESTATIC;
import static java.lang.classfile.Opcode.INVOKEVIRTUAL;
import static java.lang.constant.ConstantDescs.CD_boolean;
import static java.lang.constant.ConstantDescs.CD_float;
import static java.lang.constant.ConstantDescs.CD_int;
import static java.lang.constant.ConstantDescs.CD_void;

import io.tilebrew.engine.kernel.Vec;
import java.lang.classfile.Opcode;
import java.lang.classfile.constantpool.ConstantPoolBuilder;
import java.lang.classfile.constantpool.MemberRefEntry;
import java.lang.constant.ClassDesc;
import java.lang.constant.MethodTypeDesc;
import java.util.List;

/** A static field or a method of the library that kernels use. */
@SuppressWarnings("ImmutableEnumChecker") // class descriptions are immutable
enum Member {
  SPECIES_64(GETSTATIC, Types.FLOAT_VECTOR, "SPECIES_64", Types.SPECIES),
  SPECIES_128(GETSTATIC, Types.FLOAT_VECTOR, "SPECIES_128", Types.SPECIES),
  SPECIES_256(GETSTATIC, Types.FLOAT_VECTOR, "SPECIES_256", Types.SPECIES),
  SPECIES_512(GETSTATIC, Types.FLOAT_VECTOR, "SPECIES_512", Types.SPECIES),

  LT(GETSTATIC, Types.OPERATORS, "LT", Types.COMPARISON),
  LE(GETSTATIC, Types.OPERATORS, "LE", Types.COMPARISON),
  AND(GETSTATIC, Types.OPERATORS, "AND", Types.ASSOCIATIVE),
  UMAX(GETSTATIC, Types.OPERATORS, "UMAX", Types.ASSOCIATIVE),
  LSHL(GETSTATIC, Types.OPERATORS, "LSHL", Types.BINARY),

  BROADCAST(
      INVOKESTATIC, Types.FLOAT_VECTOR, "broadcast", Types.FLOAT_VECTOR, Types.SPECIES, CD_float),
  FROM_ARRAY(
      INVOKESTATIC,
      Types.FLOAT_VECTOR,
      "fromArray",
      Types.FLOAT_VECTOR,
      Types.SPECIES,
      Types.FLOATS,
      CD_int),
  INTO_ARRAY(INVOKEVIRTUAL, Types.FLOAT_VECTOR, "intoArray", CD_void, Types.FLOATS, CD_int),
  INTO_ARRAY_MASKED(
      INVOKEVIRTUAL, Types.FLOAT_VECTOR, "intoArray", CD_void, Types.FLOATS, CD_int, Types.MASK),
  INDEX_IN_RANGE(INVOKEINTERFACE, Types.SPECIES, "indexInRange", Types.MASK, CD_int, CD_int),
  MASK_ALL(INVOKEINTERFACE, Types.SPECIES, "maskAll", Types.MASK, CD_boolean),
  LANE(INVOKEVIRTUAL, Types.FLOAT_VECTOR, "lane", CD_float, CD_int),

  ADD(INVOKEVIRTUAL, Types.FLOAT_VECTOR, "add", Types.FLOAT_VECTOR, Types.VECTOR),
  SUB(INVOKEVIRTUAL, Types.FLOAT_VECTOR, "sub", Types.FLOAT_VECTOR, Types.VECTOR),
  MUL(INVOKEVIRTUAL, Types.FLOAT_VECTOR, "mul", Types.FLOAT_VECTOR, Types.VECTOR),
  DIV(INVOKEVIRTUAL, Types.FLOAT_VECTOR, "div", Types.FLOAT_VECTOR, Types.VECTOR),
  MIN(INVOKEVIRTUAL, Types.FLOAT_VECTOR, "min", Types.FLOAT_VECTOR, Types.VECTOR),
  MAX(INVOKEVIRTUAL, Types.FLOAT_VECTOR, "max", Types.FLOAT_VECTOR, Types.VECTOR),
  FMA(INVOKEVIRTUAL, Types.FLOAT_VECTOR, "fma", Types.FLOAT_VECTOR, Types.VECTOR, Types.VECTOR),
  ABS(INVOKEVIRTUAL, Types.FLOAT_VECTOR, "abs", Types.FLOAT_VECTOR),
  NEG(INVOKEVIRTUAL, Types.FLOAT_VECTOR, "neg", Types.FLOAT_VECTOR),
  SQRT(INVOKEVIRTUAL, Types.FLOAT_VECTOR, "sqrt", Types.FLOAT_VECTOR),
  COMPARE(INVOKEVIRTUAL, Types.FLOAT_VECTOR, "compare", Types.MASK, Types.COMPARISON, Types.VECTOR),
  BLEND(INVOKEVIRTUAL, Types.FLOAT_VECTOR, "blend", Types.FLOAT_VECTOR, Types.VECTOR, Types.MASK),

  REARRANGE(INVOKEVIRTUAL, Types.FLOAT_VECTOR, "rearrange", Types.FLOAT_VECTOR, Types.SHUFFLE),
  RESHAPE(
      INVOKEVIRTUAL, Types.FLOAT_VECTOR, "reinterpretShape", Types.VECTOR, Types.SPECIES, CD_int),
  AS_INTS(INVOKEVIRTUAL, Types.FLOAT_VECTOR, "reinterpretAsInts", Types.INT_VECTOR),
  AS_FLOATS(INVOKEVIRTUAL, Types.INT_VECTOR, "reinterpretAsFloats", Types.FLOAT_VECTOR),
  INT_ADD(INVOKEVIRTUAL, Types.INT_VECTOR, "add", Types.INT_VECTOR, CD_int),
  INT_LANEWISE(
      INVOKEVIRTUAL, Types.INT_VECTOR, "lanewise", Types.INT_VECTOR, Types.BINARY, Types.VECTOR),
  INT_LANEWISE_SCALAR(
      INVOKEVIRTUAL, Types.INT_VECTOR, "lanewise", Types.INT_VECTOR, Types.BINARY, CD_int),

  LEAST(INVOKESTATIC, Types.MATH, "min", CD_int, CD_int, CD_int),
  GREATEST(INVOKESTATIC, Types.MATH, "max", CD_int, CD_int, CD_int);

  private final Opcode opcode;
  private final ClassDesc owner;
  private final String symbol;
  private final ClassDesc type;
  private final List<ClassDesc> parameters;

  Member(Opcode opcode, ClassDesc owner, String symbol, ClassDesc type, ClassDesc... parameters) {
    this.opcode = opcode;
    this.owner = owner;
    this.symbol = symbol;
    this.type = type;
    this.parameters = List.of(parameters);
  }

  /** The instruction that reads or calls it. */
  Opcode opcode() {
    return opcode;
  }

  /** Its name in Java. */
  String symbol() {
    return symbol;
  }

  /** Its entry in {@code pool}. */
  MemberRefEntry entry(ConstantPoolBuilder pool) {
    if (opcode == GETSTATIC) {
      return pool.fieldRefEntry(owner, symbol, type);
    }
    MethodTypeDesc signature = MethodTypeDesc.of(type, parameters);
    return opcode == INVOKEINTERFACE
        ? pool.interfaceMethodRefEntry(owner, symbol, signature)
        : pool.methodRefEntry(owner, symbol, signature);
  }

  /** The species of vectors of {@code lanes} floats: 2, 4, 8 or 16. */
  static Member species(int lanes) {
    return switch (lanes) {
      case 2 -> SPECIES_64;
      case 4 -> SPECIES_128;
      case 8 -> SPECIES_256;
      case 16 -> SPECIES_512;
      default -> throw new AssertionError(lanes);
    };
  }

  /** The method of float vectors that is {@code function}. */
  static Member of(Vec.Function function) {
    return switch (function) {
      case ADD -> ADD;
      case SUB -> SUB;
      case MUL -> MUL;
      case DIV -> DIV;
      case MIN -> MIN;
      case MAX -> MAX;
      case UMAX -> throw new AssertionError("a function of integers");
    };
  }

  /** The method of float vectors that is {@code function}. */
  static Member of(Vec.Mapping function) {
    return switch (function) {
      case ABS -> ABS;
      case NEG -> NEG;
      case SQRT -> SQRT;
      case UPPER_HALF, LOWER_HALF -> throw new AssertionError("a function of integers");
    };
  }

  /** The operator that is {@code comparison}. */
  static Member of(Vec.Comparison comparison) {
    return switch (comparison) {
      case LESS -> LT;
      case LESS_OR_EQUAL -> LE;
    };
  }
}
