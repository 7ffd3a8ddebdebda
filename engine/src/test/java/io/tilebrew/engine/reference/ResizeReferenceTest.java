package io.tilebrew.engine.reference;

import static io.tilebrew.engine.reference.Samples.assertSame;
import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;

import io.tilebrew.engine.DataType;
import io.tilebrew.engine.Shape;
import io.tilebrew.engine.Tensor;
import io.tilebrew.engine.problem.Interpolation;
import io.tilebrew.engine.problem.Interpolation.Coordinates;
import io.tilebrew.engine.problem.Interpolation.Method;
import io.tilebrew.engine.problem.Interpolation.Rounding;
import io.tilebrew.engine.problem.Resampling;
import java.util.Arrays;
import java.util.List;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.constraints.IntRange;
import org.junit.jupiter.api.Test;

class ResizeReferenceTest {
  private static Interpolation how(Method method, Coordinates coordinates) {
    return new Interpolation(
        method, coordinates, Rounding.ROUND_PREFER_FLOOR, -0.75f, false, false);
  }

  private static Tensor resize(Interpolation how, Tensor x, Resampling... axes) {
    int[] dims = List.of(axes).stream().mapToInt(Resampling::to).toArray();
    Tensor y = Samples.unwritten(x.type(), dims);
    ResizeReference.resize(how, List.of(axes), 9, x, y);
    return y;
  }

  @Property
  void theSameSizeIsTheIdentity(
      @ForAll Method method,
      @ForAll Coordinates coordinates,
      @ForAll @IntRange(min = 1, max = 5) int size,
      @ForAll long seed) {
    if (coordinates == Coordinates.TF_HALF_PIXEL_FOR_NN) {
      return;
    }
    Tensor x = Samples.floats(seed, size, 3);
    Resampling same = new Resampling(size, size, 1);
    assertSame(x, resize(how(method, coordinates), x, same, new Resampling(3, 3, 1)));
  }

  @Property
  void aConstantStaysConstant(
      @ForAll Method method,
      @ForAll Coordinates coordinates,
      @ForAll boolean excludeOutside,
      @ForAll boolean antialias,
      @ForAll @IntRange(min = 1, max = 6) int from,
      @ForAll @IntRange(min = 1, max = 6) int to) {
    Tensor x = Tensor.zeros(DataType.FLOAT32, Shape.of(from));
    Arrays.fill(x.floats(), 1);
    Interpolation how =
        new Interpolation(method, coordinates, Rounding.FLOOR, -0.5f, excludeOutside, antialias);
    Tensor y = resize(how, x, new Resampling(from, to, (double) to / from));
    for (float element : y.floats()) {
      assertEquals(1, element, 1e-6f);
    }
  }

  @Test
  void nearestDoubles() {
    Tensor x = Tensor.of(Shape.of(2), 1f, 2);
    Tensor y = resize(how(Method.NEAREST, Coordinates.ASYMMETRIC), x, new Resampling(2, 4, 2));
    assertArrayEquals(new float[] {1, 1, 2, 2}, y.floats());
  }

  @Test
  void linearLiesBetweenTheNeighbours() {
    Tensor x = Tensor.of(Shape.of(2), 1f, 2);
    Resampling axis = new Resampling(2, 4, 2);
    assertArrayEquals(
        new float[] {1, 1.25f, 1.75f, 2},
        resize(how(Method.LINEAR, Coordinates.HALF_PIXEL), x, axis).floats());
    assertArrayEquals(
        new float[] {1, 4 / 3f, 5 / 3f, 2},
        resize(how(Method.LINEAR, Coordinates.ALIGN_CORNERS), x, axis).floats(),
        1e-6f);
  }

  @Test
  void aPartBeyondTheEdgeIsExtrapolated() {
    Tensor x = Tensor.of(Shape.of(3), 1f, 2, 3);
    Interpolation crop = how(Method.LINEAR, Coordinates.TF_CROP_AND_RESIZE);
    Tensor y = resize(crop, x, new Resampling(3, 3, 1, 0.5, 1.5));
    assertArrayEquals(new float[] {2, 3, 9}, y.floats());
  }

  @Test
  void antialiasTakesTheMeanOfAllUnderAnElement() {
    Tensor x = Tensor.of(Shape.of(4), 0f, 0, 4, 4);
    Interpolation how =
        new Interpolation(
            Method.LINEAR, Coordinates.HALF_PIXEL, Rounding.FLOOR, -0.75f, true, true);
    Tensor y = resize(how, x, new Resampling(4, 1, 0.25));
    assertEquals(2, y.floats()[0], 1e-6f);
  }
}
