package io.tilebrew.models.cli;

import java.util.Comparator;
import java.util.List;
import java.util.Locale;

/** The names that someone may have meant. */
final class NearNames {
  private static final int MOST = 5;

  private NearNames() {}

  /** Up to {@value #MOST} of {@code names}: first those that contain {@code wanted}. */
  static List<String> of(String wanted, List<String> names) {
    String text = wanted.toLowerCase(Locale.ROOT);
    return names.stream()
        .sorted(Comparator.comparingInt(name -> distance(text, name.toLowerCase(Locale.ROOT))))
        .limit(MOST)
        .map(Table::cut)
        .toList();
  }

  /** Letters to insert, delete or replace; the letters around a part that is equal are cheap. */
  private static int distance(String wanted, String name) {
    if (name.contains(wanted)) {
      return (name.length() - wanted.length()) / 8;
    }
    int[] row = new int[name.length() + 1];
    for (int j = 0; j < row.length; j++) {
      row[j] = j;
    }
    for (int i = 1; i <= wanted.length(); i++) {
      int corner = row[0];
      row[0] = i;
      for (int j = 1; j < row.length; j++) {
        int replaced = corner + (wanted.charAt(i - 1) == name.charAt(j - 1) ? 0 : 1);
        corner = row[j];
        row[j] = Math.min(replaced, 1 + Math.min(row[j], row[j - 1]));
      }
    }
    return row[name.length()];
  }
}
