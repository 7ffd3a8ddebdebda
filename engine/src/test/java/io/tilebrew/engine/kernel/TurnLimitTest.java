package io.tilebrew.engine.kernel;

import static org.junit.jupiter.api.Assertions.assertEquals;

import io.tilebrew.engine.tile.Floats;
import io.tilebrew.engine.tile.TestArena;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.stream.IntStream;
import net.jqwik.api.EdgeCasesMode;
import net.jqwik.api.Example;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;

class TurnLimitTest {
  @Property(tries = 200, edgeCases = EdgeCasesMode.NONE)
  void withoutALimitNothingChanges(@ForAll long seed) {
    Program program = RandomPrograms.program(seed);
    float[] weights = Floats.ordinary(seed, RandomPrograms.FLOATS);
    float[] expected = Floats.ordinary(~seed, RandomPrograms.FLOATS);
    float[] actual = expected.clone();
    int[] arguments = RandomPrograms.arguments(seed);
    new KernelInterpreter(program).run(expected, weights, arguments);
    new KernelInterpreter(TurnLimit.of(program))
        .run(actual, weights, with(arguments, TurnLimit.NONE));
    TestArena.assertSameBits(expected, actual, "RandomPrograms.program(%d)".formatted(seed));
  }

  /**
   * Loops around calls are cut short at every level, a loop without calls is not: {@code main}
   * calls {@code middle} at 0, 10, 20, ..., and that calls {@code leaf} at 0, 3 and 6 from there.
   */
  @Example
  void aShortRunVisitsTheFirstTurns() {
    Index at = Index.var("at");
    Statement mark = new Statement.Store(Memory.ARENA, at, new Vec.Splat(1), Index.of(1));
    Procedure leaf = new Procedure("leaf", List.of("at"), List.of(mark));
    Index spot = at.plus(Index.var("i"));
    Statement call = new Statement.Call("leaf", List.of(spot));
    Statement inner = new Statement.Loop("i", Index.of(0), Index.of(9), 3, List.of(call));
    Procedure middle = new Procedure("middle", List.of("at"), List.of(inner));
    Statement outer =
        new Statement.Loop(
            "r",
            Index.of(0),
            Index.of(50),
            10,
            List.of(new Statement.Call("middle", List.of(Index.var("r")))));
    Statement plain =
        new Statement.Loop(
            "c",
            Index.of(60),
            Index.of(66),
            1,
            List.of(
                new Statement.Store(Memory.ARENA, Index.var("c"), new Vec.Splat(1), Index.of(1))));
    Procedure main = new Procedure("main", List.of(), List.of(outer, plain));
    Program program = TurnLimit.of(new Program("p", 4, List.of(), main, List.of(leaf, middle)));
    assertEquals(List.of(0, 3, 10, 13, 60, 61, 62, 63, 64, 65), marks(program, 2));
    assertEquals(List.of(0, 60, 61, 62, 63, 64, 65), marks(program, 1));
    List<Integer> all = new ArrayList<>();
    for (int r = 0; r < 50; r += 10) {
      all.addAll(List.of(r, r + 3, r + 6));
    }
    all.addAll(List.of(60, 61, 62, 63, 64, 65));
    assertEquals(all, marks(program, TurnLimit.NONE));
  }

  private static List<Integer> marks(Program program, int turns) {
    float[] arena = new float[100];
    new KernelInterpreter(program).run(arena, new float[0], new int[] {turns});
    return IntStream.range(0, arena.length).filter(i -> arena[i] != 0).boxed().toList();
  }

  private static int[] with(int[] arguments, int last) {
    int[] longer = Arrays.copyOf(arguments, arguments.length + 1);
    longer[arguments.length] = last;
    return longer;
  }
}
