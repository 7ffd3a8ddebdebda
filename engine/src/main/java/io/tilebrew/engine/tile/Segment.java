package io.tilebrew.engine.tile;

import io.tilebrew.engine.kernel.Index;
import java.util.ArrayList;
import java.util.List;

/**
 * A part of the columns of a row, or of the rows of an image, cut into tiles of one size.
 *
 * @param tiles the number of tiles
 * @param pixels the columns of each, or its rows
 */
record Segment(Index tiles, int pixels) {
  /** What happens to the tile of {@code pixels} columns from {@code first} on. */
  interface Body {
    void write(Code code, Index first, int pixels);
  }

  /** The number of tiles, where it does not depend on a parameter. */
  int knownTiles() {
    return ((Index.Const) tiles).value();
  }

  /** Covers {@code columns} by tiles of at most {@code most}, in a loop over {@code variable}. */
  static void each(Code code, String variable, Index columns, int most, Body body) {
    each(code, variable, split(code, columns, most), body);
  }

  /**
   * The same where columns that do not fill a tile come in tiles of {@code last}, if known, else in
   * ever smaller ones.
   */
  static void each(Code code, String variable, Index columns, int most, Index last, Body body) {
    List<Segment> segments =
        last instanceof Index.Const(int known)
            ? split(code, columns, most, known)
            : halving(code, columns, most);
    each(code, variable, segments, body);
  }

  private static void each(Code code, String variable, List<Segment> segments, Body body) {
    Index done = Index.of(0);
    for (Segment segment : segments) {
      Index end = done.plus(segment.tiles.times(segment.pixels));
      code.loop(
          variable, done, end, segment.pixels, (inner, c) -> body.write(inner, c, segment.pixels));
      done = end;
    }
  }

  /** Splits a known number of columns evenly, an unknown one into full tiles and single columns. */
  static List<Segment> split(Code code, Index columns, int most) {
    return split(code, columns, most, 1);
  }

  /** The same with tiles of {@code last} behind the full ones, or none if that is 0. */
  private static List<Segment> split(Code code, Index columns, int most, int last) {
    if (columns instanceof Index.Const(int count)) {
      return even(count, most);
    }
    if (most == 1) {
      return List.of(new Segment(columns, 1));
    }
    Segment full = new Segment(code.define("tiles", columns.over(most)), most);
    if (last == 0) {
      return List.of(full);
    }
    Index rest = columns.plus(full.tiles.times(-most)).over(last);
    return List.of(full, new Segment(code.define("rest", rest), last));
  }

  /** Splits columns into full tiles and those of the powers of two below, large ones first. */
  private static List<Segment> halving(Code code, Index columns, int most) {
    if (columns instanceof Index.Const(int count)) {
      return even(count, most);
    }
    List<Segment> segments = new ArrayList<>();
    Index left = columns;
    for (int size = most; size > 1; size = Integer.highestOneBit(size - 1)) {
      Segment segment = new Segment(code.define("tiles", left.over(size)), size);
      segments.add(segment);
      left = code.define("left", left.plus(segment.tiles.times(-size)));
    }
    segments.add(new Segment(left, 1));
    return segments;
  }

  /**
   * The most of a part where {@code count} are parted as evenly as can be, {@code most} at most.
   */
  static int widest(int count, int most) {
    return Math.ceilDiv(count, Math.ceilDiv(count, most));
  }

  /** The tiles of {@code count} columns, as few and as even as can be, wide ones first. */
  static List<Segment> even(int count, int most) {
    int tiles = Math.ceilDiv(count, most);
    int pixels = widest(count, most);
    int smaller = tiles * pixels - count;
    List<Segment> even = new ArrayList<>();
    even.add(new Segment(Index.of(tiles - smaller), pixels));
    if (smaller > 0) {
      even.add(new Segment(Index.of(smaller), pixels - 1));
    }
    return even;
  }
}
