package io.tilebrew.graph.onnx;

import io.tilebrew.graph.ModelException;
import io.tilebrew.graph.onnx.Numbers.Encoding;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.nio.ByteOrder;
import java.util.function.LongConsumer;
import org.jspecify.annotations.Nullable;

/**
 * A cursor over the fields of one protobuf message.
 *
 * <p>After each {@link #next} that is true, exactly one method reads or skips the field. No byte
 * outside of the message is read and nothing is allocated on a claimed length. Groups (wire types 3
 * and 4), which no version of ONNX has, are refused.
 */
final class Fields {
  private static final ValueLayout.OfInt INT =
      ValueLayout.JAVA_INT_UNALIGNED.withOrder(ByteOrder.LITTLE_ENDIAN);
  private static final ValueLayout.OfLong LONG =
      ValueLayout.JAVA_LONG_UNALIGNED.withOrder(ByteOrder.LITTLE_ENDIAN);
  private static final int BYTES = 2;
  private static final int MAX_FIELD = (1 << 29) - 1;

  private final Message message;
  private final MemorySegment bytes;
  private int part = -1;
  private long at;
  private long end;
  private int number;
  private int wireType;

  Fields(Message message) {
    this.message = message;
    this.bytes = message.source().bytes();
  }

  /** Goes to the next field; false if there is none. */
  boolean next() {
    while (at == end) {
      if (++part == message.parts().size()) {
        return false;
      }
      at = message.parts().get(part).from();
      end = message.parts().get(part).to();
    }
    long start = at;
    number = 0;
    long tag = readVarint();
    wireType = (int) (tag & 7);
    long field = tag >>> 3;
    if (field < 1 || field > MAX_FIELD) {
      throw fault(start, "field number %d, expected 1 to %d".formatted(field, MAX_FIELD));
    }
    number = (int) field;
    if (wireType != BYTES && wireType != 0 && wireType != 1 && wireType != 5) {
      throw fault(start, "wire type %d, expected 0, 1, 2 or 5".formatted(wireType));
    }
    return true;
  }

  /** The number of the field. */
  int number() {
    return number;
  }

  /** The integer in the field. */
  long varint() {
    expect(Encoding.VARINT.wireType);
    return readVarint();
  }

  /** The float in the field. */
  float real() {
    expect(Encoding.FIXED32.wireType);
    return Float.intBitsToFloat((int) read(Encoding.FIXED32));
  }

  /** The bytes in the field. */
  Slice bytes() {
    expect(BYTES);
    return readBytes();
  }

  /** The text in the field, which must be UTF-8; it counts against the limits of the file. */
  String text() {
    Slice slice = bytes();
    message.source().spendText(slice.size());
    return slice.text();
  }

  /** The message in the field. */
  Message message(String name) {
    message.source().spendMessage();
    return new Message(name, bytes());
  }

  /** The message in the field, merged into what an {@code earlier} field of that number gave. */
  Message message(String name, @Nullable Message earlier) {
    return earlier == null ? message(name) : earlier.merge(message(name).parts().getFirst());
  }

  /** Gives the bits of the number or packed numbers in the field to {@code sink}. */
  void numbers(Encoding encoding, LongConsumer sink) {
    if (wireType != BYTES) {
      expect(encoding.wireType);
      sink.accept(read(encoding));
      return;
    }
    Slice packed = readBytes();
    long messageEnd = end;
    at = packed.from();
    end = packed.to();
    while (at < end) {
      sink.accept(read(encoding));
    }
    end = messageEnd;
  }

  /** How many numbers are in the field, packed or not. */
  long count(Encoding encoding) {
    if (wireType == BYTES && encoding.bytes != 0) {
      Slice packed = readBytes();
      if (packed.size() % encoding.bytes != 0) {
        throw fault(
            packed.from(),
            "%d bytes, expected a multiple of %d".formatted(packed.size(), encoding.bytes));
      }
      return packed.size() / encoding.bytes;
    }
    long[] count = {0};
    numbers(encoding, bits -> count[0]++);
    return count[0];
  }

  /** Passes over the field. */
  void skip() {
    switch (wireType) {
      case 0 -> readVarint();
      case 1 -> read(Encoding.FIXED64);
      case BYTES -> readBytes();
      default -> read(Encoding.FIXED32);
    }
  }

  private long read(Encoding encoding) {
    if (encoding == Encoding.VARINT) {
      return readVarint();
    }
    if (end - at < encoding.bytes) {
      throw fault(at, "%d bytes, expected %d".formatted(end - at, encoding.bytes));
    }
    long start = at;
    at += encoding.bytes;
    return encoding == Encoding.FIXED32 ? bytes.get(INT, start) : bytes.get(LONG, start);
  }

  private Slice readBytes() {
    long start = at;
    long length = readVarint();
    if (length < 0 || length > end - at) {
      throw fault(
          start,
          "a length of %s bytes, expected at most the %d that are left"
              .formatted(Long.toUnsignedString(length), end - at));
    }
    at += length;
    return new Slice(message.source(), at - length, at);
  }

  private long readVarint() {
    long start = at;
    long value = 0;
    for (int shift = 0; shift < 64; shift += 7) {
      if (at == end) {
        throw fault(start, "the end of the message, expected the rest of an integer");
      }
      byte b = bytes.get(ValueLayout.JAVA_BYTE, at++);
      if (shift == 63 && b != 0 && b != 1) {
        break;
      }
      value |= (long) (b & 0x7f) << shift;
      if (b >= 0) {
        return value;
      }
    }
    throw fault(start, "an integer of more than 64 bits");
  }

  private void expect(int expected) {
    if (wireType != expected) {
      throw fault(at, "wire type %d, expected %d".formatted(wireType, expected));
    }
  }

  private ModelException fault(long offset, String problem) {
    String field = number == 0 ? "" : " in field " + number;
    return new ModelException(
        "no valid ONNX: %s%s at offset %d has %s"
            .formatted(message.name(), field, offset, problem));
  }
}
