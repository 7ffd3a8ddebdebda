package io.tilebrew.models.data;

import io.tilebrew.engine.DataType;
import io.tilebrew.engine.Shape;
import io.tilebrew.engine.Tensor;
import java.io.EOFException;
import java.io.IOException;
import java.io.InputStream;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.util.zip.ZipException;

/**
 * Reads a header and the numbers after it. Memory grows with what was read, not with what a header
 * claims.
 */
final class ArrayReader {
  static final int MAX_RANK = 32;
  private static final long MAX_BYTES = 1L << 30;

  private final InputStream in;
  private final String name;

  ArrayReader(InputStream in, String name) {
    this.in = in;
    this.name = name;
  }

  IOException fault(String problem, Object... details) {
    return new IOException(name + " " + problem.formatted(details));
  }

  /** The next {@code count} bytes. */
  byte[] bytes(int count) throws IOException {
    byte[] bytes;
    try {
      bytes = in.readNBytes(count);
    } catch (EOFException | ZipException e) {
      throw new IOException("%s is broken: %s".formatted(name, e.getMessage()), e);
    }
    if (bytes.length < count) {
      throw fault("ends early: %d of %d bytes are missing", count - bytes.length, count);
    }
    return bytes;
  }

  ByteBuffer buffer(int count, ByteOrder order) throws IOException {
    return ByteBuffer.wrap(bytes(count)).order(order);
  }

  Shape shape(long[] dims) throws IOException {
    try {
      return Shape.of(dims);
    } catch (IllegalArgumentException e) {
      throw new IOException("%s: %s".formatted(name, e.getMessage()), e);
    }
  }

  /** A tensor of all that is left, which must be exactly its numbers in row-major order. */
  Tensor rest(DataType type, Shape shape, ByteOrder order) throws IOException {
    long size = (long) shape.size() * type.bytes();
    if (size > MAX_BYTES) {
      throw fault("has %d bytes of numbers, expected at most %d", size, MAX_BYTES);
    }
    ByteBuffer buffer = buffer((int) size, order);
    if (in.read() >= 0) {
      throw fault("goes on after its %d numbers", shape.size());
    }
    Tensor tensor = Tensor.zeros(type, shape);
    for (int i = 0; i < shape.size(); i++) {
      switch (type) {
        case FLOAT32 -> tensor.floats()[i] = buffer.getFloat();
        case FLOAT64 -> ((double[]) tensor.array())[i] = buffer.getDouble();
        case INT64, UINT64 -> tensor.longs()[i] = buffer.getLong();
        case INT32, UINT32 -> tensor.set(i, (long) buffer.getInt());
        case INT16, UINT16 -> tensor.set(i, (long) buffer.getShort());
        case INT8, UINT8, BOOL -> tensor.set(i, (long) buffer.get());
      }
    }
    return tensor;
  }
}
