package io.tilebrew.engine.kernel;

import static org.junit.jupiter.api.Assertions.assertEquals;

import io.tilebrew.engine.tile.Floats;
import io.tilebrew.engine.tile.TestArena;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.stream.IntStream;
import java.util.stream.Stream;
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
   * Loops are cut short at every level, innermost ones less and few known turns not at all: {@code
   * main} calls {@code middle} at 0, 10, 20, ..., and that calls {@code leaf} at 0, 3 and 6 from
   * there; then it marks 60 to 65, and 70 to 89.
   */
  @Example
  void aShortRunVisitsTheFirstTurns() {
    Index at = Index.var("at");
    Procedure leaf = new Procedure("leaf", List.of("at"), List.of(mark("at")));
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
    Statement few = new Statement.Loop("c", Index.of(60), Index.of(66), 1, List.of(mark("c")));
    Statement many = new Statement.Loop("d", Index.of(70), Index.of(90), 1, List.of(mark("d")));
    Procedure main = new Procedure("main", List.of(), List.of(outer, few, many));
    Program program = TurnLimit.of(new Program("p", 4, List.of(), main, List.of(leaf, middle)));
    assertEquals(marks(List.of(0, 3, 10, 13), 86), marked(program, 2));
    assertEquals(marks(List.of(0), 78), marked(program, 1));
    List<Integer> called = new ArrayList<>();
    for (int r = 0; r < 50; r += 10) {
      called.addAll(List.of(r, r + 3, r + 6));
    }
    assertEquals(marks(called, 90), marked(program, TurnLimit.NONE));
  }

  /** Of two loops in one procedure the inner one takes few turns, since it takes them often. */
  @Example
  void aNestedLoopIsShort() {
    Index column = Index.var("row").plus(Index.var("c"));
    Statement mark = new Statement.Store(Memory.ARENA, column, new Vec.Splat(1), Index.of(1));
    Statement inner = new Statement.Loop("c", Index.of(0), Index.of(9), 1, List.of(mark));
    Statement outer = new Statement.Loop("row", Index.of(0), Index.of(90), 10, List.of(inner));
    Procedure main = new Procedure("main", List.of(), List.of(outer));
    Program program = TurnLimit.of(new Program("p", 4, List.of(), main, List.of()));
    assertEquals(List.of(0, 1, 2, 3, 10, 11, 12, 13), marked(program, TurnLimit.SHORT));
    assertEquals(81, marked(program, TurnLimit.NONE).size());
  }

  private static Statement mark(String variable) {
    return new Statement.Store(Memory.ARENA, Index.var(variable), new Vec.Splat(1), Index.of(1));
  }

  /** What calls have marked, 60 to 65, and 70 to before {@code end}. */
  private static List<Integer> marks(List<Integer> called, int end) {
    return Stream.of(
            called.stream(), IntStream.range(60, 66).boxed(), IntStream.range(70, end).boxed())
        .flatMap(s -> s)
        .toList();
  }

  private static List<Integer> marked(Program program, int turns) {
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
