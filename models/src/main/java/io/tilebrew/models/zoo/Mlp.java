package io.tilebrew.models.zoo;

import java.util.List;

/** Fully connected layers with ReLU between them. */
final class Mlp {
  private Mlp() {}

  /** A layer for each width but the first, which is that of {@code x}. */
  static Features build(Features x, List<Integer> widths) {
    Features y = x.flatten();
    for (int i = 1; i < widths.size(); i++) {
      y = y.linear("fc" + i, widths.get(i));
      y = i < widths.size() - 1 ? y.relu() : y;
    }
    return y;
  }
}
