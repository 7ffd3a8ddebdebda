package io.tilebrew.models.image;

import java.util.ArrayList;
import java.util.List;

/** Connected patches of ink. */
final class Strokes {
  /** The smallest patch that belongs to the digit, as a share of the largest. */
  private static final double LEAST_SHARE = 0.1;

  private final boolean[] ink;
  private final int height;
  private final int width;
  private final int[] label;
  private final int[] stack;

  /** A patch: its label and size, and whether it reaches the edge of the picture. */
  private record Patch(int label, int size, boolean onEdge) {}

  private Strokes(boolean[] ink, int height, int width) {
    this.ink = ink;
    this.height = height;
    this.width = width;
    this.label = new int[ink.length];
    this.stack = new int[ink.length];
  }

  /** The ink that is the digit: without specks, and without what enters from the edge. */
  static boolean[] digit(boolean[] ink, int height, int width) {
    Strokes strokes = new Strokes(ink, height, width);
    List<Patch> patches = strokes.patches();
    int largest = patches.stream().mapToInt(Patch::size).max().orElse(0);
    List<Patch> inner = patches.stream().filter(p -> !p.onEdge).toList();
    int largestInner = inner.stream().mapToInt(Patch::size).max().orElse(0);
    boolean useInner = largestInner >= LEAST_SHARE * largest;
    double least = LEAST_SHARE * (useInner ? largestInner : largest);
    boolean[] belongs = new boolean[patches.size() + 1];
    for (Patch patch : useInner ? inner : patches) {
      belongs[patch.label] = patch.size >= least;
    }
    boolean[] digit = new boolean[ink.length];
    for (int i = 0; i < digit.length; i++) {
      digit[i] = belongs[strokes.label[i]];
    }
    return digit;
  }

  /** The number of pixels of {@code ink} with a pixel beside, above or below that is none. */
  static int edge(boolean[] ink, int height, int width) {
    int count = 0;
    for (int i = 0; i < ink.length; i++) {
      int y = i / width;
      int x = i % width;
      boolean inside =
          y > 0
              && y < height - 1
              && x > 0
              && x < width - 1
              && ink[i - 1]
              && ink[i + 1]
              && ink[i - width]
              && ink[i + width];
      if (ink[i] && !inside) {
        count++;
      }
    }
    return count;
  }

  private List<Patch> patches() {
    List<Patch> patches = new ArrayList<>();
    for (int i = 0; i < ink.length; i++) {
      if (ink[i] && label[i] == 0) {
        patches.add(flood(i, patches.size() + 1));
      }
    }
    return patches;
  }

  private Patch flood(int start, int number) {
    int size = 0;
    boolean onEdge = false;
    int depth = 0;
    stack[depth++] = start;
    label[start] = number;
    while (depth > 0) {
      int at = stack[--depth];
      int y = at / width;
      int x = at % width;
      size++;
      onEdge |= y == 0 || x == 0 || y == height - 1 || x == width - 1;
      for (int j = Math.max(0, y - 1); j <= Math.min(height - 1, y + 1); j++) {
        for (int k = Math.max(0, x - 1); k <= Math.min(width - 1, x + 1); k++) {
          int beside = j * width + k;
          if (ink[beside] && label[beside] == 0) {
            label[beside] = number;
            stack[depth++] = beside;
          }
        }
      }
    }
    return new Patch(number, size, onEdge);
  }
}
