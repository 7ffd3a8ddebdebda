package io.tilebrew.graph.onnx;

import io.tilebrew.engine.DataType;
import io.tilebrew.engine.Tensor;
import java.io.ByteArrayOutputStream;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.nio.charset.StandardCharsets;

/** Writes TensorProto messages. */
public final class TensorWriter {
  private static final int MAX_BYTES = Integer.MAX_VALUE - 8;

  private TensorWriter() {}

  /**
   * The message, with the numbers as raw data.
   *
   * @throws IllegalArgumentException if there are more bytes than an array can hold
   */
  public static byte[] bytes(String name, Tensor tensor) {
    byte[] head = head(name, tensor);
    long raw = (long) tensor.size() * tensor.type().bytes();
    Check.that(
        head.length + raw <= MAX_BYTES, "tensor %s has too many bytes for one message", tensor);
    byte[] all = new byte[head.length + (int) raw];
    System.arraycopy(head, 0, all, 0, head.length);
    MemorySegment to = MemorySegment.ofArray(all).asSlice(head.length);
    if (tensor.type() == DataType.BOOL) {
      boolean[] array = tensor.booleans();
      for (int i = 0; i < array.length; i++) {
        to.set(ValueLayout.JAVA_BYTE, i, (byte) (array[i] ? 1 : 0));
      }
    } else {
      MemorySegment.copy(tensor.array(), 0, to, TensorData.layout(tensor.type()), 0, tensor.size());
    }
    return all;
  }

  private static byte[] head(String name, Tensor tensor) {
    ByteArrayOutputStream out = new ByteArrayOutputStream();
    for (int dim : tensor.shape().dims()) {
      field(out, 1, 0, dim);
    }
    field(out, 2, 0, ElementTypes.number(tensor.type()));
    byte[] text = name.getBytes(StandardCharsets.UTF_8);
    field(out, 8, 2, text.length);
    out.writeBytes(text);
    field(out, 9, 2, (long) tensor.size() * tensor.type().bytes());
    return out.toByteArray();
  }

  private static void field(ByteArrayOutputStream out, int number, int wireType, long value) {
    varint(out, ((long) number << 3) | wireType);
    varint(out, value);
  }

  private static void varint(ByteArrayOutputStream out, long value) {
    long rest = value;
    for (; (rest & ~0x7fL) != 0; rest >>>= 7) {
      out.write((int) ((rest & 0x7f) | 0x80));
    }
    out.write((int) rest);
  }
}
