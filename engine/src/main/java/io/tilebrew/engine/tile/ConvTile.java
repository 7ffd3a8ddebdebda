package io.tilebrew.engine.tile;

import io.tilebrew.engine.kernel.Index;
import io.tilebrew.engine.kernel.Memory;
import io.tilebrew.engine.kernel.Procedure;
import io.tilebrew.engine.kernel.Program;
import io.tilebrew.engine.kernel.Vec;
import io.tilebrew.engine.problem.Pool;
import io.tilebrew.engine.problem.WeightFormat;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/**
 * The direct convolution over NHWC feature maps with a halo: channels in the lanes, a tile of
 * output vectors by output pixels in registers, one tap an iteration.
 *
 * <p>A pooling whose windows do not overlap is part of the tile: its pixels are those of whole
 * windows, reduced in registers. A fully connected layer is the case of one row whose columns are
 * the images of the batch.
 *
 * @param lanes the floats in a vector
 * @param weights how the weights are stored: a float holds a bfloat16 weight of a vector in its
 *     upper half, one of the next vector of the same block in its lower half
 * @param blockVectors the vectors of output channels in a block of packed weights; a multiple of 2
 *     for bfloat16
 * @param streams the blocks that are computed together; the weights of each are read as a stream of
 *     their own, which memory delivers faster than one
 * @param tilePixels the most windows (output pixels, without a pooling) in a tile
 * @param pool the pooling, or null
 * @param flat whether the taps of a row are consecutive in the input, so that one loop runs over
 *     all
 * @param epilogue what becomes of a sum before the pooling
 * @param operands how the inputs of the epilogue are read
 */
record ConvTile(
    int lanes,
    WeightFormat weights,
    int blockVectors,
    int streams,
    int tilePixels,
    @Nullable Pool pool,
    boolean flat,
    Epilogue epilogue,
    Operands operands) {
  /**
   * The sizes without those of operands. Offsets and distances are in floats: {@code x} is the
   * first input element that the first output reads, {@code y} the first output element, {@code w}
   * the first weight; {@code xTapRow} leads from one tap to the one below, {@code xRow} from one
   * output row's input to the next one's, {@code xConvRow} likewise between the rows inside a
   * pooling window. {@code wBlock} are the weights of a block, {@code blocks} is how often all
   * streams have a full one, {@code tail} the channels left over; {@code tapColumns} are kernel
   * columns, times channels where flat.
   */
  private static final List<String> SIZES =
      List.of(
          "w",
          "x",
          "y",
          "images",
          "xImage",
          "yImage",
          "groups",
          "xGroup",
          "yGroup",
          "wGroup",
          "wBlock",
          "blocks",
          "tail",
          "rows",
          "columns",
          "xRow",
          "xColumn",
          "yRow",
          "yColumn",
          "xConvRow",
          "xConvColumn",
          "tapRows",
          "tapColumns",
          "channels",
          "xTapRow",
          "xTapColumn");

  private static final List<String> TILE_SIZES =
      List.of(
          "xColumn",
          "yColumn",
          "xConvRow",
          "xConvColumn",
          "tapRows",
          "tapColumns",
          "channels",
          "xTapRow",
          "xTapColumn");

  /**
   * Whether {@code taps} consecutive taps of {@code vectors} vectors are few enough to be written
   * out: a loop would spend more on its bounds checks, and with more taps sums no longer stay in
   * registers.
   */
  static boolean isShort(int taps, int vectors) {
    return taps * vectors <= 6;
  }

  /** The names of the sizes. */
  List<String> sizes() {
    return operands.sizesBehind(SIZES);
  }

  /** The same tile with the bounds of clips read from the weights. */
  ConvTile generic() {
    return new ConvTile(
        lanes,
        weights,
        blockVectors,
        streams,
        tilePixels,
        pool,
        flat,
        epilogue.generic(),
        operands);
  }

  /** The same tile of another size, with weights in one stream. */
  ConvTile with(TileSize size) {
    int vectors = isPaired() ? Math.ceilDiv(size.vectors(), 2) * 2 : size.vectors();
    return new ConvTile(lanes, weights, vectors, 1, size.pixels(), pool, flat, epilogue, operands);
  }

  /** Whether a float holds two weights. */
  private boolean isPaired() {
    return weights == WeightFormat.BFLOAT16;
  }

  /** The channels of a block. */
  int blockChannels() {
    return blockVectors * lanes;
  }

  /** The floats that hold the weights of a block for one tap. */
  int tapFloats() {
    return isPaired() ? blockChannels() / 2 : blockChannels();
  }

  /** Rows of a pooling window, 1 without a pooling. */
  int poolHeight() {
    return pool == null ? 1 : pool.window().kernelHeight();
  }

  /** Columns of a pooling window, 1 without a pooling. */
  int poolWidth() {
    return pool == null ? 1 : pool.window().kernelWidth();
  }

  /**
   * The tile for people, such as {@code direct 2x6, 8 lanes, flat}: vectors by windows, and the
   * pixels of a window; and what the weights are unless they are any floats.
   */
  String text() {
    boolean pools = pool != null;
    return "direct %dx%d%s, %d lanes%s%s"
        .formatted(
            blockVectors * streams,
            tilePixels,
            pools ? " of %dx%d".formatted(poolHeight(), poolWidth()) : "",
            lanes,
            flat ? ", flat" : "",
            isPaired() ? ", bfloat16 weights" : "");
  }

  /** The program of this tile for {@code sizes}. */
  public Program program(Sizes sizes) {
    return new Writer(this, sizes).program();
  }

  private static final class Writer {
    private final ConvTile tile;
    private final Sizes sizes;
    private final int lanes;
    private final int blockChannels;
    private final int tapFloats;
    private final int together;
    private final int windowPixels;
    private final List<String> tileSizes;
    private final List<String> channelMaps;
    private final Map<String, Procedure> procedures = new LinkedHashMap<>();

    Writer(ConvTile tile, Sizes sizes) {
      this.tile = tile;
      this.sizes = sizes;
      this.lanes = tile.lanes;
      this.blockChannels = tile.blockChannels();
      this.tapFloats = tile.tapFloats();
      this.together = tile.streams * tile.blockVectors;
      this.windowPixels = tile.poolHeight() * tile.poolWidth();
      this.tileSizes =
          sizes.parameters(
              Stream.of(
                      TILE_SIZES,
                      tile.streams > 1 ? List.of("wBlock") : List.<String>of(),
                      tile.operands.columnSizes())
                  .flatMap(List::stream)
                  .toList());
      this.channelMaps =
          Stream.concat(Stream.of("y"), tile.operands.channelMaps().stream()).toList();
    }

    Program program() {
      List<String> names = tile.sizes();
      List<String> parameters = sizes.parameters(names);
      Code code = new Code(parameters);
      List<String> maps =
          Stream.concat(Stream.of("x", "y"), tile.operands.maps().stream()).toList();
      Places start = Places.start(sizes, maps);
      code.loop(
          "n",
          sizes.get("images"),
          (perImage, n) -> {
            Places image = start.step(perImage, "Image", n);
            perImage.loop("g", sizes.get("groups"), (inner, g) -> group(inner, image, g));
          });
      Procedure main = new Procedure("convolve", parameters, code.statements());
      return new Program(tile.text(), lanes, names, main, List.copyOf(procedures.values()));
    }

    private void group(Code code, Places image, Index g) {
      Places group =
          image
              .shift(code, "Group", g.times(sizes.get("xGroup")), List.of("x"))
              .shift(code, "Group", g.times(sizes.get("yGroup")), channelMaps);
      Index w = sizes.get("w").plus(g.times(sizes.get("wGroup")));
      Index stride = code.define("wBlocks", sizes.get("wBlock").times(tile.streams));
      int floats = together * lanes;
      Index blocks = sizes.get("blocks");
      code.loop(
          "b",
          blocks,
          (inner, b) ->
              rows(
                  inner,
                  group.shift(inner, "Block", b.times(floats), channelMaps),
                  inner.define("wb", w.plus(b.times(stride))),
                  together,
                  Index.of(floats)));
      Index tail = sizes.get("tail");
      if (!tail.isConst(0)) {
        int vectors = tail instanceof Index.Const(int left) ? (left + lanes - 1) / lanes : together;
        code.loop(
            "t",
            tail.least(Index.of(1)),
            (inner, t) ->
                rows(
                    inner,
                    group.shift(inner, "Tail", blocks.times(floats), channelMaps),
                    inner.define("wt", w.plus(blocks.times(stride))),
                    vectors,
                    tail));
      }
    }

    /** All rows of one block: {@code vectors} vectors that hold {@code channels} channels. */
    private void rows(Code code, Places block, Index w, int vectors, Index channels) {
      code.loop(
          "r",
          sizes.get("rows"),
          (inner, r) -> {
            Places row = block.step(inner, "Row", r);
            Segment.each(
                inner,
                sizes.get("columns"),
                tile.tilePixels,
                (body, c, pixels) -> {
                  Places at = row.step(body, "Column", c);
                  int step = tileVectors(pixels);
                  for (int v = 0; v < vectors; v += step) {
                    tile(body, at, w, v, Math.min(step, vectors - v), pixels, channels);
                  }
                });
          });
    }

    /**
     * The vectors of output channels beside {@code pixels} pixels, so that 8 to 12 sums are live.
     */
    private int tileVectors(int pixels) {
      int sums = pixels * windowPixels;
      int vectors = sums == 1 ? 8 : sums == 2 ? 4 : sums <= 6 ? 2 : 1;
      return Math.min(vectors, together);
    }

    private void tile(
        Code code, Places at, Index w, int firstVector, int vectors, int pixels, Index channels) {
      List<Index> lanesOf = new ArrayList<>();
      for (int v = 0; v < vectors; v++) {
        Index left = channels.plus(-(firstVector + v) * lanes);
        lanesOf.add(left.least(Index.of(lanes)));
      }
      Index last = lanesOf.getLast();
      boolean masked = !last.equals(Index.of(lanes));
      boolean dynamic = masked && !(last instanceof Index.Const);
      int within = firstVector % tile.blockVectors;
      boolean splits = within > 0 && (tile.isPaired() || within + vectors > tile.blockVectors);
      String name =
          "tile%dx%d%s%s"
              .formatted(
                  vectors,
                  pixels,
                  splits ? "from" + within : "",
                  masked ? dynamic ? "some" : "of" + constant(last) : "");
      Index first = sizes.get("wBlock").times(firstVector / tile.blockVectors);
      List<Index> arguments = new ArrayList<>(List.of(w.plus(first).plus(skipped(within))));
      for (String map : at.maps()) {
        arguments.add(at.of(map).plus(channelMaps.contains(map) ? firstVector * lanes : 0));
      }
      if (dynamic) {
        arguments.add(channels.plus(-firstVector * lanes));
      }
      tileSizes.forEach(size -> arguments.add(Index.var(size)));
      code.call(name, arguments);
      procedures.computeIfAbsent(
          name, k -> procedure(name, within, vectors, pixels, last, dynamic));
    }

    /** The floats of a block before the place that a tile has of it, where vectors are skipped. */
    private int skipped(int vectors) {
      return tile.isPaired() ? 0 : vectors * lanes;
    }

    private static int constant(Index index) {
      return ((Index.Const) index).value();
    }

    private Procedure procedure(
        String name, int within, int vectors, int pixels, Index lastLanes, boolean dynamic) {
      List<String> parameters = new ArrayList<>(List.of("w", "x", "y"));
      parameters.addAll(tile.operands.maps());
      if (dynamic) {
        parameters.add("lanes");
      }
      parameters.addAll(tileSizes);
      Code code = new Code(parameters);
      List<Index> biases = new ArrayList<>();
      for (int v = within; v < within + vectors; v++) {
        Index block = sizes.get("wBlock").times(v / tile.blockVectors);
        biases.add(block.plus(v % tile.blockVectors * lanes - skipped(within)));
      }
      List<List<Vec.Ref>> sums = sums(code, biases, pixels * windowPixels);
      TapWeights weights =
          tile.isPaired()
              ? (inner, at) -> pairs(inner, at, within, vectors)
              : (inner, at) -> vectors(inner, at, biases);
      taps(code, weights, sums);
      for (int v = 0; v < vectors; v++) {
        Index lanesOf =
            dynamic
                ? Index.var("lanes").plus(-v * lanes)
                : v == vectors - 1 ? lastLanes : Index.of(lanes);
        for (int p = 0; p < pixels; p++) {
          code.store(
              Index.var("y").plus(Index.of(p).times(sizes.get("yColumn"))).plus(v * lanes),
              epilogue(code, sums.get(v), v, p),
              lanesOf);
        }
      }
      return new Procedure(name, parameters, code.statements());
    }

    /** The sums of each vector of output channels, starting with the bias. */
    private List<List<Vec.Ref>> sums(Code code, List<Index> weights, int pixels) {
      List<List<Vec.Ref>> sums = new ArrayList<>();
      for (int v = 0; v < weights.size(); v++) {
        List<Vec.Ref> ofVector = new ArrayList<>();
        for (int s = 0; s < pixels; s++) {
          Vec bias = weights(Index.var("w").plus(weights.get(v)));
          ofVector.add(code.let("a%d_%d".formatted(v, s), bias));
        }
        sums.add(ofVector);
      }
      return sums;
    }

    private static Vec weights(Index at) {
      return new Vec.Load(Memory.WEIGHTS, at);
    }

    /** Reads the weights of a tap, a vector for each of the output channels. */
    private interface TapWeights {
      List<Vec> read(Code code, Index at);
    }

    private static List<Vec> vectors(Code code, Index at, List<Index> offsets) {
      List<Vec> vectors = new ArrayList<>();
      for (int v = 0; v < offsets.size(); v++) {
        vectors.add(code.let("w" + v, weights(at.plus(offsets.get(v)))));
      }
      return vectors;
    }

    /** The same from pairs of bfloat16 weights, from vector {@code first} of a block on. */
    private List<Vec> pairs(Code code, Index at, int first, int count) {
      List<Vec> vectors = new ArrayList<>();
      for (int even = first / 2 * 2; even < first + count; even += 2) {
        Index block = sizes.get("wBlock").times(even / tile.blockVectors);
        Index place = at.plus(block).plus(even % tile.blockVectors / 2 * lanes);
        Vec pair = code.let("p" + even / 2, weights(place));
        if (even >= first) {
          vectors.add(code.let("w" + even, new Vec.Apply(Vec.Mapping.UPPER_HALF, pair)));
        }
        if (even + 1 < first + count) {
          vectors.add(code.let("w" + (even + 1), new Vec.Apply(Vec.Mapping.LOWER_HALF, pair)));
        }
      }
      return vectors;
    }

    private void taps(Code code, TapWeights weights, List<List<Vec.Ref>> sums) {
      Index perTap = Index.of(tapFloats);
      Index tapColumns = sizes.get("tapColumns");
      Index channels = sizes.get("channels");
      Index rowTaps = tile.flat ? tapColumns : tapColumns.times(channels);
      code.loop(
          "kh",
          sizes.get("tapRows"),
          (row, kh) -> {
            Index xr = row.define("xr", Index.var("x").plus(kh.times(sizes.get("xTapRow"))));
            Index wr =
                row.define(
                    "wr", Index.var("w").plus(blockChannels).plus(kh.times(rowTaps).times(perTap)));
            if (tile.flat) {
              if (tapColumns instanceof Index.Const(int count) && isShort(count, sums.size())) {
                for (int k = 0; k < count; k++) {
                  tap(row, xr, wr, Index.of(k), weights, sums);
                }
              } else {
                row.loop("k", tapColumns, (tap, k) -> tap(tap, xr, wr, k, weights, sums));
              }
              return;
            }
            row.loop(
                "kw",
                tapColumns,
                (column, kw) -> {
                  Index xc = column.define("xc", xr.plus(kw.times(sizes.get("xTapColumn"))));
                  Index wc = column.define("wc", wr.plus(kw.times(channels).times(perTap)));
                  column.loop("k", channels, (tap, k) -> tap(tap, xc, wc, k, weights, sums));
                });
          });
    }

    private void tap(
        Code code, Index x, Index w, Index k, TapWeights reader, List<List<Vec.Ref>> sums) {
      List<Vec> weights = reader.read(code, w.plus(k.times(tapFloats)));
      for (int s = 0; s < sums.getFirst().size(); s++) {
        Index offset =
            Index.of(s / windowPixels)
                .times(sizes.get("xColumn"))
                .plus(Index.of(s % windowPixels / tile.poolWidth()).times(sizes.get("xConvRow")))
                .plus(Index.of(s % tile.poolWidth()).times(sizes.get("xConvColumn")));
        Vec x0 = code.let("x" + s, new Vec.Broadcast(Memory.ARENA, x.plus(k).plus(offset)));
        for (int v = 0; v < sums.size(); v++) {
          Vec.Ref sum = sums.get(v).get(s);
          code.assign(sum, new Vec.Fma(x0, weights.get(v), sum));
        }
      }
    }

    private Vec epilogue(Code code, List<Vec.Ref> sums, int vector, int pixel) {
      List<Vec.Ref> window = sums.subList(pixel * windowPixels, (pixel + 1) * windowPixels);
      Epilogue.Inputs inputs =
          tile.operands.at(sizes, Index::var, Index.of(pixel), Index.of(vector * lanes));
      return tile.epilogue.write(code, window, tile.pool, inputs);
    }
  }
}
