package io.tilebrew.engine.tile;

import io.tilebrew.engine.kernel.Index;
import io.tilebrew.engine.kernel.Procedure;
import io.tilebrew.engine.kernel.Program;
import io.tilebrew.engine.problem.Algorithm;
import io.tilebrew.engine.problem.Pool;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.function.BiConsumer;
import java.util.function.Consumer;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/**
 * The convolution of {@link io.tilebrew.engine.reference.WinogradReference} over feature maps, NHWC
 * or in blocks of channels, with a halo that reaches to the end of the last tile: channels in the
 * lanes.
 *
 * <p>Tiles are taken by chunks whose transformed inputs and sums stay in the cache. A chunk goes
 * through three stages: its inputs are transformed into planes, one for each element of a tile; a
 * direct 1x1 convolution, whose groups are the planes and whose pixels are the tiles, makes the
 * sums of each plane; and these are transformed back, with the epilogue and the pooling. A whole
 * tile does not fit the registers: its inputs are transformed to two rows at a time, its sums
 * column by column in their planes and then row by row.
 *
 * @param algorithm the tiles
 * @param product the convolution over the planes
 * @param strip the tiles that lie together in a plane: as many as the product takes at a time,
 *     unless it is generic
 * @param images the most images that a chunk has, so that they read the weights once
 * @param pool the pooling, or null
 * @param epilogue what becomes of a sum before the pooling
 * @param operands how the inputs of the epilogue are read
 */
record WinogradTile(
    Algorithm algorithm,
    ConvTile product,
    int strip,
    int images,
    @Nullable Pool pool,
    Epilogue epilogue,
    Operands operands)
    implements Tile {
  /**
   * The sizes without those of operands. The places are {@code x}, the first input of the first
   * tile, {@code y}, and {@code v} and {@code m}, the planes of inputs and of sums. The kernel has
   * {@code tiles} tiles from {@code firstTile} on, by {@code chunks} chunks of {@code chunk}; the
   * last ones overlap. The planes of the images of a chunk are {@code vImage} floats apart. The
   * planes of a strip of tiles are {@code vPlane} floats apart, and in a plane the channels lie
   * together; those of the next strip are {@code vStrip} floats further, behind all planes or
   * within the same. So are those of the sums, {@code mPlane} and {@code mStrip} floats. There are
   * {@code mapVectors} full vectors of output channels, and {@code mapTail} more channels if {@code
   * mapTails} is 1.
   */
  private static final List<String> SIZES =
      List.of(
          "x",
          "y",
          "v",
          "m",
          "images",
          "xImage",
          "yImage",
          "vImage",
          "firstTile",
          "tiles",
          "chunk",
          "chunks",
          "tileRows",
          "tileColumns",
          "outputRows",
          "outputColumns",
          "channels",
          "mapVectors",
          "mapTail",
          "mapTails",
          "xRow",
          "xColumn",
          "yRow",
          "yColumn",
          "xVector",
          "yVector",
          "strips",
          "vStrip",
          "vPlane",
          "mStrip",
          "mPlane",
          "w",
          "wGroup",
          "wBlocks",
          "blocks",
          "tail",
          "tails");

  @Override
  public List<String> sizes() {
    return operands.sizesBehind(SIZES);
  }

  /** The rows and columns of a pooling window, 1 without a pooling. */
  int pooled() {
    return pool == null ? 1 : pool.window().kernelHeight();
  }

  /**
   * Whether layers of other sizes share the transforms, which have parameters for what matters
   * little to their code even where it is known.
   */
  private boolean sharesTransforms() {
    return Registers.of(product.lanes()).isMany();
  }

  /** The sizes that are such parameters of the transforms. */
  private List<String> varyingSizes() {
    if (!sharesTransforms()) {
      return List.of();
    }
    List<String> ways = product.sharesChannels() ? List.of("Row", "Column") : List.of("Row");
    return Stream.concat(
            Stream.of("vPlane", "mPlane"),
            Stream.concat(Stream.of("x"), outputMaps().stream())
                .flatMap(map -> ways.stream().map(way -> map + way)))
        .toList();
  }

  /** The maps that have a place for each output: {@code y} and the inputs of the epilogue. */
  List<String> outputMaps() {
    return Stream.concat(Stream.of("y"), operands.maps().stream()).toList();
  }

  /** The floats of a vector of channels in a plane of a strip. */
  int stripVector() {
    return strip * product.lanes();
  }

  /** The same tile with the bounds of clips read from the weights. */
  @Override
  public WinogradTile generic() {
    return new WinogradTile(
        algorithm, product.ofFewWindows(), strip, images, pool, epilogue.generic(), operands);
  }

  /** The tile whose transforms are those of generic kernels. */
  @Override
  public WinogradTile shared() {
    return sharesTransforms()
        ? new WinogradTile(
            algorithm, product.shared(), strip, images, pool, epilogue.generic(), operands)
        : this;
  }

  /** The tile for people, such as {@code winograd 4x4, direct 2x6, 8 lanes}. */
  String text() {
    int outputs = algorithm.outputs();
    return "winograd %dx%d, %s".formatted(outputs, outputs, product.text());
  }

  @Override
  public Program program(Sizes sizes) {
    return new Writer(this, sizes).program();
  }

  /**
   * The part of a tile of outputs that is inside the map.
   *
   * @param rows its rows, after the pooling
   * @param columns its columns
   * @param last its channels
   */
  record Inside(Index rows, Index columns, Index last) {}

  private static final class Writer {
    private final WinogradTile tile;
    private final Sizes sizes;
    private final Sizes bodySizes;
    private final int lanes;
    private final int outputs;
    private final int pooled;
    private final List<String> outputMaps;
    private final List<String> channelMaps;
    private final WinogradStages stages;
    private final Map<String, Procedure> procedures = new LinkedHashMap<>();

    Writer(WinogradTile tile, Sizes sizes) {
      this.tile = tile;
      this.sizes = sizes;
      this.bodySizes = sizes.without(tile.varyingSizes());
      this.lanes = tile.product.lanes();
      this.outputs = tile.algorithm.outputs();
      this.pooled = tile.pooled();
      this.outputMaps = tile.outputMaps();
      this.channelMaps =
          Stream.concat(Stream.of("y"), tile.operands.channelMaps().stream()).toList();
      this.stages = new WinogradStages(tile, bodySizes);
    }

    Program program() {
      List<String> names = tile.sizes();
      List<String> parameters = sizes.parameters(names);
      Code code = new Code(parameters);
      Index all = sizes.get("images");
      code.loop(
          "n",
          Index.of(0),
          all,
          tile.images,
          (group, n) -> {
            Index count = all.plus(n.times(-1)).least(Index.of(tile.images));
            Images images =
                new Images(n, tile.images == 1 ? Index.of(1) : group.define("count", count));
            group.loop("k", sizes.get("chunks"), (chunk, k) -> chunk(chunk, images, k));
          });
      Procedure main = new Procedure("winograd", parameters, code.statements());
      return new Program(tile.text(), lanes, names, main, List.copyOf(procedures.values()));
    }

    /** Images {@code first} to {@code first + count}. */
    private record Images(Index first, Index count) {
      /** Visits each, with its number among all images and among these. */
      void each(Code code, ImageBody body) {
        code.loop("i", count, (image, i) -> body.write(image, first.plus(i), i));
      }
    }

    /** What happens to image {@code n}, number {@code i} of its chunk. */
    private interface ImageBody {
      void write(Code code, Index n, Index i);
    }

    private void chunk(Code code, Images images, Index number) {
      Index size = sizes.get("chunk");
      Index last = sizes.get("tiles").plus(size.times(-1));
      Index first =
          code.define("first", number.times(size).least(last).plus(sizes.get("firstTile")));
      Range chunk = new Range(first, code.define("end", first.plus(size)));
      Places from = Places.start(sizes, List.of("x"));
      Places to = Places.start(sizes, outputMaps);
      images.each(
          code,
          (image, n, i) ->
              transform(image, chunk, from.step(image, "Image", n), planes(image, "v", i)));
      multiply(code, images.count);
      images.each(
          code,
          (image, n, i) ->
              transformBack(image, chunk, to.step(image, "Image", n), planes(image, "m", i)));
    }

    /** The planes of image {@code i} of a chunk. */
    private Index planes(Code code, String planes, Index i) {
      return code.define(planes + "_image", sizes.get(planes).plus(i.times(sizes.get("vImage"))));
    }

    /** The planes of the inputs of a chunk. */
    private void transform(Code code, Range chunk, Places image, Index planes) {
      Index all = sizes.get("channels").plus(lanes - 1).over(lanes);
      eachRow(
          code,
          chunk,
          "v",
          planes,
          (row, tiles) ->
              tiles.vectors(
                  row,
                  all,
                  (vector, c) -> {
                    Index way = c.times(sizes.get("xVector"));
                    Places x = image.shift(vector, "Vector", way, List.of("x"));
                    Index v = vector.define("vPlanes", place(tiles.planes, c));
                    tiles.each(
                        vector, v, lanes, (inner, r, q, to) -> transform(inner, x, to, r, q));
                  }));
    }

    /** The outputs of a chunk. */
    private void transformBack(Code code, Range chunk, Places image, Index planes) {
      Index full = sizes.get("mapVectors");
      Index tail = sizes.get("mapTail");
      eachRow(
          code,
          chunk,
          "m",
          planes,
          (row, tiles) -> {
            tiles.vectors(
                row, full, (vector, c) -> transformBack(vector, tiles, image, c, Index.of(lanes)));
            if (!tail.isConst(0)) {
              tiles.vectors(
                  row,
                  sizes.get("mapTails"),
                  (vector, i) -> transformBack(vector, tiles, image, full, tail));
            }
          });
    }

    /** The outputs of the channels of vector {@code c}, of which there are {@code last}. */
    private void transformBack(Code code, Tiles tiles, Places image, Index c, Index last) {
      Places y =
          image.shift(
              code, "Vector", map -> tile.operands.vectors(sizes, map, c, lanes), channelMaps);
      Index m = code.define("mPlanes", place(tiles.planes, c));
      tiles.each(code, m, lanes, (inner, r, q, sums) -> transformBack(inner, y, sums, r, q, last));
    }

    /** The place of vector {@code c} of channels in the planes of a strip. */
    private Index place(Index planes, Index c) {
      return planes.plus(c.times(tile.stripVector()));
    }

    /** Numbers of tiles, row by row. */
    private record Range(Index first, Index end) {}

    /** What happens to the tile at {@code row} and {@code column}, whose planes begin there. */
    private interface Body {
      void write(Code code, Index row, Index column, Index planes);
    }

    /**
     * The tiles of a strip that are in row {@code r}.
     *
     * @param planes the planes of the strip
     * @param before the tiles of the strip before this row, less than 0 if it begins in the row
     * @param low the column of the first of them
     * @param high the column behind the last one, not more than {@code low} if there are none
     */
    private record Tiles(Index planes, Index r, Index before, Index low, Index high) {
      /** Visits {@code count} vectors of channels if there are tiles. */
      void vectors(Code code, Index count, BiConsumer<Code, Index> body) {
        Index some = high.plus(low.times(-1)).greatest(Index.of(0)).least(Index.of(1));
        code.loop("c", code.define("vectors", count.times(some)), body);
      }

      /** Visits the tiles, whose planes of a vector of {@code lanes} channels are at a place. */
      void each(Code code, Index at, int lanes, Body body) {
        code.loop(
            "q",
            low,
            high,
            1,
            (inner, q) -> body.write(inner, r, q, at.plus(before.plus(q).times(lanes))));
      }
    }

    /**
     * Visits the tiles of a chunk by strips, whose planes are near each other, and by rows: by all
     * of the map if the columns are not known.
     *
     * @param what the planes, {@code v} or {@code m}, which begin at {@code planes}
     */
    private void eachRow(
        Code code, Range chunk, String what, Index planes, BiConsumer<Code, Tiles> body) {
      Index columns = sizes.get("tileColumns");
      code.loop(
          "s",
          sizes.get("strips"),
          (strip, s) -> {
            Index first = strip.define("stripFirst", chunk.first.plus(s.times(tile.strip())));
            Index end = strip.define("stripEnd", first.plus(tile.strip()).least(chunk.end));
            Index of = strip.define(what + "Of", planes.plus(s.times(sizes.get(what + "Strip"))));
            Index from = Index.of(0);
            Index to = sizes.get("tileRows");
            if (columns instanceof Index.Const(int known)) {
              from = first.over(known);
              to = end.plus(known - 1).over(known);
            }
            strip.loop(
                "r",
                from,
                to,
                1,
                (row, r) -> {
                  Index start = row.define("start", r.times(columns));
                  Index low = row.define("low", first.plus(start.times(-1)).greatest(Index.of(0)));
                  Index high = row.define("high", end.plus(start.times(-1)).least(columns));
                  Index before = start.plus(first.times(-1));
                  body.accept(row, new Tiles(of, r, before, low, high));
                });
          });
    }

    private void transform(Code code, Places image, Index v, Index row, Index column) {
      Index x =
          image
              .of("x")
              .plus(row.times(sizes.get("xRow").times(outputs)))
              .plus(column.times(sizes.get("xColumn").times(outputs)));
      Map<String, Index> places = places("x", code.define("x", x), "v", code.define("v", v));
      List<String> needed = List.of("xRow", "xColumn", "vPlane");
      for (int i = 0; i < tile.algorithm.inputs() / 2; i++) {
        int pair = i;
        call(code, "inputs" + pair, places, needed, body -> stages.inputs(body, pair));
      }
    }

    /** The direct convolution over the planes of a chunk. */
    private void multiply(Code code, Index images) {
      Map<String, Index> own = new LinkedHashMap<>();
      tile.product.sizes().forEach(name -> own.put(name, Index.of(0)));
      own.put("w", sizes.get("w"));
      own.put("x", sizes.get("v"));
      own.put("y", sizes.get("m"));
      own.put("images", images);
      own.put("xImage", sizes.get("vImage"));
      own.put("yImage", sizes.get("vImage"));
      own.put("groups", Index.of(tile.algorithm.products()));
      own.put("xGroup", sizes.get("vPlane"));
      own.put("yGroup", sizes.get("mPlane"));
      own.put("xVector", Index.of(tile.stripVector()));
      own.put("yVector", Index.of(tile.stripVector()));
      own.put("wGroup", sizes.get("wGroup"));
      int block = tile.product.blockChannels();
      own.put("wBlock", sizes.get("channels").plus(1).times(block));
      own.put("wBlocks", sizes.get("wBlocks"));
      own.put("blocks", sizes.get("blocks"));
      own.put("tail", sizes.get("tail"));
      own.put("tails", sizes.get("tails"));
      own.put("rows", sizes.get("strips"));
      own.put("columns", Index.of(tile.strip()));
      own.put("xRow", sizes.get("vStrip"));
      own.put("yRow", sizes.get("mStrip"));
      own.put("xColumn", Index.of(lanes));
      own.put("yColumn", Index.of(lanes));
      own.put("tapRows", Index.of(1));
      own.put("tapColumns", Index.of(1));
      own.put("channels", sizes.get("channels"));
      Program product = tile.product.program(Sizes.of(tile.product.sizes(), own));
      Procedure main = product.main();
      product.procedures().forEach(p -> procedures.put(p.name(), p));
      procedures.put(main.name(), main);
      code.call(main.name(), main.parameters().stream().map(own::get).toList());
    }

    private void transformBack(
        Code code, Places image, Index m, Index row, Index column, Index last) {
      int perTile = outputs / pooled;
      Places at =
          image.step(code, "Row", row.times(perTile)).step(code, "Column", column.times(perTile));
      Index sums = code.define("m", m);
      Map<String, Index> places = places("m", sums, "y", at.of("y"));
      tile.operands.maps().forEach(map -> places.put(map, at.of(map)));
      Index rows = code.define("rows", inside(row, "outputRows"));
      Index columns = code.define("columns", inside(column, "outputColumns"));
      Inside inside =
          new Inside(
              parameter(places, "rows", rows, perTile),
              parameter(places, "columns", columns, perTile),
              parameter(places, "last", last, lanes));
      String tail = last.isConst(lanes) ? "" : "Tail";
      call(code, "outputColumns", Map.of("m", sums), List.of("mPlane"), stages::outputColumns);
      call(
          code, "outputRows" + tail, places, writeSizes(), body -> stages.outputRows(body, inside));
    }

    /** The outputs of tile {@code number} of a side that are among the {@code count} of a map. */
    private Index inside(Index number, String count) {
      int full = outputs / pooled;
      boolean isFull =
          !tile.sharesTransforms()
              && sizes.get(count) instanceof Index.Const(int all)
              && all % full == 0;
      Index left = sizes.get(count).plus(number.times(-full));
      return isFull ? Index.of(full) : left.least(Index.of(full));
    }

    /**
     * What a procedure knows of {@code value}, which is among its {@code arguments} unless full.
     */
    private static Index parameter(
        Map<String, Index> arguments, String name, Index value, int full) {
      if (value.isConst(full)) {
        return value;
      }
      arguments.put(name, value);
      return Index.var(name);
    }

    private List<String> writeSizes() {
      List<String> needed = new ArrayList<>(List.of("mPlane"));
      for (String map : outputMaps) {
        needed.add(map + "Row");
        needed.add(map + "Column");
      }
      return needed;
    }

    /** A place to read from and a place to write to. */
    private Map<String, Index> places(String read, Index from, String written, Index to) {
      Map<String, Index> places = new LinkedHashMap<>();
      places.put(read, from);
      places.put(written, to);
      return places;
    }

    /** Calls the procedure {@code name} that {@code body} writes with its places and sizes. */
    private void call(
        Code code,
        String name,
        Map<String, Index> places,
        List<String> needed,
        Consumer<Code> body) {
      List<String> parameters = new ArrayList<>(places.keySet());
      List<Index> arguments = new ArrayList<>(places.values());
      for (String size : bodySizes.parameters(needed)) {
        parameters.add(size);
        arguments.add(sizes.get(size));
      }
      code.call(name, arguments);
      if (!procedures.containsKey(name)) {
        Code inner = new Code(parameters);
        body.accept(inner);
        procedures.put(name, new Procedure(name, parameters, inner.statements()));
      }
    }
  }
}
