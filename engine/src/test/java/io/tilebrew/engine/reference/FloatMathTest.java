package io.tilebrew.engine.reference;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.constraints.FloatRange;
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

  private static void assertNear(String name, float x, double expected, float actual, double ulps) {
    float nearest = (float) expected;
    if (Float.isNaN(x)) {
      assertTrue(Float.isNaN(actual), name);
    } else {
      double error = Math.abs(actual - expected) / Math.ulp(nearest);
      assertTrue(error < ulps, () -> "%s(%s) is off by %s ulp".formatted(name, x, error));
    }
  }

  private static void assertSigmoidAndTanh(float x) {
    double sigmoid = 1 / (1 + Math.exp(-x));
    if (sigmoid < 0x1p-126) {
      assertTrue(FloatMath.sigmoid(x) <= 0x1.1p-126f, () -> "sigmoid(" + x + ")");
    } else {
      assertNear("sigmoid", x, sigmoid, FloatMath.sigmoid(x), 3);
    }
    assertNear("tanh", x, Math.tanh(x), FloatMath.tanh(x), 2);
  }

  @Property(tries = 20_000)
  void sigmoidIsWithinThreeUlpAndTanhWithinTwo(@ForAll float x) {
    assertSigmoidAndTanh(x);
  }

  @Test
  void sigmoidAndTanhOnAGridOfAllFloats() {
    for (long bits = 0; bits < 1L << 32; bits += 4099) {
      assertSigmoidAndTanh(Float.intBitsToFloat((int) bits));
    }
  }

  /** The Taylor series; its terms alternate, so x is kept small enough for double precision. */
  private static double erf(double x) {
    double term = x;
    double sum = x;
    for (int n = 1; n < 120; n++) {
      term *= -x * x / n;
      sum += term / (2 * n + 1);
    }
    return sum * 2 / Math.sqrt(Math.PI);
  }

  @Property(tries = 20_000)
  void erfIsWithinTwoUlp(@ForAll @FloatRange(min = -3, max = 3) float x) {
    assertNear("erf", x, erf(x), FloatMath.erf(x), 2);
  }

  @Property
  void erfIsOddAndEndsAtOne(@ForAll float x) {
    assertEquals(0 - FloatMath.erf(x), FloatMath.erf(0 - x));
    if (Math.abs(x) >= 4) {
      assertEquals(Math.signum(x), FloatMath.erf(x));
    }
  }

  @Test
  void sigmoidTanhAndErfAtTheEndsOfTheRange() {
    assertEquals(0f, FloatMath.sigmoid(Float.NEGATIVE_INFINITY));
    assertEquals(0.5f, FloatMath.sigmoid(0));
    assertEquals(1f, FloatMath.sigmoid(Float.POSITIVE_INFINITY));
    assertEquals(-1f, FloatMath.tanh(Float.NEGATIVE_INFINITY));
    assertEquals(1f, FloatMath.tanh(Float.POSITIVE_INFINITY));
    assertEquals(-1f, FloatMath.erf(Float.NEGATIVE_INFINITY));
    assertEquals(1f, FloatMath.erf(Float.POSITIVE_INFINITY));
    assertTrue(Float.isNaN(FloatMath.erf(Float.NaN)));
  }
}
