package io.tilebrew.engine.tile;

import io.tilebrew.engine.kernel.Index;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.function.BiConsumer;
import java.util.function.Function;

/**
 * The offsets of the maps of a kernel at a point of its loops.
 *
 * @param sizes the sizes of the kernel; the way from one {@code Row} of map {@code x} to the next
 *     is called {@code xRow}
 * @param maps the names of the maps
 * @param offsets the offset of each
 */
record Places(Sizes sizes, List<String> maps, List<Index> offsets) {
  /** The first element of each map. */
  static Places start(Sizes sizes, List<String> maps) {
    return new Places(sizes, maps, maps.stream().map(sizes::get).toList());
  }

  /** The places that the parameters of a procedure, called as the maps are, tell. */
  static Places parameters(Sizes sizes, List<String> maps) {
    return new Places(sizes, maps, maps.stream().map(Index::var).toList());
  }

  /** The offset of {@code map}. */
  Index of(String map) {
    return offsets.get(maps.indexOf(map));
  }

  /** The places {@code count} ways further, each way as long as the map says. */
  Places step(Code code, String way, Index count) {
    List<Index> moved = new ArrayList<>();
    for (int i = 0; i < maps.size(); i++) {
      moved.add(move(code, i, way, count.times(sizes.get(maps.get(i) + way))));
    }
    return new Places(sizes, maps, moved);
  }

  /**
   * Visits the places at each turn of a loop, one way further each.
   *
   * @param variable the name of the loop's variable
   * @param count the size that tells how many turns it takes
   */
  void each(Code code, String variable, String count, String way, BiConsumer<Code, Places> body) {
    code.loop(variable, sizes.get(count), (inner, i) -> body.accept(inner, step(inner, way, i)));
  }

  /** Visits each row of each image. */
  void eachRow(Code code, BiConsumer<Code, Places> body) {
    each(
        code,
        "n",
        "images",
        "Image",
        (perImage, image) -> image.each(perImage, "r", "rows", "Row", body));
  }

  /** The places {@code count} floats further in {@code some} of the maps. */
  Places shift(Code code, String what, Index count, List<String> some) {
    return shift(code, what, map -> count, some);
  }

  /** The places so many floats further in {@code some} of the maps. */
  Places shift(Code code, String what, Function<String, Index> floats, List<String> some) {
    List<Index> moved = new ArrayList<>();
    for (int i = 0; i < maps.size(); i++) {
      String map = maps.get(i);
      moved.add(some.contains(map) ? move(code, i, what, floats.apply(map)) : offsets.get(i));
    }
    return new Places(sizes, maps, moved);
  }

  private Index move(Code code, int i, String what, Index distance) {
    String name = maps.get(i) + "_" + what.toLowerCase(Locale.ROOT);
    return code.define(name, offsets.get(i).plus(distance));
  }
}
