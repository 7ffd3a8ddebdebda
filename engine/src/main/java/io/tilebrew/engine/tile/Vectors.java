package io.tilebrew.engine.tile;

import io.tilebrew.engine.kernel.Index;

/** Writes loops over the vectors of a run of consecutive floats. */
final class Vectors {
  private Vectors() {}

  /** What happens to {@code vectors} vectors from {@code offset} on; the last has {@code lanes}. */
  interface Body {
    void write(Code code, Index offset, int vectors, Index lanes);
  }

  /**
   * Covers {@code count} floats: {@code most} vectors at a time, then single ones, then the tail.
   */
  static void each(Code code, Index count, int lanes, int most, Body body) {
    Index chunk = code.define("chunked", count.over(most * lanes).times(most * lanes));
    Index full = code.define("full", count.over(lanes).times(lanes));
    if (most > 1) {
      code.loop(
          "v",
          Index.of(0),
          chunk,
          most * lanes,
          (inner, v) -> body.write(inner, v, most, Index.of(lanes)));
    }
    code.loop(
        "v",
        most > 1 ? chunk : Index.of(0),
        full,
        lanes,
        (inner, v) -> body.write(inner, v, 1, Index.of(lanes)));
    Index tail = count.plus(full.times(-1));
    if (tail instanceof Index.Const(int left)) {
      if (left > 0) {
        body.write(code, full, 1, tail);
      }
      return;
    }
    Index left = code.define("tail", tail);
    code.loop("t", left.least(Index.of(1)), (inner, t) -> body.write(inner, full, 1, left));
  }
}
