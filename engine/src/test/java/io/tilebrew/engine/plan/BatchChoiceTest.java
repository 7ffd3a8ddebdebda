package io.tilebrew.engine.plan;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.constraints.IntRange;
import org.junit.jupiter.api.Test;

class BatchChoiceTest {
  @Test
  void weightsThatAreReadOnceAreWorthTheCache() {
    assertEquals(16, new BatchChoice(58_000_000, 0, 2_000_000, 400_000).images(16));
    assertEquals(8, new BatchChoice(58_000_000, 0, 2_000_000, 400_000).images(8));
  }

  @Test
  void largeMapsOfOneImageAreEnough() {
    assertEquals(1, new BatchChoice(1_280_000, 0, 13_000_000, 1_200_000).images(16));
  }

  @Test
  void weightsThatAFewImagesShareAreWorthAFewImages() {
    assertEquals(4, new BatchChoice(500_000, 21_000_000, 8_900_000, 880_000).images(16));
  }

  @Test
  void smallMapsShareTheCache() {
    assertEquals(16, new BatchChoice(60_000, 0, 20_000, 5_000).images(16));
    assertEquals(4, new BatchChoice(0, 0, 65_536, 40_000).images(16));
  }

  @Property(tries = 200)
  void aLowerLimitThatAllowsItChangesNothing(
      @ForAll @IntRange(max = 1 << 28) int weights,
      @ForAll @IntRange(max = 1 << 28) int shared,
      @ForAll @IntRange(max = 1 << 28) int moved,
      @ForAll @IntRange(max = 1 << 20) int arena,
      @ForAll @IntRange(min = 1, max = 16) int most) {
    int images = new BatchChoice(weights, shared, moved, arena).images(most);
    assertTrue(images >= 1 && images <= most, () -> "%d of %d".formatted(images, most));
    assertEquals(images, new BatchChoice(weights, shared, moved, arena).images(images));
  }
}
