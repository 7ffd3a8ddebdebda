package io.tilebrew.engine.problem;

/**
 * A pooling: what becomes of each window of a feature map.
 *
 * @param kind what becomes of a window
 * @param window kernel, stride, dilation, padding
 */
public record Pool(Kind kind, Window window) {
  /** What becomes of a window. */
  public enum Kind {
    /** The greatest element. */
    MAX("max"),
    /** The mean of the elements inside the input. */
    AVERAGE("avg"),
    /** The mean of the elements inside the padded input. */
    AVERAGE_PADDED("avgpadded"),
    /** The sum of the magnitudes of the elements inside the input. */
    L1("l1norm"),
    /** The square root of the sum of the squares of the elements inside the input. */
    L2("l2norm");

    private final String text;

    Kind(String text) {
      this.text = text;
    }
  }

  /** A max pooling. */
  public static Pool max(Window window) {
    return new Pool(Kind.MAX, window);
  }

  /**
   * Reads the text form, such as {@code max2}, {@code avg3s2p1} or {@code avgpadded3s2p1}.
   *
   * @throws IllegalArgumentException if the text is no pooling
   */
  public static Pool parse(String text) {
    for (Kind kind : Kind.values()) {
      String rest = text.startsWith(kind.text) ? text.substring(kind.text.length()) : "";
      if (!rest.isEmpty() && Character.isDigit(rest.charAt(0))) {
        return new Pool(kind, Window.parsePool(rest));
      }
    }
    throw new IllegalArgumentException(
        "'%s' is no pooling; expected for example 'max2'".formatted(text));
  }

  @Override
  public String toString() {
    return kind.text + window.poolText();
  }
}
