package io.tilebrew.engine.tile;

import io.tilebrew.engine.Shape;
import java.util.ArrayList;
import java.util.List;

/**
 * The loops over the matrices of one image of a product, where axes along which both sides go on
 * alike are one loop.
 *
 * @param loops the loops, the innermost first
 */
record Batches(List<Loop> loops) {
  /** A loop of {@code count} turns, and the way of the sides and the result at each. */
  record Loop(int count, int a, int b, int y) {
    private Loop times(int more) {
      return new Loop(count * more, a, b, y);
    }

    /** Whether a turn of {@code outer} goes on where this loop ends. */
    private boolean endsAt(Loop outer) {
      return outer.a == count * a && outer.b == count * b && outer.y == count * y;
    }
  }

  private static final Loop ONCE = new Loop(1, 0, 0, 0);

  /** The loops of a product [N,...,rows,columns]. */
  static Batches of(Matrices a, Matrices b, Matrices y) {
    Shape shape = y.shape();
    List<Loop> loops = new ArrayList<>();
    for (int axis = 0; axis < shape.rank() - 3; axis++) {
      int count = shape.dim(shape.rank() - 3 - axis);
      Loop loop = new Loop(count, a.stride(axis), b.stride(axis), y.stride(axis));
      if (!loops.isEmpty() && loops.getLast().endsAt(loop)) {
        loops.add(loops.removeLast().times(count));
      } else if (count > 1) {
        loops.add(loop);
      }
    }
    return new Batches(loops);
  }

  /** The loop of this number, counted from the innermost; one of a single turn if there is none. */
  Loop loop(int i) {
    return i < loops.size() ? loops.get(i) : ONCE;
  }
}
