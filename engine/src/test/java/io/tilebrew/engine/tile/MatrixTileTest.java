package io.tilebrew.engine.tile;

import io.tilebrew.engine.Shape;
import io.tilebrew.engine.Tensor;
import io.tilebrew.engine.codegen.KernelFactory;
import io.tilebrew.engine.kernel.Kernel;
import io.tilebrew.engine.kernel.KernelInterpreter;
import io.tilebrew.engine.plan.FeatureMap;
import io.tilebrew.engine.reference.LinearReference;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.function.Function;
import net.jqwik.api.Arbitraries;
import net.jqwik.api.Arbitrary;
import net.jqwik.api.Combinators;
import net.jqwik.api.EdgeCasesMode;
import net.jqwik.api.Example;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.Provide;

class MatrixTileTest {
  /** Products of {@code matrices} matrices [rows,inner] and [inner,width] for each image. */
  private record Case(
      int images, int matrices, int rows, int inner, int width, int lanes, long seed, int rarity) {
    private Tensor random(long seed, int rows, int columns) {
      Shape shape = Shape.of(images, matrices, rows, columns);
      return Tensor.of(shape, Floats.special(seed, shape.size(), rarity));
    }

    /** A row-major tensor as a map; its elements [N,H,W,C] are put as [N,C,H,W]. */
    private static void put(TestArena arena, FeatureMap map, Tensor x) {
      int pixels = map.height() * map.width();
      float[] turned = new float[x.size()];
      for (int i = 0; i < turned.length; i++) {
        turned[i] = x.floats()[from(i, pixels, map.channels())];
      }
      arena.put(map, turned);
    }

    private static int from(int i, int pixels, int channels) {
      int n = i / (pixels * channels);
      return (n * pixels + i % pixels) * channels + i / pixels % channels;
    }

    void check(Layout left, Layout right, Layout to, int most) {
      Tensor a = random(seed, rows, inner);
      Tensor b = random(~seed, inner, width);
      Tensor y = random(0, rows, width);
      LinearReference.matMul(a, b, y);
      FeatureMap am = left.map("a", matrices, rows, inner);
      FeatureMap bm = right.map("b", matrices, inner, width);
      FeatureMap ym = to.map("y", matrices, rows, width);
      TestArena before = new TestArena(images, am, bm, ym);
      put(before, am, a);
      put(before, bm, b);
      KernelSpec whole = MapKernels.matrixProduct(am, bm, ym, lanes);
      List<Function<KernelSpec, Kernel>> readings =
          List.of(
              s -> KernelFactory.define(s.literal()),
              s -> KernelFactory.define(s.generic()),
              s -> new KernelInterpreter(s.literal()),
              s -> new KernelInterpreter(s.generic()));
      for (Function<KernelSpec, Kernel> reading : readings) {
        TestArena arena = before.copy();
        for (KernelSpec part : new ArrayList<>(whole.cut(most)).reversed()) {
          arena.run(reading.apply(part), part.weights(), part.arguments());
        }
        float[] turned = arena.get(ym);
        float[] found = new float[turned.length];
        for (int i = 0; i < found.length; i++) {
          found[from(i, matrices * rows, width)] = turned[i];
        }
        TestArena.assertSameBits(y.floats(), found, this);
        arena.assertOnlyChanged(ym, before, this);
      }
    }
  }

  @Provide
  Arbitrary<Case> cases() {
    Arbitrary<Integer> sizes = Arbitraries.integers().between(1, 20);
    return Combinators.combine(
            Arbitraries.integers().between(1, 2),
            Arbitraries.integers().between(1, 3),
            sizes,
            sizes,
            Arbitraries.integers().between(1, 70),
            Arbitraries.of(4, 8, 16),
            Arbitraries.longs(),
            Arbitraries.of(0, 0, 3, 50))
        .as(Case::new);
  }

  @Provide
  Arbitrary<List<Layout>> layouts() {
    return Layout.any().list().ofSize(3);
  }

  @Property(tries = 100, edgeCases = EdgeCasesMode.NONE)
  void isTheReference(@ForAll("cases") Case c, @ForAll("layouts") List<Layout> layouts) {
    int most = 1 + Math.floorMod(c.seed, 3);
    c.check(layouts.get(0), layouts.get(1), layouts.get(2), most);
  }

  @Example
  void attentionIsTheReference() {
    for (int lanes : Arrays.asList(4, 8, 16)) {
      Case scores = new Case(1, 8, 28, 15, 28, lanes, lanes, 0);
      scores.check(Layout.TIGHT, Layout.TIGHT, Layout.TIGHT, 1);
      Case values = new Case(2, 8, 28, 28, 15, lanes, lanes, 0);
      values.check(Layout.TIGHT, Layout.TIGHT, Layout.TIGHT, 2);
    }
  }
}
