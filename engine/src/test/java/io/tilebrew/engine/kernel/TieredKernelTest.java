package io.tilebrew.engine.kernel;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertNull;
import static org.junit.jupiter.api.Assertions.assertSame;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.util.List;
import java.util.Objects;
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

  private static Kernel next(TieredKernel kernel) {
    return Objects.requireNonNull(kernel.next());
  }

  @Test
  void climbsByEachForm() {
    Kernel generic = writing(1);
    TieredKernel kernel = new TieredKernel(generic, List.of(maker(2), maker(3)));
    assertSame(generic, kernel.generic());
    assertEquals(1, run(kernel));
    assertFalse(kernel.hasClimbed());
    assertSame(kernel.next(), kernel.next());
    assertEquals(1, run(kernel));
    kernel.choose(next(kernel), true);
    assertEquals(2, run(kernel));
    assertTrue(kernel.hasClimbed());
    assertFalse(kernel.isSettled());
    kernel.choose(next(kernel), false);
    assertEquals(2, run(kernel));
    assertTrue(kernel.isSettled());
    assertNull(kernel.next());
    assertSame(generic, kernel.generic());
  }

  /** Two threads may try the same form, or one of them may have gone on. */
  @Test
  void choosesTheNextFormOnly() {
    TieredKernel kernel = new TieredKernel(writing(1), List.of(maker(2), maker(3)));
    Kernel second = next(kernel);
    kernel.skipToLast();
    kernel.choose(second, true);
    assertEquals(1, run(kernel));
    Kernel last = next(kernel);
    assertEquals(3, run(last));
    kernel.skipToLast();
    kernel.choose(last, true);
    kernel.choose(last, false);
    assertEquals(3, run(kernel));
    assertTrue(kernel.isSettled());
  }
}
