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

  /** Lets {@code count} vectors begin as {@code start}. */
  static List<Vec.Ref> let(Code code, int count, float start) {
    return IntStream.range(0, count)
        .mapToObj(i -> code.let("part" + i, new Vec.Splat(start)))
        .toList();
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
