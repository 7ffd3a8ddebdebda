package io.tilebrew.engine.codegen;

import io.tilebrew.engine.kernel.Index;
import io.tilebrew.engine.kernel.Memory;
import io.tilebrew.engine.kernel.Procedure;
import io.tilebrew.engine.kernel.Program;
import io.tilebrew.engine.kernel.Statement;
import io.tilebrew.engine.kernel.Vec;
import java.lang.classfile.CodeBuilder;
import java.lang.classfile.Label;
import java.util.List;
import java.util.Set;

/**
 * The bytecode of one procedure in the making.
 *
 * <p>Where the turns of a loop hand vectors on, what vectors compute is left to methods that each
 * size of vectors has of its own, which the code calls itself. Those that all sizes share, such as
 * {@code FloatVector.fma}, call them, too, but share the profile of these calls: the JIT compiler
 * guesses from it what it does not know yet, and where a process also runs shorter vectors it
 * guesses both sizes, for ever if a vector depends on itself, and leaves vectors in memory. For the
 * same reason the methods are rather called on a vector that has just been made than on one of
 * these. Elsewhere the shared methods do, which take less code.
 */
final class MethodWriter {
  private final CodeBuilder code;
  private final Program program;
  private final Procedure procedure;
  private final References references;
  private final Frames frames;
  private final Set<String> carried;

  private MethodWriter(
      CodeBuilder code,
      Program program,
      Procedure procedure,
      References references,
      Frames frames) {
    this.code = code;
    this.program = program;
    this.procedure = procedure;
    this.references = references;
    this.frames = frames;
    this.carried = procedure.carried();
  }

  /**
   * Writes {@code procedure} of {@code program}, in the class of {@code references}, as a static
   * method with two arrays of floats and an {@code int} for each parameter.
   */
  static void write(CodeBuilder code, Program program, Procedure procedure, References references) {
    Frames frames = new Frames(references);
    procedure.parameters().forEach(frames::defineInt);
    new MethodWriter(code, program, procedure, references, frames).write();
  }

  /**
   * Writes the main procedure of {@code program} as a static method with two arrays of floats and
   * the arguments of the program.
   */
  static void writeMain(CodeBuilder code, Program program, References references) {
    Frames frames = new Frames(references);
    int arguments = frames.defineInts();
    for (String parameter : program.main().parameters()) {
      code.aload(arguments).loadConstant(program.parameters().indexOf(parameter)).iaload();
      code.istore(frames.defineInt(parameter));
    }
    new MethodWriter(code, program, program.main(), references, frames).write();
  }

  private void write() {
    write(procedure.body());
    code.return_().with(frames.table());
  }

  private void write(List<Statement> statements) {
    for (Statement statement : statements) {
      write(statement);
    }
  }

  private void write(Statement statement) {
    switch (statement) {
      case Statement.Define(String name, Index value) -> {
        push(value);
        code.istore(frames.defineInt(name));
      }
      case Statement.Let(String name, Vec value) -> {
        push(value);
        code.astore(frames.defineVector(name));
      }
      case Statement.Assign(String name, Vec value) -> {
        push(value);
        code.astore(frames.slot(name));
      }
      case Statement.Store store -> store(store);
      case Statement.Prefetch(Memory memory, Index at) -> prefetch(memory, at);
      case Statement.Loop loop -> loop(loop);
      case Statement.Call(String name, List<Index> arguments) -> {
        code.aload(0).aload(1);
        for (Index argument : arguments) {
          push(argument);
        }
        references.call(code, program.procedure(name));
      }
    }
  }

  private void loop(Statement.Loop loop) {
    int outer = frames.open();
    push(loop.to());
    int limit = frames.defineInt("");
    code.istore(limit);
    push(loop.from());
    int variable = frames.defineInt(loop.variable());
    code.istore(variable);
    Label test = code.newLabel();
    Label end = code.newLabel();
    frames.jumpTo(test);
    code.labelBinding(test).iload(variable).iload(limit).if_icmpge(end);
    write(loop.body());
    code.iinc(variable, loop.step()).goto_(test).labelBinding(end);
    frames.close(outer);
    frames.jumpTo(end);
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
        use(Member.INTO_ARRAY);
      }
      return;
    }
    memory(store.memory());
    push(store.at());
    species().iconst_0();
    push(store.lanes());
    use(Member.INDEX_IN_RANGE);
    use(Member.INTO_ARRAY_MASKED);
  }

  /**
   * A store of no lanes: the vector API has no instruction to prefetch, but processors fetch the
   * line that a store is to change while they go on, even if its mask turns out to be empty.
   */
  private void prefetch(Memory memory, Index at) {
    species().fconst_0();
    use(Member.BROADCAST);
    memory(memory);
    push(at);
    species().iconst_0();
    use(Member.MASK_ALL);
    use(Member.INTO_ARRAY_MASKED);
  }

  /**
   * Stores the first lanes as a shorter vector where they fill one, and the others one by one:
   * masked stores are slow on some processors, and more code for the JIT compiler.
   */
  private void storeParts(Statement.Store store, int lanes) {
    int outer = frames.open();
    int vector = frames.defineVector("");
    code.astore(vector);
    int filled = filled(lanes);
    if (filled > 0) {
      code.aload(vector);
      asFloats(filled);
      memory(store.memory());
      push(store.at());
      use(Member.INTO_ARRAY);
    }
    for (int lane = filled; lane < lanes; lane++) {
      memory(store.memory());
      push(store.at().plus(lane));
      code.aload(vector).loadConstant(lane);
      use(Member.LANE).fastore();
    }
    frames.close(outer);
  }

  /** The lanes of the largest shorter vector that {@code count} floats fill, 0 if there is none. */
  static int filled(int count) {
    return count < 4 ? 0 : Integer.highestOneBit(count);
  }

  private CodeBuilder use(Member member) {
    return references.use(code, member);
  }

  private CodeBuilder species() {
    return use(Member.species(program.lanes()));
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
      case Index.Var(String name) -> code.iload(frames.slot(name));
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
      case Index.Least(Index a, Index b) -> {
        push(a);
        push(b);
        use(Member.LEAST);
      }
      case Index.Greatest(Index a, Index b) -> {
        push(a);
        push(b);
        use(Member.GREATEST);
      }
      case Index.Entry(Index at) -> {
        memory(Memory.WEIGHTS);
        push(at);
        code.faload().f2i();
      }
    }
  }

  private void push(Vec vec) {
    switch (vec) {
      case Vec.Ref(String name) -> code.aload(frames.slot(name));
      case Vec.Load(Memory memory, Index at) -> {
        species();
        memory(memory);
        push(at);
        use(Member.FROM_ARRAY);
      }
      case Vec.Broadcast(Memory memory, Index at) -> {
        species();
        memory(memory);
        push(at);
        code.faload();
        use(Member.BROADCAST);
      }
      case Vec.Splat(float value) -> {
        species().loadConstant(value);
        use(Member.BROADCAST);
      }
      case Vec.FromIndex(Index value) -> {
        species();
        push(value);
        code.i2f();
        use(Member.BROADCAST);
      }
      case Vec.Fma(Vec a, Vec b, Vec c) -> compute(Member.FMA, Member.TERNARY, a, b, c);
      case Vec.Arithmetic(Vec.Function function, Vec a, Vec b)
          when function.isCommutative() && isCarried(a) && !isCarried(b) ->
          push(new Vec.Arithmetic(function, b, a));
      case Vec.Arithmetic(Vec.Function function, Vec a, Vec b)
          when function == Vec.Function.UMAX -> {
        pushInts(a);
        use(Member.UMAX);
        pushInts(b);
        use(Member.INT_BINARY);
        asFloats();
      }
      case Vec.Arithmetic(Vec.Function function, Vec a, Vec b) ->
          compute(Member.of(function), Member.BINARY, a, b);
      case Vec.Apply(Vec.Mapping function, Vec a) -> apply(function, a);
      case Vec.Select(Vec.Comparison comparison, Vec a, Vec b, Vec then, Vec otherwise) -> {
        push(otherwise);
        push(then);
        push(a);
        use(Member.of(comparison));
        push(b);
        use(Member.COMPARE);
        use(Member.BLEND);
      }
      case Vec.Spread(Vec value, int width, int lane) -> {
        push(value);
        references.spread(code, program.lanes(), width, lane);
        use(Member.REARRANGE);
      }
      case Vec.EverySecond(Vec value, int first) -> {
        push(value);
        references.everySecond(code, program.lanes(), first);
        use(Member.REARRANGE);
      }
      case Vec.PowerOfTwo(Vec rounded) -> powerOfTwo(rounded);
    }
  }

  /** Whether the procedure needs the methods that vectors of its size have of their own. */
  private boolean carriesVectors() {
    return !carried.isEmpty();
  }

  private boolean isCarried(Vec vec) {
    return vec instanceof Vec.Ref(String name) && carried.contains(name);
  }

  /** Applies {@code operator}, by {@code method} where vectors need methods of their size. */
  private void compute(Member operator, Member method, Vec first, Vec... others) {
    push(first);
    if (carriesVectors()) {
      use(operator);
    }
    for (Vec other : others) {
      push(other);
    }
    use(carriesVectors() ? method : operator.shared());
  }

  private void apply(Vec.Mapping function, Vec vec) {
    switch (function) {
      case ABS, NEG, SQRT -> {
        push(vec);
        use(Member.of(function));
        use(Member.UNARY);
      }
      case UPPER_HALF -> half(vec, Member.AND, 0xffff0000);
      case LOWER_HALF -> half(vec, Member.LSHL, 16);
    }
  }

  private void half(Vec vec, Member operator, int operand) {
    pushInts(vec);
    use(operator).loadConstant(operand);
    use(Member.INT_BINARY_SCALAR);
    asFloats();
  }

  private void pushInts(Vec vec) {
    push(vec);
    if (carriesVectors()) {
      use(Member.intSpecies(program.lanes())).iconst_0();
      use(Member.RESHAPE).checkcast(references.intVector());
    } else {
      use(Member.AS_INTS_SHARED);
    }
  }

  private void asFloats() {
    if (carriesVectors()) {
      asFloats(program.lanes());
    } else {
      use(Member.AS_FLOATS_SHARED);
    }
  }

  /** Makes the vector on the stack one of {@code lanes} floats, its first bits. */
  private void asFloats(int lanes) {
    use(Member.species(lanes)).iconst_0();
    use(Member.RESHAPE).checkcast(references.floatVector());
  }

  private void powerOfTwo(Vec rounded) {
    pushInts(rounded);
    code.loadConstant(127);
    use(Member.INT_ADD);
    use(Member.LSHL).loadConstant(23);
    use(Member.INT_BINARY_SCALAR);
    asFloats();
  }
}
