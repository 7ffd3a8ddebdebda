package io.tilebrew.engine.tile;

import io.tilebrew.engine.reference.NormalizationReference;
import net.jqwik.api.Arbitraries;
import net.jqwik.api.Arbitrary;
import net.jqwik.api.EdgeCasesMode;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.Provide;

class ResponseTileTest {
  @Provide
  Arbitrary<MapCase> maps() {
    return MapCase.any();
  }

  @Provide
  Arbitrary<Integer> sizes() {
    return Arbitraries.of(1, 2, 3, 5, 5, 8, 11, 40, 64);
  }

  @Provide
  Arbitrary<Float> powers() {
    return Arbitraries.of(0.5f, 0.75f, 0.75f, 1f);
  }

  @Property(tries = 150, edgeCases = EdgeCasesMode.NONE)
  void isTheReference(
      @ForAll("maps") MapCase maps, @ForAll("sizes") int size, @ForAll("powers") float beta) {
    maps.check(
        (x, y, lanes) -> MapKernels.localResponse(size, 1e-2f, beta, 2, x, y, lanes),
        (x, y) -> NormalizationReference.localResponse(size, 1e-2f, beta, 2, x, y));
  }
}
