package io.tilebrew.engine.reference;

import static io.tilebrew.engine.reference.Samples.assertSame;
import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;

import io.tilebrew.engine.DataType;
import io.tilebrew.engine.Shape;
import io.tilebrew.engine.Tensor;
import io.tilebrew.engine.problem.Activation;
import io.tilebrew.engine.problem.Arithmetic;
import io.tilebrew.engine.problem.Relation;
import io.tilebrew.engine.problem.UnaryFunction;
import java.util.List;
import java.util.Map;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.constraints.IntRange;
import net.jqwik.api.constraints.Size;
import org.junit.jupiter.api.Test;

class ElementwiseReferenceTest {
  private static Tensor binary(Arithmetic f, Tensor a, Tensor b, int... dims) {
    Tensor y = Samples.unwritten(a.type(), dims);
    ElementwiseReference.binary(f, a, b, y);
    return y;
  }

  private static Tensor scalar(DataType type, long value) {
    Tensor x = Tensor.zeros(type, Shape.SCALAR);
    x.set(0, value);
    return x;
  }

  @Property(tries = 300)
  void broadcastsAsTheExpandedTensors(
      @ForAll @Size(max = 4) List<@IntRange(min = 1, max = 4) Integer> dimsList,
      @ForAll @IntRange(max = 15) int ones,
      @ForAll @IntRange(max = 4) int missing,
      @ForAll Arithmetic f,
      @ForAll DataType type,
      @ForAll long seed) {
    int[] dims = Samples.ints(dimsList);
    if (type == DataType.BOOL || (f.divides() && !type.isFloat())) {
      return;
    }
    Tensor a = Samples.integers(type, seed, dims);
    Tensor b = Samples.integers(type, ~seed, narrowed(dims, ones, missing));
    Tensor expanded = Samples.unwritten(type, dims);
    ShapingReference.expand(b, expanded);
    assertSame(binary(f, a, expanded, dims), binary(f, a, b, dims));
    assertSame(binary(f, expanded, a, dims), binary(f, b, a, dims));
  }

  /** The dims with 1 at each bit of {@code ones}, and the first ones left out. */
  private static int[] narrowed(int[] dims, int ones, int missing) {
    int[] result = new int[Math.max(dims.length - missing, 0)];
    for (int i = 1; i <= result.length; i++) {
      boolean one = (ones >> (i - 1) & 1) != 0;
      result[result.length - i] = one ? 1 : dims[dims.length - i];
    }
    return result;
  }

  @Property
  void floatsFollowTheLanguage(@ForAll float a, @ForAll float b) {
    Map<Arithmetic, Float> expected =
        Map.of(
            Arithmetic.ADD,
            a + b,
            Arithmetic.SUB,
            a - b,
            Arithmetic.MUL,
            a * b,
            Arithmetic.DIV,
            a / b);
    expected.forEach(
        (f, result) -> {
          Tensor y = binary(f, Tensor.of(Shape.SCALAR, a), Tensor.of(Shape.SCALAR, b));
          assertEquals(result, y.floats()[0]);
        });
  }

  @Property
  void int32FollowsTheLanguage(@ForAll int a, @ForAll int b) {
    int divisor = b == 0 ? 1 : b;
    assertEquals(a + b, int32(Arithmetic.ADD, a, b));
    assertEquals(a - b, int32(Arithmetic.SUB, a, b));
    assertEquals(a * b, int32(Arithmetic.MUL, a, b));
    assertEquals(a / divisor, int32(Arithmetic.DIV, a, divisor));
  }

  private static int int32(Arithmetic f, int a, int b) {
    return (int) binary(f, scalar(DataType.INT32, a), scalar(DataType.INT32, b)).longAt(0);
  }

  @Test
  void integersWrapAndTruncate() {
    assertEquals(-3, quotient(DataType.INT64, -7, 2));
    assertEquals(3, quotient(DataType.INT8, -7, -2));
    assertEquals(124, quotient(DataType.UINT8, 249, 2));
    assertEquals(Long.MAX_VALUE, quotient(DataType.UINT64, -1, 2));
    Tensor sum = binary(Arithmetic.ADD, scalar(DataType.INT16, 32767), scalar(DataType.INT16, 1));
    assertEquals(-32768, sum.longAt(0));
  }

  private static long quotient(DataType type, long a, long b) {
    return binary(Arithmetic.DIV, scalar(type, a), scalar(type, b)).longAt(0);
  }

  @Test
  void refusesToDivideAnIntegerByZero() {
    Exception e =
        assertThrows(IllegalArgumentException.class, () -> quotient(DataType.INT32, 1, 0));
    assertEquals("element 0 of the quotient i32[] divides an integer by 0", e.getMessage());
  }

  @Test
  void activationsAreAppliedToEachElement() {
    Tensor x = Tensor.of(Shape.of(5), -1f, -0f, 2f, 7f, Float.NaN);
    Tensor y = Samples.unwritten(DataType.FLOAT32, 5);
    ElementwiseReference.activate(Activation.RELU, x, y);
    assertArrayEquals(new float[] {0, 0, 2, 7, Float.NaN}, y.floats());
    ElementwiseReference.activate(new Activation.Clip(0, 6), x, y);
    assertArrayEquals(new float[] {0, 0, 2, 6, Float.NaN}, y.floats());
  }

  @Property
  void smallIntegersSurviveACastToAnyTypeAndBack(
      @ForAll DataType from, @ForAll DataType to, @ForAll @IntRange(max = 127) int value) {
    boolean bool = from == DataType.BOOL || to == DataType.BOOL;
    Tensor there = cast(scalar(from, value), to);
    assertEquals(bool && value != 0 ? 1 : value, cast(there, from).longAt(0));
  }

  @Property
  void floatsCastAsByTheLanguage(@ForAll float x) {
    Tensor tensor = Tensor.of(Shape.SCALAR, x);
    assertEquals((int) x, cast(tensor, DataType.INT32).longAt(0));
    assertEquals((long) x, cast(tensor, DataType.INT64).longAt(0));
    assertEquals((byte) x, cast(tensor, DataType.INT8).longAt(0));
    assertEquals((double) x, cast(tensor, DataType.FLOAT64).doubleAt(0));
    assertEquals(x != 0 ? 1 : 0, cast(tensor, DataType.BOOL).longAt(0));
  }

  @Property
  void longsCastAsByTheLanguage(@ForAll long x) {
    Tensor tensor = scalar(DataType.INT64, x);
    assertEquals((float) x, cast(tensor, DataType.FLOAT32).floats()[0]);
    assertEquals((double) x, cast(tensor, DataType.FLOAT64).doubleAt(0));
    assertEquals((short) x, cast(tensor, DataType.INT16).longAt(0));
    assertEquals(x & 0xffff, cast(tensor, DataType.UINT16).longAt(0));
  }

  @Test
  void unsignedNumbersCastToTheirValue() {
    assertEquals(0x1p64f, cast(scalar(DataType.UINT64, -1), DataType.FLOAT32).floats()[0]);
    assertEquals(4294967295.0, cast(scalar(DataType.UINT32, -1), DataType.FLOAT64).doubleAt(0));
    assertEquals(255, cast(scalar(DataType.UINT8, 255), DataType.INT32).longAt(0));
  }

  private static Tensor cast(Tensor x, DataType to) {
    Tensor y = Samples.unwritten(to, x.shape().dims());
    ElementwiseReference.cast(x, y);
    return y;
  }

  @Property
  void powersOfIntegersAreRepeatedProducts(
      @ForAll @IntRange(min = -9, max = 9) int base, @ForAll @IntRange(max = 12) int exponent) {
    int product = 1;
    for (int i = 0; i < exponent; i++) {
      product *= base;
    }
    assertEquals(product, int32(Arithmetic.POW, base, exponent));
  }

  @Property
  void remaindersFollowTheLanguage(@ForAll int a, @ForAll int b) {
    int divisor = b == 0 ? 1 : b;
    assertEquals(a % divisor, int32(Arithmetic.REM, a, divisor));
    assertEquals(Math.floorMod(a, divisor), int32(Arithmetic.MOD, a, divisor));
  }

  @Property
  void whereChoosesByTheComparison(@ForAll DataType type, @ForAll long seed) {
    Tensor a = Samples.integers(type, seed, 3, 4);
    Tensor b = Samples.integers(type, ~seed, 4);
    Tensor isLess = Samples.unwritten(DataType.BOOL, 3, 4);
    ElementwiseReference.compare(Relation.LESS, a, b, isLess);
    Tensor least = Samples.unwritten(type, 3, 4);
    ElementwiseReference.where(isLess, a, b, least);
    assertSame(binary(Arithmetic.MIN, a, b, 3, 4), least);
  }

  @Test
  void unsignedNumbersCompareByTheirValue() {
    Tensor y = Samples.unwritten(DataType.BOOL, 1);
    ElementwiseReference.compare(
        Relation.LESS, scalar(DataType.UINT64, -1), scalar(DataType.UINT64, 1), y);
    assertEquals(0, y.longAt(0));
    Tensor least = binary(Arithmetic.MIN, scalar(DataType.UINT64, -1), scalar(DataType.UINT64, 1));
    assertEquals(1, least.longAt(0));
  }

  @Test
  void unaryFunctionsKeepTheType() {
    Tensor y = Samples.unwritten(DataType.INT8, 2);
    ElementwiseReference.unary(
        UnaryFunction.ABS, Tensor.of(DataType.INT8, Shape.of(2), new byte[] {-3, 4}), y);
    assertEquals(3, y.longAt(0));
    Tensor not = Samples.unwritten(DataType.BOOL, 2);
    ElementwiseReference.unary(
        UnaryFunction.NOT, Tensor.of(DataType.BOOL, Shape.of(2), new boolean[] {true, false}), not);
    assertArrayEquals(new boolean[] {false, true}, not.booleans());
  }
}
