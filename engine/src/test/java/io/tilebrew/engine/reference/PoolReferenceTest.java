package io.tilebrew.engine.reference;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.tilebrew.engine.DataType;
import io.tilebrew.engine.Shape;
import io.tilebrew.engine.Tensor;
import io.tilebrew.engine.problem.Window;
import net.jqwik.api.Arbitraries;
import net.jqwik.api.Arbitrary;
import net.jqwik.api.Combinators;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.Provide;
import net.jqwik.api.constraints.IntRange;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;

class PoolReferenceTest {
  @Provide
  Arbitrary<Window> windows() {
    Arbitrary<Integer> kernels = Arbitraries.integers().between(1, 3);
    Arbitrary<Integer> pads = Arbitraries.integers().between(0, 2);
    return Combinators.combine(kernels, kernels, kernels, kernels, kernels, pads, pads)
        .as(
            (kh, kw, sh, sw, d, p, q) ->
                new Window(
                    kh,
                    kw,
                    sh,
                    sw,
                    d,
                    d,
                    Math.min(p, kh - 1),
                    Math.min(q, kw - 1),
                    Math.min(q, kh - 1),
                    Math.min(p, kw - 1)));
  }

  /** Room for the windows that fit, and for {@code more} that reach beyond the padded input. */
  private static Tensor output(Window w, Tensor x, int more) {
    return Samples.unwritten(
        DataType.FLOAT32,
        x.shape().dim(0),
        x.shape().dim(1),
        w.outputHeight(x.shape().dim(2)) + more,
        w.outputWidth(x.shape().dim(3)) + more);
  }

  /** The element at tap {@code k} of the window of output {@code i}; null outside of the input. */
  private static @Nullable Double tap(Window w, Tensor x, Tensor y, int i, int k) {
    int[] at = Samples.index(y.shape(), i);
    int row = row(w, y, i, k);
    int column = column(w, y, i, k);
    boolean inside = row >= 0 && row < x.shape().dim(2) && column >= 0 && column < x.shape().dim(3);
    return inside ? x.doubleAt(Samples.element(x.shape(), at[0], at[1], row, column)) : null;
  }

  private static int row(Window w, Tensor y, int i, int k) {
    int oy = Samples.index(y.shape(), i)[2];
    return oy * w.strideHeight() - w.padTop() + k / w.kernelWidth() * w.dilationHeight();
  }

  private static int column(Window w, Tensor y, int i, int k) {
    int ox = Samples.index(y.shape(), i)[3];
    return ox * w.strideWidth() - w.padLeft() + k % w.kernelWidth() * w.dilationWidth();
  }

  @Property
  void maxIsTheGreatestOfEachWindow(
      @ForAll("windows") Window w, @ForAll @IntRange(max = 1) int more, @ForAll long seed) {
    Tensor x = Samples.integers(seed, 2, 3, 7, 8);
    Tensor y = output(w, x, more);
    PoolReference.max(w, x, y);
    for (int i = 0; i < y.size(); i++) {
      double greatest = Double.NEGATIVE_INFINITY;
      for (int k = 0; k < w.taps(); k++) {
        Double tap = tap(w, x, y, i, k);
        greatest = tap == null ? greatest : Math.max(greatest, tap);
      }
      assertEquals(greatest, y.doubleAt(i));
    }
  }

  @Property
  void averageIsTheMeanOfEachWindow(
      @ForAll("windows") Window w,
      @ForAll @IntRange(max = 1) int more,
      @ForAll boolean countPadding,
      @ForAll long seed) {
    Tensor x = Samples.integers(seed, 2, 3, 7, 8);
    Tensor y = output(w, x, more);
    PoolReference.average(w, countPadding, x, y);
    for (int i = 0; i < y.size(); i++) {
      float sum = 0;
      int count = 0;
      for (int k = 0; k < w.taps(); k++) {
        Double tap = tap(w, x, y, i, k);
        boolean padded =
            row(w, y, i, k) < 7 + w.padBottom() && column(w, y, i, k) < 8 + w.padRight();
        sum += tap == null ? 0 : tap.floatValue();
        count += tap != null || (countPadding && padded) ? 1 : 0;
      }
      assertEquals(sum / count, y.floats()[i]);
    }
  }

  @Test
  void countsPaddingButNothingBeyond() {
    Tensor x = Tensor.of(Shape.of(1, 1, 2, 2), 1f, 2f, 3f, 4f);
    Window w = Window.square(3, 2, 1);
    Tensor y = output(w, x, 1);
    PoolReference.average(w, true, x, y);
    // The second window covers rows 1 to 3, of which row 2 is padding and row 3 does not exist.
    assertArrayEquals(new float[] {10f / 9, 6f / 6, 7f / 6, 4f / 4}, y.floats());
    PoolReference.average(w, false, x, y);
    assertArrayEquals(new float[] {2.5f, 3, 3.5f, 4}, y.floats());
  }

  @Test
  void nanWinsAndInfinityIsAnElement() {
    float inf = Float.POSITIVE_INFINITY;
    Tensor x = Tensor.of(Shape.of(1, 1, 1, 6), Float.NaN, inf, -inf, -inf, -0f, 0f);
    Tensor y = Samples.unwritten(DataType.FLOAT32, 1, 1, 1, 3);
    PoolReference.max(new Window(1, 2, 1, 2, 1, 1, 0, 0, 0, 0), x, y);
    assertArrayEquals(new float[] {Float.NaN, -inf, 0}, y.floats());
  }

  @Test
  void theMeanOfNothingIsNan() {
    Tensor x = Tensor.of(Shape.of(1, 1, 1, 1), 5f);
    Window w = new Window(1, 2, 1, 1, 1, 3, 0, 3, 0, 3);
    Tensor y = output(w, x, 0);
    PoolReference.average(w, false, x, y);
    assertArrayEquals(new float[] {5, Float.NaN, Float.NaN, 5}, y.floats());
    assertTrue(y.shape().dim(3) == 4);
  }
}
