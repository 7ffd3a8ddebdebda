package io.tilebrew.engine.reference;

import io.tilebrew.engine.DataType;
import io.tilebrew.engine.Shape;
import io.tilebrew.engine.Tensor;
import java.util.Arrays;

/**
 * A row-major walk over a shape that carries along the offset of the current element in an array
 * with strides of its own.
 */
final class Strided {
  private final int[] dims;
  private final int[] strides;
  private final int[] index;
  private int offset;

  /** A walk over {@code dims}; {@code strides} may be longer, its tail is ignored. */
  Strided(int[] dims, int[] strides, int offset) {
    this.dims = dims;
    this.strides = strides;
    this.index = new int[dims.length];
    this.offset = offset;
  }

  /** A walk over {@code to} that reads a row-major tensor of shape {@code from} by broadcasting. */
  static Strided broadcast(Shape from, Shape to) {
    return new Strided(to.dims(), broadcastStrides(from, to), 0);
  }

  /** The strides by which a row-major tensor of shape {@code from} is read as one of {@code to}. */
  static int[] broadcastStrides(Shape from, Shape to) {
    int[] own = from.strides();
    int[] strides = new int[to.rank()];
    int missing = to.rank() - from.rank();
    for (int i = 0; i < from.rank(); i++) {
      strides[missing + i] = from.dim(i) == 1 ? 0 : own[i];
    }
    return strides;
  }

  /** Sets each element of {@code y} to the one of {@code x} at {@code offset} + index * strides. */
  static void copy(Tensor x, int offset, int[] strides, Tensor y) {
    int[] dims = y.shape().dims();
    int axis = dims.length;
    int run = 1;
    while (axis > 0 && strides[axis - 1] == run) {
      run *= dims[--axis];
    }
    if (axis > 0 && run == 1 && x.type() == DataType.FLOAT32) {
      copyFloats(x.floats(), offset, dims, strides, y.floats());
      return;
    }
    Strided from = new Strided(Arrays.copyOf(dims, axis), strides, offset);
    for (int at = 0; at < y.size(); at += run) {
      System.arraycopy(x.array(), from.offset(), y.array(), at, run);
      from.next();
    }
  }

  /** The same where elements that follow each other in {@code y} do not in {@code x}. */
  private static void copyFloats(float[] x, int offset, int[] dims, int[] strides, float[] y) {
    int last = dims.length - 1;
    int stride = strides[last];
    Strided from = new Strided(Arrays.copyOf(dims, last), strides, offset);
    for (int at = 0; at < y.length; at += dims[last]) {
      int start = from.offset();
      for (int i = 0; i < dims[last]; i++) {
        y[at + i] = x[start + i * stride];
      }
      from.next();
    }
  }

  /** The offset of the current element. */
  int offset() {
    return offset;
  }

  /** Goes to the next element; after the last one, to the first. */
  void next() {
    for (int axis = dims.length - 1; axis >= 0; axis--) {
      offset += strides[axis];
      if (++index[axis] < dims[axis]) {
        return;
      }
      offset -= strides[axis] * dims[axis];
      index[axis] = 0;
    }
  }
}
