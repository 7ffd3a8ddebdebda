package io.tilebrew.models.cli;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.tilebrew.engine.DataType;
import io.tilebrew.engine.Shape;
import io.tilebrew.engine.Tensor;
import io.tilebrew.models.cli.Tolerance.Scale;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class ToleranceTest {
  private static final Tolerance LOOSE = new Tolerance(0.1, 0.5, Scale.ELEMENT);
  private static final Tolerance BY_MAX = new Tolerance(0.1, 0, Scale.MAX);

  @Property
  void anythingEqualsItself(@ForAll float[] values, @ForAll Scale scale) {
    Tensor tensor = Tensor.of(Shape.of(values.length), values);
    assertTrue(new Tolerance(0, 0, scale).compare(tensor, tensor).isEqual());
  }

  @ParameterizedTest
  @CsvSource({
    "11.5, 10, true",
    "11.6, 10, false",
    "8.5, 10, true",
    "-1, 0, false",
    "NaN, NaN, true",
    "NaN, 1, false",
    "1, NaN, false",
    "Infinity, Infinity, true",
    "-Infinity, Infinity, false",
    "3e38, Infinity, false",
    "Infinity, 3e38, false",
    "0.0, -0.0, true",
  })
  void elementsAreComparedWithTheExpectedOne(float found, float expected, boolean equal) {
    var comparison = LOOSE.compare(scalar(found), scalar(expected));
    assertEquals(equal, comparison.isEqual(), comparison.message());
  }

  @Test
  void theLargestFiniteElementSetsTheScale() {
    Tensor expected = Tensor.of(Shape.of(3), 0f, -10, Float.POSITIVE_INFINITY);
    Tensor near = Tensor.of(Shape.of(3), 0.99f, -10, Float.POSITIVE_INFINITY);
    Tensor far = Tensor.of(Shape.of(3), 1.01f, -10, Float.POSITIVE_INFINITY);
    assertTrue(BY_MAX.compare(near, expected).isEqual());
    assertFalse(BY_MAX.compare(far, expected).isEqual());
    assertEquals(0.99, BY_MAX.compare(near, expected).maxError(), 1e-6);
  }

  @Test
  void integersMustBeEqual() {
    Tensor large = Tensor.of(Shape.SCALAR, Long.MAX_VALUE);
    assertFalse(LOOSE.compare(Tensor.of(Shape.SCALAR, Long.MAX_VALUE - 1), large).isEqual());
    assertTrue(LOOSE.compare(Tensor.of(Shape.SCALAR, Long.MAX_VALUE), large).isEqual());
    Tensor yes = Tensor.of(DataType.BOOL, Shape.SCALAR, new boolean[] {true});
    Tensor no = Tensor.of(DataType.BOOL, Shape.SCALAR, new boolean[] {false});
    assertFalse(LOOSE.compare(yes, no).isEqual());
  }

  @Test
  void typesAndShapesMustBeEqual() {
    assertEquals(
        "is f32[1], expected f32[]",
        LOOSE.compare(Tensor.of(Shape.of(1), 1f), scalar(1)).message());
    assertEquals(
        "is i64[], expected f32[]",
        LOOSE.compare(Tensor.of(Shape.SCALAR, 1L), scalar(1)).message());
  }

  private static Tensor scalar(float value) {
    return Tensor.of(Shape.SCALAR, value);
  }
}
