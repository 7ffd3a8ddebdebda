package io.tilebrew.engine.tile;

import io.tilebrew.engine.kernel.Index;
import io.tilebrew.engine.kernel.Memory;
import io.tilebrew.engine.kernel.Procedure;
import io.tilebrew.engine.kernel.Program;
import io.tilebrew.engine.kernel.Vec;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.function.BiConsumer;
import java.util.function.Function;
import java.util.stream.Stream;

/**
 * The convolution in groups narrower than a vector, with as many output channels as input channels
 * each, over feature maps with a halo: channels in the lanes, output pixels of a row in registers.
 * A vector holds some groups, over each of which every channel of it is spread in turn.
 *
 * @param lanes the floats in a vector
 * @param width the channels of a group, a power of two less than the lanes
 * @param tilePixels the most output pixels in a tile
 * @param epilogue what becomes of a sum
 * @param operands how the inputs of the epilogue are read
 */
record GroupTile(int lanes, int width, int tilePixels, Epilogue epilogue, Operands operands)
    implements Tile {
  /**
   * The sizes without those of operands. Offsets and distances are in floats: {@code x} is the
   * first input element that the first output reads, {@code y} the first output element; {@code
   * xTapRow} leads from one tap to the one below, {@code xRow} from one output row's input to the
   * next one's. There are {@code blocks} vectors of channels, and {@code tails} (one or none) of
   * {@code tail} channels. {@code w} is the place of the biases, {@code wTap} leads from there to
   * the weights of the first channel of the first tap, and on to the next.
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
          "tails",
          "tail",
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

  @Override
  public List<String> sizes() {
    return operands.sizesBehind(SIZES);
  }

  /** The same tile with the bounds of clips read from the weights. */
  @Override
  public GroupTile generic() {
    return new GroupTile(lanes, width, tilePixels, epilogue.generic(), operands);
  }

  @Override
  public Program program(Sizes sizes) {
    return new Writer(this, sizes).program();
  }

  private static final class Writer {
    private final GroupTile tile;
    private final Sizes sizes;
    private final int lanes;
    private final List<String> channelMaps;
    private final Map<String, Procedure> procedures = new LinkedHashMap<>();

    Writer(GroupTile tile, Sizes sizes) {
      this.tile = tile;
      this.sizes = sizes;
      this.lanes = tile.lanes;
      this.channelMaps =
          Stream.concat(Stream.of("x", "y"), tile.operands.channelMaps().stream()).toList();
    }

    Program program() {
      List<String> names = tile.sizes();
      List<String> parameters = sizes.parameters(names);
      Code code = new Code(parameters);
      List<String> maps =
          Stream.concat(Stream.of("x", "y"), tile.operands.maps().stream()).toList();
      Places.start(sizes, maps).each(code, "n", "images", "Image", this::image);
      Procedure main = new Procedure("convolve", parameters, code.statements());
      String text = "groups of %d, 1x%d, %d lanes".formatted(tile.width, tile.tilePixels, lanes);
      return new Program(text, lanes, names, main, List.copyOf(procedures.values()));
    }

    private void image(Code code, Places image) {
      Index blocks = sizes.get("blocks");
      code.loop("b", blocks, (inner, b) -> block(inner, image, b, Index.of(lanes)));
      if (!sizes.get("tail").isConst(0)) {
        code.loop(
            "t", sizes.get("tails"), (inner, t) -> block(inner, image, blocks, sizes.get("tail")));
      }
    }

    /** The vector {@code b} of channels, of which {@code stored} are part of the output. */
    private void block(Code code, Places image, Index b, Index stored) {
      Places block =
          image.shift(
              code, "Vector", map -> tile.operands.vectors(sizes, map, b, lanes), channelMaps);
      Index w = code.define("wb", sizes.get("w").plus(b.times(lanes)));
      block.each(code, "r", "rows", "Row", (inner, row) -> row(inner, row, w, stored));
    }

    private void row(Code code, Places row, Index w, Index stored) {
      Index done = Index.of(0);
      for (Segment segment : Segment.split(code, sizes.get("columns"), tile.tilePixels)) {
        Places at = row.step(code, "Column", done);
        int pixels = segment.pixels();
        Map<String, Index> arguments = new LinkedHashMap<>(Map.of("w", w));
        at.maps().forEach(map -> arguments.put(map, at.of(map)));
        arguments.put("count", segment.tiles());
        call(
            code,
            "row" + pixels,
            arguments,
            stored,
            (body, end) -> along(body, at.maps(), pixels, end));
        done = done.plus(segment.tiles().times(pixels));
      }
      if (tile.epilogue.isLong()) {
        Map<String, Index> arguments = new LinkedHashMap<>();
        row.maps().stream()
            .filter(map -> !map.equals("x"))
            .forEach(map -> arguments.put(map, row.of(map)));
        arguments.put("count", sizes.get("columns"));
        call(code, "finish", arguments, stored, this::finish);
      }
    }

    /**
     * Calls the procedure {@code name} that {@code body} writes.
     *
     * @param places what it takes beside the sizes, by name
     * @param stored the channels that are part of the output
     */
    private void call(
        Code code,
        String name,
        Map<String, Index> places,
        Index stored,
        BiConsumer<Code, Index> body) {
      Map<String, Index> arguments = new LinkedHashMap<>(places);
      sizes.parameters(tileSizes()).forEach(size -> arguments.put(size, Index.var(size)));
      boolean isOpen = !(stored instanceof Index.Const);
      if (isOpen) {
        arguments.put("tail", stored);
      }
      String procedure = stored.isConst(lanes) ? name : name + "tail";
      code.call(procedure, List.copyOf(arguments.values()));
      if (!procedures.containsKey(procedure)) {
        List<String> parameters = List.copyOf(arguments.keySet());
        Code inner = new Code(parameters);
        body.accept(inner, isOpen ? Index.var("tail") : stored);
        procedures.put(procedure, new Procedure(procedure, parameters, inner.statements()));
      }
    }

    private List<String> tileSizes() {
      Stream<String> own =
          Stream.of("xColumn", "yColumn", "tapRows", "tapColumns", "xTapRow", "xTapColumn", "wTap");
      return Stream.concat(own, tile.operands.tileSizes().stream()).toList();
    }

    /** Tiles of {@code pixels} side by side. */
    private void along(Code code, List<String> maps, int pixels, Index stored) {
      Vec.Ref bias = code.let("bias", weights(Index.var("w")));
      Places start = Places.parameters(sizes, maps);
      code.loop(
          "t",
          Index.var("count"),
          (inner, t) ->
              tile(inner, start.step(inner, "Column", t.times(pixels)), bias, pixels, stored));
    }

    private void tile(Code code, Places at, Vec bias, int pixels, Index stored) {
      List<Vec.Ref> sums = new ArrayList<>();
      for (int p = 0; p < pixels; p++) {
        sums.add(code.let("a" + p, bias));
      }
      taps(
          code,
          (inner, kh, kw, tap) -> {
            Index way = kh.times(sizes.get("xTapRow")).plus(kw.times(sizes.get("xTapColumn")));
            Index x = inner.define("xt", at.of("x").plus(way));
            Index number = tap.times(tile.width).plus(1);
            Index w = inner.define("wt", Index.var("w").plus(number.times(sizes.get("wTap"))));
            tap(inner, x, w, sums);
          });
      for (int p = 0; p < pixels; p++) {
        Index column = Index.of(p);
        Vec.Ref sum = sums.get(p);
        Vec result =
            tile.epilogue.isLong() ? sum : tile.epilogue.write(code, sum, inputs(at::of, column));
        code.store(at.of("y").plus(column.times(sizes.get("yColumn"))), result, stored);
      }
    }

    /** What happens for a tap: its row, its column, and its number. */
    private interface TapBody {
      void write(Code code, Index kh, Index kw, Index tap);
    }

    /**
     * One loop over all taps where their number is known: of two loops the JIT compiler would
     * unroll the inner one, whose weights leave the registers then.
     */
    private void taps(Code code, TapBody body) {
      Index columns = sizes.get("tapColumns");
      if (columns instanceof Index.Const(int known)
          && sizes.get("tapRows") instanceof Index.Const(int rows)) {
        code.loop(
            "k",
            Index.of(rows * known),
            (inner, k) -> {
              Index kh = inner.define("kh", k.over(known));
              body.write(inner, kh, k.plus(kh.times(-known)), k);
            });
        return;
      }
      code.loop(
          "kh",
          sizes.get("tapRows"),
          (row, kh) ->
              row.loop(
                  "kw",
                  columns,
                  (inner, kw) -> body.write(inner, kh, kw, kh.times(columns).plus(kw))));
    }

    /** The channels of a tap, one after the other. */
    private void tap(Code code, Index x, Index w, List<Vec.Ref> sums) {
      List<Vec.Ref> weights = new ArrayList<>();
      for (int c = 0; c < tile.width; c++) {
        weights.add(code.let("w" + c, weights(w.plus(sizes.get("wTap").times(c)))));
      }
      for (int p = 0; p < sums.size(); p++) {
        Index at = x.plus(sizes.get("xColumn").times(p));
        Vec.Ref pixel = code.let("x0", new Vec.Load(Memory.ARENA, at));
        for (int c = 0; c < tile.width; c++) {
          Vec input = new Vec.Spread(pixel, tile.width, c);
          code.assign(sums.get(p), new Vec.Fma(input, weights.get(c), sums.get(p)));
        }
      }
    }

    /** The epilogue of a row, if it is long: beside the sums it would leave few registers. */
    private void finish(Code code, Index stored) {
      code.loop(
          "p",
          Index.var("count"),
          (inner, p) -> {
            Index y = Index.var("y").plus(p.times(sizes.get("yColumn")));
            tile.epilogue.finish(inner, y, inputs(Index::var, p), stored);
          });
    }

    /** The inputs of the epilogue {@code column} columns behind {@code places}. */
    private Epilogue.Inputs inputs(Function<String, Index> places, Index column) {
      return tile.operands.at(sizes, places, Index.of(0), column, map -> Index.of(0));
    }

    private static Vec weights(Index at) {
      return new Vec.Load(Memory.WEIGHTS, at);
    }
  }
}
