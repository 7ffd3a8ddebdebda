package io.tilebrew.models.data;

import io.tilebrew.engine.DataType;
import io.tilebrew.engine.Shape;
import io.tilebrew.engine.Tensor;
import java.io.BufferedInputStream;
import java.io.EOFException;
import java.io.IOException;
import java.io.InputStream;
import java.nio.ByteOrder;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.zip.GZIPInputStream;
import java.util.zip.ZipException;

/** The idx format of the MNIST files, plain or in gzip. */
public final class Idx {
  private static final int GZIP_MAGIC = 0x1f8b;

  private Idx() {}

  /**
   * Reads the file at {@code path}.
   *
   * @throws IOException if it cannot be read or is no idx file
   */
  public static Tensor read(Path path) throws IOException {
    try (InputStream stream = Files.newInputStream(path)) {
      return read(stream, path.toString());
    }
  }

  /**
   * Reads a file from a stream, such as a resource of a jar.
   *
   * @param name what messages call it
   * @throws IOException if it cannot be read or is no idx file
   */
  public static Tensor read(InputStream stream, String name) throws IOException {
    BufferedInputStream buffered = new BufferedInputStream(stream);
    buffered.mark(2);
    int magic = buffered.read() << 8 | buffered.read();
    buffered.reset();
    return read(new ArrayReader(magic == GZIP_MAGIC ? unzipped(buffered, name) : buffered, name));
  }

  private static InputStream unzipped(InputStream zipped, String name) throws IOException {
    try {
      return new GZIPInputStream(zipped);
    } catch (EOFException | ZipException e) {
      throw new IOException(name + " is a broken gzip file", e);
    }
  }

  private static Tensor read(ArrayReader in) throws IOException {
    byte[] head = in.bytes(4);
    if (head[0] != 0 || head[1] != 0) {
      throw in.fault("is no idx file: it starts with %02x %02x, expected 00 00", head[0], head[1]);
    }
    DataType type =
        switch (head[2]) {
          case 0x08 -> DataType.UINT8;
          case 0x09 -> DataType.INT8;
          case 0x0b -> DataType.INT16;
          case 0x0c -> DataType.INT32;
          case 0x0d -> DataType.FLOAT32;
          case 0x0e -> DataType.FLOAT64;
          default -> throw in.fault("has elements of type %02x, unknown to idx", head[2]);
        };
    int rank = head[3];
    if (rank < 0 || rank > ArrayReader.MAX_RANK) {
      throw in.fault("has %d dimensions, expected at most %d", rank & 0xff, ArrayReader.MAX_RANK);
    }
    long[] dims = new long[rank];
    var sizes = in.buffer(4 * rank, ByteOrder.BIG_ENDIAN);
    for (int i = 0; i < rank; i++) {
      dims[i] = Integer.toUnsignedLong(sizes.getInt());
    }
    Shape shape = in.shape(dims);
    return in.rest(type, shape, ByteOrder.BIG_ENDIAN);
  }
}
