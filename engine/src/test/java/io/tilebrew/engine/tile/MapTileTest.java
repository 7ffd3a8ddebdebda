package io.tilebrew.engine.tile;

import static org.junit.jupiter.api.Assertions.assertEquals;

import io.tilebrew.engine.Shape;
import io.tilebrew.engine.Tensor;
import io.tilebrew.engine.codegen.KernelFactory;
import io.tilebrew.engine.kernel.Kernel;
import io.tilebrew.engine.kernel.KernelInterpreter;
import io.tilebrew.engine.plan.FeatureMap;
import io.tilebrew.engine.problem.ConvProblems;
import io.tilebrew.engine.problem.Pointwise;
import io.tilebrew.engine.reference.ElementwiseReference;
import io.tilebrew.engine.reference.NormalizationReference;
import java.util.ArrayList;
import java.util.List;
import net.jqwik.api.Arbitraries;
import net.jqwik.api.Arbitrary;
import net.jqwik.api.Combinators;
import net.jqwik.api.EdgeCasesMode;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.Provide;
import net.jqwik.api.constraints.IntRange;

/** Pointwise functions and softmax, which work pixel by pixel. */
class MapTileTest {
  /** A pointwise function, the size of its output, and the seed of its inputs. */
  record Case(Pointwise function, Shape shape, Layout to, int lanes, long seed, int rarity) {
    void check() {
      Inputs inputs = Inputs.random(seed, 1 + function.inputs(), Inputs.Kind.ANY, shape, rarity);
      FeatureMap y = to.map("y", shape.dim(2), shape.dim(3), shape.dim(1));
      KernelSpec spec = Kernels.pointwise(function, inputs.operands(), y, lanes);
      Tensor expected = Tensor.of(shape, new float[shape.size()]);
      ElementwiseReference.pointwise(function, inputs.tensors().toArray(Tensor[]::new), expected);
      List<FeatureMap> maps = new ArrayList<>(List.of(y));
      maps.addAll(inputs.maps());
      List<Kernel> readings =
          List.of(
              new KernelFactory().define(spec.literal().program()),
              new KernelFactory().define(spec.generic().program()),
              new KernelInterpreter(spec.literal().program()),
              new KernelInterpreter(spec.generic().program()));
      for (Kernel kernel : readings) {
        TestArena arena = new TestArena(shape.dim(0), maps);
        inputs.put(arena);
        TestArena before = arena.copy();
        arena.run(kernel, spec);
        TestArena.assertSameBits(expected.floats(), arena.get(y), this);
        arena.assertOnlyChanged(y, before, this);
      }
    }
  }

  @Provide
  Arbitrary<Case> cases() {
    Arbitrary<Integer> sizes = Arbitraries.integers().between(1, 7);
    Arbitrary<Shape> shapes =
        Combinators.combine(
                Arbitraries.integers().between(1, 3),
                Arbitraries.integers().between(1, 75),
                sizes,
                sizes)
            .as((n, c, h, w) -> Shape.of(n, c, h, w));
    return Combinators.combine(
            ConvProblems.epilogues(),
            shapes,
            Layout.any(),
            Arbitraries.of(4, 8, 16),
            Arbitraries.longs(),
            Arbitraries.of(0, 0, 3, 50))
        .as(Case::new);
  }

  @Provide
  Arbitrary<MapCase> maps() {
    return MapCase.any();
  }

  @Property(tries = 300, edgeCases = EdgeCasesMode.NONE)
  void pointwiseFunctionsAreTheReference(@ForAll("cases") Case c) {
    c.check();
  }

  @Property(tries = 100, edgeCases = EdgeCasesMode.NONE)
  void softmaxIsTheReference(@ForAll("maps") MapCase maps) {
    maps.check(Kernels::softmax, (x, y) -> NormalizationReference.softmax(1, x, y));
    maps.turned()
        .check(
            (x, y, lanes) -> MapKernels.softmax(false, x, y, lanes),
            (x, y) -> NormalizationReference.softmax(2, x, y));
    maps.check(
        (x, y, lanes) -> MapKernels.softmax(true, x, y, lanes),
        (x, y) -> NormalizationReference.softmax(3, x, y));
  }

  /** Vectors that have all channels of some pixels, the last one of a row perhaps of fewer. */
  @Property(tries = 100, edgeCases = EdgeCasesMode.NONE)
  void softmaxOfFewChannelsIsTheReference(
      @ForAll("maps") MapCase maps, @ForAll @IntRange(min = 1, max = 3) int logarithm) {
    maps.packed(1 << logarithm)
        .check(
            (x, y, lanes) -> {
              KernelSpec spec = Kernels.softmax(x, y, lanes);
              assertEquals(x.channels() < lanes, spec.tile() instanceof GroupSoftmaxTile);
              return spec;
            },
            (x, y) -> NormalizationReference.softmax(1, x, y));
  }

  @Property(tries = 100, edgeCases = EdgeCasesMode.NONE)
  void standardizingIsTheReference(@ForAll("maps") MapCase maps) {
    maps.check(
        (x, y, lanes) -> MapKernels.standardize(1e-5f, x, y, lanes),
        (x, y) -> NormalizationReference.standardize(List.of(2, 3), 1e-5f, x, y));
  }

  @Property(tries = 200, edgeCases = EdgeCasesMode.NONE)
  void standardizingChannelsIsTheReference(
      @ForAll("maps") MapCase maps, @ForAll @IntRange(max = 3) int which) {
    MapCase placed = which == 0 ? maps : maps.inBlocks(which);
    placed.check(
        (x, y, lanes) -> MapKernels.standardizeChannels(1e-5f, x, y, lanes),
        (x, y) -> NormalizationReference.standardize(List.of(1), 1e-5f, x, y));
  }
}
