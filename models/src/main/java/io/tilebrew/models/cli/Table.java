package io.tilebrew.models.cli;

import java.io.PrintWriter;
import java.util.ArrayList;
import java.util.List;

/** Rows of text in aligned columns, the first ones to the left and the others to the right. */
final class Table {
  private static final int MAX_WIDTH = 48;

  private final String indent;
  private final int left;
  private final List<String[]> rows = new ArrayList<>();
  private final int[] widths;

  /** A table whose first {@code left} columns are aligned to the left. */
  Table(String indent, int left, String... titles) {
    this.indent = indent;
    this.left = left;
    this.widths = new int[titles.length];
    add(titles);
  }

  /** Adds a row; cells that are too long are cut. */
  void add(String... cells) {
    String[] row = new String[cells.length];
    for (int i = 0; i < row.length; i++) {
      row[i] = cut(cells[i]);
      widths[i] = Math.max(widths[i], row[i].codePointCount(0, row[i].length()));
    }
    rows.add(row);
  }

  void print(PrintWriter out) {
    for (String[] row : rows) {
      StringBuilder line = new StringBuilder(indent);
      for (int i = 0; i < row.length; i++) {
        String space = " ".repeat(widths[i] - row[i].codePointCount(0, row[i].length()));
        line.append(i == 0 ? "" : "  ").append(i < left ? row[i] + space : space + row[i]);
      }
      out.println(line.toString().stripTrailing());
    }
  }

  /** {@code text} in one line, escaped for the terminal and cut to the width of a column. */
  static String cut(String text) {
    String line = Faults.printable(text);
    int length = line.codePointCount(0, line.length());
    return length <= MAX_WIDTH
        ? line
        : line.substring(0, line.offsetByCodePoints(0, MAX_WIDTH - 3)) + "...";
  }
}
