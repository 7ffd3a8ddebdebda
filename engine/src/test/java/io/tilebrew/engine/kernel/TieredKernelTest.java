package io.tilebrew.engine.kernel;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertSame;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.util.List;
import java.util.function.Supplier;
import org.junit.jupiter.api.Test;

class TieredKernelTest {
  private static Kernel writing(float value) {
    return (arena, weights, arguments) -> arena[0] = value;
  }

  private static float run(Kernel kernel) {
    float[] arena = new float[1];
    kernel.run(arena, new float[0], new int[0]);
    return arena[0];
  }

  private static Supplier<Kernel> maker(float value) {
    return () -> writing(value);
  }

  @Test
  void climbsByEachForm() {
    Kernel generic = writing(1);
    TieredKernel kernel = new TieredKernel(generic, List.of(maker(2), maker(3)));
    assertSame(generic, kernel.generic());
    assertEquals(1, run(kernel));
    assertFalse(kernel.hasClimbed());
    assertSame(kernel.form(0), kernel.form(0));
    assertEquals(1, run(kernel));
    kernel.choose(0, true);
    assertEquals(2, run(kernel));
    assertTrue(kernel.hasClimbed());
    assertFalse(kernel.isSettled());
    assertEquals(1, kernel.last());
    kernel.choose(1, false);
    assertEquals(2, run(kernel));
    assertTrue(kernel.isSettled());
    assertSame(generic, kernel.generic());
  }

  /** Two threads may try the same form, or one of them may have gone on. */
  @Test
  void aLaterChoiceStands() {
    TieredKernel kernel = new TieredKernel(writing(1), List.of(maker(2), maker(3)));
    Kernel last = kernel.form(kernel.last());
    assertEquals(3, run(last));
    assertFalse(kernel.hasClimbed());
    kernel.choose(kernel.last(), true);
    assertSame(last, kernel.current());
    kernel.choose(0, true);
    kernel.choose(kernel.last(), false);
    assertEquals(3, run(kernel));
    assertTrue(kernel.isSettled());
  }
}
