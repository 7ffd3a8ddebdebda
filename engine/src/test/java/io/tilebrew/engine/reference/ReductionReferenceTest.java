package io.tilebrew.engine.reference;

import static io.tilebrew.engine.reference.Samples.assertSame;
import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;

import io.tilebrew.engine.DataType;
import io.tilebrew.engine.Shape;
import io.tilebrew.engine.Tensor;
import io.tilebrew.engine.problem.Arithmetic;
import java.util.List;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.constraints.IntRange;
import org.junit.jupiter.api.Test;

class ReductionReferenceTest {
  private static Tensor reduce(Arithmetic f, List<Integer> axes, Tensor x, int... dims) {
    Tensor y = Samples.unwritten(x.type(), dims);
    ReductionReference.reduce(f, false, axes, x, y);
    return y;
  }

  @Property
  void axesOneByOneOrTogetherAreTheSame(
      @ForAll @IntRange(min = 1, max = 4) int a,
      @ForAll @IntRange(min = 1, max = 4) int b,
      @ForAll @IntRange(min = 1, max = 4) int c,
      @ForAll @IntRange(max = 2) int choice,
      @ForAll long seed) {
    Tensor x = Samples.integers(seed, a, b, c);
    Arithmetic f = List.of(Arithmetic.ADD, Arithmetic.MIN, Arithmetic.MAX).get(choice);
    Tensor first = reduce(f, List.of(0), x, b, c);
    assertSame(reduce(f, List.of(1), first, b), reduce(f, List.of(0, 2), x, b));
  }

  @Property
  void cumulativeSumsEndWithTheSum(
      @ForAll @IntRange(min = 1, max = 6) int length, @ForAll long seed) {
    Tensor x = Samples.integers(seed, 2, length, 3);
    Tensor sums = Samples.unwritten(DataType.FLOAT32, 2, length, 3);
    ReductionReference.cumSum(1, false, false, x, sums);
    Tensor last = Samples.unwritten(DataType.FLOAT32, 2, 1, 3);
    ShapingReference.slice(List.of(0, length - 1, 0), List.of(1, 1, 1), sums, last);
    assertSame(reduce(Arithmetic.ADD, List.of(1), x, 2, 1, 3), last);
    Tensor exclusive = Samples.unwritten(DataType.FLOAT32, 2, length, 3);
    ReductionReference.cumSum(1, true, false, x, exclusive);
    assertSame(sums, Samples.sum(exclusive, x));
  }

  @Property
  void theBestOfTopKIsTheExtreme(
      @ForAll @IntRange(min = 1, max = 6) int length, @ForAll boolean greatest, @ForAll long seed) {
    Tensor x = Samples.integers(seed, 2, length, 3);
    Tensor values = Samples.unwritten(DataType.FLOAT32, 2, 1, 3);
    Tensor indices = Samples.unwritten(DataType.INT64, 2, 1, 3);
    ReductionReference.topK(greatest, 1, x, values, indices);
    Arithmetic f = greatest ? Arithmetic.MAX : Arithmetic.MIN;
    assertSame(reduce(f, List.of(1), x, 2, 1, 3), values);
    Tensor first = Samples.unwritten(DataType.INT64, 2, 1, 3);
    ReductionReference.argExtreme(greatest, false, 1, x, first);
    assertSame(first, indices);
  }

  @Test
  void ofNothingIsTheNeutralElement() {
    Tensor none = Tensor.zeros(DataType.FLOAT32, Shape.of(1, 0));
    assertEquals(0, reduce(Arithmetic.ADD, List.of(1), none, 1).floats()[0]);
    assertEquals(1, reduce(Arithmetic.MUL, List.of(1), none, 1).floats()[0]);
    assertEquals(Float.NEGATIVE_INFINITY, reduce(Arithmetic.MAX, List.of(1), none, 1).floats()[0]);
    Tensor noInts = Tensor.zeros(DataType.INT8, Shape.of(1, 0));
    assertEquals(-128, reduce(Arithmetic.MAX, List.of(1), noInts, 1).longAt(0));
    assertEquals(127, reduce(Arithmetic.MIN, List.of(1), noInts, 1).longAt(0));
    Tensor noBits = Tensor.zeros(DataType.UINT8, Shape.of(1, 0));
    assertEquals(255, reduce(Arithmetic.MIN, List.of(1), noBits, 1).longAt(0));
  }

  @Test
  void equalElementsKeepTheirOrder() {
    Tensor x = Tensor.of(Shape.of(5), 1f, 3, 2, 3, 1);
    Tensor values = Samples.unwritten(DataType.FLOAT32, 5);
    Tensor indices = Samples.unwritten(DataType.INT64, 5);
    ReductionReference.topK(true, 0, x, values, indices);
    assertArrayEquals(new float[] {3, 3, 2, 1, 1}, values.floats());
    assertArrayEquals(new long[] {1, 3, 2, 0, 4}, indices.longs());
    Tensor last = Samples.unwritten(DataType.INT64);
    ReductionReference.argExtreme(true, true, 0, x, last);
    assertEquals(3, last.longAt(0));
  }

  @Test
  void meansDivideOnce() {
    Tensor y = Samples.unwritten(DataType.FLOAT32, 1);
    ReductionReference.reduce(
        Arithmetic.ADD, true, List.of(1), Tensor.of(Shape.of(1, 3), 1f, 2, 4), y);
    assertEquals(7f / 3, y.floats()[0]);
  }
}
