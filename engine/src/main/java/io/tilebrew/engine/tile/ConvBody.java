package io.tilebrew.engine.tile;

import io.tilebrew.engine.kernel.Index;
import io.tilebrew.engine.kernel.Memory;
import io.tilebrew.engine.kernel.Procedure;
import io.tilebrew.engine.kernel.Vec;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;

/** The code of one tile of a convolution: sums in registers, the taps, the epilogue, the stores. */
final class ConvBody {
  /** The channels of a block that share the price of finding their place. */
  static final int TOGETHER = 2;

  /**
   * The most additions to sums of a turn over a planar input. With 120 HotSpot's first compiler
   * gave up the midst of the loop in some processes ("out of virtual registers"), and the method
   * never reached the second one.
   */
  private static final int PLANAR_CODE = 60;

  private final ConvTile tile;
  private final Sizes sizes;
  private final Extent extent;
  private final WeightPrefetch prefetch;
  private final int lanes;
  private final int windowPixels;

  ConvBody(ConvTile tile, Sizes sizes, Extent extent, WeightPrefetch prefetch) {
    this.tile = tile;
    this.sizes = sizes;
    this.extent = extent;
    this.prefetch = prefetch;
    this.lanes = tile.lanes();
    this.windowPixels = tile.windowPixels();
  }

  /** Which chunk of the taps a tile adds up; between chunks its sums wait in the output. */
  enum Chunk {
    ALL,
    FIRST,
    MIDDLE,
    LAST;

    boolean isFirst() {
      return this == ALL || this == FIRST;
    }

    boolean isLast() {
      return this == ALL || this == LAST;
    }
  }

  /**
   * What a tile covers.
   *
   * @param within the vectors of its block before its first one
   * @param vectors vectors of output channels
   * @param rows rows of windows (output pixels, without a pooling)
   * @param columns windows in a row
   * @param lastLanes the channels in its last vector
   * @param chunk which of the taps
   */
  record Extent(int within, int vectors, int rows, int columns, Index lastLanes, Chunk chunk) {
    /** Whether a parameter tells the channels of its vectors. */
    boolean isOpen() {
      return !(lastLanes instanceof Index.Const);
    }

    /** The name of its procedure: that of another tile if their code differs. */
    String name(ConvTile tile) {
      boolean splits = within > 0 && (tile.isPaired() || within + vectors > tile.blockVectors());
      return "%s%s%s%s"
          .formatted(
              chunk == Chunk.ALL ? "tile" : chunk.name().toLowerCase(Locale.ROOT),
              size(),
              splits ? "from" + within : "",
              tail(tile));
    }

    /** The name of the procedure of its epilogue. */
    String finishName(ConvTile tile) {
      return "finish" + size() + tail(tile);
    }

    private String size() {
      return "%dx%s%d".formatted(vectors, rows == 1 ? "" : rows + "x", columns);
    }

    private String tail(ConvTile tile) {
      return switch (lastLanes) {
        case Index.Const(int count) -> count == tile.lanes() ? "" : "of" + count;
        default -> "some";
      };
    }
  }

  /** The procedure, whose last parameters are {@code tileSizes}. */
  Procedure procedure(String name, List<String> tileSizes) {
    List<String> parameters = new ArrayList<>(List.of("w", "x", "y"));
    parameters.addAll(tile.operands().maps());
    if (extent.isOpen()) {
      parameters.add("lanes");
    }
    parameters.addAll(tileSizes);
    parameters.addAll(prefetch.names());
    Code code = new Code(parameters);
    List<Index> biases = biases();
    List<List<Vec.Ref>> sums = sums(code, biases);
    taps(code, tile.isPaired() ? this::pairs : (inner, at) -> vectors(inner, at, biases), sums);
    if (!extent.chunk.isLast() || tile.finishesApart()) {
      each((v, p) -> store(code, sums.get(v).get(p), v, p));
    } else if (tile.operands().maps().isEmpty()) {
      each((v, p) -> store(code, result(code, sums.get(v), v, p), v, p));
    } else {
      // Loads of maps would wait for stores before them that they do not meet.
      List<Vec> results = new ArrayList<>();
      each(
          (v, p) ->
              results.add(code.let("y%d_%d".formatted(v, p), result(code, sums.get(v), v, p))));
      each((v, p) -> store(code, results.get(v * windows() + p), v, p));
    }
    return new Procedure(name, parameters, code.statements());
  }

  /**
   * The procedure of an epilogue that is apart from the sums, which wait in the output. Its last
   * parameters are {@code finishSizes}.
   */
  Procedure finish(String name, List<String> finishSizes) {
    List<String> parameters = new ArrayList<>(List.of("y"));
    parameters.addAll(tile.operands().maps());
    if (extent.isOpen()) {
      parameters.add("lanes");
    }
    parameters.addAll(finishSizes);
    Code code = new Code(parameters);
    boolean isOpen = extent.isOpen();
    boolean isFull = extent.lastLanes.isConst(lanes);
    Index count =
        isOpen
            ? Index.var("lanes").plus(lanes - 1).over(lanes)
            : Index.of(isFull ? extent.vectors : extent.vectors - 1);
    code.loop(
        "v",
        Index.of(0),
        count,
        1,
        (inner, v) ->
            finish(inner, v, isOpen ? Index.var("lanes").plus(v.times(-lanes)) : Index.of(lanes)));
    if (!isOpen && !isFull) {
      finish(code, count, extent.lastLanes);
    }
    return new Procedure(name, parameters, code.statements());
  }

  /** The epilogue of all windows of a vector. */
  private void finish(Code code, Index vector, Index lanesOf) {
    code.loop(
        "r",
        Index.of(extent.rows),
        (perRow, r) ->
            perRow.loop(
                "p",
                Index.of(extent.columns),
                (inner, p) -> {
                  Epilogue.Inputs inputs =
                      tile.operands()
                          .at(sizes, Index::var, r, p, map -> tile.vectors(sizes, map, vector));
                  Index y =
                      Index.var("y").plus(way("y", r, p)).plus(tile.vectors(sizes, "y", vector));
                  tile.epilogue().finish(inner, y, inputs, lanesOf);
                }));
  }

  private Index way(String map, Index row, Index column) {
    return row.times(sizes.get(map + "Row")).plus(column.times(sizes.get(map + "Column")));
  }

  private int windows() {
    return extent.rows * extent.columns;
  }

  /** The way from the first window of the tile to window {@code p} in {@code map}. */
  private Index offset(String map, int p) {
    return way(map, Index.of(p / extent.columns), Index.of(p % extent.columns));
  }

  private Index lanesOf(int vector) {
    if (extent.isOpen()) {
      return Index.var("lanes").plus(-vector * lanes);
    }
    return vector == extent.vectors - 1 ? extent.lastLanes : Index.of(lanes);
  }

  /** The places of the biases of each vector, from the parameter {@code w} on. */
  private List<Index> biases() {
    List<Index> biases = new ArrayList<>();
    for (int v = extent.within; v < extent.within + extent.vectors; v++) {
      Index block = sizes.get("wBlock").times(v / tile.blockVectors());
      int skipped = tile.skippedFloats(extent.within);
      biases.add(block.plus(v % tile.blockVectors() * lanes - skipped));
    }
    return biases;
  }

  /** The sums of each vector of output channels, starting with the bias. */
  private List<List<Vec.Ref>> sums(Code code, List<Index> biases) {
    List<List<Vec.Ref>> sums = new ArrayList<>();
    for (int v = 0; v < biases.size(); v++) {
      List<Vec.Ref> ofVector = new ArrayList<>();
      for (int s = 0; s < windows() * windowPixels; s++) {
        Vec start =
            extent.chunk.isFirst()
                ? weights(Index.var("w").plus(biases.get(v)))
                : new Vec.Load(Memory.ARENA, output(v, s));
        ofVector.add(code.let("a%d_%d".formatted(v, s), start));
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

  /** The same from pairs of bfloat16 weights. */
  private List<Vec> pairs(Code code, Index at) {
    List<Vec> vectors = new ArrayList<>();
    int first = extent.within;
    int end = first + extent.vectors;
    for (int even = first / 2 * 2; even < end; even += 2) {
      Index block = sizes.get("wBlock").times(even / tile.blockVectors());
      Index place = at.plus(block).plus(even % tile.blockVectors() / 2 * lanes);
      Vec pair = code.let("p" + even / 2, weights(place));
      if (even >= first) {
        vectors.add(code.let("w" + even, new Vec.Apply(Vec.Mapping.UPPER_HALF, pair)));
      }
      if (even + 1 < end) {
        vectors.add(code.let("w" + (even + 1), new Vec.Apply(Vec.Mapping.LOWER_HALF, pair)));
      }
    }
    return vectors;
  }

  private void taps(Code code, TapWeights weights, List<List<Vec.Ref>> sums) {
    Index perTap = Index.of(tile.tapFloats());
    Index tapColumns = sizes.get("tapColumns");
    Index channels = sizes.get("channels");
    Index first = Index.var("w").plus(tile.blockChannels());
    if (extent.chunk != Chunk.ALL) {
      consecutive(code, Index.var("x"), first, weights, sums);
      return;
    }
    if (tile.isPlanar()
        && sizes.get("tapRows") instanceof Index.Const(int high)
        && tapColumns instanceof Index.Const(int wide)
        && channels instanceof Index.Const(int count)) {
      planes(code, first, high, wide, count, weights, sums);
      return;
    }
    code.loop(
        "kh",
        sizes.get("tapRows"),
        (row, kh) -> {
          Index xr = row.define("xr", Index.var("x").plus(kh.times(sizes.get("xTapRow"))));
          Index rowTaps = tapColumns.times(channels);
          Index wr = row.define("wr", first.plus(kh.times(rowTaps).times(perTap)));
          row.loop(
              "kw",
              tapColumns,
              (column, kw) -> {
                Index xc = column.define("xc", xr.plus(kw.times(sizes.get("xTapColumn"))));
                Index wc = column.define("wc", wr.plus(kw.times(channels).times(perTap)));
                consecutive(column, xc, wc, weights, sums);
              });
        });
  }

  /**
   * The taps of a planar input, in one loop of as many planes a turn as the JIT compiler holds: of
   * two loops, it would check the bounds of each plane and pixel before the inner one.
   */
  private void planes(
      Code code,
      Index first,
      int high,
      int wide,
      int count,
      TapWeights weights,
      List<List<Vec.Ref>> sums) {
    int turns = turns(count, sums.stream().mapToInt(List::size).sum());
    int together = count / turns;
    code.loop(
        "t",
        Index.of(high * wide * turns),
        (turn, t) -> {
          Index tap = turn.define("tap", t.over(turns));
          Index plane = t.plus(tap.times(-turns)).times(together);
          Index row = turn.define("kh", tap.over(wide));
          Index column = turn.define("kw", tap.plus(row.times(-wide)));
          Index way = row.times(sizes.get("xTapRow")).plus(column.times(sizes.get("xTapColumn")));
          Index x = turn.define("xt", Index.var("x").plus(way).plus(tile.channel(sizes, plane)));
          Index w = turn.define("wt", first.plus(t.times(together * tile.tapFloats())));
          for (int k = 0; k < together; k++) {
            tap(turn, x, w, Index.of(k), weights, sums);
          }
        });
  }

  /** The turns for the planes of a tap, so that each has at most {@link #PLANAR_CODE} additions. */
  private static int turns(int planes, int sums) {
    int turns = 1;
    while (planes % turns != 0 || planes / turns * sums > Math.max(PLANAR_CODE, sums)) {
      turns++;
    }
    return turns;
  }

  /** The taps that are consecutive in the input. */
  private void consecutive(
      Code code, Index x, Index w, TapWeights weights, List<List<Vec.Ref>> sums) {
    Index taps = extent.chunk == Chunk.ALL ? sizes.get("channels") : Index.of(tile.depth());
    boolean alone = extent.chunk == Chunk.ALL && sizes.get("tapColumns").isConst(1);
    if (taps instanceof Index.Const(int count) && alone && ConvTile.isShort(count, sums.size())) {
      for (int k = 0; k < count; k++) {
        tap(code, x, w, Index.of(k), weights, sums);
      }
    } else if (tile.xBlocked() && isEven(taps)) {
      code.loop(
          "k",
          Index.of(0),
          taps,
          TOGETHER,
          (pair, k) -> {
            Index channel = pair.define("c", tile.channel(sizes, k));
            Index weight = w.plus(k.times(tile.tapFloats()));
            prefetch.prefetch(pair, k);
            for (int i = 0; i < TOGETHER; i++) {
              tap(pair, x.plus(channel), weight, Index.of(i), weights, sums);
            }
          });
    } else {
      code.loop("k", taps, (tap, k) -> tap(tap, x, w, k, weights, sums));
    }
  }

  private boolean isEven(Index taps) {
    return taps instanceof Index.Const(int count) ? count % TOGETHER == 0 : tile.sharesChannels();
  }

  private void tap(
      Code code, Index x, Index w, Index k, TapWeights reader, List<List<Vec.Ref>> sums) {
    List<Vec> weights = reader.read(code, w.plus(k.times(tile.tapFloats())));
    Index channel = code.define("c", tile.channel(sizes, k));
    for (int s = 0; s < sums.getFirst().size(); s++) {
      int inWindow = s % windowPixels;
      Index offset =
          offset("x", s / windowPixels)
              .plus(Index.of(inWindow / tile.poolWidth()).times(sizes.get("xConvRow")))
              .plus(Index.of(inWindow % tile.poolWidth()).times(sizes.get("xConvColumn")));
      Vec x0 = code.let("x" + s, new Vec.Broadcast(Memory.ARENA, x.plus(channel).plus(offset)));
      for (int v = 0; v < sums.size(); v++) {
        Vec.Ref sum = sums.get(v).get(s);
        code.assign(sum, new Vec.Fma(x0, weights.get(v), sum));
      }
    }
  }

  /** What happens to a vector of a window. */
  private interface Output {
    void write(int vector, int window);
  }

  private void each(Output output) {
    for (int v = 0; v < extent.vectors; v++) {
      for (int p = 0; p < windows(); p++) {
        output.write(v, p);
      }
    }
  }

  /** What the epilogue makes of the sums of a vector for window {@code p}. */
  private Vec result(Code code, List<Vec.Ref> sums, int vector, int p) {
    List<Vec.Ref> window = sums.subList(p * windowPixels, (p + 1) * windowPixels);
    Index row = Index.of(p / extent.columns);
    Index column = Index.of(p % extent.columns);
    Epilogue.Inputs inputs =
        tile.operands().at(sizes, Index::var, row, column, map -> channel(map, vector));
    return tile.epilogue().write(code, window, tile.pool(), inputs);
  }

  /** The way to a vector of an input of the epilogue. */
  private Index channel(String map, int vector) {
    Index channels = extent.isOpen() ? Index.var("lanes") : Index.of(extent.vectors * lanes);
    return tile.vectors(sizes, map, tile.operands().inside(map, vector, channels, lanes));
  }

  private void store(Code code, Vec result, int vector, int p) {
    code.store(output(vector, p), result, lanesOf(vector));
  }

  private Index output(int vector, int p) {
    Index way = tile.vectors(sizes, "y", Index.of(vector));
    return Index.var("y").plus(offset("y", p)).plus(way);
  }
}
