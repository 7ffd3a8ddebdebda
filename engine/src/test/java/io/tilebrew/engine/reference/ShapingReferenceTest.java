package io.tilebrew.engine.reference;

import static io.tilebrew.engine.reference.Samples.assertSame;
import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;

import io.tilebrew.engine.DataType;
import io.tilebrew.engine.Shape;
import io.tilebrew.engine.Tensor;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Random;
import java.util.stream.IntStream;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.constraints.IntRange;
import net.jqwik.api.constraints.Size;
import org.junit.jupiter.api.Test;

class ShapingReferenceTest {
  private static Tensor transpose(List<Integer> permutation, Tensor x) {
    int[] dims = permutation.stream().mapToInt(axis -> x.shape().dim(axis)).toArray();
    Tensor y = Samples.unwritten(x.type(), dims);
    ShapingReference.transpose(permutation, x, y);
    return y;
  }

  private static Tensor slice(List<Integer> starts, List<Integer> steps, Tensor x, int... dims) {
    Tensor y = Samples.unwritten(x.type(), dims);
    ShapingReference.slice(starts, steps, x, y);
    return y;
  }

  private static Tensor gather(int axis, Tensor x, Tensor indices, int... dims) {
    Tensor y = Samples.unwritten(x.type(), dims);
    ShapingReference.gather(axis, x, indices, y);
    return y;
  }

  private static List<Integer> permutation(int rank, long seed) {
    List<Integer> axes = new ArrayList<>(IntStream.range(0, rank).boxed().toList());
    Collections.shuffle(axes, new Random(seed));
    return axes;
  }

  @Property
  void transposeMovesEachElement(
      @ForAll @Size(max = 5) List<@IntRange(max = 4) Integer> dimsList,
      @ForAll DataType type,
      @ForAll long seed) {
    int[] dims = Samples.ints(dimsList);
    Tensor x = Samples.integers(type, seed, dims);
    List<Integer> permutation = permutation(dims.length, seed);
    Tensor y = transpose(permutation, x);
    for (int i = 0; i < y.size(); i++) {
      int[] to = Samples.index(y.shape(), i);
      int[] from = new int[to.length];
      for (int axis = 0; axis < to.length; axis++) {
        from[permutation.get(axis)] = to[axis];
      }
      assertEquals(x.doubleAt(Samples.element(x.shape(), from)), y.doubleAt(i));
    }
  }

  @Property
  void transposeAndItsInverseCancel(
      @ForAll @Size(max = 5) List<@IntRange(max = 4) Integer> dimsList,
      @ForAll DataType type,
      @ForAll long seed) {
    int[] dims = Samples.ints(dimsList);
    Tensor x = Samples.integers(type, seed, dims);
    List<Integer> permutation = permutation(dims.length, seed);
    List<Integer> inverse =
        IntStream.range(0, dims.length).map(permutation::indexOf).boxed().toList();
    assertSame(x, transpose(inverse, transpose(permutation, x)));
  }

  @Property
  void concatIsUndoneBySlices(
      @ForAll @Size(min = 1, max = 4) List<@IntRange(max = 4) Integer> dimsList,
      @ForAll @Size(min = 1, max = 4) List<@IntRange(max = 3) Integer> partsList,
      @ForAll @IntRange(max = 3) int anyAxis,
      @ForAll DataType type,
      @ForAll long seed) {
    int[] dims = Samples.ints(dimsList);
    int[] parts = Samples.ints(partsList);
    int axis = anyAxis % dims.length;
    Shape shape = Shape.of(dims);
    Tensor[] inputs = new Tensor[parts.length];
    for (int i = 0; i < parts.length; i++) {
      inputs[i] = Samples.integers(type, seed + i, shape.with(axis, parts[i]).dims());
    }
    int total = IntStream.of(parts).sum();
    Tensor whole = Samples.unwritten(type, shape.with(axis, total).dims());
    ShapingReference.concat(axis, inputs, whole);
    int start = 0;
    for (Tensor input : inputs) {
      List<Integer> starts = new ArrayList<>(Collections.nCopies(dims.length, 0));
      starts.set(axis, start);
      List<Integer> steps = Collections.nCopies(dims.length, 1);
      assertSame(input, slice(starts, steps, whole, input.shape().dims()));
      start += input.shape().dim(axis);
    }
  }

  @Property
  void sliceTakesEveryStepThElement(
      @ForAll @IntRange(min = 1, max = 9) int size,
      @ForAll @IntRange(max = 8) int anyStart,
      @ForAll @IntRange(min = -3, max = 3) int anyStep,
      @ForAll @IntRange(min = 1, max = 3) int other) {
    int start = anyStart % size;
    int step = anyStep == 0 ? 1 : anyStep;
    int count = (step > 0 ? size - 1 - start : start) / Math.abs(step) + 1;
    Tensor x = Samples.floats(size, other, size, other);
    Tensor y = slice(List.of(0, start, 0), List.of(1, step, 1), x, other, count, other);
    for (int i = 0; i < y.size(); i++) {
      int[] at = Samples.index(y.shape(), i);
      at[1] = start + at[1] * step;
      assertEquals(x.floats()[Samples.element(x.shape(), at)], y.floats()[i]);
    }
  }

  @Property
  void expandRepeats(
      @ForAll @Size(max = 4) List<@IntRange(max = 3) Integer> dimsList,
      @ForAll @IntRange(max = 15) int ones) {
    int[] dims = Samples.ints(dimsList);
    int[] narrow =
        IntStream.range(0, dims.length).map(i -> (ones >> i & 1) != 0 ? 1 : dims[i]).toArray();
    Tensor x = Samples.floats(ones, narrow);
    Tensor y = Samples.unwritten(DataType.FLOAT32, dims);
    ShapingReference.expand(x, y);
    for (int i = 0; i < y.size(); i++) {
      int[] at = Samples.index(y.shape(), i);
      for (int axis = 0; axis < at.length; axis++) {
        at[axis] %= narrow[axis];
      }
      assertEquals(x.floats()[Samples.element(x.shape(), at)], y.floats()[i]);
    }
  }

  @Property
  void gatherPicksRows(
      @ForAll @Size(min = 1, max = 4) List<@IntRange(min = 1, max = 4) Integer> dimsList,
      @ForAll @IntRange(max = 3) int anyAxis,
      @ForAll @Size(max = 5) int[] anyIndices,
      @ForAll DataType type) {
    int[] dims = Samples.ints(dimsList);
    int axis = anyAxis % dims.length;
    Tensor x = Samples.integers(type, anyAxis, dims);
    Tensor indices = Tensor.zeros(DataType.INT32, Shape.of(anyIndices.length));
    for (int i = 0; i < anyIndices.length; i++) {
      indices.set(i, Math.floorMod(anyIndices[i], 2L * dims[axis]) - dims[axis]);
    }
    Tensor y = gather(axis, x, indices, x.shape().with(axis, anyIndices.length).dims());
    for (int i = 0; i < y.size(); i++) {
      int[] at = Samples.index(y.shape(), i);
      at[axis] = Math.floorMod((int) indices.longAt(at[axis]), dims[axis]);
      assertEquals(x.doubleAt(Samples.element(x.shape(), at)), y.doubleAt(i));
    }
  }

  @Test
  void gatherByAScalarDropsTheAxis() {
    Tensor x = Tensor.of(Shape.of(4), 1L, 3L, 224L, 225L);
    assertArrayEquals(new long[] {225}, gather(0, x, Tensor.of(Shape.SCALAR, -1L)).longs());
  }

  @Test
  void gatherRefusesAnIndexOutOfRange() {
    Tensor x = Samples.floats(1, 2, 3);
    for (long index : new long[] {3, -4, 1L << 32}) {
      Exception e =
          assertThrows(
              IllegalArgumentException.class,
              () -> gather(1, x, Tensor.of(Shape.of(2), 0, index), 2, 2));
      assertEquals(
          "index %d at element 1 is not between -3 and 2, axis 1 of the input f32[2,3]"
              .formatted(index),
          e.getMessage());
    }
  }

  @Test
  void copyKeepsTheOrder() {
    Tensor x = Samples.integers(DataType.UINT8, 5, 2, 3);
    Tensor y = Samples.unwritten(DataType.UINT8, 3, 2);
    ShapingReference.copy(x, y);
    assertSame(x.reshape(y.shape()), y);
  }

  @Test
  void paddingMirrorsRepeatsAndWraps() {
    Tensor x = Tensor.of(Shape.of(3), 1f, 2, 3);
    assertArrayEquals(new float[] {3, 2, 1, 2, 3, 2, 1}, pad(ShapingReference.Padding.REFLECT, x));
    assertArrayEquals(new float[] {1, 1, 1, 2, 3, 3, 3}, pad(ShapingReference.Padding.EDGE, x));
    assertArrayEquals(new float[] {2, 3, 1, 2, 3, 1, 2}, pad(ShapingReference.Padding.WRAP, x));
    assertArrayEquals(new float[] {7, 7, 1, 2, 3, 7, 7}, pad(ShapingReference.Padding.CONSTANT, x));
  }

  private static float[] pad(ShapingReference.Padding padding, Tensor x) {
    Tensor y = Samples.unwritten(DataType.FLOAT32, 7);
    ShapingReference.pad(padding, List.of(2), x, Tensor.of(Shape.SCALAR, 7f), y);
    return y.floats();
  }
}
