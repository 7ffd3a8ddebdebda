package io.tilebrew.engine.reference;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import org.junit.jupiter.api.Test;

class FloatMathTest {
  private static void assertExpIsExact(float x) {
    double expected = Math.exp(x);
    float nearest = (float) expected;
    float actual = FloatMath.exp(x);
    if (Float.isNaN(x) || Float.isInfinite(nearest) || Float.isInfinite(actual)) {
      assertEquals(nearest, actual, () -> "exp(" + x + ")");
    } else {
      double error = Math.abs(actual - expected) / Math.ulp(nearest);
      assertTrue(error < 0.92, () -> "exp(%s) is off by %s ulp".formatted(x, error));
    }
  }

  @Property(tries = 20_000)
  void expIsWithinOneUlp(@ForAll float x) {
    assertExpIsExact(x);
  }

  @Test
  void expIsWithinOneUlpOnAGridOfAllFloats() {
    for (long bits = 0; bits < 1L << 32; bits += 1021) {
      assertExpIsExact(Float.intBitsToFloat((int) bits));
    }
  }

  @Test
  void expIsWithinOneUlpWhereTheScaleChanges() {
    for (int half = -2 * 151; half <= 2 * 129; half++) {
      float x = (float) (half * 0.5 * Math.log(2));
      for (int step = -50; step <= 50; step++) {
        assertExpIsExact(x + step * Math.ulp(x));
      }
    }
  }

  @Test
  void expAtTheEndsOfTheRange() {
    assertEquals(1f, FloatMath.exp(0f));
    assertEquals(1f, FloatMath.exp(-0f));
    assertEquals(Float.POSITIVE_INFINITY, FloatMath.exp(Float.POSITIVE_INFINITY));
    assertEquals(Float.POSITIVE_INFINITY, FloatMath.exp(Float.MAX_VALUE));
    assertEquals(0f, FloatMath.exp(Float.NEGATIVE_INFINITY));
    assertEquals(0f, FloatMath.exp(-Float.MAX_VALUE));
    assertEquals(Float.MIN_VALUE, FloatMath.exp(-103f));
    assertTrue(Float.isNaN(FloatMath.exp(Float.NaN)));
  }
}
