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
import java.util.stream.Stream;

/**
 * The depthwise convolution, one input channel for each output channel, over NHWC feature maps with
 * a halo: channels in the lanes, output pixels of a row in registers. A tile goes along all
 * channels of its pixels, so that the innermost loop is a long one.
 *
 * @param lanes the floats in a vector
 * @param tilePixels the most output pixels in a tile
 * @param epilogue what becomes of a sum
 * @param operands how the inputs of the epilogue are read
 */
record DepthwiseTile(int lanes, int tilePixels, Epilogue epilogue, Operands operands)
    implements Tile {
  /**
   * The sizes without those of operands. Offsets and distances are in floats: {@code x} is the
   * first input element that the first output reads, {@code y} the first output element; {@code
   * xTapRow} leads from one tap to the one below, {@code xRow} from one output row's input to the
   * next one's. {@code wTap} leads from the biases to the weights of the first tap, and on to the
   * next.
   */
  private static final List<String> SIZES =
      List.of(
          "x",
          "y",
          "images",
          "xImage",
          "yImage",
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
          "wTap");

  /** The most products of a vector of channels that are written out, without loops over taps. */
  private static final int MOST_PRODUCTS = 60;

  private static final List<String> TILE_SIZES =
      List.of("xColumn", "yColumn", "tapRows", "tapColumns", "xTapRow", "xTapColumn", "wTap");

  @Override
  public List<String> sizes() {
    return operands.sizesBehind(SIZES);
  }

  /** The same tile with the bounds of clips read from the weights. */
  @Override
  public DepthwiseTile generic() {
    return new DepthwiseTile(lanes, tilePixels, epilogue.generic(), operands);
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
      code.loop(
          "n", sizes.get("images"), (inner, n) -> image(inner, start.step(inner, "Image", n)));
      Procedure main = new Procedure("convolve", parameters, code.statements());
      return new Program(tile.text(), lanes, names, main, List.copyOf(procedures.values()));
    }

    private void image(Code code, Places image) {
      Index full = code.define("full", sizes.get("channels").over(lanes).times(lanes));
      Index tail = code.define("tail", sizes.get("channels").plus(full.times(-1)));
      Index w = Index.of(lanes);
      code.loop(
          "r",
          sizes.get("rows"),
          (inner, r) -> {
            Places row = image.step(inner, "Row", r);
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
          });
    }

    /** All channels of a tile, by whole vectors or, at the end, less than one. */
    private void tile(Code code, Places at, Index w, int pixels, Index channels, boolean isTail) {
      String name = "tile" + pixels + (isTail ? "tail" : "");
      List<Index> arguments = new ArrayList<>(List.of(w));
      List<String> parameters = new ArrayList<>(List.of("w"));
      arguments.addAll(at.offsets());
      parameters.addAll(at.maps());
      Index count = channels;
      if (!(channels instanceof Index.Const)) {
        arguments.add(channels);
        parameters.add("count");
        count = Index.var("count");
      }
      tileSizes.forEach(size -> arguments.add(Index.var(size)));
      parameters.addAll(tileSizes);
      code.call(name, arguments);
      if (!procedures.containsKey(name)) {
        Code body = new Code(parameters);
        if (isTail) {
          vector(body, Index.of(0), pixels, count);
        } else {
          body.loop(
              "c", Index.of(0), count, lanes, (c, at0) -> vector(c, at0, pixels, Index.of(lanes)));
        }
        procedures.put(name, new Procedure(name, parameters, body.statements()));
      }
    }

    /** The sums of one vector of channels from {@code c} on. */
    private void vector(Code code, Index c, int pixels, Index stored) {
      Index w = code.define("wc", Index.var("w").plus(c));
      Index x = code.define("xc", Index.var("x").plus(c));
      List<Vec.Ref> sums = new ArrayList<>();
      for (int p = 0; p < pixels; p++) {
        sums.add(code.let("a" + p, weights(w)));
      }
      taps(code, w.plus(sizes.get("wTap")), x, sums);
      for (int p = 0; p < pixels; p++) {
        Epilogue.Inputs inputs = tile.operands.at(sizes, Index::var, Index.of(p), c);
        Vec result = tile.epilogue.write(code, sums.get(p), inputs);
        Index at = Index.var("y").plus(c).plus(Index.of(p).times(sizes.get("yColumn")));
        code.store(at, result, stored);
      }
    }

    private static Vec weights(Index at) {
      return new Vec.Load(Memory.WEIGHTS, at);
    }

    private void taps(Code code, Index w, Index x, List<Vec.Ref> sums) {
      Index tapColumns = sizes.get("tapColumns");
      Index wTap = sizes.get("wTap");
      Index rowWeights = tapColumns.times(wTap);
      if (sizes.get("tapRows") instanceof Index.Const(int rows)
          && tapColumns instanceof Index.Const(int columns)
          && rows * columns * sums.size() <= MOST_PRODUCTS) {
        for (int kh = 0; kh < rows; kh++) {
          Index xr = x.plus(sizes.get("xTapRow").times(kh));
          sharedRow(code, w.plus(rowWeights.times(kh)), xr, columns, sums);
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
              sharedRow(row, wr, xr, columns, sums);
            } else {
              row.loop("kw", tapColumns, (tap, kw) -> tap(tap, wr, xr, kw, sums));
            }
          });
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
    private void sharedRow(Code code, Index w, Index x, int columns, List<Vec.Ref> sums) {
      if (!(sizes.get("xColumn") instanceof Index.Const(int way)
          && sizes.get("xTapColumn") instanceof Index.Const(int tapWay))) {
        for (int kw = 0; kw < columns; kw++) {
          tap(code, w, x, Index.of(kw), sums);
        }
        return;
      }
      List<Vec.Ref> weights = new ArrayList<>();
      for (int kw = 0; kw < columns; kw++) {
        weights.add(code.let("w" + kw, weights(w.plus(sizes.get("wTap").times(kw)))));
      }
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
