package io.tilebrew.graph.lower;

import io.tilebrew.engine.Shape;
import java.util.ArrayList;
import java.util.List;

/**
 * The axes of images over which inputs are spread by numpy's broadcasting, neighbours as one where
 * every input has both or none of them.
 *
 * @param sizes how many elements the output has along each
 * @param has which inputs have more than one element along each
 */
record SpreadAxes(List<Integer> sizes, List<List<Boolean>> has) {
  /** The axes of a feature map: rows, columns and channels. */
  static final int MOST = 3;

  /** The axes of {@code y} and {@code inputs}, which have the leading axis of images or not. */
  static SpreadAxes of(Shape y, List<Shape> inputs) {
    List<Integer> sizes = new ArrayList<>();
    List<List<Boolean>> has = new ArrayList<>();
    for (int axis = 1; axis < y.rank(); axis++) {
      if (y.dim(axis) == 1) {
        continue;
      }
      int fromEnd = y.rank() - axis;
      List<Boolean> now =
          inputs.stream().map(s -> s.rank() >= fromEnd && s.dim(s.rank() - fromEnd) > 1).toList();
      if (!has.isEmpty() && has.getLast().equals(now)) {
        sizes.set(sizes.size() - 1, sizes.getLast() * y.dim(axis));
      } else {
        sizes.add(y.dim(axis));
        has.add(now);
      }
    }
    return new SpreadAxes(sizes, has);
  }

  int count() {
    return sizes.size();
  }

  /** The rows, columns and channels of the output. */
  int[] whole() {
    int[] all = {1, 1, 1};
    for (int i = 0; i < count(); i++) {
      all[MOST - count() + i] = sizes.get(i);
    }
    return all;
  }

  /** The rows, columns and channels of input {@code number}. */
  int[] of(int number) {
    int[] own = whole();
    for (int i = 0; i < count(); i++) {
      own[MOST - count() + i] = has.get(i).get(number) ? sizes.get(i) : 1;
    }
    return own;
  }
}
