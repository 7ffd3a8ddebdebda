package io.tilebrew.engine.plan;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;

import io.tilebrew.engine.tile.Floats;
import java.util.Arrays;
import net.jqwik.api.Arbitraries;
import net.jqwik.api.Arbitrary;
import net.jqwik.api.Combinators;
import net.jqwik.api.EdgeCasesMode;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.Provide;
import net.jqwik.api.constraints.IntRange;

class ImagesTest {
  private static final float UNTOUCHED = 77;

  @Provide
  Arbitrary<FeatureMap> maps() {
    Arbitrary<Integer> sizes = Arbitraries.integers().between(1, 6);
    Arbitrary<Integer> widths = Arbitraries.oneOf(sizes, Arbitraries.integers().between(30, 70));
    Arbitrary<Integer> depths = Arbitraries.integers().between(1, 25);
    Arbitrary<Integer> halos = Arbitraries.integers().between(0, 2);
    // The last makes strips shorter than a row.
    Arbitrary<Integer> others = Arbitraries.of(0, 0, 1, 5, 5000);
    return Combinators.combine(sizes, widths, depths, halos, halos, halos, others, others)
        .as(
            (height, width, channels, top, left, right, before, after) -> {
              int pixel = before + channels + after;
              int floats = (top + height + left) * (left + width + right) * pixel;
              Buffer buffer = new Buffer("x", floats);
              return new FeatureMap(
                  buffer, height, width, channels, top, left, left, right, pixel, before);
            });
  }

  private static int size(FeatureMap map) {
    return map.channels() * map.height() * map.width();
  }

  @Property(edgeCases = EdgeCasesMode.NONE)
  void packingPutsEachElementInItsPlace(
      @ForAll("maps") FeatureMap map,
      @ForAll @IntRange(max = 2) int first,
      @ForAll @IntRange(min = 1, max = 3) int images,
      @ForAll long seed) {
    float[] x = Floats.ordinary(seed, (first + images + 1) * size(map));
    float[] arena = new float[5 + images * map.imageStride() + 5];
    Arrays.fill(arena, UNTOUCHED);
    float[] expected = arena.clone();
    int middle = (int) Math.floorMod(seed, map.height() + 1L);
    Images.pack(x, first, images, arena, 5, map, middle, map.height());
    Images.pack(x, first, images, arena, 5, map, 0, middle);
    int from = first * size(map);
    for (int n = 0; n < images; n++) {
      for (int c = 0; c < map.channels(); c++) {
        for (int row = 0; row < map.height(); row++) {
          for (int column = 0; column < map.width(); column++) {
            expected[5 + n * map.buffer().floats() + map.at(row, column) + c] = x[from++];
          }
        }
      }
    }
    assertArrayEquals(expected, arena);
  }

  @Property(edgeCases = EdgeCasesMode.NONE)
  void unpackingUndoesPacking(
      @ForAll("maps") FeatureMap map,
      @ForAll @IntRange(max = 2) int first,
      @ForAll @IntRange(min = 1, max = 3) int images,
      @ForAll long seed) {
    float[] x = Floats.ordinary(seed, (first + images + 1) * size(map));
    float[] arena = new float[images * map.imageStride()];
    Images.pack(x, first, images, arena, 0, map, 0, map.height());
    float[] y = new float[x.length];
    Arrays.fill(y, UNTOUCHED);
    float[] expected = y.clone();
    System.arraycopy(x, first * size(map), expected, first * size(map), images * size(map));
    Images.unpack(arena, 0, map, images, y, first);
    assertArrayEquals(expected, y);
  }

  @Property(edgeCases = EdgeCasesMode.NONE)
  void aSliceSharesTheBuffer(@ForAll("maps") FeatureMap map) {
    FeatureMap slice = map.slice(map.channels() - 1, 1);
    assertEquals(map.buffer().floats(), slice.imageStride());
    assertEquals(map.at(0, 0) + map.channels() - 1, slice.at(0, 0));
    assertEquals(slice.at(0, 0) + map.rowStride(), slice.at(1, 0));
  }
}
