package io.tilebrew.engine.tile;

import io.tilebrew.engine.DataType;
import io.tilebrew.engine.Shape;
import io.tilebrew.engine.Tensor;
import io.tilebrew.engine.reference.ShapingReference;
import java.util.Arrays;
import java.util.Random;
import net.jqwik.api.Arbitrary;
import net.jqwik.api.EdgeCasesMode;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.Provide;

/** Kernels that choose channels, and that write one value. */
class ChannelTileTest {
  @Provide
  Arbitrary<MapCase> maps() {
    return MapCase.any();
  }

  @Property(tries = 60, edgeCases = EdgeCasesMode.NONE)
  void selectionIsTheReference(@ForAll("maps") MapCase maps, @ForAll long seed) {
    int[] from = new Random(seed).ints(maps.channels(), 0, maps.channels()).toArray();
    Tensor indices = Tensor.zeros(DataType.INT64, Shape.of(from.length));
    for (int i = 0; i < from.length; i++) {
      indices.set(i, (long) from[i]);
    }
    maps.check(
        (x, y, lanes) -> MapKernels.selectChannels(from, x, y, lanes),
        (x, y) -> ShapingReference.gather(1, x, indices, y));
  }

  @Property(tries = 40, edgeCases = EdgeCasesMode.NONE)
  void fillingWritesAllPixels(@ForAll("maps") MapCase maps, @ForAll float value) {
    maps.check(
        (x, y, lanes) -> MapKernels.fill(value, y, lanes),
        (x, y) -> Arrays.fill(y.floats(), value));
  }
}
