package io.tilebrew.engine;

import java.lang.reflect.Array;

/**
 * A dense row-major array of elements of one type over a Java array.
 *
 * <p>The tensor does not copy the array it is made of: what is written to one is seen in the other.
 */
public final class Tensor {
  private final DataType type;
  private final Shape shape;
  private final Object array;

  private Tensor(DataType type, Shape shape, Object array) {
    this.type = type;
    this.shape = shape;
    this.array = array;
  }

  /** A tensor of zeros. */
  public static Tensor zeros(DataType type, Shape shape) {
    return new Tensor(type, shape, type.newArray(shape.size()));
  }

  /**
   * A tensor over {@code array}, whose class must be the one of {@link DataType#newArray}.
   *
   * @throws IllegalArgumentException if the class or the length of the array does not fit
   */
  public static Tensor of(DataType type, Shape shape, Object array) {
    if (array.getClass() != type.newArray(0).getClass()) {
      throw new IllegalArgumentException(
          "a tensor of %s cannot stand on a %s".formatted(type, array.getClass().getSimpleName()));
    }
    if (Array.getLength(array) != shape.size()) {
      throw new IllegalArgumentException(
          "shape %s has %d elements but the array has %d"
              .formatted(shape, shape.size(), Array.getLength(array)));
    }
    return new Tensor(type, shape, array);
  }

  /** A float32 tensor over {@code array}. */
  public static Tensor of(Shape shape, float... array) {
    return of(DataType.FLOAT32, shape, array);
  }

  /** An int64 tensor over {@code array}. */
  public static Tensor of(Shape shape, long... array) {
    return of(DataType.INT64, shape, array);
  }

  public DataType type() {
    return type;
  }

  public Shape shape() {
    return shape;
  }

  /** The number of elements. */
  public int size() {
    return shape.size();
  }

  /** The Java array under this tensor. */
  public Object array() {
    return array;
  }

  /** The array of a float32 tensor. */
  public float[] floats() {
    return (float[]) array;
  }

  /** The array of an int64 or uint64 tensor. */
  public long[] longs() {
    return (long[]) array;
  }

  /** The array of a bool tensor. */
  public boolean[] booleans() {
    return (boolean[]) array;
  }

  /** The same elements under another shape of the same size. */
  public Tensor reshape(Shape to) {
    return of(type, to, array);
  }

  /** The same elements in an array of their own. */
  Tensor copy() {
    Object own = type.newArray(size());
    System.arraycopy(array, 0, own, 0, size());
    return new Tensor(type, shape, own);
  }

  /** Element {@code index} as a floating-point number; true is 1. */
  public double doubleAt(int index) {
    return switch (type) {
      case FLOAT32 -> ((float[]) array)[index];
      case FLOAT64 -> ((double[]) array)[index];
      case UINT64 -> {
        long bits = ((long[]) array)[index];
        yield bits >= 0 ? bits : ((bits >>> 1) | (bits & 1)) * 2.0;
      }
      case INT64, INT32, INT16, INT8, UINT32, UINT16, UINT8, BOOL -> longAt(index);
    };
  }

  /** Element {@code index} as an integer; a floating-point number is truncated, true is 1. */
  public long longAt(int index) {
    return switch (type) {
      case FLOAT32 -> (long) ((float[]) array)[index];
      case FLOAT64 -> (long) ((double[]) array)[index];
      case INT64, UINT64 -> ((long[]) array)[index];
      case INT32 -> ((int[]) array)[index];
      case UINT32 -> Integer.toUnsignedLong(((int[]) array)[index]);
      case INT16 -> ((short[]) array)[index];
      case UINT16 -> Short.toUnsignedLong(((short[]) array)[index]);
      case INT8 -> ((byte[]) array)[index];
      case UINT8 -> Byte.toUnsignedLong(((byte[]) array)[index]);
      case BOOL -> ((boolean[]) array)[index] ? 1 : 0;
    };
  }

  /** Sets element {@code index} to {@code value}, converted as by a Java cast. */
  public void set(int index, double value) {
    switch (type) {
      case FLOAT32 -> ((float[]) array)[index] = (float) value;
      case FLOAT64 -> ((double[]) array)[index] = value;
      case UINT64 ->
          ((long[]) array)[index] =
              value < 0x1p63 ? (long) value : (long) (value - 0x1p63) ^ Long.MIN_VALUE;
      case INT32, INT16, INT8 -> set(index, (long) (int) value);
      case INT64, UINT32, UINT16, UINT8 -> set(index, (long) value);
      case BOOL -> ((boolean[]) array)[index] = value != 0;
    }
  }

  /** Sets element {@code index} to {@code value}, cut to the width of the type. */
  public void set(int index, long value) {
    switch (type) {
      case FLOAT32 -> ((float[]) array)[index] = value;
      case FLOAT64 -> ((double[]) array)[index] = value;
      case INT64, UINT64 -> ((long[]) array)[index] = value;
      case INT32, UINT32 -> ((int[]) array)[index] = (int) value;
      case INT16, UINT16 -> ((short[]) array)[index] = (short) value;
      case INT8, UINT8 -> ((byte[]) array)[index] = (byte) value;
      case BOOL -> ((boolean[]) array)[index] = value != 0;
    }
  }

  /** The type and the shape, such as {@code f32[1,10]}. */
  @Override
  public String toString() {
    return type + shape.toString();
  }
}
