package io.tilebrew.engine.tile;

import io.tilebrew.engine.Tensor;
import io.tilebrew.engine.problem.Interpolation;
import io.tilebrew.engine.problem.Interpolation.Coordinates;
import io.tilebrew.engine.problem.Interpolation.Method;
import io.tilebrew.engine.problem.Interpolation.Rounding;
import io.tilebrew.engine.problem.Resampling;
import io.tilebrew.engine.reference.ResizeReference;
import io.tilebrew.engine.reference.ShapingReference;
import java.util.List;
import java.util.stream.IntStream;
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

class SampleTileTest {
  @Provide
  Arbitrary<MapCase> maps() {
    return MapCase.any();
  }

  @Provide
  Arbitrary<Interpolation> interpolations() {
    return Combinators.combine(
            Arbitraries.of(Method.class),
            Arbitraries.of(Coordinates.class),
            Arbitraries.of(Rounding.class),
            Arbitraries.of(-0.75f, -0.5f),
            Arbitraries.of(true, false),
            Arbitraries.of(true, false))
        .as(Interpolation::new);
  }

  private static void check(MapCase maps, Interpolation how, Resampling rows, Resampling columns) {
    maps.check(
        rows.to(),
        columns.to(),
        (x, y, lanes) -> MapKernels.resize(how, rows, columns, x, y, lanes),
        (x, y) -> {
          Resampling images = new Resampling(maps.batch(), maps.batch(), 1);
          Resampling channels = new Resampling(maps.channels(), maps.channels(), 1);
          List<Resampling> axes = List.of(images, channels, rows, columns);
          ResizeReference.resize(how, axes, 0, x, y);
        });
  }

  @Property(tries = 150, edgeCases = EdgeCasesMode.NONE)
  void resizingIsTheReference(
      @ForAll("maps") MapCase maps,
      @ForAll("interpolations") Interpolation how,
      @ForAll @IntRange(min = 1, max = 20) int height,
      @ForAll @IntRange(min = 1, max = 20) int width) {
    Assume.that(how.coordinates() != Coordinates.TF_HALF_PIXEL_FOR_NN);
    Resampling rows = new Resampling(maps.height(), height, (double) height / maps.height());
    Resampling columns = new Resampling(maps.width(), width, (double) width / maps.width());
    Assume.that(MapKernels.canResize(how, rows, columns));
    check(maps, how, rows, columns);
  }

  @Example
  void doublingIsTheReference() {
    for (Method method : Method.values()) {
      Interpolation how =
          new Interpolation(
              method, Coordinates.HALF_PIXEL, Rounding.ROUND_PREFER_FLOOR, -0.75f, false, false);
      MapCase maps =
          new MapCase(2, 6, 7, 70, Layout.TIGHT, Layout.TIGHT, new MapCase.Reading(8, 1), 0);
      check(maps, how, new Resampling(6, 12, 2), new Resampling(7, 14, 2));
    }
  }

  @Property(tries = 50, edgeCases = EdgeCasesMode.NONE)
  void selectionIsTheReference(@ForAll("maps") MapCase maps, @ForAll boolean backwards) {
    int step = backwards ? -1 : 2;
    int first = backwards ? maps.height() - 1 : 0;
    int rows = backwards ? maps.height() : (maps.height() + 1) / 2;
    int[] source = IntStream.range(0, rows).map(i -> first + i * step).toArray();
    int[] all = IntStream.range(0, maps.width()).toArray();
    maps.check(
        rows,
        maps.width(),
        (x, y, lanes) -> MapKernels.select(source, all, x, y, lanes),
        (Tensor x, Tensor y) ->
            ShapingReference.slice(List.of(0, 0, first, 0), List.of(1, 1, step, 1), x, y));
  }
}
