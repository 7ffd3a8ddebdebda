package io.tilebrew.engine.kernel;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertSame;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.util.List;
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

  @Test
  void isGenericUntilItIsSettled() {
    Kernel generic = writing(1);
    TieredKernel kernel = new TieredKernel(generic, () -> new KernelInterpreter(nothing()));
    assertSame(generic, kernel.generic());
    assertEquals(1, run(kernel));
    assertFalse(kernel.isSettled());
    assertSame(kernel.literal(), kernel.literal());
    assertEquals(1, run(kernel));
    kernel.settle(writing(2));
    assertEquals(2, run(kernel));
    assertTrue(kernel.isSettled());
  }

  private static Program nothing() {
    Procedure main = new Procedure("main", List.of(), List.of());
    return new Program("nothing", 4, List.of(), main, List.of());
  }
}
