package io.tilebrew.graph.onnx;

import io.tilebrew.engine.DataType;
import org.jspecify.annotations.Nullable;

/** The numbers that ONNX gives to element types. */
public final class ElementTypes {
  private static final String[] NAMES = {
    "UNDEFINED",
    "FLOAT",
    "UINT8",
    "INT8",
    "UINT16",
    "INT16",
    "INT32",
    "INT64",
    "STRING",
    "BOOL",
    "FLOAT16",
    "DOUBLE",
    "UINT32",
    "UINT64",
    "COMPLEX64",
    "COMPLEX128",
    "BFLOAT16",
    "FLOAT8E4M3FN",
    "FLOAT8E4M3FNUZ",
    "FLOAT8E5M2",
    "FLOAT8E5M2FNUZ",
    "UINT4",
    "INT4",
    "FLOAT4E2M1",
    "FLOAT8E8M0",
    "UINT2",
    "INT2"
  };

  private ElementTypes() {}

  /**
   * The element type with this number.
   *
   * @throws IllegalArgumentException if there is none, or it is not supported
   */
  static DataType of(long number) {
    DataType type = orNull(number);
    if (type == null) {
      throw new Unsupported(
          "elements of %s are not supported, expected one of FLOAT, DOUBLE, INT8 to INT64, UINT8 to"
                  .formatted(name(number))
              + " UINT64, BOOL");
    }
    return type;
  }

  /**
   * The element type with this name, as in the first versions of Cast.
   *
   * @throws IllegalArgumentException if there is none, or it is not supported
   */
  static DataType of(String name) {
    for (int i = 0; i < NAMES.length; i++) {
      if (NAMES[i].equals(name)) {
        return of(i);
      }
    }
    throw new IllegalArgumentException("'%s' is no element type".formatted(name));
  }

  /** The number of {@code type}. */
  public static int number(DataType type) {
    return switch (type) {
      case FLOAT32 -> 1;
      case UINT8 -> 2;
      case INT8 -> 3;
      case UINT16 -> 4;
      case INT16 -> 5;
      case INT32 -> 6;
      case INT64 -> 7;
      case BOOL -> 9;
      case FLOAT64 -> 11;
      case UINT32 -> 12;
      case UINT64 -> 13;
    };
  }

  static @Nullable DataType orNull(long number) {
    for (DataType type : DataType.values()) {
      if (number(type) == number) {
        return type;
      }
    }
    return null;
  }

  private static String name(long number) {
    return number >= 0 && number < NAMES.length ? NAMES[(int) number] : "unknown type " + number;
  }
}
