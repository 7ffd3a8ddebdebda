package io.tilebrew.engine.codegen;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNotEquals;

import io.tilebrew.engine.kernel.Index;
import io.tilebrew.engine.kernel.Kernel;
import io.tilebrew.engine.kernel.Memory;
import io.tilebrew.engine.kernel.Procedure;
import io.tilebrew.engine.kernel.Program;
import io.tilebrew.engine.kernel.Statement;
import io.tilebrew.engine.kernel.Vec;
import java.util.List;
import java.util.Set;
import org.junit.jupiter.api.Test;

class KernelFactoryTest {
  private static final int LANES = 4;

  /** A program that stores {@code value} in all lanes at {@code place}. */
  private static Program program(int value, int place) {
    Procedure leaf =
        new Procedure(
            "leaf",
            List.of("at"),
            List.of(
                new Statement.Store(
                    Memory.ARENA,
                    Index.var("at"),
                    new Vec.FromIndex(Index.of(value)),
                    Index.of(LANES))));
    Procedure main =
        new Procedure(
            "main", List.of(), List.of(new Statement.Call("leaf", List.of(Index.of(place)))));
    return new Program("test", LANES, List.of(), main, List.of(leaf));
  }

  private static float[] run(Kernel kernel) {
    float[] arena = new float[2 * LANES];
    kernel.run(arena, new float[0], new int[0]);
    return arena;
  }

  @Test
  void proceduresOfTheSameCodeAreOneClass() {
    KernelFactory factory = new KernelFactory();
    Kernel first = factory.define(program(1, 0));
    Kernel second = factory.define(program(1, LANES));
    assertEquals(Set.of("Procedure0"), factory.procedures());
    assertEquals(1, run(first)[0]);
    assertEquals(1, run(second)[LANES]);
    assertNotEquals(first.getClass(), second.getClass());
  }

  @Test
  void proceduresOfOtherCodeAreNot() {
    KernelFactory factory = new KernelFactory();
    Kernel first = factory.define(program(1, 0));
    Kernel second = factory.define(program(2, 0));
    assertEquals(Set.of("Procedure0", "Procedure2"), factory.procedures());
    assertEquals(1, run(first)[0]);
    assertEquals(2, run(second)[0]);
  }

  @Test
  void proceduresOfTheParentAreUsed() {
    KernelFactory parent = new KernelFactory();
    KernelFactory factory = new KernelFactory(parent);
    parent.define(program(1, 0));
    Kernel known = factory.define(program(1, LANES));
    Kernel other = factory.define(program(2, 0));
    assertEquals(Set.of("Procedure1"), factory.procedures());
    assertEquals(1, run(known)[LANES]);
    assertEquals(2, run(other)[0]);
    parent.define(program(2, LANES));
    assertEquals(2, run(factory.define(program(2, LANES)))[LANES]);
  }
}
