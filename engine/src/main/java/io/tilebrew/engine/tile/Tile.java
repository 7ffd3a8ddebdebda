package io.tilebrew.engine.tile;

import io.tilebrew.engine.kernel.Program;
import java.util.List;

/**
 * A kind of kernel, compared by value: equal tiles make equal programs of equal sizes. A tile is
 * what a kernel computes together in registers, the program has the loops around it, too.
 */
public interface Tile {
  /** The names of the sizes, in the order of the arguments of a run. */
  List<String> sizes();

  /** The program for {@code sizes}. */
  Program program(Sizes sizes);

  /**
   * The tile of generic programs, which as many kernels as possible share; its programs take the
   * arguments of this one's and give the same bits.
   */
  default Tile generic() {
    return this;
  }

  /**
   * The tile of programs whose procedures layers of other sizes share, so that the JIT compiler has
   * few of them to compile: nearly as fast as this one, with the same sizes and bits.
   */
  default Tile shared() {
    return this;
  }

  /** The rows or columns, of {@code all}, that a tile has. */
  default int unit(Axis axis, int all) {
    return 1;
  }

  /**
   * The tile of kernels that read the same weights at the same time in several threads, each for
   * some of the units of {@code axis}.
   *
   * @param unit the rows or columns that it has
   */
  default Tile ofShare(Axis axis, int unit) {
    return this;
  }

  /** The axes of an output that threads may share. */
  enum Axis {
    /** The rows. */
    ROWS,
    /** The columns. */
    COLUMNS
  }
}
