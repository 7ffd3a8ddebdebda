package io.tilebrew.engine.codegen;

/** Lines of Java source in the making: indented, and broken where they are too long. */
final class SourceLines {
  private static final int WIDTH = 100;
  private static final String CONTINUATION = "    ";

  private final StringBuilder text = new StringBuilder();
  private String indent = "";

  /** Adds one line, or an empty one. */
  void add(String line) {
    String rest = line.isEmpty() ? "" : indent + line;
    String continuation = indent + CONTINUATION;
    while (rest.length() > WIDTH) {
      int at = breakOf(rest);
      if (at < 0) {
        break;
      }
      text.append(rest.substring(0, at).stripTrailing()).append('\n');
      rest = continuation + rest.substring(at).stripLeading();
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

  /**
   * The best place to break {@code line}: of the places inside the fewest parentheses, the last one
   * that fits; -1 if there is none.
   */
  private static int breakOf(String line) {
    int start = line.length() - line.stripLeading().length();
    int best = -1;
    int bestDepth = Integer.MAX_VALUE;
    int depth = 0;
    for (int i = start; i <= WIDTH; i++) {
      char c = line.charAt(i);
      depth += c == '(' || c == '[' ? 1 : c == ')' || c == ']' ? -1 : 0;
      if (i > start && depth <= bestDepth && mayBreak(line, i)) {
        best = i;
        bestDepth = depth;
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
