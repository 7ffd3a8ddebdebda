package io.tilebrew.models.draw;

import io.tilebrew.models.draw.Diagram.Box;
import java.util.ArrayList;
import java.util.List;

/**
 * What is inside a box: its title and rows of labels, and how large it is.
 *
 * @param title the title, cut to what fits
 * @param rows the labels, cut to what fits
 * @param width the width in pixels
 * @param height the height in pixels
 */
record BoxShape(String title, List<List<Label>> rows, double width, double height) {
  static final double TITLE_SIZE = 13;
  static final double LABEL_SIZE = 11;
  static final double TITLE_HEIGHT = 20;
  static final double LABEL_HEIGHT = 17;
  static final double ROW_HEIGHT = 21;
  static final double PADDING = 8;
  static final double SPACE = 5;

  private static final int MOST_CHARACTERS = 40;
  private static final double MOST_WIDTH = 250;
  private static final double LEAST_WIDTH = 70;

  /** A label with its text, place and width within its row. */
  record Label(String text, double x, double width) {}

  /** Copies the list. */
  BoxShape {
    rows = List.copyOf(rows);
  }

  static BoxShape of(Box box) {
    String title = cut(box.name(), true);
    double width = Math.max(LEAST_WIDTH, textWidth(title, TITLE_SIZE) + 2 * PADDING);
    // What stands beside the arrow that leaves the box stays below the box.
    width = Math.max(width, 2 * (textWidth(box.result(), LABEL_SIZE) + 12));
    List<List<Label>> rows = new ArrayList<>();
    List<Label> row = new ArrayList<>();
    double x = 0;
    double widest = 0;
    for (String label : box.labels()) {
      String text = cut(label, false);
      double labelWidth = textWidth(text, LABEL_SIZE) + 10;
      if (!row.isEmpty() && x + labelWidth > MOST_WIDTH) {
        rows.add(row);
        row = new ArrayList<>();
        x = 0;
      }
      row.add(new Label(text, x, labelWidth));
      widest = Math.max(widest, x + labelWidth);
      x += labelWidth + SPACE;
    }
    if (!row.isEmpty()) {
      rows.add(row);
    }
    double height = TITLE_HEIGHT + rows.size() * ROW_HEIGHT + PADDING;
    return new BoxShape(title, rows, Math.max(width, widest + 2 * PADDING), height);
  }

  /** The width of a row. */
  static double width(List<Label> row) {
    return row.getLast().x + row.getLast().width;
  }

  /** An upper estimate: viewers differ in their fonts. */
  static double textWidth(String text, double size) {
    return text.codePoints().mapToDouble(c -> c >= 0x1100 ? 1.05 : 0.62).sum() * size;
  }

  /** The end of a name, the beginning of other text. */
  private static String cut(String text, boolean end) {
    int length = text.codePointCount(0, text.length());
    if (length <= MOST_CHARACTERS) {
      return text;
    }
    int drop = length - MOST_CHARACTERS + 1;
    return end
        ? "\u2026" + text.substring(text.offsetByCodePoints(0, drop))
        : text.substring(0, text.offsetByCodePoints(0, length - drop)) + "\u2026";
  }
}
