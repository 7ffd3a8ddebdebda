package io.tilebrew.engine.problem;

import static org.junit.jupiter.api.Assertions.assertEquals;

import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.constraints.DoubleRange;
import org.junit.jupiter.api.Test;

class UnaryFunctionTest {
  @Property
  void inversesUndo(@ForAll @DoubleRange(min = -20, max = 20) double x) {
    assertEquals(
        x, UnaryFunction.ASINH.apply(UnaryFunction.SINH.apply(x)), 1e-12 * (1 + Math.abs(x)));
    assertEquals(Math.abs(x), UnaryFunction.ACOSH.apply(UnaryFunction.COSH.apply(x)), 1e-6);
    assertEquals(x / 21, Math.tanh(UnaryFunction.ATANH.apply(x / 21)), 1e-12);
    double soft = UnaryFunction.SOFTPLUS.apply(x);
    assertEquals(Math.exp(x), UnaryFunction.EXPM1.apply(soft), 1e-12 * Math.exp(Math.abs(x)));
  }

  @Property
  void floatsAreRoundedOnce(@ForAll float x, @ForAll UnaryFunction function) {
    float exact = (float) function.apply((double) x);
    float found = function.apply(x);
    boolean same = Float.compare(exact, found) == 0;
    assertEquals(exact, found, same ? 0 : Math.ulp(exact));
  }

  @Test
  void halvesAreRoundedToEven() {
    assertEquals(2, UnaryFunction.ROUND.apply(2.5f));
    assertEquals(2, UnaryFunction.ROUND.apply(1.5f));
    assertEquals(-2, UnaryFunction.ROUND.apply(-2.5f));
  }

  @Test
  void integers() {
    assertEquals(7, UnaryFunction.ABS.apply(-7, false));
    assertEquals(-7, UnaryFunction.ABS.apply(-7, true));
    assertEquals(-1, UnaryFunction.SIGN.apply(-7, false));
    assertEquals(1, UnaryFunction.SIGN.apply(-7, true));
    assertEquals(7, UnaryFunction.NEG.apply(-7, false));
  }
}
