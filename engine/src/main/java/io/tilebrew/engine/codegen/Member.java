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
  INT_SPECIES_128(GETSTATIC, Types.INT_VECTOR, "SPECIES_128", Types.SPECIES),
  INT_SPECIES_256(GETSTATIC, Types.INT_VECTOR, "SPECIES_256", Types.SPECIES),
  INT_SPECIES_512(GETSTATIC, Types.INT_VECTOR, "SPECIES_512", Types.SPECIES),

  ADD(GETSTATIC, Types.OPERATORS, "ADD", Types.ASSOCIATIVE),
  SUB(GETSTATIC, Types.OPERATORS, "SUB", Types.BINARY),
  MUL(GETSTATIC, Types.OPERATORS, "MUL", Types.ASSOCIATIVE),
  DIV(GETSTATIC, Types.OPERATORS, "DIV", Types.BINARY),
  MIN(GETSTATIC, Types.OPERATORS, "MIN", Types.ASSOCIATIVE),
  MAX(GETSTATIC, Types.OPERATORS, "MAX", Types.ASSOCIATIVE),
  FMA(GETSTATIC, Types.OPERATORS, "FMA", Types.TERNARY),
  ABS(GETSTATIC, Types.OPERATORS, "ABS", Types.UNARY),
  NEG(GETSTATIC, Types.OPERATORS, "NEG", Types.UNARY),
  SQRT(GETSTATIC, Types.OPERATORS, "SQRT", Types.UNARY),

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

  ADD_SHARED(INVOKEVIRTUAL, Types.FLOAT_VECTOR, "add", Types.FLOAT_VECTOR, Types.VECTOR),
  SUB_SHARED(INVOKEVIRTUAL, Types.FLOAT_VECTOR, "sub", Types.FLOAT_VECTOR, Types.VECTOR),
  MUL_SHARED(INVOKEVIRTUAL, Types.FLOAT_VECTOR, "mul", Types.FLOAT_VECTOR, Types.VECTOR),
  DIV_SHARED(INVOKEVIRTUAL, Types.FLOAT_VECTOR, "div", Types.FLOAT_VECTOR, Types.VECTOR),
  MIN_SHARED(INVOKEVIRTUAL, Types.FLOAT_VECTOR, "min", Types.FLOAT_VECTOR, Types.VECTOR),
  MAX_SHARED(INVOKEVIRTUAL, Types.FLOAT_VECTOR, "max", Types.FLOAT_VECTOR, Types.VECTOR),
  FMA_SHARED(
      INVOKEVIRTUAL, Types.FLOAT_VECTOR, "fma", Types.FLOAT_VECTOR, Types.VECTOR, Types.VECTOR),
  UNARY(INVOKEVIRTUAL, Types.FLOAT_VECTOR, "lanewise", Types.FLOAT_VECTOR, Types.UNARY),
  BINARY(
      INVOKEVIRTUAL,
      Types.FLOAT_VECTOR,
      "lanewise",
      Types.FLOAT_VECTOR,
      Types.BINARY,
      Types.VECTOR),
  TERNARY(
      INVOKEVIRTUAL,
      Types.FLOAT_VECTOR,
      "lanewise",
      Types.FLOAT_VECTOR,
      Types.TERNARY,
      Types.VECTOR,
      Types.VECTOR),
  COMPARE(INVOKEVIRTUAL, Types.FLOAT_VECTOR, "compare", Types.MASK, Types.COMPARISON, Types.VECTOR),
  BLEND(INVOKEVIRTUAL, Types.FLOAT_VECTOR, "blend", Types.FLOAT_VECTOR, Types.VECTOR, Types.MASK),

  REARRANGE(INVOKEVIRTUAL, Types.FLOAT_VECTOR, "rearrange", Types.FLOAT_VECTOR, Types.SHUFFLE),
  AS_INTS_SHARED(INVOKEVIRTUAL, Types.FLOAT_VECTOR, "reinterpretAsInts", Types.INT_VECTOR),
  AS_FLOATS_SHARED(INVOKEVIRTUAL, Types.INT_VECTOR, "reinterpretAsFloats", Types.FLOAT_VECTOR),
  RESHAPE(INVOKEVIRTUAL, Types.VECTOR, "reinterpretShape", Types.VECTOR, Types.SPECIES, CD_int),
  INT_ADD(INVOKEVIRTUAL, Types.INT_VECTOR, "add", Types.INT_VECTOR, CD_int),
  INT_BINARY(
      INVOKEVIRTUAL, Types.INT_VECTOR, "lanewise", Types.INT_VECTOR, Types.BINARY, Types.VECTOR),
  INT_BINARY_SCALAR(
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

  /** The species of vectors of {@code lanes} integers: 4, 8 or 16. */
  static Member intSpecies(int lanes) {
    return switch (lanes) {
      case 4 -> INT_SPECIES_128;
      case 8 -> INT_SPECIES_256;
      case 16 -> INT_SPECIES_512;
      default -> throw new AssertionError(lanes);
    };
  }

  /** The operator that is {@code function}. */
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

  /** The method for this operator that vectors of all sizes share. */
  Member shared() {
    return switch (this) {
      case ADD -> ADD_SHARED;
      case SUB -> SUB_SHARED;
      case MUL -> MUL_SHARED;
      case DIV -> DIV_SHARED;
      case MIN -> MIN_SHARED;
      case MAX -> MAX_SHARED;
      case FMA -> FMA_SHARED;
      default -> throw new AssertionError(this);
    };
  }

  /** The operator that is {@code function}. */
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
