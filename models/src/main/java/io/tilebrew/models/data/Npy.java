package io.tilebrew.models.data;

import io.tilebrew.engine.DataType;
import io.tilebrew.engine.Shape;
import io.tilebrew.engine.Tensor;
import java.io.BufferedInputStream;
import java.io.BufferedOutputStream;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Collectors;

/**
 * The npy format of NumPy: versions 1 to 3, either order of bytes and of dimensions; floating-point
 * numbers of 4 and 8 bytes, integers and booleans.
 */
public final class Npy {
  private static final byte[] MAGIC = {(byte) 0x93, 'N', 'U', 'M', 'P', 'Y'};
  private static final int MAX_HEADER = 10_000;
  private static final Pattern DTYPE = Pattern.compile("[<>|=]([fiub]\\d)");
  private static final Pattern TUPLE =
      Pattern.compile("\\(\\s*((\\d{1,18}\\s*,\\s*)*(\\d{1,18}\\s*)?)\\)");

  /** The dictionary of a header: each of the three keys once, in any order. */
  private static final Pattern ENTRY =
      Pattern.compile(
          "\\s*'(descr|fortran_order|shape)'\\s*:\\s*('[^']*'|True|False|\\([^)]*\\))\\s*,?");

  private Npy() {}

  /**
   * Reads the file at {@code path}; the tensor is row-major whatever the file is.
   *
   * @throws IOException if it cannot be read, is no npy file or has elements of another type
   */
  public static Tensor read(Path path) throws IOException {
    try (InputStream stream = Files.newInputStream(path)) {
      return read(stream, path.toString());
    }
  }

  /**
   * Reads a file from a stream.
   *
   * @param name what messages call it
   * @throws IOException as {@link #read(Path)}
   */
  public static Tensor read(InputStream stream, String name) throws IOException {
    ArrayReader in = new ArrayReader(new BufferedInputStream(stream), name);
    byte[] head = in.bytes(8);
    if (!Arrays.equals(head, 0, 6, MAGIC, 0, 6)) {
      throw in.fault("is no npy file: it does not start with \\x93NUMPY");
    }
    int version = head[6];
    if (version < 1 || version > 3) {
      throw in.fault("is of npy version %d, expected 1, 2 or 3", version);
    }
    long length =
        version == 1
            ? Short.toUnsignedLong(in.buffer(2, ByteOrder.LITTLE_ENDIAN).getShort())
            : Integer.toUnsignedLong(in.buffer(4, ByteOrder.LITTLE_ENDIAN).getInt());
    if (length > MAX_HEADER) {
      throw in.fault("has a header of %d bytes, expected at most %d", length, MAX_HEADER);
    }
    return read(in, new String(in.bytes((int) length), StandardCharsets.UTF_8));
  }

  private static Tensor read(ArrayReader in, String header) throws IOException {
    String text = header.strip();
    String descr = "";
    String order = "";
    String tuple = "";
    if (!text.startsWith("{") || !text.endsWith("}")) {
      throw in.fault("has no dictionary as its header");
    }
    Matcher entry = ENTRY.matcher(text.substring(1, text.length() - 1));
    int end = 0;
    for (; entry.find() && entry.start() == end; end = entry.end()) {
      switch (entry.group(1)) {
        case "descr" -> descr = entry.group(2);
        case "fortran_order" -> order = entry.group(2);
        default -> tuple = entry.group(2);
      }
    }
    Matcher dims = TUPLE.matcher(tuple);
    boolean isKnown = order.equals("True") || order.equals("False");
    if (!text.substring(1 + end, text.length() - 1).isBlank() || !dims.matches() || !isKnown) {
      throw in.fault("has a header that is not understood, expected descr, fortran_order, shape");
    }
    Shape shape = shape(in, dims.group(1));
    String dtype = descr.substring(1, Math.max(1, descr.length() - 1));
    DataType type = type(in, dtype);
    ByteOrder bytes = dtype.startsWith(">") ? ByteOrder.BIG_ENDIAN : ByteOrder.LITTLE_ENDIAN;
    if (order.equals("False")) {
      return in.rest(type, shape, bytes);
    }
    return transposed(in.rest(type, reversed(shape), bytes));
  }

  private static Shape shape(ArrayReader in, String tuple) throws IOException {
    String[] sizes = tuple.isBlank() ? new String[0] : tuple.strip().split("\\s*,\\s*");
    if (sizes.length > ArrayReader.MAX_RANK) {
      throw in.fault("has %d dimensions, expected at most %d", sizes.length, ArrayReader.MAX_RANK);
    }
    return in.shape(Arrays.stream(sizes).mapToLong(Long::parseLong).toArray());
  }

  private static DataType type(ArrayReader in, String dtype) throws IOException {
    Matcher matcher = DTYPE.matcher(dtype);
    String kind = matcher.matches() ? matcher.group(1) : "";
    return Arrays.stream(DataType.values())
        .filter(t -> kind(t).equals(kind))
        .findFirst()
        .orElseThrow(
            () ->
                in.fault(
                    "has elements of type '%s', expected float32, float64, integers or booleans",
                    dtype));
  }

  private static String kind(DataType type) {
    return switch (type) {
      case FLOAT32 -> "f4";
      case FLOAT64 -> "f8";
      case INT64 -> "i8";
      case INT32 -> "i4";
      case INT16 -> "i2";
      case INT8 -> "i1";
      case UINT64 -> "u8";
      case UINT32 -> "u4";
      case UINT16 -> "u2";
      case UINT8 -> "u1";
      case BOOL -> "b1";
    };
  }

  private static Shape reversed(Shape shape) {
    int[] dims = new int[shape.rank()];
    for (int i = 0; i < dims.length; i++) {
      dims[i] = shape.dim(dims.length - 1 - i);
    }
    return Shape.of(dims);
  }

  /** The tensor with its axes in reverse. */
  private static Tensor transposed(Tensor tensor) {
    Shape shape = reversed(tensor.shape());
    int[] strides = tensor.shape().strides();
    Tensor result = Tensor.zeros(tensor.type(), shape);
    int[] at = new int[shape.rank()];
    for (int i = 0; i < shape.size(); i++) {
      int from = 0;
      for (int axis = 0; axis < at.length; axis++) {
        from += at[axis] * strides[at.length - 1 - axis];
      }
      System.arraycopy(tensor.array(), from, result.array(), i, 1);
      for (int axis = at.length - 1; axis >= 0 && ++at[axis] == shape.dim(axis); axis--) {
        at[axis] = 0;
      }
    }
    return result;
  }

  /** Writes {@code tensor} to {@code path}. */
  public static void write(Path path, Tensor tensor) throws IOException {
    try (OutputStream out = new BufferedOutputStream(Files.newOutputStream(path))) {
      write(out, tensor);
    }
  }

  /** Writes {@code tensor}: version 1, little endian, row-major. */
  public static void write(OutputStream out, Tensor tensor) throws IOException {
    DataType type = tensor.type();
    String dims =
        Arrays.stream(tensor.shape().dims())
            .mapToObj(dim -> dim + ",")
            .collect(Collectors.joining(" "));
    String header =
        "{'descr': '%s%s', 'fortran_order': False, 'shape': (%s), }"
            .formatted(type.bytes() == 1 ? "|" : "<", kind(type), dims);
    // Numbers start at a multiple of 64 bytes; 11 are magic, version, length and the line feed.
    int length = Math.ceilDiv(header.length() + 11, 64) * 64 - 10;
    out.write(MAGIC);
    out.write(new byte[] {1, 0, (byte) length, (byte) (length >> 8)});
    out.write(
        (header + " ".repeat(length - header.length() - 1) + "\n")
            .getBytes(StandardCharsets.US_ASCII));
    ByteBuffer element = ByteBuffer.allocate(type.bytes()).order(ByteOrder.LITTLE_ENDIAN);
    for (int i = 0; i < tensor.size(); i++) {
      element.clear();
      switch (type) {
        case FLOAT32 -> element.putFloat(tensor.floats()[i]);
        case FLOAT64 -> element.putDouble(tensor.doubleAt(i));
        case INT64, UINT64 -> element.putLong(tensor.longAt(i));
        case INT32, UINT32 -> element.putInt((int) tensor.longAt(i));
        case INT16, UINT16 -> element.putShort((short) tensor.longAt(i));
        case INT8, UINT8, BOOL -> element.put((byte) tensor.longAt(i));
      }
      out.write(element.array());
    }
  }
}
