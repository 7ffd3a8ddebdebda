package io.tilebrew.engine.codegen;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.tilebrew.engine.kernel.Index;
import io.tilebrew.engine.kernel.Kernel;
import io.tilebrew.engine.kernel.Memory;
import io.tilebrew.engine.kernel.Procedure;
import io.tilebrew.engine.kernel.Program;
import io.tilebrew.engine.kernel.Statement;
import io.tilebrew.engine.kernel.Vec;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;

class SourceWriterTest {
  private static final Index X = Index.var("x");
  private static final Index N = Index.var("n");

  private static Program program(List<Statement> statements, Procedure... callees) {
    Procedure main = new Procedure("main", List.of("n"), statements);
    return new Program("test", 8, List.of("x", "n"), main, List.of(callees));
  }

  @Test
  void writesWhatOneWouldHaveWritten() {
    Vec x = new Vec.Load(Memory.ARENA, X);
    Vec zero = new Vec.Splat(0);
    Procedure tile =
        new Procedure(
            "tile",
            List.of("x", "lanes"),
            List.of(
                new Statement.Let("a", new Vec.Fma(x, new Vec.Splat(-2.5f), zero)),
                new Statement.Assign("a", Vec.div(new Vec.Ref("a"), new Vec.FromIndex(X.plus(1)))),
                new Statement.Assign("a", new Vec.PowerOfTwo(new Vec.Ref("a"))),
                new Statement.Prefetch(Memory.WEIGHTS, X.plus(64)),
                new Statement.Store(Memory.ARENA, X, new Vec.Ref("a"), Index.of(3)),
                new Statement.Store(Memory.ARENA, X, new Vec.Ref("a"), Index.var("lanes")),
                new Statement.Store(
                    Memory.ARENA,
                    X.plus(24),
                    new Vec.Select(Vec.Comparison.LESS, x, zero, zero, x),
                    Index.of(8))));
    Index last = N.over(4).times(4);
    Program program =
        program(
            List.of(
                new Statement.Define("full", last),
                new Statement.Loop(
                    "i",
                    Index.of(0),
                    Index.var("full"),
                    4,
                    List.of(
                        new Statement.Call(
                            "tile", List.of(Index.var("i").times(32), N.plus(last.times(-1))))))),
            tile);
    assertEquals(
        """
        package kernels;

        import io.tilebrew.engine.kernel.Kernel;
        import jdk.incubator.vector.FloatVector;
        import jdk.incubator.vector.VectorOperators;
        import jdk.incubator.vector.VectorSpecies;

        public final class Test implements Kernel {
          private static final VectorSpecies<Float> SPECIES = FloatVector.SPECIES_256;

          @Override
          public void run(float[] arena, float[] weights, int[] arguments) {
            main(arena, weights, arguments);
          }

          private static void main(float[] arena, float[] weights, int[] arguments) {
            int n = arguments[1];
            int full = n / 4 * 4;
            for (int i = 0; i < full; i += 4) {
              tile(arena, weights, i * 32, n - n / 4 * 4);
            }
          }

          private static void tile(float[] arena, float[] weights, int x, int lanes) {
            FloatVector a = FloatVector.fromArray(SPECIES, arena, x)
                .fma(FloatVector.broadcast(SPECIES, -2.5f), FloatVector.broadcast(SPECIES, 0.0f));
            a = a.div(FloatVector.broadcast(SPECIES, (float) (x + 1)));
            a = a.reinterpretAsInts().add(127).lanewise(VectorOperators.LSHL, 23).reinterpretAsFloats();
            FloatVector.zero(SPECIES).intoArray(weights, x + 64, SPECIES.maskAll(false)); // prefetch
            arena[x] = a.lane(0);
            arena[x + 1] = a.lane(1);
            arena[x + 2] = a.lane(2);
            a.intoArray(arena, x, SPECIES.indexInRange(0, lanes));
            FloatVector.fromArray(SPECIES, arena, x)
                .blend(FloatVector.broadcast(SPECIES, 0.0f),
                    FloatVector.fromArray(SPECIES, arena, x)
                    .compare(VectorOperators.LT, FloatVector.broadcast(SPECIES, 0.0f)))
                .intoArray(arena, x + 24);
          }
        }
        """,
        SourceWriter.write("kernels.Test", program));
  }

  private static String text(Index index) {
    String source = SourceWriter.write("Test", program(List.of(new Statement.Define("i", index))));
    return source
        .lines()
        .filter(line -> line.contains("int i = "))
        .findFirst()
        .orElseThrow()
        .strip();
  }

  @Test
  void setsTheParenthesesThatAreNeeded() {
    Index sum = new Index.Sum(X, N);
    Index quotient = new Index.Quotient(N, 3);
    assertEquals("int i = x + n;", text(sum));
    assertEquals("int i = x + x + n;", text(new Index.Sum(X, sum)));
    assertEquals("int i = x - x * n * 5;", text(new Index.Sum(X, X.times(N).times(-5))));
    assertEquals("int i = x - (x + n);", text(new Index.Sum(X, sum.times(-1))));
    assertEquals("int i = x - 7;", text(X.plus(-7)));
    assertEquals("int i = -7 + x;", text(Index.of(-7).plus(X)));
    assertEquals("int i = x * -7;", text(X.times(-7)));
    assertEquals("int i = (x + n) * (x + n);", text(sum.times(sum)));
    assertEquals("int i = x * x * n;", text(X.times(X.times(N))));
    assertEquals("int i = n / 3 * x;", text(quotient.times(X)));
    assertEquals("int i = x * (n / 3);", text(X.times(quotient)));
    assertEquals("int i = x * (n / 3 * x);", text(X.times(quotient.times(X))));
    assertEquals("int i = (x + n) / 8;", text(sum.over(8)));
    assertEquals("int i = x * n / 8 / 3;", text(new Index.Quotient(X.times(N).over(8), 3)));
    assertEquals("int i = Math.min(x + n, 1) * 2;", text(sum.least(Index.of(1)).times(2)));
    assertEquals("int i = x + Math.max(n, 0);", text(X.plus(N.greatest(Index.of(0)))));
    assertEquals("int i = x + -2147483648;", text(X.plus(Integer.MIN_VALUE)));
  }

  @Test
  void writesAnyFloatAsItIs() {
    float[] values = {
      0f, -0f, 0.1f, Float.MIN_VALUE, -Float.MAX_VALUE, Float.NaN, Float.NEGATIVE_INFINITY, 1 / 0f
    };
    List<Statement> stores = new ArrayList<>();
    for (int i = 0; i < values.length; i++) {
      stores.add(
          new Statement.Store(Memory.ARENA, Index.of(i), new Vec.Splat(values[i]), Index.of(1)));
    }
    Kernel kernel = SourceCompiler.compile(List.of(program(stores))).getFirst();
    float[] arena = new float[values.length + 8];
    kernel.run(arena, new float[0], new int[2]);
    for (int i = 0; i < values.length; i++) {
      assertEquals(values[i], arena[i]);
    }
  }

  @Test
  void breaksLongLines() {
    Vec sum = new Vec.Splat(1);
    for (int i = 0; i < 30; i++) {
      sum = i % 3 == 0 ? Vec.add(new Vec.Splat(i), sum) : Vec.add(sum, new Vec.Splat(i));
    }
    String source = SourceWriter.write("Test", program(List.of(new Statement.Let("v", sum))));
    assertTrue(source.lines().count() > 20, source);
    assertTrue(source.lines().allMatch(line -> line.length() <= 150), source);
  }
}
