package io.tilebrew.engine.tile;

import io.tilebrew.engine.plan.Buffer;
import io.tilebrew.engine.plan.FeatureMap;
import java.util.Random;
import net.jqwik.api.Arbitraries;
import net.jqwik.api.Arbitrary;
import net.jqwik.api.Combinators;
import net.jqwik.api.Tuple;

/**
 * How a map stands in its buffer: halo beyond what is needed, and the channels of other maps before
 * and after its own.
 *
 * @param block the channels of a block, by which those before and after count; 0 if there are none
 */
record Layout(int top, int left, int bottom, int right, int before, int after, int block) {
  /** A layout without blocks. */
  Layout(int top, int left, int bottom, int right, int before, int after) {
    this(top, left, bottom, right, before, after, 0);
  }

  /** A map to itself. */
  static final Layout TIGHT = new Layout(0, 0, 0, 0, 0, 0);

  /** Any layout; often a map to itself. */
  static Arbitrary<Layout> any() {
    Arbitrary<Integer> halo = Arbitraries.integers().between(0, 2);
    Arbitrary<Integer> others = Arbitraries.integers().between(0, 9);
    return Arbitraries.frequencyOf(
        Tuple.of(2, Arbitraries.just(TIGHT)),
        Tuple.of(1, Combinators.combine(halo, halo, halo, halo).as(Layout::halo)),
        Tuple.of(2, Combinators.combine(halo, halo, halo, halo, others, others).as(Layout::new)));
  }

  /** A layout made of the next numbers. */
  static Layout random(Random random) {
    return random.nextInt(3) == 0
        ? TIGHT
        : new Layout(
            random.nextInt(3),
            random.nextInt(3),
            random.nextInt(3),
            random.nextInt(3),
            random.nextInt(6),
            random.nextInt(6));
  }

  private static Layout halo(int top, int left, int bottom, int right) {
    return new Layout(top, left, bottom, right, 0, 0);
  }

  /** A layout with this and more halo. */
  Layout plus(int top, int left, int bottom, int right) {
    return new Layout(
        this.top + top,
        this.left + left,
        this.bottom + bottom,
        this.right + right,
        before,
        after,
        block);
  }

  /** The same in blocks of so many channels. */
  Layout inBlocks(int channels) {
    return new Layout(top, left, bottom, right, before, after, channels);
  }

  /** The same without channels of other maps. */
  Layout alone() {
    return new Layout(top, left, bottom, right, 0, 0, block);
  }

  /** A map of this layout in a buffer of its own, with room where channels fill no block. */
  FeatureMap map(String name, int height, int width, int channels) {
    int count = Math.max(1, block);
    int pixel = count * (before + after) + channels;
    int first = count * before;
    Buffer buffer = new Buffer(name, (top + height + bottom) * (left + width + right) * pixel);
    FeatureMap map =
        new FeatureMap(buffer, height, width, channels, top, left, bottom, right, pixel, first);
    if (block == 0) {
      return map;
    }
    return (channels % block == 0 ? map : map.withRoom(block)).inBlocks(block);
  }

  @Override
  public String toString() {
    return "halo %d,%d,%d,%d channels %d+%d%s"
        .formatted(
            top, left, bottom, right, before, after, block == 0 ? "" : " in blocks of " + block);
  }
}
