package io.tilebrew.graph.onnx;

import io.tilebrew.engine.DataType;
import io.tilebrew.engine.Tensor;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.OutputStream;
import java.io.UncheckedIOException;
import java.lang.foreign.MemorySegment;

/** Writes TensorProto messages. */
public final class TensorWriter {
  private static final int MAX_BYTES = Integer.MAX_VALUE - 8;
  private static final int CHUNK = 1 << 14;
  private static final int EXTERNAL = 1;

  private TensorWriter() {}

  /**
   * The message, with the numbers as raw data.
   *
   * @throws IllegalArgumentException if there are more bytes than an array can hold
   */
  public static byte[] bytes(String name, Tensor tensor) {
    byte[] head = head(name, tensor);
    long size = head.length + rawBytes(tensor);
    Check.that(size <= MAX_BYTES, "tensor %s has too many bytes for one message", tensor);
    ByteArrayOutputStream out = new ByteArrayOutputStream((int) size);
    try {
      out.writeBytes(head);
      writeRaw(tensor, out);
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
    return out.toByteArray();
  }

  /** The message up to its raw data, which must follow. */
  public static byte[] head(String name, Tensor tensor) {
    return declaration(name, tensor).length(9, rawBytes(tensor)).toBytes();
  }

  /** The message for numbers that stand in the file {@code location} from {@code offset} on. */
  public static byte[] external(String name, Tensor tensor, String location, long offset) {
    return declaration(name, tensor)
        .entry(13, "location", location)
        .entry(13, "offset", String.valueOf(offset))
        .entry(13, "length", String.valueOf(rawBytes(tensor)))
        .integer(14, EXTERNAL)
        .toBytes();
  }

  private static MessageWriter declaration(String name, Tensor tensor) {
    MessageWriter message = new MessageWriter();
    for (int dim : tensor.shape().dims()) {
      message.integer(1, dim);
    }
    return message.integer(2, ElementTypes.number(tensor.type())).text(8, name);
  }

  /** The bytes of the numbers. */
  public static long rawBytes(Tensor tensor) {
    return (long) tensor.size() * tensor.type().bytes();
  }

  /** Writes the numbers, little-endian, one after the other. */
  public static void writeRaw(Tensor tensor, OutputStream out) throws IOException {
    int width = tensor.type().bytes();
    byte[] chunk = new byte[CHUNK * width];
    MemorySegment to = MemorySegment.ofArray(chunk);
    for (int from = 0; from < tensor.size(); from += CHUNK) {
      int count = Math.min(CHUNK, tensor.size() - from);
      if (tensor.type() == DataType.BOOL) {
        for (int i = 0; i < count; i++) {
          chunk[i] = (byte) (tensor.booleans()[from + i] ? 1 : 0);
        }
      } else {
        MemorySegment.copy(tensor.array(), from, to, TensorData.layout(tensor.type()), 0, count);
      }
      out.write(chunk, 0, count * width);
    }
  }
}
