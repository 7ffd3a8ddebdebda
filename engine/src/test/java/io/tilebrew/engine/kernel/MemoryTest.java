package io.tilebrew.engine.kernel;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.constraints.IntRange;
import org.junit.jupiter.api.Test;

class MemoryTest {
  /** Half of the largest region that G1 makes of its own accord. */
  private static final int LARGEST = 16 << 20;

  @Property
  void arraysHaveRoomForAllFloats(@ForAll @IntRange(max = Integer.MAX_VALUE) int floats) {
    assertTrue(Memory.length(floats) >= floats);
  }

  @Test
  void smallArraysStayAsTheyAre() {
    assertEquals(0, Memory.length(0));
    assertEquals(2_000, Memory.length(2_000));
  }

  /** By the formula of G1: a region is the power of two from 1/2048 of the heap on. */
  @Test
  void othersFillHalfOfARegion() {
    long share = Math.clamp(Runtime.getRuntime().maxMemory() / 2048, 1 << 20, 2 * LARGEST);
    long region = Long.highestOneBit(2 * share - 1);
    int floats = (int) (region / 2 / Float.BYTES / 4);
    assertTrue((long) Float.BYTES * Memory.length(floats) > region / 2);
    assertTrue((long) Float.BYTES * Memory.length(floats) <= LARGEST + 64);
  }
}
