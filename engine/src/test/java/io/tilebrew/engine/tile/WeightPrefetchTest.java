package io.tilebrew.engine.tile;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.tilebrew.engine.kernel.Index;
import io.tilebrew.engine.kernel.Kernel;
import io.tilebrew.engine.kernel.KernelInterpreter;
import io.tilebrew.engine.plan.FeatureMap;
import io.tilebrew.engine.problem.ConvProblem;
import io.tilebrew.engine.problem.Pointwise;
import io.tilebrew.engine.problem.WeightFormat;
import java.util.Arrays;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeSet;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import net.jqwik.api.EdgeCasesMode;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.constraints.IntRange;
import org.junit.jupiter.api.Test;

class WeightPrefetchTest {
  private static final int LANES = 16;

  private static ConvTile tile(int vectors, int depth) {
    return new ConvTile(
        LANES,
        WeightFormat.FLOAT32,
        1,
        vectors,
        5,
        1,
        false,
        depth,
        null,
        Epilogue.of(Pointwise.NONE),
        new Operands(1, List.of()),
        LANES,
        true,
        false,
        true);
  }

  private static Sizes sizes(ConvTile tile, int block, int groups) {
    Map<String, Integer> literals = new HashMap<>();
    literals.put("w", LANES);
    literals.put("wBlock", block);
    literals.put("wBlocks", block * tile.streams());
    literals.put("blocks", 1);
    literals.put("tail", 0);
    literals.put("tails", 0);
    literals.put("groups", groups);
    literals.put("wGroup", block * tile.streams());
    return new Sizes(tile.sizes(), literals);
  }

  /** The lines of weights for which the tiles of a chunk ask, where {@code next} is known. */
  private static Set<Integer> lines(WeightPrefetch prefetch, Sizes sizes, int next, int tiles) {
    Set<Integer> lines = new TreeSet<>();
    for (int t = 0; t < tiles; t++) {
      Code code = new Code(List.of());
      for (Index place : prefetch.places(code, sizes, Index.of(next), Index.of(t))) {
        int first = ((Index.Const) place).value();
        for (int k = 0; k < prefetch.tile().depth(); k += ConvBody.TOGETHER) {
          lines.add(first + k * LANES / ConvBody.TOGETHER);
        }
      }
    }
    return lines;
  }

  @Property(tries = 100)
  void theTilesOfAChunkAskForAllOfTheNextOne(
      @ForAll @IntRange(min = 1, max = 4) int vectors,
      @ForAll @IntRange(min = 1, max = 8) int depth,
      @ForAll @IntRange(min = 1, max = 24) int tiles) {
    ConvTile tile = tile(vectors, depth * LANES);
    int block = LANES + 3 * depth * LANES * LANES;
    Sizes sizes = sizes(tile, block, 2);
    WeightPrefetch prefetch = WeightPrefetch.of(tile, tiles);
    int next = LANES + depth * LANES * LANES;
    Set<Integer> expected =
        IntStream.range(0, vectors * depth * LANES)
            .mapToObj(
                line ->
                    next + LANES + line / (depth * LANES) * block + line % (depth * LANES) * LANES)
            .collect(Collectors.toCollection(TreeSet::new));
    assertEquals(expected, lines(prefetch, sizes, next, tiles));
  }

  @Test
  void tilesThatShareTheirWeightsWithAnotherThreadPrefetchNothing() {
    assertEquals(8, WeightPrefetch.of(tile(4, 32), 1).parts());
    assertEquals(0, WeightPrefetch.of(tile(4, 32).ofShare(Tile.Axis.ROWS, 1), 1).parts());
  }

  @Property(tries = 50)
  void nothingBehindTheWeightsIsAskedFor(
      @ForAll @IntRange(min = 1, max = 4) int vectors,
      @ForAll @IntRange(min = 1, max = 24) int tiles) {
    ConvTile tile = tile(vectors, 32);
    int block = LANES + 32 * LANES;
    int end = LANES + block * vectors;
    WeightPrefetch prefetch = WeightPrefetch.of(tile, tiles);
    for (int line : lines(prefetch, sizes(tile, block, 1), end, tiles)) {
      assertTrue(line + LANES <= end, () -> "%d of %d floats".formatted(line, end));
    }
  }

  /** Threads that share the output channels take no weights from each other. */
  @Property(tries = 100, edgeCases = EdgeCasesMode.NONE)
  void aShareAsksForNothingBehindItsOwnWeights(
      @ForAll @IntRange(min = 4, max = 7) int blocks,
      @ForAll @IntRange(min = 2, max = 4) int parts) {
    int channels = blocks * 4 * LANES;
    ConvProblem p = ConvProblem.parse("n1 3x3x32 -> %d k1 s1".formatted(channels));
    FeatureMap x = Layout.TIGHT.inBlocks(LANES).map("x", 3, 3, 32);
    FeatureMap y = Layout.TIGHT.inBlocks(LANES).map("y", 3, 3, channels);
    KernelSpec spec =
        Kernels.convolution(p, x, y, new float[32 * channels], null, List.of(), LANES)
            .forThreads(parts);
    assertEquals(blocks, spec.units());
    TestArena arena = new TestArena(1, x, y);
    Kernel kernel = new KernelInterpreter(spec.literal().program());
    int ofBlock = 33 * 4 * LANES;
    for (TestShare share : TestShare.random(blocks + parts, blocks, parts)) {
      float[] own = Arrays.copyOf(spec.weights(), LANES + share.end() * ofBlock);
      arena.run(kernel, new KernelSpec(spec.tile(), spec.named(), own, blocks), share);
    }
  }
}
