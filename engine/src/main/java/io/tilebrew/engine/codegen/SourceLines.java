package io.tilebrew.engine.codegen;

import org.jspecify.annotations.Nullable;

/** Lines of Java source in the making: indented, and broken where they are too long. */
final class SourceLines {
  private static final int WIDTH = 100;
  private static final String CONTINUATION = "    ";

  private final StringBuilder text = new StringBuilder();
  private String indent = "";

  /** Adds one line, or an empty one. */
  void add(String line) {
    String rest = line.isEmpty() ? "" : indent + line;
    int depth = 0;
    while (rest.length() > WIDTH) {
      Break place = breakOf(rest, depth);
      if (place == null) {
        break;
      }
      depth = place.depth;
      text.append(rest.substring(0, place.at).stripTrailing()).append('\n');
      rest = indent + CONTINUATION.repeat(depth + 1) + rest.substring(place.at).stripLeading();
    }
    text.append(rest).append('\n');
  }

  /** Adds a line whose block holds the lines up to {@link #close}. */
  void open(String line) {
    if (!line.isEmpty()) {
      add(line);
    }
    indent += "  ";
  }

  /** Ends a block. */
  void close() {
    indent = indent.substring(2);
    add("}");
  }

  /** A place to break a line, inside {@code depth} parentheses. */
  private record Break(int at, int depth) {}

  /**
   * The best place to break a line that begins inside {@code depth} parentheses: of those inside
   * the fewest parentheses the last one that fits, a comma before a dot; null if there is none.
   */
  private static @Nullable Break breakOf(String line, int depth) {
    int start = line.length() - line.stripLeading().length();
    Break best = null;
    int least = Integer.MAX_VALUE;
    for (int i = start; i <= WIDTH; i++) {
      char c = line.charAt(i);
      depth += c == '(' || c == '[' ? 1 : c == ')' || c == ']' ? -1 : 0;
      int rank = 2 * depth + (c == '.' && depth > 0 ? 1 : 0);
      if (i > start && rank <= least && mayBreak(line, i)) {
        best = new Break(i, depth);
        least = rank;
      }
    }
    return best;
  }

  /** Whether a line may begin at {@code at}: after a comma or an assignment, before an operator. */
  private static boolean mayBreak(String line, int at) {
    char c = line.charAt(at);
    char before = line.charAt(at - 1);
    if (c == '.') {
      return before == ')';
    }
    if (c != ' ' || at + 1 == line.length()) {
      return false;
    }
    char after = line.charAt(at + 1);
    return before == ',' || before == ';' || before == '=' || "+-*/".indexOf(after) >= 0;
  }

  @Override
  public String toString() {
    return text.toString();
  }
}
