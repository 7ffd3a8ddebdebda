package io.tilebrew.bench;

import static org.junit.jupiter.api.Assertions.assertDoesNotThrow;
import static org.junit.jupiter.api.Assertions.assertThrows;

import org.junit.jupiter.api.Test;

class AgreementTest {
  private static final float[] EXPECTED = {0, -100};

  @Test
  void boundGrowsWithTheLargestElement() {
    assertDoesNotThrow(() -> check(0.01f, -100));
    assertThrows(IllegalStateException.class, () -> check(0.0101f, -100));
  }

  @Test
  void nanAgreesWithNothing() {
    assertThrows(IllegalStateException.class, () -> check(Float.NaN, -100));
  }

  @Test
  void lengthsMustBeTheSame() {
    assertThrows(IllegalStateException.class, () -> check(0));
  }

  private static void check(float... found) {
    Agreement.require("y", found, "other", EXPECTED);
  }
}
