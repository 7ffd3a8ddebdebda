package io.tilebrew.engine.reference;

import io.tilebrew.engine.Shape;
import io.tilebrew.engine.Tensor;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** The references of the operators that move elements of any type without computing. */
public final class ShapingReference {
  private ShapingReference() {}

  /** The same elements in the same row-major order, whatever the two shapes. */
  public static void copy(Tensor x, Tensor y) {
    System.arraycopy(x.array(), 0, y.array(), 0, y.size());
  }

  /**
   * The dimensions in another order.
   *
   * @param permutation the axis of {@code x} that axis i of {@code y} takes its elements from
   */
  public static void transpose(List<Integer> permutation, Tensor x, Tensor y) {
    int[] own = x.shape().strides();
    Strided.copy(x, 0, permutation.stream().mapToInt(axis -> own[axis]).toArray(), y);
  }

  /** A copy grown to the shape of {@code y} by numpy's broadcasting. */
  public static void expand(Tensor x, Tensor y) {
    Strided.copy(x, 0, Strided.broadcastStrides(x.shape(), y.shape()), y);
  }

  /**
   * The elements at equal distances along each axis, as many as {@code y} has.
   *
   * @param starts the first index taken on each axis
   * @param steps the distance on each axis; negative walks backwards
   */
  public static void slice(List<Integer> starts, List<Integer> steps, Tensor x, Tensor y) {
    int[] strides = x.shape().strides();
    int offset = 0;
    for (int i = 0; i < strides.length; i++) {
      offset += starts.get(i) * strides[i];
      strides[i] *= steps.get(i);
    }
    Strided.copy(x, offset, strides, y);
  }

  /** The inputs one after the other along {@code axis}, counted from the front. */
  public static void concat(int axis, Tensor[] inputs, Tensor y) {
    int outer = y.size() == 0 ? 0 : y.shape().size(0, axis);
    int at = 0;
    for (int o = 0; o < outer; o++) {
      for (Tensor x : inputs) {
        int length = x.size() / outer;
        System.arraycopy(x.array(), o * length, y.array(), at, length);
        at += length;
      }
    }
  }

  /**
   * The elements of {@code x} at {@code indices} along {@code axis}, counted from the front; a
   * negative index counts from the end.
   *
   * @throws IllegalArgumentException if an index is out of range
   */
  public static void gather(int axis, Tensor x, Tensor indices, Tensor y) {
    Shape shape = x.shape();
    int size = shape.dim(axis);
    int outer = y.size() == 0 ? 0 : shape.size(0, axis);
    int length = y.size() == 0 ? 0 : shape.size(axis + 1, shape.rank());
    int at = 0;
    for (int o = 0; o < outer; o++) {
      for (int i = 0; i < indices.size(); i++) {
        long index = indices.longAt(i);
        if (index < -size || index >= size) {
          throw new IllegalArgumentException(
              "index %d at element %d is not between %d and %d, axis %d of the input %s"
                  .formatted(index, i, -size, size - 1, axis, x));
        }
        int from = (int) (index < 0 ? index + size : index);
        System.arraycopy(x.array(), (o * size + from) * length, y.array(), at, length);
        at += length;
      }
    }
  }

  /** What stands beyond the edges of a padded tensor. */
  public enum Padding {
    CONSTANT,
    REFLECT,
    EDGE,
    WRAP;

    /** The element that element {@code i}, perhaps outside, of {@code size} is equal to, or -1. */
    public int source(int i, int size) {
      if (i >= 0 && i < size) {
        return i;
      }
      return switch (this) {
        case CONSTANT -> -1;
        case EDGE -> i < 0 ? 0 : size - 1;
        case WRAP -> Math.floorMod(i, size);
        case REFLECT -> {
          int period = Math.max(2 * (size - 1), 1);
          int place = Math.floorMod(i, period);
          yield Math.min(place, period - place) % size;
        }
      };
    }
  }

  /**
   * The input with elements added on each axis, as many as {@code y} has more.
   *
   * @param before how many are added before the first, for each axis
   * @param value the value of constant padding, one element, or null for 0
   */
  public static void pad(
      Padding padding, List<Integer> before, Tensor x, @Nullable Tensor value, Tensor y) {
    int rank = x.shape().rank();
    int[] dims = y.shape().dims();
    int[] strides = x.shape().strides();
    int[] index = new int[rank];
    for (int at = 0; at < y.size(); at++) {
      int from = 0;
      for (int axis = 0; axis < rank && from >= 0; axis++) {
        int source = padding.source(index[axis] - before.get(axis), x.shape().dim(axis));
        from = source < 0 ? -1 : from + source * strides[axis];
      }
      if (from >= 0) {
        System.arraycopy(x.array(), from, y.array(), at, 1);
      } else if (value != null) {
        System.arraycopy(value.array(), 0, y.array(), at, 1);
      } else {
        y.set(at, 0L);
      }
      for (int axis = rank - 1; axis >= 0 && ++index[axis] == dims[axis]; axis--) {
        index[axis] = 0;
      }
    }
  }
}
