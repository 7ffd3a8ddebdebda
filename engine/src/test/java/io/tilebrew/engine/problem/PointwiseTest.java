package io.tilebrew.engine.problem;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.tilebrew.engine.problem.Pointwise.Activate;
import io.tilebrew.engine.problem.Pointwise.Apply;
import io.tilebrew.engine.problem.Pointwise.Combine;
import io.tilebrew.engine.problem.Pointwise.Earlier;
import io.tilebrew.engine.problem.Pointwise.Stage;
import java.util.List;
import net.jqwik.api.Arbitrary;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.Provide;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class PointwiseTest {
  @Provide
  Arbitrary<Pointwise> functions() {
    return ConvProblems.epilogues();
  }

  @Property
  void theTextFormIsReadAsItWasPrinted(@ForAll("functions") Pointwise function) {
    assertEquals(function, Pointwise.parse(function.toString()));
  }

  @Property
  void oneAfterTheOtherIsTheirComposition(
      @ForAll("functions") Pointwise first,
      @ForAll("functions") Pointwise second,
      @ForAll float x,
      @ForAll float a,
      @ForAll float b,
      @ForAll float c,
      @ForAll float d) {
    float[] inputs = {a, b, c, d};
    float[] rest = new float[second.inputs()];
    System.arraycopy(inputs, first.inputs(), rest, 0, rest.length);
    float expected = second.apply(first.apply(x, inputs), rest);
    assertEquals(expected, first.then(second).apply(x, inputs));
  }

  @Property
  void turnedItSwapsItsTwoInputs(
      @ForAll("functions") Pointwise function, @ForAll float x, @ForAll float y) {
    Pointwise turned = function.turned();
    if (turned != null) {
      assertEquals(function.apply(x, y), turned.apply(y, x));
    }
  }

  @Test
  void stagesChangeWhatTheOneBeforeHasLeft() {
    assertEquals(7, Pointwise.parse("+add +relu").apply(3, 4));
    assertEquals(0, Pointwise.parse("+add +relu").apply(3, -4));
    assertEquals(-1, Pointwise.parse("+relu +add").apply(3, -4));
    assertEquals(2, Pointwise.parse("+rsub").apply(3, 5));
    assertEquals(12, Pointwise.parse("+add(1.0) +mul[0]").apply(3));
    assertEquals(49, Pointwise.parse("+add +mul[@1]").apply(3, 4));
    assertEquals(30, Pointwise.parse("+add +mul[@1] +add[0] +sub[@1] +add[@3]").apply(1, 3));
    assertEquals(10, Pointwise.parse("+mul[2] +add[1]").apply(3, 4, 2));
    assertEquals(2, Pointwise.parse("+mul[2] +add[1]").inputs());
    assertEquals(-6, Pointwise.parse("+prelu").apply(-3, 2));
    assertTrue(Pointwise.parse("+relu +clip(0.0,6.0)").isMonotonic());
  }

  @Test
  void stagesThatChangeNothingAreNotCounted() {
    Stage nothing = new Activate(Activation.NONE);
    Stage square = new Combine(Arithmetic.MUL, new Earlier(2), false);
    Pointwise function = new Pointwise(List.of(nothing, new Apply(UnaryFunction.NEG), square));
    assertEquals(Pointwise.parse("+neg +mul[@1]"), function);
  }

  @ParameterizedTest
  @ValueSource(strings = {"relu", "+", "+pow", "+add(", "+add[x]", "+ relu", "+mul[@1]"})
  void otherTextIsRefused(String text) {
    assertThrows(IllegalArgumentException.class, () -> Pointwise.parse(text));
  }
}
