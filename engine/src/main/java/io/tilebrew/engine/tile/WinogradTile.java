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
 * sums of each plane; and these are transformed back, with the epilogue and the pooling. Both
 * transforms go through scratch between columns and rows, since a whole tile does not fit the
 * registers.
 *
 * @param algorithm the tiles
 * @param product the convolution over the planes
 * @param pool the pooling, or null
 * @param epilogue what becomes of a sum before the pooling
 * @param operands how the inputs of the epilogue are read
 */
record WinogradTile(
    Algorithm algorithm,
    ConvTile product,
    @Nullable Pool pool,
    Epilogue epilogue,
    Operands operands)
    implements Tile {
  /**
   * The sizes without those of operands. The places are {@code x}, the first input of the first
   * tile, {@code y}, {@code v} and {@code m}, the planes of inputs and of sums, and {@code
   * scratch}. The kernel has {@code tiles} tiles from {@code firstTile} on, by {@code chunks}
   * chunks of {@code chunk}; the last ones overlap. Planes of the same channels are {@code plane}
   * floats apart, those of the next vector of channels {@code vector}.
   */
  private static final List<String> SIZES =
      List.of(
          "x",
          "y",
          "v",
          "m",
          "scratch",
          "images",
          "xImage",
          "yImage",
          "firstTile",
          "tiles",
          "chunk",
          "chunks",
          "tileRows",
          "tileColumns",
          "outputRows",
          "outputColumns",
          "channels",
          "maps",
          "xRow",
          "xColumn",
          "yRow",
          "yColumn",
          "xVector",
          "yVector",
          "plane",
          "vector",
          "wGroup",
          "blocks",
          "tail");

  @Override
  public List<String> sizes() {
    return operands.sizesBehind(SIZES);
  }

  /** The rows and columns of a pooling window, 1 without a pooling. */
  int pooled() {
    return pool == null ? 1 : pool.window().kernelHeight();
  }

  /** The maps that have a place for each output: {@code y} and the inputs of the epilogue. */
  List<String> outputMaps() {
    return Stream.concat(Stream.of("y"), operands.maps().stream()).toList();
  }

  /** The same tile with the bounds of clips read from the weights. */
  @Override
  public WinogradTile generic() {
    return new WinogradTile(algorithm, product, pool, epilogue.generic(), operands);
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

  private static final class Writer {
    private final WinogradTile tile;
    private final Sizes sizes;
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
      this.lanes = tile.product.lanes();
      this.outputs = tile.algorithm.outputs();
      this.pooled = tile.pooled();
      this.outputMaps = tile.outputMaps();
      this.channelMaps =
          Stream.concat(Stream.of("y"), tile.operands.channelMaps().stream()).toList();
      this.stages = new WinogradStages(tile, sizes);
    }

    Program program() {
      List<String> names = tile.sizes();
      List<String> parameters = sizes.parameters(names);
      Code code = new Code(parameters);
      Places from = Places.start(sizes, List.of("x"));
      Places to = Places.start(sizes, outputMaps);
      code.loop(
          "n",
          sizes.get("images"),
          (image, n) -> {
            Places x = from.step(image, "Image", n);
            Places y = to.step(image, "Image", n);
            image.loop("k", sizes.get("chunks"), (chunk, k) -> chunk(chunk, x, y, k));
          });
      Procedure main = new Procedure("winograd", parameters, code.statements());
      return new Program(tile.text(), lanes, names, main, List.copyOf(procedures.values()));
    }

    private void chunk(Code code, Places x, Places y, Index number) {
      Index size = sizes.get("chunk");
      Index last = sizes.get("tiles").plus(size.times(-1));
      Index first =
          code.define("first", number.times(size).least(last).plus(sizes.get("firstTile")));
      Range chunk = new Range(first, code.define("end", first.plus(size)));
      Index columns = sizes.get("tileColumns");
      code.loop(
          "c",
          sizes.get("channels").plus(lanes - 1).over(lanes),
          (vector, c) -> {
            Places from = x.shift(vector, "Vector", c.times(sizes.get("xVector")), List.of("x"));
            Index v = vector.define("vPlanes", sizes.get("v").plus(c.times(sizes.get("vector"))));
            each(
                vector,
                chunk,
                Index.of(0),
                columns,
                (tile, r, q, t) -> transform(tile, from, v, r, q, t));
          });
      multiply(code);
      Index full = sizes.get("maps").over(lanes);
      code.loop("c", full, (vector, c) -> transformBack(vector, chunk, y, c, Index.of(lanes)));
      Index tail = sizes.get("maps").plus(full.times(-lanes));
      if (!tail.isConst(0)) {
        code.loop(
            "tail",
            tail.least(Index.of(1)),
            (inner, i) -> transformBack(inner, chunk, y, full, tail));
      }
    }

    /**
     * The outputs of a chunk of the channels of vector {@code c}, of which there are {@code last}.
     */
    private void transformBack(Code code, Range chunk, Places image, Index c, Index last) {
      Places y =
          image.shift(
              code, "Vector", map -> tile.operands.vectors(sizes, map, c, lanes), channelMaps);
      Index m = code.define("mPlanes", sizes.get("m").plus(c.times(sizes.get("vector"))));
      Index columns = sizes.get("tileColumns");
      Index perTile = Index.of(outputs / pooled);
      Index full = code.define("fullColumns", sizes.get("outputColumns").over(outputs / pooled));
      Index rest = sizes.get("outputColumns").plus(full.times(perTile).times(-1));
      each(
          code,
          chunk,
          Index.of(0),
          full,
          (body, r, q, t) -> transformBack(body, y, m, r, q, t, perTile, last));
      if (!rest.isConst(0)) {
        Index left = code.define("restColumns", rest);
        each(
            code,
            chunk,
            full,
            columns,
            (body, r, q, t) -> transformBack(body, y, m, r, q, t, left, last));
      }
    }

    /** Numbers of tiles, row by row. */
    private record Range(Index first, Index end) {}

    /**
     * What happens to the tile at {@code row} and {@code column}, number {@code t} of its chunk.
     */
    private interface Body {
      void write(Code code, Index row, Index column, Index t);
    }

    /** Visits those tiles of {@code chunk} that stand in columns {@code from} to {@code to}. */
    private void each(Code code, Range chunk, Index from, Index to, Body body) {
      code.loop(
          "r",
          sizes.get("tileRows"),
          (row, r) -> {
            Index before = row.define("before", r.times(sizes.get("tileColumns")));
            Index offset = before.times(-1);
            row.loop(
                "q",
                row.define("low", chunk.first.plus(offset).greatest(from)),
                row.define("high", chunk.end.plus(offset).least(to)),
                1,
                (inner, q) -> body.write(inner, r, q, before.plus(q).plus(chunk.first.times(-1))));
          });
    }

    private void transform(
        Code code, Places image, Index planes, Index row, Index column, Index t) {
      Index x =
          image
              .of("x")
              .plus(row.times(sizes.get("xRow").times(outputs)))
              .plus(column.times(sizes.get("xColumn").times(outputs)));
      Index v = planes.plus(t.times(lanes));
      Map<String, Index> places = places("x", x, "v", v);
      List<String> needed = List.of("xRow", "xColumn", "plane");
      call(code, "inputs", places, needed, stages::inputs);
    }

    /** The direct convolution over the planes of a chunk. */
    private void multiply(Code code) {
      Map<String, Index> own = new LinkedHashMap<>();
      tile.product.sizes().forEach(name -> own.put(name, Index.of(0)));
      own.put("w", Index.of(lanes));
      own.put("x", sizes.get("v"));
      own.put("y", sizes.get("m"));
      own.put("images", Index.of(1));
      own.put("groups", Index.of(tile.algorithm.products()));
      own.put("xGroup", sizes.get("plane"));
      own.put("yGroup", sizes.get("plane"));
      own.put("xVector", sizes.get("vector"));
      own.put("yVector", sizes.get("vector"));
      own.put("wGroup", sizes.get("wGroup"));
      int block = tile.product.blockChannels();
      own.put("wBlock", sizes.get("channels").plus(1).times(block));
      own.put("blocks", sizes.get("blocks"));
      own.put("tail", sizes.get("tail"));
      own.put("rows", Index.of(1));
      own.put("columns", sizes.get("chunk"));
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
        Code code,
        Places image,
        Index planes,
        Index row,
        Index column,
        Index t,
        Index columns,
        Index last) {
      int perTile = outputs / pooled;
      Places at =
          image.step(code, "Row", row.times(perTile)).step(code, "Column", column.times(perTile));
      Index left = sizes.get("outputRows").plus(row.times(-perTile));
      Index m = planes.plus(t.times(lanes));
      Map<String, Index> places = places("m", m, "y", at.of("y"));
      tile.operands.maps().forEach(map -> places.put(map, at.of(map)));
      places.put("rows", code.define("rows", left.least(Index.of(perTile))));
      String name = "outputs" + (columns instanceof Index.Const(int count) ? count : "some");
      if (!(columns instanceof Index.Const)) {
        places.put("columns", columns);
      }
      Index known = columns instanceof Index.Const ? columns : Index.var("columns");
      boolean isFull = last.isConst(lanes);
      if (!isFull) {
        places.put("last", last);
      }
      Index lanesOf = isFull ? last : Index.var("last");
      call(
          code,
          isFull ? name : name + "tail",
          places,
          writeSizes(),
          body -> stages.outputs(body, known, lanesOf));
    }

    private List<String> writeSizes() {
      List<String> needed = new ArrayList<>(List.of("plane"));
      for (String map : outputMaps) {
        needed.add(map + "Row");
        needed.add(map + "Column");
      }
      return needed;
    }

    /** The scratch, a place to read from and a place to write to. */
    private Map<String, Index> places(String read, Index from, String written, Index to) {
      Map<String, Index> places = new LinkedHashMap<>();
      places.put("scratch", sizes.get("scratch"));
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
      for (String size : sizes.parameters(needed)) {
        parameters.add(size);
        arguments.add(Index.var(size));
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
