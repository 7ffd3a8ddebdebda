package io.tilebrew.models.draw;

import java.util.List;

/**
 * Boxes and the arrows between them.
 *
 * @param title what is shown
 * @param boxes the boxes
 * @param arrows the arrows, each from a box to a later one
 */
record Diagram(String title, List<Box> boxes, List<Arrow> arrows) {
  /** Copies the lists. */
  Diagram {
    boxes = List.copyOf(boxes);
    arrows = List.copyOf(arrows);
  }

  /** What a box stands for, which its color shows. */
  enum Kind {
    INPUT,
    OUTPUT,
    CONVOLUTION,
    LINEAR,
    POOLING,
    ELEMENTWISE,
    NORMALIZATION,
    SHAPING,
    OTHER
  }

  /**
   * A box.
   *
   * @param kind what it stands for
   * @param name the title
   * @param labels what it does, one label for each part
   * @param result what stands below it, beside the arrows that leave it
   */
  record Box(Kind kind, String name, List<String> labels, String result) {
    /** Copies the list. */
    Box {
      labels = List.copyOf(labels);
    }
  }

  /**
   * An arrow.
   *
   * @param from the index of the box that it leaves
   * @param to the index of the box that it leads to, which is greater
   */
  record Arrow(int from, int to) {}
}
