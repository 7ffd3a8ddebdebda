package io.tilebrew.graph;

import org.jspecify.annotations.Nullable;

/**
 * A fault of a model file or graph: one sentence that names the place, what was found and what is
 * expected.
 *
 * <p>Names in the message come from the file, so control characters are escaped and the length is
 * bounded.
 */
public final class ModelException extends RuntimeException {
  private static final long serialVersionUID = 1;
  private static final int MAX_LENGTH = 2000;

  private final boolean unsupported;

  /** A fault described by {@code message}. */
  public ModelException(String message) {
    this(message, null, false);
  }

  /** A fault described by {@code message}, with what caused it. */
  public ModelException(String message, Throwable cause) {
    this(message, cause, false);
  }

  private ModelException(String message, @Nullable Throwable cause, boolean unsupported) {
    super(printable(message), cause);
    this.unsupported = unsupported;
  }

  /** What {@code message} describes is sound, but not supported. */
  public static ModelException unsupported(String message) {
    return new ModelException(message, null, true);
  }

  /** The fault {@code problem} of one node. */
  public static ModelException at(String node, String operator, String problem) {
    return new ModelException(
        "node '%s' (%s): %s".formatted(shorten(node), shorten(operator), problem));
  }

  /** Whether the model is sound, as far as is known, but has what is not supported. */
  public boolean isUnsupported() {
    return unsupported;
  }

  /** {@code name} cut to a length that leaves room for the rest of a sentence. */
  public static String shorten(String name) {
    return name.length() <= 120 ? name : name.substring(0, 117) + "...";
  }

  private static String printable(String message) {
    StringBuilder text = new StringBuilder(Math.min(message.length(), MAX_LENGTH));
    message
        .codePoints()
        .limit(MAX_LENGTH)
        .forEach(
            c -> {
              int type = Character.getType(c);
              boolean hidden =
                  Character.isISOControl(c)
                      || type == Character.FORMAT
                      || type == Character.SURROGATE
                      || type == Character.LINE_SEPARATOR
                      || type == Character.PARAGRAPH_SEPARATOR;
              if (hidden) {
                text.append("\\u%04x".formatted(c));
              } else {
                text.appendCodePoint(c);
              }
            });
    return message.codePointCount(0, message.length()) > MAX_LENGTH
        ? text + "..."
        : text.toString();
  }
}
