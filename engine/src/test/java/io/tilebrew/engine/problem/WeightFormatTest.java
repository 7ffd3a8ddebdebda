package io.tilebrew.engine.problem;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.math.BigDecimal;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import org.junit.jupiter.api.Test;

class WeightFormatTest {
  private static final float GREATEST = Float.intBitsToFloat(0x7f7f0000);

  private static float round(float x) {
    return WeightFormat.BFLOAT16.round(x);
  }

  private static int bits(float x) {
    return Float.floatToRawIntBits(x);
  }

  private static float upper(int bits) {
    return Float.intBitsToFloat(bits & 0xffff0000);
  }

  /** What is behind the greatest number counts as one step further, as IEEE 754 has it. */
  private static BigDecimal exact(float x) {
    return Float.isInfinite(x)
        ? BigDecimal.valueOf(2).pow(128).multiply(BigDecimal.valueOf(Math.signum(x)))
        : new BigDecimal(x);
  }

  @Property(tries = 5000)
  void nothingOfTheFormatIsNearer(@ForAll int random) {
    float x = Float.intBitsToFloat(random);
    float rounded = round(x);
    assertEquals(0, bits(rounded) & 0xffff);
    if (Float.isNaN(x)) {
      assertTrue(Float.isNaN(rounded));
      return;
    }
    if (Float.isInfinite(x)) {
      assertEquals(x, rounded);
      return;
    }
    float down = upper(random);
    float up = upper(random + 0x10000);
    BigDecimal below = exact(x).subtract(exact(down)).abs();
    BigDecimal above = exact(up).subtract(exact(x)).abs();
    int order = below.compareTo(above);
    boolean even = (bits(down) & 0x10000) == 0;
    float expected = order < 0 || (order == 0 && even) ? down : up;
    assertEquals(bits(expected), bits(rounded), () -> Float.toHexString(x));
  }

  @Property(tries = 2000)
  void theErrorIsAsStated(@ForAll int random) {
    float x = Float.intBitsToFloat(random);
    if (Math.abs(x) <= GREATEST) {
      double error = Math.abs((double) round(x) - x);
      assertTrue(error <= Math.max(Math.abs(x) * 0x1p-8, 0x1p-134), () -> Float.toHexString(x));
    }
  }

  @Property
  void halvesComeOutOfPairs(@ForAll int high, @ForAll int low) {
    int pair = bits(WeightFormat.pair(upper(high), upper(low)));
    assertEquals(high & 0xffff0000, pair & 0xffff0000);
    assertEquals(low & 0xffff0000, pair << 16);
  }

  @Test
  void specialValues() {
    assertEquals(1f, round(0x1.01p0f)); // half way, 1 is even
    assertEquals(0x1.04p0f, round(0x1.03p0f)); // half way, 0x1.02p0 is odd
    assertEquals(Float.POSITIVE_INFINITY, round(Float.MAX_VALUE));
    assertEquals(Float.NEGATIVE_INFINITY, round(-Float.MAX_VALUE));
    assertEquals(GREATEST, round(GREATEST));
    assertEquals(bits(-0f), bits(round(-Float.MIN_VALUE)));
    assertTrue(Float.isNaN(round(Float.intBitsToFloat(0x7f800001))));
    assertTrue(Float.isNaN(round(Float.intBitsToFloat(0xffffffff))));
    assertEquals(Float.MIN_VALUE, WeightFormat.FLOAT32.round(Float.MIN_VALUE));
  }
}
