package io.tilebrew.graph.onnx;

import java.io.ByteArrayOutputStream;
import java.nio.charset.StandardCharsets;

/** A protobuf message under construction. */
final class Proto {
  private final ByteArrayOutputStream out = new ByteArrayOutputStream();

  Proto varint(int field, long value) {
    return tag(field, 0).raw(value);
  }

  Proto fixed32(int field, float value) {
    tag(field, 5);
    return little(Float.floatToRawIntBits(value), 4);
  }

  Proto fixed64(int field, double value) {
    tag(field, 1);
    return little(Double.doubleToRawLongBits(value), 8);
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
    return message(field, new Proto().rawFloats(values));
  }

  Proto tag(int field, int wireType) {
    return raw(((long) field << 3) | wireType);
  }

  /** A bare varint. */
  Proto raw(long value) {
    long rest = value;
    for (; (rest & ~0x7fL) != 0; rest >>>= 7) {
      out.write((int) ((rest & 0x7f) | 0x80));
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

  Proto rawFloats(float... values) {
    for (float value : values) {
      little(Float.floatToRawIntBits(value), 4);
    }
    return this;
  }

  private Proto little(long bits, int bytes) {
    for (int i = 0; i < bytes; i++) {
      out.write((int) (bits >>> (8 * i)));
    }
    return this;
  }
}
