package io.tilebrew.engine.reference;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.tilebrew.engine.DataType;
import io.tilebrew.engine.Shape;
import io.tilebrew.engine.Tensor;
import java.util.List;
import java.util.Objects;
import java.util.Random;

/** Random tensors, equal for equal seeds, and the comparison of tensors to the last bit. */
final class Samples {
  /** The unit roundoff of float32. */
  static final double ROUNDOFF = 0x1p-24;

  private Samples() {}

  /** Floats in [-1, 1). */
  static Tensor floats(long seed, int... dims) {
    Random random = new Random(seed);
    Tensor x = Tensor.zeros(DataType.FLOAT32, Shape.of(dims));
    for (int i = 0; i < x.size(); i++) {
      x.floats()[i] = random.nextFloat() * 2 - 1;
    }
    return x;
  }

  /** Integers in [-8, 8] as floats, so that sums of products are exact in any order. */
  static Tensor integers(long seed, int... dims) {
    return integers(DataType.FLOAT32, seed, dims);
  }

  /** Integers in [-8, 8], as far as the type can hold them. */
  static Tensor integers(DataType type, long seed, int... dims) {
    Random random = new Random(seed);
    Tensor x = Tensor.zeros(type, Shape.of(dims));
    for (int i = 0; i < x.size(); i++) {
      x.set(i, (long) random.nextInt(-8, 9));
    }
    return x;
  }

  /** A tensor to be filled; its elements are such as no test expects. */
  static Tensor unwritten(DataType type, int... dims) {
    Tensor y = Tensor.zeros(type, Shape.of(dims));
    for (int i = 0; i < y.size(); i++) {
      y.set(i, 77L);
    }
    return y;
  }

  /** The elements of {@code a} plus those of {@code b}. */
  static Tensor sum(Tensor a, Tensor b) {
    Tensor y = Tensor.zeros(a.type(), a.shape());
    for (int i = 0; i < y.size(); i++) {
      y.set(i, a.doubleAt(i) + b.doubleAt(i));
    }
    return y;
  }

  static int[] ints(List<Integer> list) {
    return list.stream().mapToInt(i -> i).toArray();
  }

  /** The multi-dimensional index of element {@code i} of a row-major tensor. */
  static int[] index(Shape shape, int i) {
    int[] index = new int[shape.rank()];
    for (int axis = shape.rank() - 1, rest = i; axis >= 0; rest /= shape.dim(axis), axis--) {
      index[axis] = rest % shape.dim(axis);
    }
    return index;
  }

  /** The element number of a multi-dimensional index. */
  static int element(Shape shape, int... index) {
    int element = 0;
    for (int axis = 0; axis < shape.rank(); axis++) {
      element = element * shape.dim(axis) + index[axis];
    }
    return element;
  }

  static void assertSame(Tensor expected, Tensor actual) {
    assertEquals(expected.toString(), actual.toString());
    for (int i = 0; i < expected.size(); i++) {
      double difference = expected.doubleAt(i) - actual.doubleAt(i);
      int element = i;
      assertTrue(
          difference == 0 || Double.compare(expected.doubleAt(i), actual.doubleAt(i)) == 0,
          () -> message(element, expected, actual));
    }
    assertTrue(Objects.deepEquals(expected.array(), actual.array()), "only a zero's sign differs");
  }

  private static String message(int i, Tensor expected, Tensor actual) {
    return "element %d is %s, expected %s".formatted(i, actual.doubleAt(i), expected.doubleAt(i));
  }

  /** Asserts that each element is as near to the expected one as its bound says. */
  static void assertWithin(double[] bound, double[] expected, float[] actual) {
    assertEquals(expected.length, actual.length);
    for (int i = 0; i < expected.length; i++) {
      double difference = Math.abs(expected[i] - actual[i]);
      assertTrue(
          difference <= bound[i],
          "element %d is %s, expected %s within %s".formatted(i, actual[i], expected[i], bound[i]));
    }
  }

  /** The bound of the relative error of {@code n} roundings of float32 one after the other. */
  static double gamma(int n) {
    return n * ROUNDOFF / (1 - n * ROUNDOFF);
  }
}
