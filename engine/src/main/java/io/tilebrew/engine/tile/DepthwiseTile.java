package io.tilebrew.engine.tile;

import io.tilebrew.engine.kernel.Index;
import io.tilebrew.engine.kernel.Memory;
import io.tilebrew.engine.kernel.Procedure;
import io.tilebrew.engine.kernel.Program;
import io.tilebrew.engine.kernel.Vec;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.function.Consumer;
import java.util.function.Function;
import java.util.stream.Stream;

/**
 * The depthwise convolution, one input channel for each output channel, over feature maps with a
 * halo: channels in the lanes, output pixels of a row in registers. A tile goes along all channels
 * of its pixels, so that the innermost loop is a long one; where channels are in blocks, it goes
 * along the pixels of a row.
 *
 * @param lanes the floats in a vector
 * @param tilePixels the most output pixels in a tile
 * @param epilogue what becomes of a sum
 * @param operands how the inputs of the epilogue are read
 * @param isBlocked whether one of the maps is in blocks of one vector of channels
 */
record DepthwiseTile(
    int lanes, int tilePixels, Epilogue epilogue, Operands operands, boolean isBlocked)
    implements Tile {
  /**
   * The sizes without those of operands. Offsets and distances are in floats: {@code x} is the
   * first input element that the first output reads, {@code y} the first output element; {@code
   * xTapRow} leads from one tap to the one below, {@code xRow} from one output row's input to the
   * next one's. There are {@code blocks} blocks of {@code channels}, one unless maps are in blocks.
   * {@code w} is the place of the biases, {@code wTap} leads from there to the weights of the first
   * tap, and on to the next.
   */
  private static final List<String> SIZES =
      List.of(
          "x",
          "y",
          "images",
          "xImage",
          "yImage",
          "xVector",
          "yVector",
          "blocks",
          "channels",
          "rows",
          "columns",
          "xRow",
          "xColumn",
          "yRow",
          "yColumn",
          "tapRows",
          "tapColumns",
          "xTapRow",
          "xTapColumn",
          "w",
          "wTap");

  /** The most products of a vector of channels that are written out, without loops over taps. */
  private static final int MOST_PRODUCTS = 60;

  /** The most taps whose weights stay in registers along a row. */
  private static final int MOST_READY = 9;

  private static final List<String> TILE_SIZES =
      List.of("xColumn", "yColumn", "tapRows", "tapColumns", "xTapRow", "xTapColumn", "wTap");

  @Override
  public List<String> sizes() {
    return operands.sizesBehind(SIZES);
  }

  /** The same tile with the bounds of clips read from the weights. */
  @Override
  public DepthwiseTile generic() {
    return new DepthwiseTile(lanes, tilePixels, epilogue.generic(), operands, isBlocked);
  }

  /** The tile for people, such as {@code depthwise 1x6, 8 lanes}. */
  String text() {
    return "depthwise 1x%d, %d lanes".formatted(tilePixels, lanes);
  }

  @Override
  public Program program(Sizes sizes) {
    return new Writer(this, sizes).program();
  }

  private static final class Writer {
    private final DepthwiseTile tile;
    private final Sizes sizes;
    private final int lanes;
    private final List<String> tileSizes;
    private final List<String> channelMaps;
    private final Map<String, Procedure> procedures = new LinkedHashMap<>();

    Writer(DepthwiseTile tile, Sizes sizes) {
      this.tile = tile;
      this.sizes = sizes;
      this.lanes = tile.lanes;
      this.tileSizes =
          sizes.parameters(
              Stream.concat(TILE_SIZES.stream(), tile.operands.tileSizes().stream()).toList());
      this.channelMaps =
          Stream.concat(Stream.of("x", "y"), tile.operands.channelMaps().stream()).toList();
    }

    Program program() {
      List<String> names = tile.sizes();
      List<String> parameters = sizes.parameters(names);
      Code code = new Code(parameters);
      List<String> maps =
          Stream.concat(Stream.of("x", "y"), tile.operands.maps().stream()).toList();
      Places start = Places.start(sizes, maps);
      start.each(code, "n", "images", "Image", this::image);
      Procedure main = new Procedure("convolve", parameters, code.statements());
      return new Program(tile.text(), lanes, names, main, List.copyOf(procedures.values()));
    }

    private void image(Code code, Places image) {
      if (tile.isBlocked) {
        blocks(code, image);
        return;
      }
      Index full = code.define("full", sizes.get("channels").over(lanes).times(lanes));
      Index tail = code.define("tail", sizes.get("channels").plus(full.times(-1)));
      Index w = sizes.get("w");
      image.each(
          code,
          "r",
          "rows",
          "Row",
          (inner, row) -> {
            Segment.each(
                inner,
                "c",
                sizes.get("columns"),
                tile.tilePixels,
                (body, c, pixels) -> {
                  Places at = row.step(body, "Column", c);
                  if (!full.isConst(0)) {
                    tile(body, at, w, pixels, full, false);
                  }
                  body.loop(
                      "t",
                      tail.least(Index.of(1)),
                      (rest, t) -> {
                        Places last = at.shift(rest, "Tail", full, channelMaps);
                        tile(rest, last, w.plus(full), pixels, tail, true);
                      });
                });
            finish(inner, row, w);
          });
    }

    /** All blocks, each row by row. */
    private void blocks(Code code, Places image) {
      code.loop(
          "b",
          sizes.get("blocks"),
          (inner, b) -> {
            Places block =
                image.shift(
                    inner,
                    "Vector",
                    map -> tile.operands.vectors(sizes, map, b, lanes),
                    channelMaps);
            Index w = inner.define("wb", sizes.get("w").plus(b.times(lanes)));
            block.each(inner, "r", "rows", "Row", (body, row) -> row(body, row, w));
          });
    }

    /** The tiles of a row of a block whose weights stand at {@code w}. */
    private void row(Code code, Places row, Index w) {
      Index done = Index.of(0);
      for (Segment segment : Segment.split(code, sizes.get("columns"), tile.tilePixels)) {
        Places at = row.step(code, "Column", done);
        Index tiles = segment.tiles();
        call(
            code,
            "row" + segment.pixels(),
            w,
            at,
            Map.of("count", tiles),
            body -> along(body, at.maps(), segment.pixels()));
        done = done.plus(tiles.times(segment.pixels()));
      }
      finish(code, row, w);
    }

    /** The epilogue of a row, if it is long: beside the sums it would leave few registers. */
    private void finish(Code code, Places row, Index w) {
      if (!tile.epilogue.isLong()) {
        return;
      }
      Map<String, Index> counts = new LinkedHashMap<>();
      for (String size : sizes.parameters(List.of("columns", "channels"))) {
        counts.put(size, sizes.get(size));
      }
      call(
          code,
          "finish",
          w,
          row,
          counts,
          body -> body.loop("p", sizes.get("columns"), (pixel, p) -> finish(pixel, p)));
    }

    /** The epilogue of the pixel in column {@code p}. */
    private void finish(Code code, Index p) {
      if (tile.isBlocked) {
        finish(code, p, Index.of(0), Index.of(lanes));
        return;
      }
      Index channels = sizes.get("channels");
      Index full = code.define("full", channels.over(lanes).times(lanes));
      Index tail = code.define("tail", channels.plus(full.times(-1)));
      code.loop("c", Index.of(0), full, lanes, (inner, c) -> finish(inner, p, c, Index.of(lanes)));
      code.loop("t", tail.least(Index.of(1)), (inner, t) -> finish(inner, p, full, tail));
    }

    private void finish(Code code, Index p, Index c, Index stored) {
      Index y = Index.var("y").plus(c).plus(p.times(sizes.get("yColumn")));
      Epilogue.Inputs inputs = tile.operands.at(sizes, Index::var, Index.of(0), p, map -> c);
      tile.epilogue.finish(code, y, inputs, stored);
    }

    /** As many tiles side by side as {@code count} tells. */
    private void along(Code code, List<String> maps, int pixels) {
      Taps taps = taps(code, Index.var("w"));
      Places start = Places.parameters(sizes, maps);
      code.loop(
          "t",
          Index.var("count"),
          (inner, t) -> {
            Places here = start.step(inner, "Column", t.times(pixels));
            vector(inner, taps, here::of, Index.of(0), pixels, Index.of(lanes));
          });
    }

    /** All channels of a tile, by whole vectors or, at the end, less than one. */
    private void tile(Code code, Places at, Index w, int pixels, Index channels, boolean isTail) {
      boolean isKnown = channels instanceof Index.Const;
      Index count = isKnown ? channels : Index.var("count");
      call(
          code,
          "tile" + pixels + (isTail ? "tail" : ""),
          w,
          at,
          isKnown ? Map.of() : Map.of("count", channels),
          body -> {
            if (isTail) {
              channels(body, Index.of(0), pixels, count);
            } else {
              body.loop(
                  "c",
                  Index.of(0),
                  count,
                  lanes,
                  (inner, c) -> channels(inner, c, pixels, Index.of(lanes)));
            }
          });
    }

    /**
     * Calls the procedure {@code name} that {@code body} writes, for weights and maps at a place.
     *
     * @param counts further parameters and what they are
     */
    private void call(
        Code code,
        String name,
        Index w,
        Places at,
        Map<String, Index> counts,
        Consumer<Code> body) {
      List<Index> arguments = new ArrayList<>(List.of(w));
      List<String> parameters = new ArrayList<>(List.of("w"));
      arguments.addAll(at.offsets());
      parameters.addAll(at.maps());
      arguments.addAll(counts.values());
      parameters.addAll(counts.keySet());
      tileSizes.forEach(size -> arguments.add(Index.var(size)));
      parameters.addAll(tileSizes);
      code.call(name, arguments);
      if (!procedures.containsKey(name)) {
        Code inner = new Code(parameters);
        body.accept(inner);
        procedures.put(name, new Procedure(name, parameters, inner.statements()));
      }
    }

    /**
     * The weights of a vector of channels.
     *
     * @param bias those that sums begin with
     * @param first the place of the first tap's
     * @param ready those of all taps, row by row, or none where each tap reads its own
     */
    private record Taps(Vec bias, Index first, List<Vec.Ref> ready) {}

    /** The weights at {@code w}, read now if the registers hold them beside the sums. */
    private Taps taps(Code code, Index w) {
      Index first = w.plus(sizes.get("wTap"));
      List<Vec.Ref> ready = new ArrayList<>();
      if (sizes.get("tapRows") instanceof Index.Const(int rows)
          && sizes.get("tapColumns") instanceof Index.Const(int columns)
          && rows * columns <= MOST_READY
          && sharesPixels()) {
        for (int tap = 0; tap < rows * columns; tap++) {
          ready.add(code.let("w" + tap, weights(first.plus(sizes.get("wTap").times(tap)))));
        }
      }
      return new Taps(code.let("bias", weights(w)), first, ready);
    }

    private void channels(Code code, Index c, int pixels, Index stored) {
      Index w = code.define("wc", Index.var("w").plus(c));
      Taps taps = new Taps(weights(w), w.plus(sizes.get("wTap")), List.of());
      vector(code, taps, Index::var, c, pixels, stored);
    }

    /** The sums of one vector of channels from {@code c} on. */
    private void vector(
        Code code, Taps taps, Function<String, Index> places, Index c, int pixels, Index stored) {
      Index x = code.define("xc", places.apply("x").plus(c));
      List<Vec.Ref> sums = new ArrayList<>();
      for (int p = 0; p < pixels; p++) {
        sums.add(code.let("a" + p, taps.bias));
      }
      add(code, taps, x, sums);
      for (int p = 0; p < pixels; p++) {
        Index column = Index.of(p);
        Epilogue.Inputs inputs = tile.operands.at(sizes, places, Index.of(0), column, map -> c);
        Vec.Ref sum = sums.get(p);
        Vec result = tile.epilogue.isLong() ? sum : tile.epilogue.write(code, sum, inputs);
        Index at = places.apply("y").plus(c).plus(column.times(sizes.get("yColumn")));
        code.store(at, result, stored);
      }
    }

    private static Vec weights(Index at) {
      return new Vec.Load(Memory.WEIGHTS, at);
    }

    private void add(Code code, Taps taps, Index x, List<Vec.Ref> sums) {
      Index w = taps.first;
      Index tapColumns = sizes.get("tapColumns");
      Index rowWeights = tapColumns.times(sizes.get("wTap"));
      if (sizes.get("tapRows") instanceof Index.Const(int rows)
          && tapColumns instanceof Index.Const(int columns)
          && rows * columns * sums.size() <= MOST_PRODUCTS) {
        for (int kh = 0; kh < rows; kh++) {
          Index xr = x.plus(sizes.get("xTapRow").times(kh));
          if (taps.ready.isEmpty()) {
            row(code, w.plus(rowWeights.times(kh)), xr, columns, sums);
          } else {
            sharedRow(code, taps.ready.subList(kh * columns, (kh + 1) * columns), xr, sums);
          }
        }
        return;
      }
      code.loop(
          "kh",
          sizes.get("tapRows"),
          (row, kh) -> {
            Index xr = row.define("xr", x.plus(kh.times(sizes.get("xTapRow"))));
            Index wr = row.define("wr", w.plus(kh.times(rowWeights)));
            if (tapColumns instanceof Index.Const(int columns)
                && columns * sums.size() <= MOST_PRODUCTS) {
              row(row, wr, xr, columns, sums);
            } else {
              row.loop("kw", tapColumns, (tap, kw) -> tap(tap, wr, xr, kw, sums));
            }
          });
    }

    /** Whether it is known which taps meet the same pixel. */
    private boolean sharesPixels() {
      return sizes.get("xColumn") instanceof Index.Const
          && sizes.get("xTapColumn") instanceof Index.Const;
    }

    /** The taps of a row, written out. */
    private void row(Code code, Index w, Index x, int columns, List<Vec.Ref> sums) {
      if (!sharesPixels()) {
        for (int kw = 0; kw < columns; kw++) {
          tap(code, w, x, Index.of(kw), sums);
        }
        return;
      }
      List<Vec.Ref> weights = new ArrayList<>();
      for (int kw = 0; kw < columns; kw++) {
        weights.add(code.let("w" + kw, weights(w.plus(sizes.get("wTap").times(kw)))));
      }
      sharedRow(code, weights, x, sums);
    }

    private void tap(Code code, Index w, Index x, Index kw, List<Vec.Ref> sums) {
      Vec.Ref weight = code.let("w0", weights(w.plus(kw.times(sizes.get("wTap")))));
      Index at = x.plus(kw.times(sizes.get("xTapColumn")));
      for (int p = 0; p < sums.size(); p++) {
        Index pixel = at.plus(Index.of(p).times(sizes.get("xColumn")));
        Vec product = new Vec.Fma(new Vec.Load(Memory.ARENA, pixel), weight, sums.get(p));
        code.assign(sums.get(p), product);
      }
    }

    /** The taps of a row, written out so that a pixel is loaded once for all its sums. */
    private void sharedRow(Code code, List<Vec.Ref> weights, Index x, List<Vec.Ref> sums) {
      int columns = weights.size();
      int way = sizes.literal("xColumn");
      int tapWay = sizes.literal("xTapColumn");
      // Each sum takes its taps in order, which go backwards in a transposed convolution.
      Comparator<Integer> order = Comparator.comparingInt(at -> tapWay < 0 ? -at : at);
      Map<Integer, List<Integer>> pixels = new TreeMap<>(order);
      for (int p = 0; p < sums.size(); p++) {
        for (int kw = 0; kw < columns; kw++) {
          int pair = p * columns + kw;
          pixels.computeIfAbsent(p * way + kw * tapWay, at -> new ArrayList<>()).add(pair);
        }
      }
      pixels.forEach(
          (at, pairs) -> {
            Vec.Ref pixel = code.let("x0", new Vec.Load(Memory.ARENA, x.plus(at)));
            for (int pair : pairs) {
              Vec.Ref sum = sums.get(pair / columns);
              code.assign(sum, new Vec.Fma(pixel, weights.get(pair % columns), sum));
            }
          });
    }
  }
}
