package io.tilebrew.engine.tile;

import io.tilebrew.engine.kernel.Index;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.IntStream;

/**
 * The weights that a chunk prefetches for the next one: each of its tiles asks for some parts of
 * them, a line of each part an iteration. Weights that are read once for a few tiles come from far,
 * and a core that waits for them computes nothing.
 *
 * @param tile the tile
 * @param parts the parts for which a tile asks, 0 if none is
 */
record WeightPrefetch(ConvTile tile, int parts) {
  /** The parts of a stream of weights: each has half of its lines, one for two channels. */
  private static final int OF_STREAM = ConvBody.TOGETHER;

  /** What the {@code tiles} of a chunk prefetch; nothing if there are none. */
  static WeightPrefetch of(ConvTile tile, int tiles) {
    boolean some = tile.prefetches() && tiles > 0;
    assert !some || (tile.depth() > 0 && tile.blockVectors() == 1) : tile;
    return new WeightPrefetch(tile, some ? Math.ceilDiv(all(tile), tiles) : 0);
  }

  private static int all(ConvTile tile) {
    return tile.streams() * OF_STREAM;
  }

  private int partFloats() {
    return tile.depth() * tile.tapFloats() / OF_STREAM;
  }

  /** The parameters of a tile: the places of its parts. */
  List<String> names() {
    return IntStream.range(0, parts).mapToObj(part -> "ahead" + part).toList();
  }

  /**
   * The places of the parts for which tile {@code t} of a chunk asks.
   *
   * @param next where the biases of the next chunk would be, before its weights
   */
  List<Index> places(Code code, Sizes sizes, Index next, Index t) {
    if (parts == 0) {
      return List.of();
    }
    Index last = end(sizes).plus(-partFloats());
    List<Index> places = new ArrayList<>();
    for (int i = 0; i < parts; i++) {
      Index part = code.define("part", t.times(parts).plus(i).least(Index.of(all(tile) - 1)));
      Index stream = code.define("stream", part.over(OF_STREAM));
      Index inStream = part.plus(stream.times(-OF_STREAM)).times(partFloats());
      Index way = stream.times(sizes.get("wBlock")).plus(tile.blockChannels()).plus(inStream);
      places.add(next.plus(way).least(last));
    }
    return places;
  }

  /** Behind the weights of the kernel, which may have some of the blocks only. */
  private Index end(Sizes sizes) {
    Index before = sizes.get("blocks").plus(sizes.get("tails")).plus(-1);
    Index groups = sizes.get("groups").plus(-1).times(sizes.get("wGroup"));
    return sizes
        .get("w")
        .plus(groups)
        .plus(before.times(sizes.get("wBlocks")))
        .plus(sizes.get("wBlock").times(tile.streams()));
  }

  /** Asks for the lines of iteration {@code k}, which begins with that channel. */
  void prefetch(Code code, Index k) {
    Index way = k.times(tile.tapFloats() / OF_STREAM);
    names().forEach(name -> code.prefetch(Index.var(name).plus(way)));
  }
}
