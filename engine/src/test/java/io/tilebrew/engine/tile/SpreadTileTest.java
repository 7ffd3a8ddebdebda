package io.tilebrew.engine.tile;

import io.tilebrew.engine.codegen.KernelFactory;
import io.tilebrew.engine.kernel.Kernel;
import io.tilebrew.engine.kernel.KernelInterpreter;
import io.tilebrew.engine.plan.Buffer;
import io.tilebrew.engine.plan.FeatureMap;
import java.util.List;
import net.jqwik.api.Arbitraries;
import net.jqwik.api.Arbitrary;
import net.jqwik.api.EdgeCasesMode;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.Provide;
import net.jqwik.api.constraints.IntRange;

class SpreadTileTest {
  @Provide
  Arbitrary<MapCase> maps() {
    return MapCase.any();
  }

  @Provide
  Arbitrary<Integer> times() {
    return Arbitraries.of(2, 2, 3, 4, 7, 8, 9, 17);
  }

  /** A map with a halo whose pixels have room behind them. */
  private static FeatureMap spread(MapCase c, int times, int halo) {
    int channels = c.channels() * times;
    int pixel = channels + c.reading().lanes();
    int floats = (c.height() + 2 * halo) * (c.width() + 2 * halo) * pixel;
    return new FeatureMap(
        new Buffer("y", floats), c.height(), c.width(), channels, halo, halo, halo, halo, pixel, 0);
  }

  @Property(tries = 100, edgeCases = EdgeCasesMode.NONE)
  void repeatsEachChannel(
      @ForAll("maps") MapCase c, @ForAll("times") int times, @ForAll @IntRange(max = 2) int halo) {
    FeatureMap x = c.from().map("x", c.height(), c.width(), c.channels());
    FeatureMap y = spread(c, times, halo);
    int pixels = c.height() * c.width();
    float[] in = Floats.special(c.reading().seed(), c.batch() * c.channels() * pixels, c.rarity());
    float[] expected = new float[in.length * times];
    for (int i = 0; i < expected.length; i++) {
      expected[i] = in[i / (times * pixels) * pixels + i % pixels];
    }
    KernelSpec spec = MapKernels.spread(x, y, c.reading().lanes());
    List<Kernel> readings =
        List.of(
            new KernelFactory().define(spec.literal().program()),
            new KernelFactory().define(spec.generic().program()),
            new KernelInterpreter(spec.literal().program()));
    for (Kernel kernel : readings) {
      TestArena arena = new TestArena(c.batch(), x, y);
      arena.put(x, in);
      TestArena before = arena.copy();
      arena.run(kernel, spec);
      TestArena.assertSameBits(expected, arena.get(y), c + " times " + times);
      arena.assertOnlyChanged(y.whole(), before, c + " times " + times);
    }
  }
}
