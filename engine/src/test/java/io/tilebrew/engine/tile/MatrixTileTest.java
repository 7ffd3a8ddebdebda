package io.tilebrew.engine.tile;

import static org.junit.jupiter.api.Assertions.assertEquals;

import io.tilebrew.engine.DataType;
import io.tilebrew.engine.Shape;
import io.tilebrew.engine.Tensor;
import io.tilebrew.engine.codegen.KernelFactory;
import io.tilebrew.engine.kernel.Kernel;
import io.tilebrew.engine.kernel.KernelInterpreter;
import io.tilebrew.engine.plan.FeatureMap;
import io.tilebrew.engine.reference.LinearReference;
import io.tilebrew.engine.tile.Batches.Loop;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.function.Function;
import java.util.stream.Stream;
import net.jqwik.api.Arbitraries;
import net.jqwik.api.Arbitrary;
import net.jqwik.api.Combinators;
import net.jqwik.api.EdgeCasesMode;
import net.jqwik.api.Example;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.Provide;

class MatrixTileTest {
  /** One side of a product. */
  private enum Side {
    /** Matrices for each image. */
    OWN,
    /** One matrix of each image for all others of it along the first axis behind the images. */
    SPREAD_FIRST,
    /** The same along the second axis. */
    SPREAD_SECOND,
    /** The same along both. */
    SPREAD,
    /** Constants for all images. */
    CONSTANT,
    /** Constants of the last axis only. */
    CONSTANT_SECOND,
    /** One constant matrix. */
    CONSTANT_MATRIX;

    private Shape shape(int images, int first, int second, int rows, int columns) {
      return switch (this) {
        case OWN -> Shape.of(images, first, second, rows, columns);
        case SPREAD_FIRST -> Shape.of(images, 1, second, rows, columns);
        case SPREAD_SECOND -> Shape.of(images, first, 1, rows, columns);
        case SPREAD -> Shape.of(images, 1, 1, rows, columns);
        case CONSTANT -> Shape.of(1, first, second, rows, columns);
        case CONSTANT_SECOND -> Shape.of(second, rows, columns);
        case CONSTANT_MATRIX -> Shape.of(rows, columns);
      };
    }

    private boolean isConstant() {
      return compareTo(CONSTANT) >= 0;
    }
  }

  /** How the sides are given; at most one is constant. */
  private record Sides(Side left, Side right) {}

  /** Products of matrices [rows,inner] and [inner,width], several for each image. */
  private record Case(
      int images,
      int first,
      int second,
      int rows,
      int inner,
      int width,
      int lanes,
      Sides sides,
      long seed,
      int rarity) {
    private Tensor random(Side side, long seed, int rows, int columns) {
      Shape shape = side.shape(images, first, second, rows, columns);
      return Tensor.of(shape, Floats.special(seed, shape.size(), rarity));
    }

    private Matrices matrices(String name, Side side, Tensor x, Layout layout) {
      if (side.isConstant()) {
        return new Matrices.Constant(x);
      }
      Shape shape = x.shape();
      int count = shape.dim(1) * shape.dim(2);
      return new Matrices.InArena(shape, layout.map(name, count, shape.dim(3), shape.dim(4)));
    }

    /** A row-major tensor as a map; its elements [N,H,W,C] are put as [N,C,H,W]. */
    private static void put(TestArena arena, Matrices to, Tensor x) {
      if (!(to instanceof Matrices.InArena(_, FeatureMap map))) {
        return;
      }
      int pixels = map.height() * map.width();
      float[] turned = new float[x.size()];
      for (int i = 0; i < turned.length; i++) {
        turned[i] = x.floats()[from(i, pixels, map.channels())];
      }
      arena.put(map, turned);
    }

    private Shape product(Shape a, Shape b) {
      int[] dims = {images, 1, 1, rows, width};
      for (int axis = 1; axis < 3; axis++) {
        for (Shape side : List.of(a, b)) {
          int place = side.rank() - 5 + axis;
          dims[axis] = Math.max(dims[axis], place < 0 ? 1 : side.dim(place));
        }
      }
      return Shape.of(dims);
    }

    private static int from(int i, int pixels, int channels) {
      int n = i / (pixels * channels);
      return (n * pixels + i % pixels) * channels + i / pixels % channels;
    }

    void check(Layout left, Layout right, Layout to, int most) {
      Tensor a = random(sides.left, seed, rows, inner);
      Tensor b = random(sides.right, ~seed, inner, width);
      Tensor y = Tensor.zeros(DataType.FLOAT32, product(a.shape(), b.shape()));
      LinearReference.matMul(a, b, y);
      Matrices am = matrices("a", sides.left, a, left);
      Matrices bm = matrices("b", sides.right, b, right);
      Matrices ys = matrices("y", Side.OWN, y, to);
      if (!(ys instanceof Matrices.InArena result) || !MapKernels.canMultiply(am, bm, result)) {
        throw new AssertionError(this);
      }
      FeatureMap ym = result.map();
      List<FeatureMap> maps = new ArrayList<>(List.of(ym));
      Stream.of(am, bm)
          .forEach(
              m ->
                  maps.addAll(
                      m instanceof Matrices.InArena(_, var map) ? List.of(map) : List.of()));
      TestArena before = new TestArena(images, maps);
      put(before, am, a);
      put(before, bm, b);
      KernelSpec shared = MapKernels.matrixProduct(am, bm, result, lanes).forThreads(most);
      List<Function<KernelSpec, Kernel>> readings =
          List.of(
              s -> new KernelFactory().define(s.literal().program()),
              s -> new KernelFactory().define(s.generic().program()),
              s -> new KernelInterpreter(s.literal().program()),
              s -> new KernelInterpreter(s.generic().program()));
      for (Function<KernelSpec, Kernel> reading : readings) {
        TestArena arena = before.copy();
        for (TestShare share : TestShare.random(seed, shared.units(), most)) {
          arena.run(reading.apply(shared), shared, share);
        }
        float[] turned = arena.get(ym);
        float[] found = new float[turned.length];
        for (int i = 0; i < found.length; i++) {
          found[from(i, ym.height() * rows, width)] = turned[i];
        }
        TestArena.assertSameBits(y.floats(), found, this);
        arena.assertOnlyChanged(ym, before, this);
      }
    }
  }

  @Provide
  Arbitrary<Case> cases() {
    Arbitrary<Integer> sizes = Arbitraries.integers().between(1, 20);
    Arbitrary<Side> sides = Arbitraries.of(Side.values());
    Arbitrary<Sides> both =
        Combinators.combine(sides, sides)
            .as(Sides::new)
            .filter(s -> !s.left.isConstant() || !s.right.isConstant());
    Arbitrary<Integer> counts = Arbitraries.integers().between(1, 3);
    return Combinators.combine(
            Combinators.combine(counts, counts, counts).as(List::of),
            sizes,
            sizes,
            Arbitraries.integers().between(1, 70),
            Arbitraries.of(4, 8, 16),
            both,
            Arbitraries.longs(),
            Arbitraries.of(0, 0, 3, 50))
        .as(
            (n, rows, inner, width, lanes, s, seed, rarity) ->
                new Case(n.get(0), n.get(1), n.get(2), rows, inner, width, lanes, s, seed, rarity));
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
    Sides own = new Sides(Side.OWN, Side.OWN);
    for (int lanes : Arrays.asList(4, 8, 16)) {
      Case scores = new Case(1, 1, 8, 28, 15, 28, lanes, own, lanes, 0);
      scores.check(Layout.TIGHT, Layout.TIGHT, Layout.TIGHT, 1);
      Case values = new Case(2, 1, 8, 28, 28, 15, lanes, own, lanes, 0);
      values.check(Layout.TIGHT, Layout.TIGHT, Layout.TIGHT, 2);
    }
  }

  @Example
  void axesThatGoOnAlikeAreOneLoop() {
    assertEquals(List.of(new Loop(6, 2, 6, 4)), loops(Side.OWN, Side.OWN));
    assertEquals(List.of(new Loop(6, 0, 6, 4)), loops(Side.CONSTANT_MATRIX, Side.OWN));
    List<Loop> mixed = List.of(new Loop(3, 2, 0, 4), new Loop(2, 0, 6, 12));
    assertEquals(mixed, loops(Side.SPREAD_FIRST, Side.SPREAD_SECOND));
  }

  /** The loops over 2x3 matrices [2,1], [1,6] and [2,2]. */
  private static List<Loop> loops(Side left, Side right) {
    Case c = new Case(1, 2, 3, 2, 1, 2, 4, new Sides(left, right), 0, 0);
    Matrices a = c.matrices("a", left, c.random(left, 0, 2, 1), Layout.TIGHT);
    Matrices b = c.matrices("b", right, c.random(right, 0, 1, 6), Layout.TIGHT);
    Matrices y = c.matrices("y", Side.OWN, c.random(Side.OWN, 0, 2, 2), Layout.TIGHT);
    return Batches.of(a, b, y).loops();
  }
}
