package io.tilebrew.engine;

/**
 * The element type of a tensor.
 *
 * <p>An unsigned type is stored in the Java array of the signed type of its width.
 */
public enum DataType {
  FLOAT32("f32", 4),
  FLOAT64("f64", 8),
  INT64("i64", 8),
  INT32("i32", 4),
  INT16("i16", 2),
  INT8("i8", 1),
  UINT64("u64", 8),
  UINT32("u32", 4),
  UINT16("u16", 2),
  UINT8("u8", 1),
  BOOL("bool", 1);

  private final String text;
  private final int bytes;

  DataType(String text, int bytes) {
    this.text = text;
    this.bytes = bytes;
  }

  /** The bytes of one element as stored in a file. */
  public int bytes() {
    return bytes;
  }

  /** Whether the elements are floating-point numbers. */
  public boolean isFloat() {
    return this == FLOAT32 || this == FLOAT64;
  }

  /** Whether the elements are integers without a sign. */
  public boolean isUnsigned() {
    return switch (this) {
      case UINT64, UINT32, UINT16, UINT8 -> true;
      case FLOAT32, FLOAT64, INT64, INT32, INT16, INT8, BOOL -> false;
    };
  }

  /** A new zeroed Java array that holds {@code length} elements of this type. */
  public Object newArray(int length) {
    return switch (this) {
      case FLOAT32 -> new float[length];
      case FLOAT64 -> new double[length];
      case INT64, UINT64 -> new long[length];
      case INT32, UINT32 -> new int[length];
      case INT16, UINT16 -> new short[length];
      case INT8, UINT8 -> new byte[length];
      case BOOL -> new boolean[length];
    };
  }

  /** The short name, such as {@code f32}. */
  @Override
  public String toString() {
    return text;
  }
}
