package io.tilebrew.engine.problem;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import net.jqwik.api.Arbitraries;
import net.jqwik.api.Arbitrary;
import net.jqwik.api.Combinators;
import net.jqwik.api.EdgeCasesMode;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.Provide;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class ConvProblemTest {
  @Provide
  Arbitrary<ConvProblem> problems() {
    return Arbitraries.oneOf(ConvProblems.any(), ConvProblems.winograd(), ConvProblems.bfloat16());
  }

  @Provide
  Arbitrary<Window> windows() {
    Arbitrary<Integer> counts = Arbitraries.integers().between(1, 12);
    Arbitrary<Integer> pads = Arbitraries.integers().between(0, 2);
    Arbitrary<Window> bare =
        Combinators.combine(counts, counts, counts, counts, counts, counts)
            .as((kh, kw, sh, sw, dh, dw) -> new Window(kh, kw, sh, sw, dh, dw, 0, 0, 0, 0));
    return Combinators.combine(bare, pads, pads, pads, pads).as(Window::withPadding);
  }

  @Property(edgeCases = EdgeCasesMode.NONE)
  void theTextIsReadBack(@ForAll("problems") ConvProblem p) {
    assertEquals(p, ConvProblem.parse(p.toString()));
  }

  @Property(edgeCases = EdgeCasesMode.NONE)
  void theTextOfAnyWindowIsReadBack(@ForAll("windows") Window w, @ForAll("windows") Window pool) {
    assertEquals(w, Window.parse(w.toString()));
    ConvProblem p = new ConvProblem(1, 300, 300, 2, 3, w, 1, Pointwise.NONE, null);
    assertEquals(p, ConvProblem.parse(p.toString()));
    assertEquals(pool, Window.parsePool(pool.poolText()));
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "n1 56x56x64 -> 64 k3 s1 p1 +relu +max2",
        "n5 28x20x6 -> 9 k1x7 s1x2 d2 p0,3,0,3 g3 +clip(0.0,6.0) +max2x3",
        "n1 9x9x1 -> 2 k3 s1 +clip(-Infinity,-0.0) +max3s2",
        "n1 224x224x3 -> 64 k7 s2 p3 +relu +max3s2p1",
        "n1 9x9x1 -> 1 k2 s1 +max2s1d2x1p0,1,0,1",
        "n1 56x56x64 -> 64 k3 s1 p1 w4 +relu +max2",
        "n1 7x7x64 -> 64 k3 s1 w2",
        "n1 27x27x96 -> 256 k5 s1 p2 w2k5 +relu +max2",
        "n1 7x7x64 -> 64 k7 s1 bf16 +relu"
      })
  void printsWhatItReads(String text) {
    assertEquals(text, ConvProblem.parse(text).toString());
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "",
        "n1 5x5x1 -> 1",
        "n1 5x5x1 -> 1 k0 s1",
        "n1 5x5x1 -> 1 k6 s1",
        "n1 5x5x3 -> 4 k1 s1 g2",
        "n1 5x5x1 -> 1 k3 s1 +clip(0.0)",
        "n1 5x5x1 -> 1 k3 s1 +clip(0.0,NaN)",
        "n1 5x5x1 -> 1 k3 s1 +max4",
        "n1 5x5x1 -> 1 k3 s1 p1,2 ",
        "n1 9x9x1 -> 1 k3 s1 w3",
        "n1 9x9x1 -> 1 k3 s2 w4",
        "n1 9x9x1 -> 1 k5 s1 w4",
        "n1 9x9x1 -> 1 k3 s1 w2k5",
        "n1 9x9x1 -> 1 k3 s1 w3",
        "n1 9x9x2 -> 2 k3 s1 g2 w4",
        "n1 9x9x2 -> 2 k3 s1 w2 +max3",
        "n1 3x3x2 -> 2 k3 s1 w2 bf16",
        "n1 3x3x2 -> 2 k3 s1 g2 bf16",
        "n1 4x3x2 -> 2 k3 s1 bf16",
        "n1 3x3x2 -> 2 k3 s1 bf16 +max1",
        "n1 3x3x2 -> 2 k3 s1 bf8",
        "n1 5x5x1 -> 1 k99999999999 s1"
      })
  void refusesAnyOtherText(String text) {
    assertThrows(IllegalArgumentException.class, () -> ConvProblem.parse(text));
  }

  @Test
  void countsItsWork() {
    ConvProblem p = ConvProblem.parse("n2 10x12x4 -> 6 k3 s1 p1 g2 +max2");
    assertEquals(10, p.convHeight());
    assertEquals(6, p.outputWidth());
    assertEquals(2L * 10 * 12 * 6 * 9 * 2, p.multiplyAdds());
  }

  @Test
  void saysHowManyZerosATileReads() {
    ConvProblem direct = ConvProblem.parse("n1 13x16x4 -> 6 k3 s1 p1");
    assertEquals(1, direct.zerosBelow());
    ConvProblem tiles = ConvProblem.parse("n1 13x16x4 -> 6 k3 s1 p1 w4");
    assertEquals(4, tiles.tileRows());
    assertEquals(4, tiles.zerosBelow());
    assertEquals(1, tiles.zerosRight());
    ConvProblem pooled = ConvProblem.parse("n1 13x18x4 -> 6 k3 s1 w4 +max2");
    assertEquals(3, pooled.tileRows());
    assertEquals(1, pooled.zerosBelow());
    assertEquals(0, pooled.zerosRight());
  }

  /** Bounds of 0 may give either zero where Math gives the other. */
  @Property
  void activationsAreWhatTheySay(@ForAll("activations") Activation a, @ForAll float x) {
    float y = a.apply(x);
    switch (a) {
      case Activation.None() -> assertEquals(x, y);
      case Activation.Relu() -> assertEquals(Math.max(x, 0), y);
      case Activation.Clip(float low, float high) ->
          assertTrue(y == Math.min(Math.max(x, low), high));
      case Activation.LeakyRelu _,
          Activation.HardSigmoid _,
          Activation.HardSwish _,
          Activation.Sigmoid _,
          Activation.Tanh _,
          Activation.Silu _ ->
          throw new AssertionError(a);
    }
    assertEquals(y, a.apply(y));
    assertTrue(Float.isNaN(a.apply(Float.NaN)));
  }

  /** Down to the sign of zero; so a max pooling may come before an activation. */
  @Property
  void activationsAreMonotonic(
      @ForAll("activations") Activation a, @ForAll float x, @ForAll float z) {
    assertEquals(Math.max(a.apply(x), a.apply(z)), a.apply(Math.max(x, z)));
    assertEquals(Math.max(a.apply(-0f), a.apply(0f)), a.apply(0f));
  }

  @Provide
  Arbitrary<Activation> activations() {
    return ConvProblems.bounds();
  }
}
