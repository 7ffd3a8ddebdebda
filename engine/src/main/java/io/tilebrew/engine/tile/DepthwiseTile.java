package io.tilebrew.engine.tile;

import io.tilebrew.engine.kernel.Index;
import io.tilebrew.engine.kernel.Memory;
import io.tilebrew.engine.kernel.Procedure;
import io.tilebrew.engine.kernel.Program;
import io.tilebrew.engine.kernel.Statement;
import io.tilebrew.engine.kernel.Vec;
import io.tilebrew.engine.problem.Activation;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * The depthwise convolution, one input channel for each output channel, over NHWC feature maps with
 * a halo: channels in the lanes, output pixels of a row in registers.
 *
 * @param lanes the floats in a vector
 * @param tilePixels the most output pixels in a tile
 * @param activation the activation, or null to read its bounds from the weights
 */
public record DepthwiseTile(int lanes, int tilePixels, @Nullable Activation activation) {
  /**
   * The sizes. Offsets and distances are in floats: {@code x} is the first input element that the
   * first output reads, {@code y} the first output element; {@code xTapRow} leads from one tap to
   * the one below, {@code xRow} from one output row's input to the next one's. {@code wVector} is
   * the packed weights of one vector of channels.
   */
  public static final List<String> SIZES =
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

  /** The same tile with the bounds of its activation read from the weights, if they say all. */
  DepthwiseTile generic() {
    return new DepthwiseTile(lanes, tilePixels, Epilogue.generic(activation));
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
    private final Map<String, Procedure> procedures = new LinkedHashMap<>();

    Writer(DepthwiseTile tile, Sizes sizes) {
      this.tile = tile;
      this.sizes = sizes;
      this.lanes = tile.lanes;
    }

    Program program() {
      List<String> parameters = sizes.parameters(SIZES);
      Code code = new Code(parameters);
      code.loop("n", sizes.get("images"), this::image);
      Procedure main = new Procedure("convolve", parameters, code.statements());
      return new Program(tile.text(), lanes, SIZES, main, List.copyOf(procedures.values()));
    }

    private void image(Code code, Index n) {
      Index x = code.define("xn", sizes.get("x").plus(n.times(sizes.get("xImage"))));
      Index y = code.define("yn", sizes.get("y").plus(n.times(sizes.get("yImage"))));
      Index taps = sizes.get("tapRows").times(sizes.get("tapColumns"));
      Index perChannel = code.define("perChannel", taps.plus(1));
      code.loop(
          "r",
          sizes.get("rows"),
          (row, r) -> {
            Index xr = row.define("xr", x.plus(r.times(sizes.get("xRow"))));
            Index yr = row.define("yr", y.plus(r.times(sizes.get("yRow"))));
            Vectors.each(
                row,
                sizes.get("channels"),
                lanes,
                1,
                (body, offset, vectors, last) ->
                    columns(
                        body,
                        body.define("xv", xr.plus(offset)),
                        body.define("wv", Index.of(lanes).plus(offset.times(perChannel))),
                        body.define("yv", yr.plus(offset)),
                        last));
          });
    }

    private void columns(Code code, Index x, Index w, Index y, Index last) {
      Segment.each(
          code,
          sizes.get("columns"),
          tile.tilePixels,
          (inner, c, pixels) ->
              tile(
                  inner,
                  x.plus(c.times(sizes.get("xColumn"))),
                  w,
                  y.plus(c.times(sizes.get("yColumn"))),
                  pixels,
                  last));
    }

    private void tile(Code code, Index x, Index w, Index y, int pixels, Index last) {
      boolean whole = last.isConst(lanes);
      String name = "tile" + pixels + (whole ? "" : "tail");
      List<Index> arguments = new ArrayList<>(List.of(x, w, y));
      List<String> parameters = new ArrayList<>(List.of("x", "w", "y"));
      if (!(last instanceof Index.Const)) {
        arguments.add(last);
        parameters.add("lanes");
      }
      sizes.parameters(TILE_SIZES).forEach(size -> arguments.add(Index.var(size)));
      parameters.addAll(sizes.parameters(TILE_SIZES));
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
                tapColumns,
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
        Vec.Ref sum = sums.get(p);
        Vec result =
            tile.activation == null
                ? Epilogue.applyGeneric(code, sum)
                : Epilogue.apply(code, sum, tile.activation);
        Index at = Index.var("y").plus(Index.of(p).times(sizes.get("yColumn")));
        code.store(at, result, stored);
      }
      return code.statements();
    }
  }
}
