package io.tilebrew.graph.onnx;

import java.io.ByteArrayOutputStream;
import java.nio.charset.StandardCharsets;

/** A protobuf message under construction: its fields in the order in which they are added. */
public final class MessageWriter {
  private static final int VARINT = 0;
  private static final int BYTES = 2;
  private static final int FIXED32 = 5;

  private final ByteArrayOutputStream out = new ByteArrayOutputStream();

  /** Adds an integer. */
  public MessageWriter integer(int field, long value) {
    return tag(field, VARINT).varint(value);
  }

  /** Adds a float. */
  public MessageWriter real(int field, float value) {
    tag(field, FIXED32);
    int bits = Float.floatToRawIntBits(value);
    for (int shift = 0; shift < Integer.SIZE; shift += Byte.SIZE) {
      out.write(bits >>> shift);
    }
    return this;
  }

  /** Adds a text. */
  public MessageWriter text(int field, String value) {
    return bytes(field, value.getBytes(StandardCharsets.UTF_8));
  }

  /** Adds a message. */
  public MessageWriter message(int field, MessageWriter value) {
    return bytes(field, value.toBytes());
  }

  /** Adds a message of one entry, as protobuf knows maps of texts. */
  public MessageWriter entry(int field, String key, String value) {
    return message(field, new MessageWriter().text(1, key).text(2, value));
  }

  /** Adds the fields of another message. */
  public MessageWriter append(MessageWriter other) {
    out.writeBytes(other.toBytes());
    return this;
  }

  /** Adds bytes. */
  public MessageWriter bytes(int field, byte[] value) {
    length(field, value.length);
    out.writeBytes(value);
    return this;
  }

  /** Adds the start of a field of {@code length} bytes, which the caller writes behind. */
  public MessageWriter length(int field, long length) {
    return tag(field, BYTES).varint(length);
  }

  /** All that was added. */
  public byte[] toBytes() {
    return out.toByteArray();
  }

  private MessageWriter tag(int field, int wireType) {
    return varint(((long) field << 3) | wireType);
  }

  private MessageWriter varint(long value) {
    long rest = value;
    for (; (rest & ~0x7fL) != 0; rest >>>= 7) {
      out.write((int) ((rest & 0x7f) | 0x80));
    }
    out.write((int) rest);
    return this;
  }
}
