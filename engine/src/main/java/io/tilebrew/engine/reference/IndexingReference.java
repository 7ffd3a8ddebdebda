package io.tilebrew.engine.reference;

import io.tilebrew.engine.Shape;
import io.tilebrew.engine.Tensor;
import io.tilebrew.engine.problem.Arithmetic;
import org.jspecify.annotations.Nullable;

/**
 * The references of the operators that take or put elements where indices say; a negative index
 * counts from the end, one out of range is refused.
 */
public final class IndexingReference {
  private IndexingReference() {}

  /** For each index the element of {@code x} at its place, but for {@code axis}. */
  public static void gatherElements(int axis, Tensor x, Tensor indices, Tensor y) {
    for (int i = 0; i < y.size(); i++) {
      System.arraycopy(x.array(), offset(axis, x, indices, i), y.array(), i, 1);
    }
  }

  /**
   * A copy of {@code x} with the updates put at the indices along {@code axis}.
   *
   * @param f what is made of an element and its update, or null for the update
   */
  public static void scatterElements(
      @Nullable Arithmetic f, int axis, Tensor x, Tensor indices, Tensor updates, Tensor y) {
    ShapingReference.copy(x, y);
    for (int i = 0; i < updates.size(); i++) {
      put(f, updates, i, y, offset(axis, x, indices, i), 1);
    }
  }

  /** The offset in {@code x} of what index {@code i} points at. */
  private static int offset(int axis, Tensor x, Tensor indices, int i) {
    int offset = 0;
    int rest = i;
    int[] strides = x.shape().strides();
    for (int d = x.shape().rank() - 1; d >= 0; d--) {
      int place = rest % indices.shape().dim(d);
      rest /= indices.shape().dim(d);
      offset += strides[d] * (d == axis ? index(indices, i, x.shape(), axis) : place);
    }
    return offset;
  }

  /** The parts of {@code x} at the tuples of indices, in each of the leading dimensions. */
  public static void gatherNd(int batchDims, Tensor x, Tensor indices, Tensor y) {
    if (y.size() == 0) {
      return;
    }
    int length = indices.shape().dim(-1);
    int part = x.shape().size(batchDims + length, x.shape().rank());
    int tuples = y.size() / part;
    int perBatch = tuples / indices.shape().size(0, batchDims);
    int batchSize = x.shape().size(batchDims, x.shape().rank());
    for (int t = 0; t < tuples; t++) {
      int from = t / perBatch * batchSize + tuple(batchDims, x.shape(), indices, t, length);
      System.arraycopy(x.array(), from, y.array(), t * part, part);
    }
  }

  /**
   * A copy of {@code x} with the updates put at the tuples of indices.
   *
   * @param f what is made of an element and its update, or null for the update
   */
  public static void scatterNd(
      @Nullable Arithmetic f, Tensor x, Tensor indices, Tensor updates, Tensor y) {
    ShapingReference.copy(x, y);
    if (updates.size() == 0) {
      return;
    }
    int length = indices.shape().dim(-1);
    int part = x.shape().size(length, x.shape().rank());
    for (int t = 0; t < updates.size() / part; t++) {
      put(f, updates, t * part, y, tuple(0, x.shape(), indices, t, length), part);
    }
  }

  private static int tuple(int firstAxis, Shape shape, Tensor indices, int t, int length) {
    int[] strides = shape.strides();
    int offset = 0;
    for (int k = 0; k < length; k++) {
      int axis = firstAxis + k;
      offset += strides[axis] * index(indices, t * length + k, shape, axis);
    }
    return offset;
  }

  private static int index(Tensor indices, int i, Shape shape, int axis) {
    long index = indices.longAt(i);
    int size = shape.dim(axis);
    if (index < -size || index >= size) {
      throw new IllegalArgumentException(
          "index %d at element %d is not between %d and %d, axis %d of the input %s"
              .formatted(index, i, -size, size - 1, axis, shape));
    }
    return (int) (index < 0 ? index + size : index);
  }

  private static void put(
      @Nullable Arithmetic f, Tensor updates, int from, Tensor y, int to, int count) {
    if (f == null) {
      System.arraycopy(updates.array(), from, y.array(), to, count);
      return;
    }
    for (int k = 0; k < count; k++) {
      ElementwiseReference.element(f, y, to + k, updates, from + k, y, to + k);
    }
  }
}
