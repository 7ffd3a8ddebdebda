package io.tilebrew.engine.tile;

import io.tilebrew.engine.kernel.Index;
import io.tilebrew.engine.kernel.Vec;
import io.tilebrew.engine.reference.NormalizationReference;
import java.util.List;
import java.util.function.BiConsumer;
import java.util.function.BinaryOperator;
import java.util.stream.IntStream;

/**
 * Writes sums and maxima of many floats by parts, in the order of {@link NormalizationReference},
 * which does not depend on the lanes.
 */
final class Parts {
  /** The number of parts, and the floats of a group. */
  static final int COUNT = NormalizationReference.PARTS;

  private Parts() {}

  /**
   * Writes what happens to {@code count} floats.
   *
   * @param groups what happens to those that fill groups, from 0 to an index, if there is one
   * @param single what happens to each of the others
   */
  static void each(
      Code code, Index count, BiConsumer<Code, Index> groups, BiConsumer<Code, Index> single) {
    Index whole = code.define("whole", count.over(COUNT).times(COUNT));
    if (!(count instanceof Index.Const(int few) && few < COUNT)) {
      Index once = count.over(COUNT).least(Index.of(1));
      code.loop("b", once, (inner, b) -> groups.accept(inner, whole));
    }
    code.loop("s", whole, count, 1, single);
  }

  /** Reads the floats of a vector of parts, of the group that begins at an index. */
  interface Source {
    Vec read(Code code, Index group, int number);
  }

  /**
   * Combines the groups that end at {@code end} into {@code vectors} vectors of parts.
   *
   * @param neutral the neutral number of {@code f}
   */
  static List<Vec.Ref> fold(
      Code code, Index end, int vectors, float neutral, BinaryOperator<Vec> f, Source source) {
    List<Vec.Ref> parts =
        IntStream.range(0, vectors)
            .mapToObj(i -> code.let("part" + i, new Vec.Splat(neutral)))
            .toList();
    code.loop(
        "g",
        Index.of(0),
        end,
        COUNT,
        (inner, g) -> {
          for (int i = 0; i < vectors; i++) {
            inner.assign(parts.get(i), f.apply(parts.get(i), source.read(inner, g, i)));
          }
        });
    return parts;
  }

  /** Combines each of {@code parts} with the one half of them further on, until one is left. */
  static Vec pairs(List<? extends Vec> parts, BinaryOperator<Vec> f) {
    int half = parts.size() / 2;
    return half == 0
        ? parts.getFirst()
        : pairs(
            IntStream.range(0, half)
                .mapToObj(i -> f.apply(parts.get(i), parts.get(i + half)))
                .toList(),
            f);
  }
}
