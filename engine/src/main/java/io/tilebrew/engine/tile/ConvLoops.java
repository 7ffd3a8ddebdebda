package io.tilebrew.engine.tile;

import io.tilebrew.engine.kernel.Index;
import io.tilebrew.engine.kernel.Procedure;
import io.tilebrew.engine.kernel.Program;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.function.BiConsumer;
import java.util.stream.Stream;

/**
 * The loops around the tiles of a convolution: images, groups, blocks of channels, rows, columns.
 * Of small images, all are visited for some weights before the next ones.
 */
final class ConvLoops {
  /** The tiles of an image for which it takes long to bring the weights. */
  private static final int FEW_TILES = 24;

  private final ConvTile tile;
  private final Sizes sizes;
  private final int lanes;
  private final int together;
  private final Sizes bodySizes;
  private final List<String> tileSizes;
  private final List<String> finishSizes;
  private final List<String> channelMaps;
  private final int tilesOfChunk;
  private final WeightPrefetch prefetch;
  private final boolean imagesInside;
  private final Map<String, Procedure> procedures = new LinkedHashMap<>();

  ConvLoops(ConvTile tile, Sizes sizes) {
    this.tile = tile;
    this.sizes = sizes;
    this.lanes = tile.lanes();
    this.together = tile.vectors();
    this.bodySizes = sizes.without(tile.varyingSizes());
    this.tileSizes = bodySizes.parameters(tile.tileSizes());
    this.finishSizes = bodySizes.parameters(tile.finishSizes());
    this.channelMaps =
        Stream.concat(Stream.of("y"), tile.operands().channelMaps().stream()).toList();
    this.tilesOfChunk = tilesOfChunk();
    boolean few = tilesOfChunk > 0 && tilesOfChunk <= FEW_TILES;
    this.prefetch = WeightPrefetch.of(tile, few ? tilesOfChunk : 0);
    this.imagesInside = few && !tile.blocksInside();
  }

  /**
   * Blocks of output channels at a place.
   *
   * @param w the first of their weights
   * @param vectors how many vectors they are
   * @param channels how many channels these hold
   * @param chunk which of the taps are added up
   * @param next the first weights of those that come next
   */
  private record Block(
      Places at, Index w, int vectors, Index channels, ConvBody.Chunk chunk, Index next) {
    Block at(Places place) {
      return new Block(place, w, vectors, channels, chunk, next);
    }
  }

  /** What happens to blocks. */
  private interface BlockBody {
    void write(Code code, Block block);
  }

  /** What happens to windows (output pixels, without a pooling) side by side: tile {@code t}. */
  private interface WindowBody {
    void write(Code code, Places at, int rows, int columns, Index t);
  }

  Program program() {
    List<String> names = tile.sizes();
    List<String> parameters = sizes.parameters(names);
    Code code = new Code(parameters);
    List<String> maps =
        Stream.concat(Stream.of("x", "y"), tile.operands().maps().stream()).toList();
    Places start = Places.start(sizes, maps);
    images(
        code,
        start,
        !imagesInside,
        (perImage, image) ->
            perImage.loop("g", sizes.get("groups"), (inner, g) -> group(inner, image, g)));
    Procedure main = new Procedure("convolve", parameters, code.statements());
    return new Program(tile.text(), lanes, names, main, List.copyOf(procedures.values()));
  }

  private void group(Code code, Places image, Index g) {
    Places group =
        image
            .shift(code, "Group", g.times(sizes.get("xGroup")), List.of("x"))
            .shift(code, "Group", g.times(sizes.get("yGroup")), channelMaps);
    Index w = sizes.get("w").plus(g.times(sizes.get("wGroup")));
    if (tile.blocksInside()) {
      windows(
          code,
          group,
          (perTile, at, rows, columns, t) ->
              blocks(perTile, at, w, (inner, block) -> tiles(inner, block, rows, columns, t)));
    } else {
      blocks(
          code,
          group,
          w,
          (perBlock, block) ->
              chunks(
                  perBlock,
                  block,
                  (perChunk, chunk) ->
                      images(
                          perChunk,
                          chunk.at,
                          imagesInside,
                          (perImage, first) ->
                              windows(
                                  perImage,
                                  first,
                                  (inner, at, rows, columns, t) ->
                                      tiles(inner, chunk.at(at), rows, columns, t)))));
    }
  }

  /** The chunks of a block, one after the other: some channels of a tap each, in their order. */
  private void chunks(Code code, Block block, BlockBody body) {
    int ofTap = tile.depth() == 0 ? 1 : sizes.literal("channels") / tile.depth();
    int count =
        tile.depth() == 0 ? 1 : sizes.literal("tapRows") * sizes.literal("tapColumns") * ofTap;
    if (count == 1) {
      body.write(code, block);
      return;
    }
    assert ofTap * tile.depth() == sizes.literal("channels") : tile;
    chunks(code, block, ConvBody.Chunk.FIRST, 0, 1, body);
    chunks(code, block, ConvBody.Chunk.MIDDLE, 1, count - 1, body);
    chunks(code, block, ConvBody.Chunk.LAST, count - 1, count, body);
  }

  private void chunks(
      Code code, Block block, ConvBody.Chunk chunk, int from, int end, BlockBody body) {
    int ofTap = sizes.literal("channels") / tile.depth();
    int columns = sizes.literal("tapColumns");
    code.loop(
        "chunk",
        Index.of(from),
        Index.of(end),
        1,
        (inner, c) -> {
          Index tap = inner.define("tap", c.over(ofTap));
          Index row = inner.define("tapRow", tap.over(columns));
          Index column = tap.plus(row.times(-columns));
          Index k = inner.define("k", c.plus(tap.times(-ofTap)).times(tile.depth()));
          Index way =
              row.times(sizes.get("xTapRow"))
                  .plus(column.times(sizes.get("xTapColumn")))
                  .plus(tile.channel(sizes, k));
          Places at = block.at.shift(inner, "Chunk", way, List.of("x"));
          Index skipped = c.times(tile.depth() * tile.tapFloats());
          Index w = inner.define("wChunk", block.w.plus(skipped));
          Index next =
              chunk.isLast() ? block.next : w.plus(Index.of(tile.depth() * tile.tapFloats()));
          body.write(inner, new Block(at, w, block.vectors, block.channels, chunk, next));
        });
  }

  /** All blocks of a group whose first weights stand at {@code w}. */
  private void blocks(Code code, Places group, Index w, BlockBody body) {
    Index stride = sizes.get("wBlocks");
    int channels = tile.channels();
    Index blocks = sizes.get("blocks");
    code.loop(
        "b",
        blocks,
        (inner, b) -> {
          Places at =
              group.shift(
                  inner, "Block", map -> tile.vectors(sizes, map, b.times(together)), channelMaps);
          Index weights = inner.define("wb", w.plus(b.times(stride)));
          Index next = next(inner, w, weights.plus(stride), b);
          body.write(inner, block(at, weights, together, Index.of(channels), next));
        });
    Index tail = sizes.get("tail");
    if (!tail.isConst(0)) {
      int vectors = tail instanceof Index.Const(int left) ? (left + lanes - 1) / lanes : together;
      code.loop(
          "t",
          sizes.get("tails"),
          (inner, t) -> {
            Places at =
                group.shift(
                    inner,
                    "Tail",
                    map -> tile.vectors(sizes, map, blocks.times(together)),
                    channelMaps);
            Index weights = inner.define("wt", w.plus(blocks.times(stride)));
            Index next = next(inner, w, weights.plus(stride), blocks);
            body.write(inner, block(at, weights, vectors, tail, next));
          });
    }
  }

  private static Block block(Places at, Index w, int vectors, Index channels, Index next) {
    return new Block(at, w, vectors, channels, ConvBody.Chunk.ALL, next);
  }

  /**
   * The weights behind those of block {@code b}: {@code following} ones, or where these are another
   * thread's, those of the next group, of which {@code w} are the first in this one.
   */
  private Index next(Code code, Index w, Index following, Index b) {
    if (prefetch.parts() == 0 || sizes.get("blocks") instanceof Index.Const) {
      return following;
    }
    Index left = sizes.get("blocks").plus(sizes.get("tails")).plus(-1).plus(b.times(-1));
    Index own = code.define("own", left.least(Index.of(1)));
    Index ofGroup = w.plus(sizes.get("wGroup"));
    return code.define("next", ofGroup.plus(own.times(following.plus(ofGroup.times(-1)))));
  }

  /** The images at one place of the loops: each of them if the loop over images is {@code here}. */
  private void images(Code code, Places start, boolean here, BiConsumer<Code, Places> body) {
    if (here) {
      start.each(code, "n", "images", "Image", body);
    } else {
      body.accept(code, start);
    }
  }

  /** All windows of an image, as many at a time as a tile has. */
  private void windows(Code code, Places image, WindowBody body) {
    Segment.each(
        code,
        "r",
        sizes.get("rows"),
        tile.tileRows(),
        (perRow, r, rows) -> {
          Places row = image.step(perRow, "Row", r);
          Segment.each(
              perRow,
              "c",
              sizes.get("columns"),
              mostColumns(rows),
              sizes.get("lastColumns"),
              (inner, c, columns) ->
                  body.write(
                      inner, row.step(inner, "Column", c), rows, columns, number(r, c, rows)));
        });
  }

  /** The most windows side by side in a tile of {@code rows} rows. */
  private int mostColumns(int rows) {
    return rows == 1 ? tile.tilePixels() : tile.tilePixels() / tile.tileRows();
  }

  /** The number of the tile whose first window is in row {@code r} and column {@code c}. */
  private Index number(Index r, Index c, int rows) {
    if (prefetch.parts() == 0) {
      return Index.of(0);
    }
    int columns = sizes.literal("columns");
    Index windows = r.times(columns).plus(c.times(rows));
    return windows.times(tilesOfChunk).over(sizes.literal("rows") * columns);
  }

  /** The tiles of all windows of an image and the same weights, 0 if unknown. */
  private int tilesOfChunk() {
    if (!(sizes.get("rows") instanceof Index.Const(int rows))
        || !(sizes.get("columns") instanceof Index.Const(int columns))) {
      return 0;
    }
    int count = 0;
    for (Segment high : Segment.even(rows, tile.tileRows())) {
      for (Segment wide : Segment.even(columns, mostColumns(high.pixels()))) {
        count += high.knownTiles() * wide.knownTiles();
      }
    }
    return count;
  }

  /** The tiles of all vectors of a block. */
  private void tiles(Code code, Block block, int rows, int columns, Index t) {
    int step = tile.tileVectors(rows * columns * tile.windowPixels());
    for (int v = 0; v < block.vectors; v += step) {
      tile(code, block, v, Math.min(step, block.vectors - v), rows, columns, t);
    }
  }

  private void tile(
      Code code, Block block, int firstVector, int vectors, int rows, int columns, Index t) {
    List<Index> lanesOf = new ArrayList<>();
    for (int v = 0; v < vectors; v++) {
      Index left = block.channels.plus(-(firstVector + v) * lanes);
      lanesOf.add(left.least(Index.of(lanes)));
    }
    int within = firstVector % tile.blockVectors();
    ConvBody.Extent extent =
        new ConvBody.Extent(within, vectors, rows, columns, lanesOf.getLast(), block.chunk);
    Index skipped = sizes.get("wBlock").times(firstVector / tile.blockVectors());
    List<Index> arguments =
        new ArrayList<>(List.of(block.w.plus(skipped).plus(tile.skippedFloats(within))));
    block.at.maps().forEach(map -> arguments.add(place(block, map, firstVector)));
    List<Index> open =
        extent.isOpen() ? List.of(block.channels.plus(-firstVector * lanes)) : List.of();
    arguments.addAll(open);
    tileSizes.forEach(size -> arguments.add(sizes.get(size)));
    arguments.addAll(prefetch.places(code, sizes, block.next, t));
    ConvBody body = new ConvBody(tile, bodySizes, extent, prefetch);
    String name = extent.name(tile);
    code.call(name, arguments);
    procedures.computeIfAbsent(name, k -> body.procedure(name, tileSizes));
    if (tile.finishesApart() && block.chunk.isLast()) {
      List<Index> ends = new ArrayList<>();
      block.at.maps().stream()
          .filter(map -> !map.equals("x"))
          .forEach(map -> ends.add(place(block, map, firstVector)));
      ends.addAll(open);
      finishSizes.forEach(size -> ends.add(sizes.get(size)));
      String finish = extent.finishName(tile);
      code.call(finish, ends);
      procedures.computeIfAbsent(finish, k -> body.finish(finish, finishSizes));
    }
  }

  /** The place of a block in {@code map}, from vector {@code first} on. */
  private Index place(Block block, String map, int first) {
    Index at = block.at.of(map);
    if (!channelMaps.contains(map)) {
      return at;
    }
    Index vectors =
        map.equals("y")
            ? Index.of(first)
            : tile.operands().inside(map, first, block.channels, lanes);
    return at.plus(tile.vectors(sizes, map, vectors));
  }
}
