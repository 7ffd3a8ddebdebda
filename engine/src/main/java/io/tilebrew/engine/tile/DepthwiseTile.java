package io.tilebrew.engine.tile;

import io.tilebrew.engine.kernel.Index;
import io.tilebrew.engine.kernel.Memory;
import io.tilebrew.engine.kernel.Procedure;
import io.tilebrew.engine.kernel.Program;
import io.tilebrew.engine.kernel.Statement;
import io.tilebrew.engine.kernel.Vec;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.stream.Stream;

/**
 * The depthwise convolution, one input channel for each output channel, over NHWC feature maps with
 * a halo: channels in the lanes, output pixels of a row in registers.
 *
 * @param lanes the floats in a vector
 * @param tilePixels the most output pixels in a tile
 * @param epilogue what becomes of a sum
 * @param operands how the inputs of the epilogue are read
 */
record DepthwiseTile(int lanes, int tilePixels, Epilogue epilogue, Operands operands) {
  /**
   * The sizes without those of operands. Offsets and distances are in floats: {@code x} is the
   * first input element that the first output reads, {@code y} the first output element; {@code
   * xTapRow} leads from one tap to the one below, {@code xRow} from one output row's input to the
   * next one's. {@code wVector} is the packed weights of one vector of channels.
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
          "xTapColumn");

  private static final List<String> TILE_SIZES =
      List.of("xColumn", "yColumn", "tapRows", "tapColumns", "xTapRow", "xTapColumn");

  /** The names of the sizes. */
  List<String> sizes() {
    return operands.sizesBehind(SIZES);
  }

  /** The same tile with the bounds of clips read from the weights. */
  DepthwiseTile generic() {
    return new DepthwiseTile(lanes, tilePixels, epilogue.generic(), operands);
  }

  /** The tile for people, such as {@code depthwise 1x6, 8 lanes}. */
  String text() {
    return "depthwise 1x%d, %d lanes".formatted(tilePixels, lanes);
  }

  /** The program of this tile for {@code sizes}. */
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
              Stream.concat(TILE_SIZES.stream(), tile.operands.columnSizes().stream()).toList());
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
      Index taps = sizes.get("tapRows").times(sizes.get("tapColumns"));
      Index perChannel = code.define("perChannel", taps.plus(1));
      code.loop(
          "r",
          sizes.get("rows"),
          (inner, r) -> {
            Places row = image.step(inner, "Row", r);
            Vectors.each(
                inner,
                sizes.get("channels"),
                lanes,
                1,
                (body, offset, vectors, last) ->
                    columns(
                        body,
                        row.shift(body, "Vector", offset, channelMaps),
                        body.define("wv", Index.of(lanes).plus(offset.times(perChannel))),
                        last));
          });
    }

    private void columns(Code code, Places vector, Index w, Index last) {
      Segment.each(
          code,
          sizes.get("columns"),
          tile.tilePixels,
          (inner, c, pixels) -> tile(inner, vector.step(inner, "Column", c), w, pixels, last));
    }

    private void tile(Code code, Places at, Index w, int pixels, Index last) {
      boolean whole = last.isConst(lanes);
      String name = "tile" + pixels + (whole ? "" : "tail");
      List<Index> arguments = new ArrayList<>(List.of(w));
      List<String> parameters = new ArrayList<>(List.of("w"));
      arguments.addAll(at.offsets());
      parameters.addAll(at.maps());
      if (!(last instanceof Index.Const)) {
        arguments.add(last);
        parameters.add("lanes");
      }
      tileSizes.forEach(size -> arguments.add(Index.var(size)));
      parameters.addAll(tileSizes);
      Index stored = last instanceof Index.Const ? last : Index.var("lanes");
      code.call(name, arguments);
      procedures.computeIfAbsent(
          name, k -> new Procedure(name, parameters, body(parameters, pixels, stored)));
    }

    private List<Statement> body(List<String> parameters, int pixels, Index stored) {
      Code code = new Code(parameters);
      List<Vec.Ref> sums = new ArrayList<>();
      for (int p = 0; p < pixels; p++) {
        sums.add(code.let("a" + p, new Vec.Load(Memory.WEIGHTS, Index.var("w"))));
      }
      Index tapColumns = sizes.get("tapColumns");
      code.loop(
          "kh",
          sizes.get("tapRows"),
          (row, kh) -> {
            Index xr = row.define("xr", Index.var("x").plus(kh.times(sizes.get("xTapRow"))));
            Index wr =
                row.define(
                    "wr", Index.var("w").plus(lanes).plus(kh.times(tapColumns).times(lanes)));
            row.loop(
                "kw",
                sizes.get("tapColumns"),
                (tap, kw) -> {
                  Vec.Ref weight =
                      tap.let("w0", new Vec.Load(Memory.WEIGHTS, wr.plus(kw.times(lanes))));
                  Index at = xr.plus(kw.times(sizes.get("xTapColumn")));
                  for (int p = 0; p < sums.size(); p++) {
                    Index pixel = at.plus(Index.of(p).times(sizes.get("xColumn")));
                    Vec x = new Vec.Load(Memory.ARENA, pixel);
                    tap.assign(sums.get(p), new Vec.Fma(x, weight, sums.get(p)));
                  }
                });
          });
      for (int p = 0; p < pixels; p++) {
        Epilogue.Inputs inputs = tile.operands.at(sizes, Index::var, Index.of(p), Index.of(0));
        Vec result = tile.epilogue.write(code, sums.get(p), inputs);
        Index at = Index.var("y").plus(Index.of(p).times(sizes.get("yColumn")));
        code.store(at, result, stored);
      }
      return code.statements();
    }
  }
}
