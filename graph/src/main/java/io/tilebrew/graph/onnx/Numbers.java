package io.tilebrew.graph.onnx;

import io.tilebrew.graph.ModelException;
import java.util.function.LongConsumer;

/**
 * A repeated number of a message, still encoded, packed or not.
 *
 * @param message the message that holds the field
 * @param field the number of the field
 * @param encoding how one number is encoded
 * @param count how many there are
 */
record Numbers(Message message, int field, Encoding encoding, long count) {
  private static final int MAX_FEW = 4096;

  /** How one number stands in the file. */
  enum Encoding {
    /** Seven bits a byte, least significant first. */
    VARINT(0, 0),
    /** Eight bytes, least significant first. */
    FIXED64(1, 8),
    /** Four bytes, least significant first. */
    FIXED32(5, 4);

    final int wireType;
    final int bytes;

    Encoding(int wireType, int bytes) {
      this.wireType = wireType;
      this.bytes = bytes;
    }
  }

  /** Gives the bits of each number to {@code sink}. */
  void forEach(LongConsumer sink) {
    for (Fields f = message.fields(); f.next(); ) {
      if (f.number() == field) {
        f.numbers(encoding, sink);
      } else {
        f.skip();
      }
    }
  }

  /** The bits of all numbers, of which {@code what} may have only a few thousand. */
  long[] few(String what) {
    if (count > MAX_FEW) {
      throw new ModelException(
          "%s has %d values, expected at most %d".formatted(what, count, MAX_FEW));
    }
    long[] all = new long[(int) count];
    int[] at = {0};
    forEach(bits -> all[at[0]++] = bits);
    return all;
  }
}
