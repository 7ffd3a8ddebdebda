package io.tilebrew.graph.onnx;

import java.io.ByteArrayOutputStream;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.charset.StandardCharsets;

/** A protobuf message under construction. */
final class Proto {
  private final ByteArrayOutputStream out = new ByteArrayOutputStream();

  Proto varint(int field, long value) {
    return tag(field, 0).raw(value);
  }

  Proto fixed32(int field, float value) {
    tag(field, 5);
    out.writeBytes(little(4).putFloat(value).array());
    return this;
  }

  Proto fixed64(int field, double value) {
    tag(field, 1);
    out.writeBytes(little(8).putDouble(value).array());
    return this;
  }

  Proto bytes(int field, byte... value) {
    tag(field, 2).raw(value.length);
    out.writeBytes(value);
    return this;
  }

  Proto text(int field, String value) {
    return bytes(field, value.getBytes(StandardCharsets.UTF_8));
  }

  Proto message(int field, Proto value) {
    return bytes(field, value.bytes());
  }

  Proto packedVarints(int field, long... values) {
    Proto packed = new Proto();
    for (long value : values) {
      packed.raw(value);
    }
    return message(field, packed);
  }

  Proto packedFloats(int field, float... values) {
    ByteBuffer packed = little(4 * values.length);
    for (float value : values) {
      packed.putFloat(value);
    }
    return bytes(field, packed.array());
  }

  Proto tag(int field, int wireType) {
    return raw((long) field << 3 | wireType);
  }

  /** A bare varint. */
  Proto raw(long value) {
    long rest = value;
    for (; (rest & ~0x7fL) != 0; rest >>>= 7) {
      out.write((int) (rest & 0x7f | 0x80));
    }
    out.write((int) rest);
    return this;
  }

  Proto rawBytes(int... bytes) {
    for (int b : bytes) {
      out.write(b);
    }
    return this;
  }

  byte[] bytes() {
    return out.toByteArray();
  }

  static ByteBuffer little(int bytes) {
    return ByteBuffer.allocate(bytes).order(ByteOrder.LITTLE_ENDIAN);
  }
}
