package io.tilebrew.engine.tile;

import io.tilebrew.engine.problem.Pool;
import io.tilebrew.engine.problem.Window;
import io.tilebrew.engine.reference.PoolReference;
import net.jqwik.api.Arbitraries;
import net.jqwik.api.Arbitrary;
import net.jqwik.api.Assume;
import net.jqwik.api.Combinators;
import net.jqwik.api.EdgeCasesMode;
import net.jqwik.api.Example;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.Provide;
import net.jqwik.api.constraints.IntRange;

class PoolTileTest {
  @Provide
  Arbitrary<MapCase> maps() {
    return MapCase.any();
  }

  @Provide
  Arbitrary<Window> windows() {
    Arbitrary<Integer> kernels = Arbitraries.of(1, 2, 2, 3, 3, 4, 9);
    Arbitrary<Integer> strides = Arbitraries.integers().between(1, 3);
    Arbitrary<Integer> dilations = Arbitraries.of(1, 1, 1, 2, 3);
    Arbitrary<Integer> pads = Arbitraries.of(0, 0, 1, 2, 3);
    Arbitrary<Window> unpadded =
        Combinators.combine(kernels, kernels, strides, strides, dilations, dilations)
            .as((kh, kw, sh, sw, dh, dw) -> new Window(kh, kw, sh, sw, dh, dw, 0, 0, 0, 0));
    return Combinators.combine(unpadded, pads, pads, pads, pads).as(Window::withPadding);
  }

  /** With {@code more} outputs at the ends, as ceil_mode has them. */
  @Property(tries = 200, edgeCases = EdgeCasesMode.NONE)
  void maxIsTheReference(
      @ForAll("maps") MapCase maps,
      @ForAll("windows") Window w,
      @ForAll @IntRange(max = 1) int more) {
    Assume.that(w.outputHeight(maps.height()) > 0 && w.outputWidth(maps.width()) > 0);
    maps.check(
        w.outputHeight(maps.height()) + more,
        w.outputWidth(maps.width()) + more,
        (x, y, lanes) -> Kernels.pool(Pool.max(w), x, y, lanes),
        (x, y) -> PoolReference.max(w, x, y));
  }

  @Property(tries = 150, edgeCases = EdgeCasesMode.NONE)
  void blocksOfChannelsAreTheReference(
      @ForAll("maps") MapCase maps,
      @ForAll("windows") Window w,
      @ForAll @IntRange(min = 1, max = 3) int which) {
    Assume.that(w.outputHeight(maps.height()) > 0 && w.outputWidth(maps.width()) > 0);
    maps.inBlocks(which)
        .check(
            w.outputHeight(maps.height()),
            w.outputWidth(maps.width()),
            (x, y, lanes) -> Kernels.pool(Pool.max(w), x, y, lanes),
            (x, y) -> PoolReference.max(w, x, y));
  }

  @Property(tries = 100, edgeCases = EdgeCasesMode.NONE)
  void blocksWithRoomAreTheReference(
      @ForAll("maps") MapCase maps, @ForAll("windows") Window w, @ForAll boolean countPadding) {
    Assume.that(maps.channels() > maps.reading().lanes());
    Assume.that(w.outputHeight(maps.height()) > 0 && w.outputWidth(maps.width()) > 0);
    maps.withRoom()
        .check(
            w.outputHeight(maps.height()),
            w.outputWidth(maps.width()),
            (x, y, lanes) -> Kernels.pool(average(w, countPadding), x, y, lanes),
            (x, y) -> PoolReference.average(w, countPadding, x, y));
  }

  /** Magnitudes have no sign; the NaN among them may have one, as those of the processor do. */
  @Property(tries = 200, edgeCases = EdgeCasesMode.NONE)
  void maxOfRectifiedNumbersIsTheReference(
      @ForAll("maps") MapCase maps, @ForAll("windows") Window w) {
    Assume.that(w.outputHeight(maps.height()) > 0 && w.outputWidth(maps.width()) > 0);
    maps.check(
        PoolTileTest::magnitude,
        w.outputHeight(maps.height()),
        w.outputWidth(maps.width()),
        (x, y, lanes) -> Kernels.pool(Pool.max(w), true, x, y, lanes),
        (x, y) -> PoolReference.max(w, x, y));
  }

  private static float magnitude(float x) {
    return Float.isNaN(x) ? Float.intBitsToFloat(0xFFC00000) : Math.abs(x);
  }

  @Property(tries = 300, edgeCases = EdgeCasesMode.NONE)
  void averageIsTheReference(
      @ForAll("maps") MapCase maps,
      @ForAll("windows") Window w,
      @ForAll boolean countPadding,
      @ForAll @IntRange(max = 1) int more) {
    Assume.that(w.outputHeight(maps.height()) > 0 && w.outputWidth(maps.width()) > 0);
    maps.check(
        w.outputHeight(maps.height()) + more,
        w.outputWidth(maps.width()) + more,
        (x, y, lanes) -> Kernels.pool(average(w, countPadding), x, y, lanes),
        (x, y) -> PoolReference.average(w, countPadding, x, y));
  }

  @Property(tries = 150, edgeCases = EdgeCasesMode.NONE)
  void normIsTheReference(
      @ForAll("maps") MapCase maps,
      @ForAll("windows") Window w,
      @ForAll boolean squares,
      @ForAll @IntRange(max = 1) int more) {
    Assume.that(w.outputHeight(maps.height()) > 0 && w.outputWidth(maps.width()) > 0);
    Pool pool = new Pool(squares ? Pool.Kind.L2 : Pool.Kind.L1, w);
    maps.check(
        w.outputHeight(maps.height()) + more,
        w.outputWidth(maps.width()) + more,
        (x, y, lanes) -> Kernels.pool(pool, x, y, lanes),
        (x, y) -> PoolReference.norm(w, squares ? 2 : 1, x, y));
  }

  @Example
  void globalAverageIsTheReference() {
    Window w = Window.of(7, 7);
    MapCase maps =
        new MapCase(2, 7, 7, 70, Layout.TIGHT, Layout.TIGHT, new MapCase.Reading(8, 1), 0);
    maps.check(
        1,
        1,
        (x, y, lanes) -> Kernels.pool(average(w, false), x, y, lanes),
        (x, y) -> PoolReference.average(w, false, x, y));
  }

  private static Pool average(Window window, boolean countPadding) {
    return new Pool(countPadding ? Pool.Kind.AVERAGE_PADDED : Pool.Kind.AVERAGE, window);
  }
}
