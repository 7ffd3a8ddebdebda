package io.tilebrew.engine.tile;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.tilebrew.engine.DataType;
import io.tilebrew.engine.Shape;
import io.tilebrew.engine.Tensor;
import io.tilebrew.engine.kernel.Kernel;
import io.tilebrew.engine.kernel.KernelInterpreter;
import io.tilebrew.engine.plan.FeatureMap;
import io.tilebrew.engine.problem.ConvProblem;
import io.tilebrew.engine.problem.ConvProblems;
import io.tilebrew.engine.problem.Pointwise;
import io.tilebrew.engine.problem.Pool;
import io.tilebrew.engine.problem.Window;
import java.util.ArrayList;
import java.util.List;
import java.util.function.Function;
import java.util.stream.IntStream;
import net.jqwik.api.Arbitrary;
import net.jqwik.api.Assume;
import net.jqwik.api.EdgeCasesMode;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.Provide;
import net.jqwik.api.constraints.IntRange;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** A kernel does for all shares, in any order, what it does as a whole. */
class SharedKernelTest {
  @Provide
  Arbitrary<ConvProblem> convolutions() {
    return ConvProblems.any();
  }

  @Provide
  Arbitrary<MapCase> maps() {
    return MapCase.any();
  }

  @Provide
  Arbitrary<Layout> layouts() {
    return Layout.any();
  }

  private static void check(KernelSpec spec, FeatureMap x, FeatureMap y, int batch, int most) {
    check(spec, x, new Inputs(List.of(), List.of()), y, batch, most);
  }

  private static void check(
      KernelSpec spec, FeatureMap x, Inputs inputs, FeatureMap y, int batch, int most) {
    List<FeatureMap> maps = new ArrayList<>(List.of(x, y));
    maps.addAll(inputs.maps());
    TestArena whole = new TestArena(batch, maps);
    whole.put(x, Floats.ordinary(most, batch * x.channels() * x.height() * x.width()));
    inputs.put(whole);
    TestArena before = whole.copy();
    whole.run(new KernelInterpreter(spec.literal().program()), spec);
    KernelSpec shared = spec.forThreads(most);
    List<Function<KernelSpec, KernelForm>> readings =
        List.of(KernelSpec::literal, KernelSpec::shared, KernelSpec::generic);
    for (Function<KernelSpec, KernelForm> reading : readings) {
      Kernel kernel = new KernelInterpreter(reading.apply(shared).program());
      for (List<TestShare> shares :
          List.of(
              TestShare.whole(shared.units()),
              TestShare.random(most, shared.units(), most),
              TestShare.random(x.hashCode(), shared.units(), most))) {
        TestArena arena = before.copy();
        shares.forEach(share -> arena.run(kernel, shared, share));
        TestArena.assertSameBits(whole.get(y), arena.get(y), shares);
        arena.assertOnlyChanged(y, before, shares);
      }
    }
  }

  @Property(tries = 150, edgeCases = EdgeCasesMode.NONE)
  void theConvolutions(
      @ForAll("convolutions") ConvProblem p,
      @ForAll("layouts") Layout from,
      @ForAll("layouts") Layout to,
      @ForAll @IntRange(min = 2, max = 5) int most) {
    check(p, from, to, most);
  }

  /** Layers with more weights than pixels, with full blocks and less than one at the end. */
  @ParameterizedTest
  @ValueSource(
      strings = {
        "n1 1x1x40 -> 200 k1 s1 +relu",
        "n3 1x1x40 -> 203 k1 s1",
        "n2 2x3x30 -> 61 k1 s1 +add +relu",
        "n1 3x3x20 -> 70 k3 s1 p1 g2 +add"
      })
  void blocksOfChannels(String problem) {
    ConvProblem p = ConvProblem.parse(problem);
    for (int most = 2; most <= 4; most++) {
      assertTrue(check(p, Layout.TIGHT, Layout.TIGHT, most) >= most);
    }
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "n2 2x3x12 -> 60 k1 s1 +add +relu",
        "n1 5x4x160 -> 12 k1 s1 +add",
        "n1 6x5x8 -> 12 k3 s1 p1 +relu",
        "n1 6x5x8 -> 8 k3 s1 p1 g8 +add"
      })
  void blockedMaps(String problem) {
    Layout blocks = Layout.TIGHT.inBlocks(4);
    for (int most = 2; most <= 4; most++) {
      assertTrue(check(ConvProblem.parse(problem), blocks, blocks, most) > 1);
    }
    FeatureMap x = blocks.map("x", 7, 9, 12);
    FeatureMap y = blocks.map("y", 4, 5, 12);
    check(Kernels.pool(Pool.max(Window.square(3, 2, 1)), x, y, 4), x, y, 2, 3);
    FeatureMap mean = Layout.TIGHT.map("mean", 1, 1, 12);
    KernelSpec global = Kernels.pool(new Pool(Pool.Kind.AVERAGE, Window.of(7, 9)), x, mean, 4);
    assertEquals(3, global.forThreads(3).units());
    check(global, x, mean, 2, 3);
    FeatureMap z = blocks.map("z", 7, 9, 12);
    check(MapKernels.standardizeChannels(1e-5f, x, z, 4), x, z, 2, 3);
  }

  /** The number of units. */
  private static int check(ConvProblem p, Layout from, Layout to, int most) {
    Window w = p.window();
    FeatureMap x =
        from.plus(w.padTop(), w.padLeft(), w.padBottom(), w.padRight())
            .map("x", p.height(), p.width(), p.inputChannels());
    FeatureMap y = to.map("y", p.outputHeight(), p.outputWidth(), p.outputChannels());
    float[] weights =
        Floats.ordinary(1, p.outputChannels() * p.inputChannels() / p.group() * w.taps());
    Inputs random = inputs(p, p.pool() == null ? Inputs.Kind.ANY : Inputs.Kind.CHANNELWISE);
    Inputs inputs = to.block() > 0 ? random.inBlocks(to.block()) : random;
    KernelSpec spec = Kernels.convolution(p, x, y, weights, null, inputs.operands(), 4);
    check(spec, x, inputs, y, p.batch(), most);
    return spec.forThreads(most).units();
  }

  private static Inputs inputs(ConvProblem p, Inputs.Kind kind) {
    Shape shape = Shape.of(p.batch(), p.outputChannels(), p.convHeight(), p.convWidth());
    return Inputs.random(p.hashCode(), p.epilogue().inputs(), kind, shape, 0);
  }

  @Property(tries = 150, edgeCases = EdgeCasesMode.NONE)
  void othersThanConvolutions(
      @ForAll("maps") MapCase maps, @ForAll @IntRange(min = 2, max = 5) int most) {
    FeatureMap x = maps.from().map("x", maps.height(), maps.width(), maps.channels());
    FeatureMap y = maps.to().map("y", maps.height(), maps.width(), maps.channels());
    Pointwise add = Pointwise.parse("+add");
    Shape shape = Shape.of(maps.batch(), maps.channels(), maps.height(), maps.width());
    Inputs inputs = Inputs.random(most, 2, Inputs.Kind.ANY, shape, 0);
    KernelSpec sum = Kernels.pointwise(add, inputs.operands(), y, 4);
    check(sum, x, inputs, y, maps.batch(), most);
    check(Kernels.softmax(x, y, 4), x, y, maps.batch(), most);
    MapCase few = maps.packed(2);
    FeatureMap fewFrom = few.from().map("x", few.height(), few.width(), 2);
    FeatureMap fewTo = few.to().map("y", few.height(), few.width(), 2);
    check(Kernels.softmax(fewFrom, fewTo, 4), fewFrom, fewTo, maps.batch(), most);
    check(MapKernels.softmax(false, x, y, 4), x, y, maps.batch(), most);
    check(MapKernels.softmax(true, x, y, 4), x, y, maps.batch(), most);
    check(MapKernels.standardizeChannels(1e-5f, x, y, 4), x, y, maps.batch(), most);
    Window w = Window.square(3, 2, 1);
    Assume.that(maps.height() > 1 && maps.width() > 1);
    FeatureMap z =
        maps.to().map("z", w.outputHeight(x.height()), w.outputWidth(x.width()), maps.channels());
    check(Kernels.pool(new Pool(Pool.Kind.MAX, w), x, z, 4), x, z, maps.batch(), most);
    check(Kernels.pool(new Pool(Pool.Kind.AVERAGE_PADDED, w), x, z, 4), x, z, maps.batch(), most);
    check(Kernels.pool(new Pool(Pool.Kind.AVERAGE, w), x, z, 4), x, z, maps.batch(), most);
  }

  @Property(tries = 100, edgeCases = EdgeCasesMode.NONE)
  void othersThatChangeTheSize(
      @ForAll("maps") MapCase maps, @ForAll @IntRange(min = 2, max = 5) int most) {
    int channels = maps.channels();
    FeatureMap x = new Layout(2, 2, 2, 2, 0, 0).map("x", maps.height(), maps.width(), channels);
    FeatureMap y = maps.to().map("y", 5, 3, channels);
    int[] rows = {maps.height() - 1, 0, maps.height() / 2, 0, maps.height() - 1};
    int[] columns = {maps.width() - 1, maps.width() / 2, 0};
    check(MapKernels.select(rows, columns, x, y, 4), x, y, maps.batch(), most);
    int[] swapped = IntStream.range(0, channels).map(c -> channels - 1 - c).toArray();
    FeatureMap z = maps.to().map("z", maps.height(), maps.width(), channels);
    check(MapKernels.selectChannels(swapped, x, z, 4), x, z, maps.batch(), most);
    check(MapKernels.fill(7, z, 4), x, z, maps.batch(), most);
    KernelSpec response = MapKernels.localResponse(5, 1e-4f, 0.75f, 1, x, z, 4);
    check(response, x, z, maps.batch(), most);
  }

  /** Rows if there are enough of them, else columns; a unit is what a tile has. */
  @Test
  void threadsShareRowsOrColumns() {
    FeatureMap x = Layout.TIGHT.map("x", 12, 8, 5);
    FeatureMap y = Layout.TIGHT.map("y", 6, 4, 5);
    KernelSpec pool = Kernels.pool(Pool.max(Window.square(2, 2, 0)), x, y, 8);
    assertEquals(1, pool.forThreads(1).units());
    assertEquals(6, pool.forThreads(3).units());
    assertEquals(6, pool.forThreads(9).units());
    FeatureMap haloed = new Layout(1, 1, 1, 1, 0, 0).map("z", 12, 8, 5);
    Operand constant = new Operand.Constant(Tensor.zeros(DataType.FLOAT32, Shape.of(1, 5, 12, 8)));
    Pointwise add = Pointwise.parse("+add");
    List<Operand> operands = List.of(new Operand.Map(x), constant);
    assertEquals(12, Kernels.pointwise(add, operands, haloed, 8).forThreads(4).units());
    FeatureMap row = Layout.TIGHT.map("row", 1, 50, 64);
    float[] w = new float[16 * 64];
    ConvProblem p = ConvProblem.parse("n1 1x50x64 -> 16 k1 s1");
    FeatureMap to = Layout.TIGHT.map("to", 1, 50, 16);
    KernelSpec point = Kernels.convolution(p, row, to, w, null, List.of(), 8);
    int columns = point.tile().unit(Tile.Axis.COLUMNS, 50);
    assertEquals(Math.ceilDiv(50, columns), point.forThreads(2).units());
  }

  /** Blocks where one depends on one and they are small and go round, else rows. */
  @ParameterizedTest
  @CsvSource({"14, 64, 2, 8", "14, 64, 3, 8", "14, 24, 2, 14", "14, 24, 3, 3", "17, 64, 2, 17"})
  void threadsShareSmallBlocks(int side, int channels, int most, int units) {
    Layout blocks = Layout.TIGHT.inBlocks(8);
    FeatureMap y = blocks.map("y", side, side, channels);
    FeatureMap x = new Layout(1, 1, 1, 1, 0, 0).inBlocks(8).map("x", side, side, channels);
    KernelSpec pool = Kernels.pool(Pool.max(Window.square(3, 1, 1)), x, y, 8);
    assertEquals(units, pool.forThreads(most).units());
    ConvProblem p =
        ConvProblem.parse("n1 %1$dx%1$dx%2$d -> %2$d k3 s1 p1 g%2$d".formatted(side, channels));
    float[] w = new float[channels * 9];
    KernelSpec depthwise = Kernels.convolution(p, x, y, w, null, List.of(), 8);
    assertEquals(units, depthwise.forThreads(most).units());
  }
}
