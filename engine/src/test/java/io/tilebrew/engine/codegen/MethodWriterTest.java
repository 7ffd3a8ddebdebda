package io.tilebrew.engine.codegen;

import static org.junit.jupiter.api.Assertions.assertEquals;

import io.tilebrew.engine.kernel.Index;
import io.tilebrew.engine.kernel.Memory;
import io.tilebrew.engine.kernel.Procedure;
import io.tilebrew.engine.kernel.Program;
import io.tilebrew.engine.kernel.Statement;
import io.tilebrew.engine.kernel.Vec;
import java.lang.classfile.ClassFile;
import java.lang.classfile.instruction.InvokeInstruction;
import java.util.List;
import org.junit.jupiter.api.Test;

class MethodWriterTest {
  private static final Vec X = new Vec.Load(Memory.ARENA, Index.var("i"));
  private static final Vec.Ref SUM = new Vec.Ref("sum");

  /** The methods that the code of {@code body} calls to compute, in order. */
  private static List<String> calls(Statement... body) {
    Procedure main = new Procedure("main", List.of("n"), List.of(body));
    Program program = new Program("test", 8, List.of("n"), main, List.of());
    return ClassFile.of().parse(BytecodeWriter.write("a.Kernel", program)).methods().stream()
        .filter(method -> method.methodName().equalsString("main"))
        .flatMap(method -> method.code().orElseThrow().elementStream())
        .<String>mapMulti(
            (element, calls) -> {
              if (element instanceof InvokeInstruction call) {
                calls.accept(call.name().stringValue());
              }
            })
        .filter(name -> !name.equals("fromArray") && !name.equals("broadcast"))
        .toList();
  }

  private static Statement loop(Statement... body) {
    return new Statement.Loop("i", Index.of(0), Index.var("n"), 8, List.of(body));
  }

  @Test
  void computesWhatALoopHandsOnByMethodsOfItsSize() {
    assertEquals(
        List.of(
            "lanewise",
            "lanewise",
            "reinterpretShape",
            "reinterpretShape",
            "lanewise",
            "reinterpretShape"),
        calls(
            new Statement.Let("sum", new Vec.Splat(0)),
            loop(
                new Statement.Assign("sum", new Vec.Fma(X, X, SUM)),
                new Statement.Assign("sum", Vec.div(SUM, X)),
                new Statement.Assign("sum", new Vec.Arithmetic(Vec.Function.UMAX, SUM, X)))));
  }

  @Test
  void computesTheRestByMethodsThatTakeLessCode() {
    assertEquals(
        List.of("fma", "add", "intoArray"),
        calls(
            loop(
                new Statement.Let("sum", new Vec.Fma(X, X, X)),
                new Statement.Assign("sum", Vec.add(SUM, X)),
                new Statement.Store(Memory.ARENA, Index.var("i"), SUM, Index.of(8)))));
  }
}
