package io.tilebrew.graph.onnx;

import io.tilebrew.graph.ModelException;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.nio.ByteBuffer;
import java.nio.charset.CharacterCodingException;
import java.nio.charset.StandardCharsets;

/**
 * Bytes {@code from} (inclusive) to {@code to} (exclusive) of a file.
 *
 * @param source the file
 * @param from offset of the first byte
 * @param to offset after the last byte
 */
record Slice(Source source, long from, long to) {
  private static final int MAX_TEXT = 1 << 20;

  /** The number of bytes. */
  long size() {
    return to - from;
  }

  /** The bytes, not copied. */
  MemorySegment segment() {
    return source.bytes().asSlice(from, size());
  }

  /**
   * The text.
   *
   * @throws ModelException if it is no UTF-8 or is longer than 1 MB
   */
  String text() {
    try {
      return StandardCharsets.UTF_8.newDecoder().decode(ByteBuffer.wrap(copy())).toString();
    } catch (CharacterCodingException e) {
      throw new ModelException(
          "no valid ONNX: the text at offset %d is no UTF-8".formatted(from), e);
    }
  }

  /** The text, with a replacement character for each fault. */
  String lenientText() {
    return new String(copy(), StandardCharsets.UTF_8);
  }

  private byte[] copy() {
    if (size() > MAX_TEXT) {
      throw new ModelException(
          "the text at offset %d has %d bytes, expected at most %d"
              .formatted(from, size(), MAX_TEXT));
    }
    return segment().toArray(ValueLayout.JAVA_BYTE);
  }
}
