package io.tilebrew.engine.problem;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import net.jqwik.api.Arbitraries;
import net.jqwik.api.Arbitrary;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.Provide;
import org.junit.jupiter.api.Test;

class ActivationTest {
  @Provide
  Arbitrary<Activation> activations() {
    return Arbitraries.of(
        Activation.NONE,
        Activation.RELU,
        new Activation.Clip(0, 6),
        new Activation.Clip(1, -1),
        new Activation.LeakyRelu(0.1f),
        new Activation.LeakyRelu(-2),
        new Activation.LeakyRelu(0),
        new Activation.HardSigmoid(0.2f, 0.5f),
        new Activation.HardSigmoid(-0.2f, 0.5f),
        new Activation.HardSwish(),
        new Activation.Sigmoid(),
        new Activation.Tanh(),
        new Activation.Silu());
  }

  @Property
  void isMonotonicIfItSaysSo(
      @ForAll("activations") Activation activation, @ForAll float a, @ForAll float b) {
    if (activation.isMonotonic()) {
      assertEquals(
          activation.apply(Math.max(a, b)), Math.max(activation.apply(a), activation.apply(b)));
    }
  }

  @Property
  void keepsNaN(@ForAll("activations") Activation activation) {
    assertTrue(Float.isNaN(activation.apply(Float.NaN)));
  }

  @Property
  void isReadFromItsText(@ForAll("activations") Activation activation) {
    assertEquals(activation, Activation.parse(activation.toString()));
    ConvProblem problem =
        new ConvProblem(
            1,
            8,
            8,
            3,
            4,
            Window.square(3, 1, 1),
            1,
            Pointwise.of(activation),
            Pool.max(Window.square(2, 2, 0)));
    assertEquals(problem, ConvProblem.parse(problem.toString()));
  }

  @Test
  void values() {
    assertEquals(-0.5f, new Activation.LeakyRelu(0.25f).apply(-2));
    assertEquals(2, new Activation.LeakyRelu(0.25f).apply(2));
    assertEquals(0.75f, new Activation.HardSigmoid(0.25f, 0.5f).apply(1));
    assertEquals(0, new Activation.HardSigmoid(0.25f, 0.5f).apply(-3));
    assertEquals(1, new Activation.HardSigmoid(0.25f, 0.5f).apply(Float.POSITIVE_INFINITY));
    assertEquals(3, new Activation.HardSwish().apply(3));
    assertEquals(-0.375f, new Activation.HardSwish().apply(-1.5f), 1e-7f);
    assertEquals(0.5f, new Activation.Sigmoid().apply(0));
    assertEquals(0.7310586f, new Activation.Silu().apply(1), 1e-6f);
    assertEquals(0.7615942f, new Activation.Tanh().apply(1), 1e-6f);
  }

  @Test
  void refusesWhatIsNoNumber() {
    assertThrows(IllegalArgumentException.class, () -> new Activation.LeakyRelu(Float.NaN));
    assertThrows(
        IllegalArgumentException.class,
        () -> new Activation.HardSigmoid(Float.POSITIVE_INFINITY, 0));
    assertThrows(IllegalArgumentException.class, () -> Activation.parse("swoosh"));
  }
}
