package io.tilebrew.engine.codegen;

import io.tilebrew.engine.kernel.Index;
import io.tilebrew.engine.kernel.Memory;
import io.tilebrew.engine.kernel.Procedure;
import io.tilebrew.engine.kernel.Program;
import io.tilebrew.engine.kernel.Statement;
import io.tilebrew.engine.kernel.Vec;
import java.util.List;
import java.util.Locale;
import java.util.stream.Collectors;

/**
 * The Java source reading of the kernel language, for people: the class that {@link BytecodeWriter}
 * writes, as one would have written it by hand.
 */
public final class SourceWriter {
  private static final String ARRAYS = "float[] arena, float[] weights";

  private final Program program;
  private final SourceLines lines = new SourceLines();

  private SourceWriter(Program program) {
    this.program = program;
  }

  /** The source of {@code program} as a class of the binary name {@code className}. */
  public static String write(String className, Program program) {
    return new SourceWriter(program).write(className);
  }

  private String write(String className) {
    lines.open("");
    writeRun();
    writeMain();
    program.procedures().forEach(this::write);
    lines.close();
    return header(className) + lines;
  }

  /** All before the methods; written after them, since it imports what they use. */
  private String header(String className) {
    int dot = className.lastIndexOf('.');
    StringBuilder text = new StringBuilder();
    if (dot >= 0) {
      text.append("package %s;\n\n".formatted(className.substring(0, dot)));
    }
    text.append("import io.tilebrew.engine.kernel.Kernel;\n");
    text.append("import jdk.incubator.vector.FloatVector;\n");
    if (lines.toString().contains("VectorOperators.")) {
      text.append("import jdk.incubator.vector.VectorOperators;\n");
    }
    if (lines.toString().contains("VectorShuffle.")) {
      text.append("import jdk.incubator.vector.VectorShuffle;\n");
    }
    text.append("import jdk.incubator.vector.VectorSpecies;\n");
    text.append(
        "\npublic final class %s implements Kernel {\n".formatted(className.substring(dot + 1)));
    text.append(
        "  private static final VectorSpecies<Float> SPECIES = FloatVector.SPECIES_%d;\n"
            .formatted(program.lanes() * Float.SIZE));
    return text.toString();
  }

  private void writeRun() {
    lines.add("");
    lines.add("@Override");
    lines.open("public void run(%s, int[] arguments) {".formatted(ARRAYS));
    lines.add("%s(arena, weights, arguments);".formatted(program.main().name()));
    lines.close();
  }

  private void writeMain() {
    open(program.main(), ", int[] arguments");
    for (String parameter : program.main().parameters()) {
      int number = program.parameters().indexOf(parameter);
      lines.add("int %s = arguments[%d];".formatted(parameter, number));
    }
    writeBody(program.main());
  }

  private void write(Procedure procedure) {
    open(
        procedure,
        procedure.parameters().stream().map(p -> ", int " + p).collect(Collectors.joining()));
    writeBody(procedure);
  }

  private void open(Procedure procedure, String parameters) {
    lines.add("");
    lines.open("private static void %s(%s%s) {".formatted(procedure.name(), ARRAYS, parameters));
  }

  private void writeBody(Procedure procedure) {
    procedure.body().forEach(this::write);
    lines.close();
  }

  private void write(Statement statement) {
    switch (statement) {
      case Statement.Define(String name, Index value) ->
          lines.add("int %s = %s;".formatted(name, text(value)));
      case Statement.Let(String name, Vec value) ->
          lines.add("FloatVector %s = %s;".formatted(name, text(value)));
      case Statement.Assign(String name, Vec value) ->
          lines.add("%s = %s;".formatted(name, text(value)));
      case Statement.Store store -> write(store);
      case Statement.Prefetch(Memory memory, Index at) ->
          lines.add(
              "FloatVector.zero(SPECIES).intoArray(%s, %s, SPECIES.maskAll(false)); // prefetch"
                  .formatted(memory.variable(), text(at)));
      case Statement.Loop(String i, Index from, Index to, int step, List<Statement> body) -> {
        String next = step == 1 ? i + "++" : i + " += " + step;
        lines.open("for (int %s = %s; %s < %s; %s) {".formatted(i, text(from), i, text(to), next));
        body.forEach(this::write);
        lines.close();
      }
      case Statement.Call(String name, List<Index> arguments) -> {
        String values = arguments.stream().map(a -> ", " + text(a)).collect(Collectors.joining());
        lines.add("%s(arena, weights%s);".formatted(name, values));
      }
    }
  }

  private void write(Statement.Store store) {
    String to = "%s, %s".formatted(store.memory().variable(), text(store.at()));
    String value = text(store.value());
    if (!(store.lanes() instanceof Index.Const(int lanes))) {
      lines.add(
          "%s.intoArray(%s, SPECIES.indexInRange(0, %s));"
              .formatted(value, to, text(store.lanes())));
    } else if (lanes >= program.lanes()) {
      lines.add("%s.intoArray(%s);".formatted(value, to));
    } else if (store.value() instanceof Vec.Ref(String name)) {
      writeParts(name, store, lanes);
    } else {
      lines.open("{");
      lines.add("FloatVector part = %s;".formatted(value));
      writeParts("part", store, lanes);
      lines.close();
    }
  }

  /** The first lanes as a shorter vector where they fill one, the others one by one. */
  private void writeParts(String vector, Statement.Store store, int count) {
    assert count > 0 : "an empty store";
    String memory = store.memory().variable();
    int filled = MethodWriter.filled(count);
    if (filled > 0) {
      lines.add(
          "((FloatVector) %s.reinterpretShape(FloatVector.SPECIES_%d, 0)).intoArray(%s, %s);"
              .formatted(vector, filled * Float.SIZE, memory, text(store.at())));
    }
    for (int lane = filled; lane < count; lane++) {
      lines.add(
          "%s[%s] = %s.lane(%d);".formatted(memory, text(store.at().plus(lane)), vector, lane));
    }
  }

  private static String text(Index index) {
    return switch (index) {
      case Index.Const(int value) -> Integer.toString(value);
      case Index.Var(String name) -> name;
      case Index.Sum(Index a, Index b) -> text(a) + addend(b);
      case Index.Product(Index a, Index b) -> product(a, b);
      case Index.Quotient(Index a, int divisor) -> factor(a) + " / " + divisor;
      case Index.Least(Index a, Index b) -> "Math.min(%s, %s)".formatted(text(a), text(b));
      case Index.Greatest(Index a, Index b) -> "Math.max(%s, %s)".formatted(text(a), text(b));
      case Index.Entry(Index at) -> "(int) weights[%s]".formatted(text(at));
    };
  }

  /** What is added to something: a difference where that reads better. */
  private static String addend(Index index) {
    return switch (index) {
      case Index.Const(int value) when value < 0 && value != Integer.MIN_VALUE -> " - " + -value;
      case Index.Product(Index a, Index.Const(int b)) when b < 0 && b != Integer.MIN_VALUE ->
          " - " + (b == -1 ? factor(a) : product(a, Index.of(-b)));
      case Index.Sum(Index a, Index b) -> addend(a) + addend(b);
      case Index.Const _,
          Index.Var _,
          Index.Product _,
          Index.Quotient _,
          Index.Least _,
          Index.Greatest _,
          Index.Entry _ ->
          " + " + text(index);
    };
  }

  private static String product(Index a, Index b) {
    return factor(a) + " * " + (beginsWithQuotient(b) ? "(" + text(b) + ")" : factor(b));
  }

  private static boolean beginsWithQuotient(Index index) {
    return index instanceof Index.Quotient
        || (index instanceof Index.Product(Index a, Index _) && beginsWithQuotient(a));
  }

  /** In parentheses if it is a sum. */
  private static String factor(Index index) {
    return index instanceof Index.Sum ? "(" + text(index) + ")" : text(index);
  }

  private static String text(Vec vec) {
    return switch (vec) {
      case Vec.Ref(String name) -> name;
      case Vec.Load(var memory, Index at) ->
          "FloatVector.fromArray(SPECIES, %s, %s)".formatted(memory.variable(), text(at));
      case Vec.Broadcast(var memory, Index at) ->
          broadcast("%s[%s]".formatted(memory.variable(), text(at)));
      case Vec.Splat(float value) -> broadcast(literal(value));
      case Vec.FromIndex(Index value) -> broadcast("(float) " + operand(value));
      case Vec.Fma(Vec a, Vec b, Vec c) -> "%s.fma(%s, %s)".formatted(text(a), text(b), text(c));
      case Vec.Arithmetic(Vec.Function function, Vec a, Vec b) when function == Vec.Function.UMAX ->
          "%s.reinterpretAsInts().lanewise(VectorOperators.UMAX, %s.reinterpretAsInts())"
                  .formatted(text(a), text(b))
              + ".reinterpretAsFloats()";
      case Vec.Arithmetic(Vec.Function function, Vec a, Vec b) ->
          "%s.%s(%s)".formatted(text(a), method(Member.of(function)), text(b));
      case Vec.Apply(Vec.Mapping function, Vec a) ->
          switch (function) {
            case ABS, NEG, SQRT -> "%s.%s()".formatted(text(a), method(Member.of(function)));
            case UPPER_HALF -> half(a, "AND, 0xffff0000");
            case LOWER_HALF -> half(a, "LSHL, 16");
          };
      case Vec.Select(Vec.Comparison comparison, Vec a, Vec b, Vec then, Vec otherwise) ->
          "%s.blend(%s, %s.compare(VectorOperators.%s, %s))"
              .formatted(
                  text(otherwise), text(then), text(a), Member.of(comparison).symbol(), text(b));
      case Vec.Spread(Vec value, int width, int lane) ->
          "%s.rearrange(VectorShuffle.fromOp(SPECIES, i -> i - i %% %d + %d))"
              .formatted(text(value), width, lane);
      case Vec.EverySecond(Vec value, int first) ->
          "%s.rearrange(VectorShuffle.fromOp(SPECIES, i -> (2 * i + %d) %% SPECIES.length()))"
              .formatted(text(value), first);
      case Vec.PowerOfTwo(Vec rounded) ->
          text(rounded)
              + ".reinterpretAsInts().add(127)"
              + ".lanewise(VectorOperators.LSHL, 23).reinterpretAsFloats()";
    };
  }

  /** The method of vectors that is short for {@code operator}. */
  private static String method(Member operator) {
    return operator.symbol().toLowerCase(Locale.ROOT);
  }

  private static String half(Vec vec, String operation) {
    return "%s.reinterpretAsInts().lanewise(VectorOperators.%s).reinterpretAsFloats()"
        .formatted(text(vec), operation);
  }

  private static String broadcast(String value) {
    return "FloatVector.broadcast(SPECIES, %s)".formatted(value);
  }

  /** In parentheses unless a cast before it takes all of it. */
  private static String operand(Index index) {
    boolean whole =
        index instanceof Index.Sum
            || index instanceof Index.Product
            || index instanceof Index.Quotient;
    return whole ? "(" + text(index) + ")" : text(index);
  }

  private static String literal(float value) {
    if (Float.isNaN(value)) {
      return "Float.NaN";
    }
    if (Float.isInfinite(value)) {
      return value > 0 ? "Float.POSITIVE_INFINITY" : "Float.NEGATIVE_INFINITY";
    }
    return value + "f";
  }
}
