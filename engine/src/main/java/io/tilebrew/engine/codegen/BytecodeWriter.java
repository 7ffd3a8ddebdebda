package io.tilebrew.engine.codegen;

import static java.lang.classfile.ClassFile.ACC_FINAL;
import static java.lang.classfile.ClassFile.ACC_PRIVATE;
import static java.lang.classfile.ClassFile.ACC_PUBLIC;
import static java.lang.classfile.ClassFile.ACC_STATIC;
import static java.lang.constant.ConstantDescs.CD_float;
import static java.lang.constant.ConstantDescs.CD_int;
import static java.lang.constant.ConstantDescs.CD_void;

import io.tilebrew.engine.kernel.Index;
import io.tilebrew.engine.kernel.Memory;
import io.tilebrew.engine.kernel.Procedure;
import io.tilebrew.engine.kernel.Program;
import io.tilebrew.engine.kernel.Statement;
import io.tilebrew.engine.kernel.Vec;
import java.lang.classfile.ClassFile;
import java.lang.classfile.CodeBuilder;
import java.lang.classfile.Label;
import java.lang.classfile.TypeKind;
import java.lang.constant.ClassDesc;
import java.lang.constant.ConstantDescs;
import java.lang.constant.MethodTypeDesc;
import java.util.ArrayList;
import java.util.Collections;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;

/**
 * The bytecode reading of the kernel language: a class that implements {@link
 * io.tilebrew.engine.kernel.Kernel} by calls of the Vector API, one static method for each
 * procedure.
 *
 * <p>The methods hold nothing but Vector API calls, array accesses and {@code int} arithmetic,
 * since a call that the JIT compiler does not inline would box every vector.
 */
public final class BytecodeWriter {
  private static final ClassDesc KERNEL = ClassDesc.of("io.tilebrew.engine.kernel.Kernel");
  private static final ClassDesc FLOATS = CD_float.arrayType();
  private static final ClassDesc INTS = CD_int.arrayType();
  private static final ClassDesc VECTOR = vector("Vector");
  private static final ClassDesc FLOAT_VECTOR = vector("FloatVector");
  private static final ClassDesc INT_VECTOR = vector("IntVector");
  private static final ClassDesc SPECIES = vector("VectorSpecies");
  private static final ClassDesc MASK = vector("VectorMask");
  private static final ClassDesc OPERATORS = vector("VectorOperators");
  private static final ClassDesc BINARY = OPERATORS.nested("Binary");
  private static final ClassDesc ASSOCIATIVE = OPERATORS.nested("Associative");
  private static final ClassDesc COMPARISON = OPERATORS.nested("Comparison");
  private static final ClassDesc CONVERSION = OPERATORS.nested("Conversion");

  private final ClassDesc owner;
  private final Program program;

  private BytecodeWriter(ClassDesc owner, Program program) {
    this.owner = owner;
    this.program = program;
  }

  private static ClassDesc vector(String name) {
    return ClassDesc.of("jdk.incubator.vector", name);
  }

  /** The class file of {@code program} under the binary name {@code className}. */
  public static byte[] write(String className, Program program) {
    return new BytecodeWriter(ClassDesc.of(className), program).write();
  }

  private byte[] write() {
    return ClassFile.of()
        .build(
            owner,
            type -> {
              type.withFlags(ACC_PUBLIC | ACC_FINAL);
              type.withInterfaceSymbols(KERNEL);
              type.withMethodBody(
                  ConstantDescs.INIT_NAME,
                  ConstantDescs.MTD_void,
                  ACC_PUBLIC,
                  code ->
                      code.aload(0)
                          .invokespecial(
                              ConstantDescs.CD_Object,
                              ConstantDescs.INIT_NAME,
                              ConstantDescs.MTD_void)
                          .return_());
              type.withMethodBody(
                  "run",
                  MethodTypeDesc.of(CD_void, FLOATS, FLOATS, INTS),
                  ACC_PUBLIC | ACC_FINAL,
                  this::writeRun);
              for (Procedure procedure : allProcedures()) {
                type.withMethodBody(
                    procedure.name(),
                    type(procedure),
                    ACC_PRIVATE | ACC_STATIC,
                    code -> new Body(code, procedure).write());
              }
            });
  }

  private List<Procedure> allProcedures() {
    List<Procedure> all = new ArrayList<>(program.procedures());
    all.add(program.main());
    return all;
  }

  private static MethodTypeDesc type(Procedure procedure) {
    List<ClassDesc> types = new ArrayList<>(List.of(FLOATS, FLOATS));
    types.addAll(Collections.nCopies(procedure.parameters().size(), CD_int));
    return MethodTypeDesc.of(CD_void, types);
  }

  private void writeRun(CodeBuilder code) {
    code.aload(1).aload(2);
    for (String parameter : program.main().parameters()) {
      code.aload(3).loadConstant(program.parameters().indexOf(parameter)).iaload();
    }
    code.invokestatic(owner, program.main().name(), type(program.main())).return_();
  }

  private CodeBuilder species(CodeBuilder code) {
    return code.getstatic(FLOAT_VECTOR, "SPECIES_" + program.lanes() * Float.SIZE, SPECIES);
  }

  private static CodeBuilder indexInRange(CodeBuilder code) {
    return code.invokeinterface(SPECIES, "indexInRange", MethodTypeDesc.of(MASK, CD_int, CD_int));
  }

  /** One method in the making. */
  private final class Body {
    private final CodeBuilder code;
    private final Procedure procedure;
    private final Map<String, Integer> slots = new HashMap<>();

    Body(CodeBuilder code, Procedure procedure) {
      this.code = code;
      this.procedure = procedure;
      for (int i = 0; i < procedure.parameters().size(); i++) {
        slots.put(procedure.parameters().get(i), 2 + i);
      }
    }

    void write() {
      write(procedure.body());
      code.return_();
    }

    private void write(List<Statement> statements) {
      statements.forEach(this::write);
    }

    private void write(Statement statement) {
      switch (statement) {
        case Statement.Define(String name, Index value) -> {
          push(value);
          code.istore(define(name, TypeKind.INT));
        }
        case Statement.Let(String name, Vec value) -> {
          push(value);
          code.astore(define(name, TypeKind.REFERENCE));
        }
        case Statement.Assign(String name, Vec value) -> {
          push(value);
          code.astore(slot(name));
        }
        case Statement.Store store -> store(store);
        case Statement.Loop loop -> loop(loop);
        case Statement.Call(String name, List<Index> arguments) -> {
          code.aload(0).aload(1);
          arguments.forEach(this::push);
          code.invokestatic(owner, name, type(program.procedure(name)));
        }
      }
    }

    private int define(String name, TypeKind kind) {
      int slot = code.allocateLocal(kind);
      slots.put(name, slot);
      return slot;
    }

    private int slot(String name) {
      return Objects.requireNonNull(slots.get(name), name);
    }

    private void loop(Statement.Loop loop) {
      int limit = code.allocateLocal(TypeKind.INT);
      push(loop.to());
      code.istore(limit);
      push(loop.from());
      int variable = define(loop.variable(), TypeKind.INT);
      code.istore(variable);
      Label test = code.newLabel();
      Label end = code.newLabel();
      code.labelBinding(test).iload(variable).iload(limit).if_icmpge(end);
      write(loop.body());
      code.iinc(variable, loop.step()).goto_(test).labelBinding(end);
    }

    private void store(Statement.Store store) {
      push(store.value());
      if (store.lanes() instanceof Index.Const(int lanes)) {
        assert lanes > 0 : "an empty store in " + procedure.name();
        if (lanes < program.lanes()) {
          storeParts(store, lanes);
        } else {
          memory(store.memory());
          push(store.at());
          intoArray();
        }
        return;
      }
      memory(store.memory());
      push(store.at());
      species(code).iconst_0();
      push(store.lanes());
      indexInRange(code);
      code.invokevirtual(
          FLOAT_VECTOR, "intoArray", MethodTypeDesc.of(CD_void, FLOATS, CD_int, MASK));
    }

    /**
     * Stores the lower half of the vector as a shorter one where it is full, and the other lanes
     * one by one: masked stores are slow on some processors, and more code for the JIT compiler.
     */
    private void storeParts(Statement.Store store, int lanes) {
      int vector = code.allocateLocal(TypeKind.REFERENCE);
      code.astore(vector);
      int half = program.lanes() / 2;
      boolean whole = lanes >= half && half >= 4;
      if (whole) {
        code.aload(vector)
            .getstatic(FLOAT_VECTOR, "SPECIES_" + half * Float.SIZE, SPECIES)
            .iconst_0()
            .invokevirtual(
                FLOAT_VECTOR, "reinterpretShape", MethodTypeDesc.of(VECTOR, SPECIES, CD_int))
            .checkcast(FLOAT_VECTOR);
        memory(store.memory());
        push(store.at());
        intoArray();
      }
      for (int lane = whole ? half : 0; lane < lanes; lane++) {
        memory(store.memory());
        push(store.at().plus(lane));
        code.aload(vector)
            .loadConstant(lane)
            .invokevirtual(FLOAT_VECTOR, "lane", MethodTypeDesc.of(CD_float, CD_int))
            .fastore();
      }
    }

    private void intoArray() {
      code.invokevirtual(FLOAT_VECTOR, "intoArray", MethodTypeDesc.of(CD_void, FLOATS, CD_int));
    }

    private void memory(Memory memory) {
      code.aload(
          switch (memory) {
            case ARENA -> 0;
            case WEIGHTS -> 1;
          });
    }

    private void push(Index index) {
      switch (index) {
        case Index.Const(int value) -> code.loadConstant(value);
        case Index.Var(String name) -> code.iload(slot(name));
        case Index.Sum(Index a, Index b) -> {
          push(a);
          push(b);
          code.iadd();
        }
        case Index.Product(Index a, Index b) -> {
          push(a);
          push(b);
          code.imul();
        }
        case Index.Quotient(Index a, int divisor) -> {
          push(a);
          code.loadConstant(divisor).idiv();
        }
        case Index.Least(Index a, Index b) -> extreme("min", a, b);
        case Index.Greatest(Index a, Index b) -> extreme("max", a, b);
        case Index.Entry(Index at) -> {
          memory(Memory.WEIGHTS);
          push(at);
          code.faload().f2i();
        }
      }
    }

    private void extreme(String name, Index a, Index b) {
      push(a);
      push(b);
      code.invokestatic(
          ClassDesc.of("java.lang.Math"), name, MethodTypeDesc.of(CD_int, CD_int, CD_int));
    }

    private void push(Vec vec) {
      switch (vec) {
        case Vec.Ref(String name) -> code.aload(slot(name));
        case Vec.Load(Memory memory, Index at) -> {
          species(code);
          memory(memory);
          push(at);
          code.invokestatic(
              FLOAT_VECTOR, "fromArray", MethodTypeDesc.of(FLOAT_VECTOR, SPECIES, FLOATS, CD_int));
        }
        case Vec.Broadcast(Memory memory, Index at) -> {
          species(code);
          memory(memory);
          push(at);
          code.faload();
          broadcast();
        }
        case Vec.Splat(float value) -> {
          species(code).loadConstant(value);
          broadcast();
        }
        case Vec.FromIndex(Index value) -> {
          species(code);
          push(value);
          code.i2f();
          broadcast();
        }
        case Vec.Fma(Vec a, Vec b, Vec c) -> {
          push(a);
          push(b);
          push(c);
          code.invokevirtual(FLOAT_VECTOR, "fma", MethodTypeDesc.of(FLOAT_VECTOR, VECTOR, VECTOR));
        }
        case Vec.Arithmetic(Vec.Function function, Vec a, Vec b)
            when function == Vec.Function.UMAX -> {
          pushInts(a);
          code.getstatic(OPERATORS, "UMAX", ASSOCIATIVE);
          pushInts(b);
          code.invokevirtual(INT_VECTOR, "lanewise", MethodTypeDesc.of(INT_VECTOR, BINARY, VECTOR))
              .invokevirtual(INT_VECTOR, "reinterpretAsFloats", MethodTypeDesc.of(FLOAT_VECTOR));
        }
        case Vec.Arithmetic(Vec.Function function, Vec a, Vec b) -> {
          push(a);
          push(b);
          code.invokevirtual(FLOAT_VECTOR, name(function), MethodTypeDesc.of(FLOAT_VECTOR, VECTOR));
        }
        case Vec.Apply(Vec.Mapping function, Vec a) -> {
          switch (function) {
            case ABS, NEG, SQRT -> {
              push(a);
              code.invokevirtual(FLOAT_VECTOR, name(function), MethodTypeDesc.of(FLOAT_VECTOR));
            }
            case UPPER_HALF -> half(a, "AND", ASSOCIATIVE, 0xffff0000);
            case LOWER_HALF -> half(a, "LSHL", BINARY, 16);
          }
        }
        case Vec.Select(Vec.Comparison comparison, Vec a, Vec b, Vec then, Vec otherwise) -> {
          push(otherwise);
          push(then);
          push(a);
          code.getstatic(OPERATORS, name(comparison), COMPARISON);
          push(b);
          code.invokevirtual(FLOAT_VECTOR, "compare", MethodTypeDesc.of(MASK, COMPARISON, VECTOR));
          code.invokevirtual(FLOAT_VECTOR, "blend", MethodTypeDesc.of(FLOAT_VECTOR, VECTOR, MASK));
        }
        case Vec.PowerOfTwo(Vec k) -> powerOfTwo(k);
      }
    }

    private void half(Vec vec, String operator, ClassDesc type, int operand) {
      pushInts(vec);
      code.getstatic(OPERATORS, operator, type)
          .loadConstant(operand)
          .invokevirtual(INT_VECTOR, "lanewise", MethodTypeDesc.of(INT_VECTOR, BINARY, CD_int))
          .invokevirtual(INT_VECTOR, "reinterpretAsFloats", MethodTypeDesc.of(FLOAT_VECTOR));
    }

    private void pushInts(Vec vec) {
      push(vec);
      code.invokevirtual(FLOAT_VECTOR, "reinterpretAsInts", MethodTypeDesc.of(INT_VECTOR));
    }

    private void broadcast() {
      code.invokestatic(
          FLOAT_VECTOR, "broadcast", MethodTypeDesc.of(FLOAT_VECTOR, SPECIES, CD_float));
    }

    private void powerOfTwo(Vec k) {
      push(k);
      code.getstatic(OPERATORS, "F2I", CONVERSION)
          .iconst_0()
          .invokevirtual(FLOAT_VECTOR, "convert", MethodTypeDesc.of(VECTOR, CONVERSION, CD_int))
          .checkcast(INT_VECTOR)
          .loadConstant(127)
          .invokevirtual(INT_VECTOR, "add", MethodTypeDesc.of(INT_VECTOR, CD_int))
          .getstatic(OPERATORS, "LSHL", BINARY)
          .loadConstant(23)
          .invokevirtual(INT_VECTOR, "lanewise", MethodTypeDesc.of(INT_VECTOR, BINARY, CD_int))
          .invokevirtual(INT_VECTOR, "reinterpretAsFloats", MethodTypeDesc.of(FLOAT_VECTOR));
    }
  }

  static String name(Vec.Function function) {
    return switch (function) {
      case ADD -> "add";
      case SUB -> "sub";
      case MUL -> "mul";
      case DIV -> "div";
      case MIN -> "min";
      case MAX -> "max";
      case UMAX -> throw new AssertionError("a function of integers");
    };
  }

  static String name(Vec.Mapping function) {
    return switch (function) {
      case ABS -> "abs";
      case NEG -> "neg";
      case SQRT -> "sqrt";
      case UPPER_HALF, LOWER_HALF -> throw new AssertionError("a function of integers");
    };
  }

  static String name(Vec.Comparison comparison) {
    return switch (comparison) {
      case LESS -> "LT";
      case LESS_OR_EQUAL -> "LE";
    };
  }
}
