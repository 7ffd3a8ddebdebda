package io.tilebrew.engine;

import java.util.Arrays;

/**
 * The dimensions of a tensor, outermost first; rank 0 is a scalar.
 *
 * <p>No dimension is negative and there are at most 2<sup>31</sup>-1 elements, so that every
 * element has an {@code int} index.
 */
public final class Shape {
  /** The shape of a scalar. */
  public static final Shape SCALAR = new Shape(new int[0]);

  private final int[] dims;
  private final int size;

  private Shape(int[] dims) {
    this.dims = dims;
    this.size = checkedSize(dims);
  }

  /**
   * The shape with these dimensions.
   *
   * @throws IllegalArgumentException if a dimension is negative or there are more than
   *     2<sup>31</sup>-1 elements
   */
  public static Shape of(int... dims) {
    return new Shape(dims.clone());
  }

  /**
   * The shape with these dimensions.
   *
   * @throws IllegalArgumentException if a dimension is negative or over 2<sup>31</sup>-1, or there
   *     are more than 2<sup>31</sup>-1 elements
   */
  public static Shape of(long[] dims) {
    int[] narrow = new int[dims.length];
    for (int i = 0; i < dims.length; i++) {
      if (dims[i] < 0 || dims[i] > Integer.MAX_VALUE) {
        throw new IllegalArgumentException(
            "dimension %d of shape %s is not between 0 and 2147483647"
                .formatted(i, Arrays.toString(dims)));
      }
      narrow[i] = (int) dims[i];
    }
    return new Shape(narrow);
  }

  private static int checkedSize(int[] dims) {
    long size = 1;
    boolean empty = false;
    for (int dim : dims) {
      if (dim < 0) {
        throw new IllegalArgumentException(
            "shape %s has a negative dimension".formatted(Arrays.toString(dims)));
      }
      empty |= dim == 0;
      size = Math.min(size * Math.max(dim, 1), 1L << 32);
    }
    if (size > Integer.MAX_VALUE) {
      throw new IllegalArgumentException(
          "shape %s has more than 2147483647 elements".formatted(Arrays.toString(dims)));
    }
    return empty ? 0 : (int) size;
  }

  /** The number of dimensions. */
  public int rank() {
    return dims.length;
  }

  /** Dimension {@code axis}; a negative axis counts from the last, -1. */
  public int dim(int axis) {
    return dims[axis < 0 ? axis + dims.length : axis];
  }

  /** A copy of the dimensions. */
  public int[] dims() {
    return dims.clone();
  }

  /** The number of elements. */
  public int size() {
    return size;
  }

  /** The product of the dimensions {@code from} (inclusive) to {@code to} (exclusive). */
  public int size(int from, int to) {
    int product = 1;
    for (int i = from; i < to; i++) {
      product *= dims[i];
    }
    return product;
  }

  /** The row-major strides, in elements. */
  public int[] strides() {
    int[] strides = new int[dims.length];
    int stride = 1;
    for (int i = dims.length - 1; i >= 0; i--) {
      strides[i] = stride;
      stride *= dims[i];
    }
    return strides;
  }

  /** This shape with dimension {@code axis} replaced. */
  public Shape with(int axis, int dim) {
    int[] copy = dims.clone();
    copy[axis] = dim;
    return new Shape(copy);
  }

  @Override
  public boolean equals(Object other) {
    return other instanceof Shape shape && Arrays.equals(dims, shape.dims);
  }

  @Override
  public int hashCode() {
    return Arrays.hashCode(dims);
  }

  /** The dimensions in brackets, such as {@code [1,3,224,224]}. */
  @Override
  public String toString() {
    return Arrays.toString(dims).replace(" ", "");
  }
}
