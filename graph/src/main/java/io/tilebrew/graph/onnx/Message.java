package io.tilebrew.graph.onnx;

import io.tilebrew.graph.ModelException;
import java.util.ArrayList;
import java.util.List;

/**
 * A protobuf message, still encoded.
 *
 * <p>Where a file gives a message field more than once, the message is the concatenation of the
 * parts; to read them in order is what protobuf calls to merge them.
 *
 * @param name the name of the message in the schema, for messages to people
 * @param parts the parts, at least one
 */
record Message(String name, List<Slice> parts) {
  private static final int MAX_PARTS = 100;

  Message {
    parts = List.copyOf(parts);
  }

  Message(String name, Slice part) {
    this(name, List.of(part));
  }

  /** This message with {@code part} merged into it. */
  Message merge(Slice part) {
    if (parts.size() == MAX_PARTS) {
      throw new ModelException(
          "the message %s at offset %d is given again more than %d times"
              .formatted(name, offset(), MAX_PARTS));
    }
    List<Slice> merged = new ArrayList<>(parts);
    merged.add(part);
    return new Message(name, merged);
  }

  /** A cursor before the first field. */
  Fields fields() {
    return new Fields(this);
  }

  /** The offset in the file. */
  long offset() {
    return parts.getFirst().from();
  }

  Source source() {
    return parts.getFirst().source();
  }
}
