package io.tilebrew.engine.tile;

import io.tilebrew.engine.kernel.Index;
import io.tilebrew.engine.kernel.Memory;
import io.tilebrew.engine.kernel.Procedure;
import io.tilebrew.engine.kernel.Program;
import io.tilebrew.engine.kernel.Vec;
import io.tilebrew.engine.problem.Pool;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/**
 * The direct convolution of a map of one channel, with the pixels of a row in the lanes: where an
 * output has few channels, these would leave most lanes empty.
 *
 * <p>A tile is some channels of so many rows as a pooling window has. Its sums, of which the
 * maximum of each column is taken, go to a row of scratch for each channel; when a row of all
 * channels is there, its pixels are put together and the columns of a window pooled. The last tile
 * of a row and the last one of the channels overlap the one before, so that all are of one size. If
 * the output is planar, the columns are pooled in registers, and there is no scratch.
 *
 * @param lanes the floats in a vector
 * @param channels the output channels of a tile
 * @param vectors the vectors of a row in a tile
 * @param pool a pooling by maxima whose windows lie side by side, or null; of one column or two if
 *     the output is planar
 * @param epilogue what becomes of a sum; it reads no maps
 * @param isPlanar whether each channel of the output is a plane
 */
record PixelTile(
    int lanes, int channels, int vectors, @Nullable Pool pool, Epilogue epilogue, boolean isPlanar)
    implements Tile {
  /**
   * The sizes. The places are {@code x}, the first input that the first output reads, {@code y},
   * {@code w}, the bias of the first channel, and {@code s}, the scratch. Tiles begin at the column
   * {@code lastStrip} of the convolution and at the channel {@code lastBlock} at most; {@code
   * second} leads from a vector of a row to the next one. {@code xRow} leads from one output row's
   * input to the next one's, {@code xConvRow} likewise between the rows inside a pooling window,
   * {@code sRow} from the row of one channel to that of the next. A planar output has no {@code s},
   * and {@code sRow} is the distance of its planes.
   */
  private static final List<String> SIZES =
      List.of(
          "w",
          "x",
          "y",
          "s",
          "images",
          "xImage",
          "yImage",
          "rows",
          "columns",
          "maps",
          "xRow",
          "yRow",
          "yColumn",
          "sRow",
          "blocks",
          "lastBlock",
          "strips",
          "lastStrip",
          "second",
          "xConvRow",
          "tapRows",
          "tapColumns",
          "xTapRow",
          "xTapColumn");

  private static final List<String> SUM_SIZES =
      List.of(
          "maps", "sRow", "second", "xConvRow", "tapRows", "tapColumns", "xTapRow", "xTapColumn");

  private static final List<String> PIXEL_SIZES = List.of("columns", "maps", "sRow", "yColumn");

  @Override
  public List<String> sizes() {
    return SIZES;
  }

  @Override
  public PixelTile generic() {
    return new PixelTile(lanes, channels, vectors, pool, epilogue.generic(), isPlanar);
  }

  /** The rows of a pooling window, 1 without a pooling. */
  int poolHeight() {
    return pool == null ? 1 : pool.window().kernelHeight();
  }

  /** The columns of a pooling window, 1 without a pooling. */
  int poolWidth() {
    return pool == null ? 1 : pool.window().kernelWidth();
  }

  private String text() {
    return "direct %dx%d%s by pixels, %d lanes"
        .formatted(
            channels,
            vectors,
            pool == null ? "" : " of %dx%d".formatted(poolHeight(), poolWidth()),
            lanes);
  }

  @Override
  public Program program(Sizes sizes) {
    return new Writer(this, sizes).program();
  }

  private static final class Writer {
    private final PixelTile tile;
    private final Sizes sizes;
    private final int lanes;

    Writer(PixelTile tile, Sizes sizes) {
      this.tile = tile;
      this.sizes = sizes;
      this.lanes = tile.lanes;
    }

    Program program() {
      List<String> parameters = sizes.parameters(SIZES);
      Code code = new Code(parameters);
      Places.start(sizes, List.of("x", "y")).eachRow(code, this::row);
      Procedure main = new Procedure("convolve", parameters, code.statements());
      List<Procedure> procedures = tile.isPlanar ? List.of(sums()) : List.of(sums(), pixels());
      return new Program(tile.text(), lanes, SIZES, main, procedures);
    }

    private void row(Code code, Places at) {
      code.loop(
          "b",
          sizes.get("blocks"),
          (perBlock, b) -> {
            Index first = b.times(tile.channels).least(sizes.get("lastBlock"));
            Index map = perBlock.define("map", first);
            strips(perBlock, at, map);
          });
      if (!tile.isPlanar) {
        call(code, "pixels", List.of(sizes.get("s"), at.of("y")), PIXEL_SIZES);
      }
    }

    /** A row of the channels from {@code map} on. */
    private void strips(Code code, Places at, Index map) {
      code.loop(
          "k",
          sizes.get("strips"),
          (perStrip, k) -> {
            Index first = k.times(tile.vectors * lanes).least(sizes.get("lastStrip"));
            Index column = perStrip.define("column", first);
            Index row = tile.isPlanar ? at.of("y") : sizes.get("s");
            Index s = row.plus(map.times(sizes.get("sRow"))).plus(column.over(perStore()));
            List<Index> places = List.of(sizes.get("w").plus(map), at.of("x").plus(column), s);
            call(perStrip, "sums", places, SUM_SIZES);
          });
    }

    /** The columns of which one is stored: a pooling window's if they are pooled in registers. */
    private int perStore() {
      return tile.isPlanar ? tile.poolWidth() : 1;
    }

    private void call(Code code, String name, List<Index> places, List<String> needed) {
      List<Index> arguments = new ArrayList<>(places);
      sizes.parameters(needed).forEach(size -> arguments.add(Index.var(size)));
      code.call(name, arguments);
    }

    private List<String> parameters(List<String> places, List<String> needed) {
      return Stream.concat(places.stream(), sizes.parameters(needed).stream()).toList();
    }

    /** The procedure that makes a tile. */
    private Procedure sums() {
      List<String> parameters = parameters(List.of("w", "x", "s"), SUM_SIZES);
      Code code = new Code(parameters);
      List<List<Vec.Ref>> sums = new ArrayList<>();
      for (int c = 0; c < tile.channels; c++) {
        Vec bias = new Vec.Broadcast(Memory.WEIGHTS, Index.var("w").plus(c));
        List<Vec.Ref> ofChannel = new ArrayList<>();
        for (int i = 0; i < tile.poolHeight() * tile.vectors; i++) {
          ofChannel.add(code.let("a%d_%d".formatted(c, i), bias));
        }
        sums.add(ofChannel);
      }
      taps(code, sums);
      for (int c = 0; c < tile.channels; c++) {
        for (int v = 0; v < tile.vectors; v++) {
          store(code, sums.get(c), c, v);
        }
      }
      return new Procedure("sums", parameters, code.statements());
    }

    private void taps(Code code, List<List<Vec.Ref>> sums) {
      Index rows = sizes.get("tapRows");
      Index columns = sizes.get("tapColumns");
      if (rows instanceof Index.Const(int high) && columns instanceof Index.Const(int wide)) {
        code.loop(
            "t",
            Index.of(high * wide),
            (tap, t) -> tap(tap, t, tap.define("kh", t.over(wide)), Index.of(-wide), sums));
        return;
      }
      code.loop(
          "kh",
          rows,
          (row, kh) -> {
            Index before = row.define("before", kh.times(columns));
            row.loop(
                "kw", columns, (tap, kw) -> tap(tap, before.plus(kw), kh, columns.times(-1), sums));
          });
    }

    /**
     * Adds the products of tap {@code t}, which is in row {@code kh} of the window.
     *
     * @param back the taps from the end of a row to its start
     */
    private void tap(Code code, Index t, Index kh, Index back, List<List<Vec.Ref>> sums) {
      Index column = code.define("kw", t.plus(kh.times(back)));
      Index way = kh.times(sizes.get("xTapRow")).plus(column.times(sizes.get("xTapColumn")));
      Index x = code.define("xt", Index.var("x").plus(way));
      List<Vec.Ref> pixels = new ArrayList<>();
      for (int i = 0; i < tile.poolHeight() * tile.vectors; i++) {
        Index at =
            x.plus(sizes.get("xConvRow").times(i / tile.vectors))
                .plus(sizes.get("second").times(i % tile.vectors));
        pixels.add(code.let("x" + i, new Vec.Load(Memory.ARENA, at)));
      }
      Index w = Index.var("w").plus(t.plus(1).times(sizes.get("maps")));
      for (int c = 0; c < tile.channels; c++) {
        Vec weight = code.let("w" + c, new Vec.Broadcast(Memory.WEIGHTS, w.plus(c)));
        for (int i = 0; i < pixels.size(); i++) {
          Vec.Ref sum = sums.get(c).get(i);
          code.assign(sum, new Vec.Fma(pixels.get(i), weight, sum));
        }
      }
    }

    /** Stores what becomes of vector {@code v} of the rows of channel {@code c}. */
    private void store(Code code, List<Vec.Ref> sums, int c, int v) {
      List<Vec.Ref> window = new ArrayList<>();
      for (int row = 0; row < tile.poolHeight(); row++) {
        window.add(sums.get(row * tile.vectors + v));
      }
      Epilogue.Inputs none =
          index -> {
            throw new AssertionError(index);
          };
      Vec result = tile.epilogue.write(code, window, tile.pool, none);
      Index way = sizes.get("second").times(v).over(perStore());
      Index at = Index.var("s").plus(sizes.get("sRow").times(c)).plus(way);
      code.store(at, columns(code, result, "c%d_%d".formatted(c, v)), Index.of(lanes / perStore()));
    }

    /** The maxima of each two lanes, if that is what is stored; those of the upper half again. */
    private Vec columns(Code code, Vec row, String name) {
      if (perStore() == 1) {
        return row;
      }
      Vec.Ref all = code.let(name, row);
      Vec.Ref first = code.let(name + "even", new Vec.EverySecond(all, 0));
      Vec.Ref second = code.let(name + "odd", new Vec.EverySecond(all, 1));
      return tile.epilogue.greatest(first, second);
    }

    /** The procedure that puts the pixels of a row together. */
    private Procedure pixels() {
      List<String> parameters = parameters(List.of("s", "y"), PIXEL_SIZES);
      Code code = new Code(parameters);
      code.loop(
          "p",
          sizes.get("columns"),
          (perPixel, p) -> {
            Index from = Index.var("s").plus(p.times(tile.poolWidth()));
            Index to = Index.var("y").plus(p.times(sizes.get("yColumn")));
            if (sizes.get("maps") instanceof Index.Const(int maps) && maps <= tile.channels) {
              for (int c = 0; c < maps; c++) {
                pixel(perPixel, from, to, Index.of(c));
              }
            } else {
              perPixel.loop("c", sizes.get("maps"), (inner, c) -> pixel(inner, from, to, c));
            }
          });
      return new Procedure("pixels", parameters, code.statements());
    }

    private void pixel(Code code, Index from, Index to, Index c) {
      Index start = from.plus(c.times(sizes.get("sRow")));
      Vec result = new Vec.Broadcast(Memory.ARENA, start);
      for (int column = 1; column < tile.poolWidth(); column++) {
        Vec next = new Vec.Broadcast(Memory.ARENA, start.plus(column));
        result = tile.epilogue.greatest(result, next);
      }
      code.store(to.plus(c), result, Index.of(1));
    }
  }
}
