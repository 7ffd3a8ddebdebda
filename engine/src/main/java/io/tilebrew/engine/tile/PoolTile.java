package io.tilebrew.engine.tile;

import io.tilebrew.engine.kernel.Index;
import io.tilebrew.engine.kernel.Memory;
import io.tilebrew.engine.kernel.Procedure;
import io.tilebrew.engine.kernel.Program;
import io.tilebrew.engine.kernel.Statement;
import io.tilebrew.engine.kernel.Vec;
import io.tilebrew.engine.problem.Pool;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.stream.IntStream;

/**
 * Pooling over feature maps, NHWC or in blocks of channels: channels in the lanes. Windows are
 * clipped to the input, so the halo is never read.
 *
 * @param lanes the floats in a vector
 * @param kind what becomes of a window
 * @param rectified whether no element has a sign, unless it is NaN, so that whole windows may
 *     compare bits
 * @param dilationHeight rows between two neighbouring taps
 * @param dilationWidth columns between two neighbouring taps
 */
public record PoolTile(
    int lanes, Pool.Kind kind, boolean rectified, int dilationHeight, int dilationWidth)
    implements Tile {
  /**
   * The sizes. {@code x} is the pixel (0,0) of the input, {@code y} pixel ({@code firstRow},0) of
   * the output; there are {@code blocks} blocks of {@code channels}; {@code bottom} and {@code
   * right} are the ends of the padded input.
   */
  private static final List<String> SIZES =
      List.of(
          "x",
          "y",
          "images",
          "xImage",
          "yImage",
          "blocks",
          "xVector",
          "yVector",
          "firstRow",
          "rows",
          "columns",
          "channels",
          "height",
          "width",
          "bottom",
          "right",
          "xRow",
          "xPixel",
          "yRow",
          "yPixel",
          "kernelHeight",
          "kernelWidth",
          "strideHeight",
          "strideWidth",
          "padTop",
          "padLeft");

  private static final int MOST_VECTORS = 4;
  private static final int MOST_UNROLLED = 8;
  private static final int MOST_TAPS = 16;

  /** The windows of a maximum that are reduced together, and the columns that they may cover. */
  private static final int MOST_WINDOWS = 4;

  private static final int MOST_COLUMNS = 10;

  @Override
  public List<String> sizes() {
    return SIZES;
  }

  @Override
  public Program program(Sizes sizes) {
    return new Writer(this, sizes).program();
  }

  /**
   * The taps of a window on one axis that lie inside the input: the element that the first one
   * meets, how many they are, and how many count for a mean.
   */
  private record Taps(Index first, Index inside, Index counted) {}

  private static final class Writer {
    private final PoolTile tile;
    private final Sizes sizes;
    private final Map<String, Procedure> procedures = new LinkedHashMap<>();

    Writer(PoolTile tile, Sizes sizes) {
      this.tile = tile;
      this.sizes = sizes;
    }

    Program program() {
      List<String> parameters = sizes.parameters(SIZES);
      Code code = new Code(parameters);
      Places start = Places.start(sizes, List.of("x", "y"));
      start.each(
          code,
          "n",
          "images",
          "Image",
          (perImage, image) -> image.each(perImage, "b", "blocks", "Vector", this::block));
      Procedure main = new Procedure("pool", parameters, code.statements());
      String text = "pooling, %d lanes".formatted(tile.lanes);
      return new Program(text, tile.lanes, SIZES, main, List.copyOf(procedures.values()));
    }

    private void block(Code code, Places block) {
      Index x = block.of("x");
      Index y = block.of("y");
      code.loop(
          "r",
          sizes.get("rows"),
          (row, r) -> {
            Index at = r.plus(sizes.get("firstRow"));
            Taps taps =
                taps(row, "h", at, "strideHeight", "padTop", "kernelHeight", "height", "bottom");
            Index xr = row.define("xr", x.plus(taps.first.times(sizes.get("xRow"))));
            Index yr = row.define("yr", y.plus(r.times(sizes.get("yRow"))));
            row(row, xr, yr, taps);
          });
    }

    private Taps taps(
        Code code,
        String a,
        Index at,
        String stride,
        String pad,
        String kernel,
        String size,
        String end) {
      Index first =
          code.define("i" + a, at.times(sizes.get(stride)).plus(sizes.get(pad).times(-1)));
      int dilation = a.equals("h") ? tile.dilationHeight : tile.dilationWidth;
      Index taps = sizes.get(kernel);
      Index skipped = code.define("s" + a, before(Index.of(0), first, dilation, taps));
      Index from = code.define("f" + a, first.plus(skipped.times(dilation)));
      Index reached = before(sizes.get(size), first, dilation, taps);
      Index inside = code.define("n" + a, reached.plus(skipped.times(-1)));
      Index counted =
          switch (tile.kind) {
            case MAX, AVERAGE, L1, L2 -> inside;
            case AVERAGE_PADDED ->
                code.define("p" + a, before(sizes.get(end), first, dilation, taps));
          };
      return new Taps(from, inside, counted);
    }

    /** How many of {@code taps}, the first at {@code first}, lie before {@code end}. */
    private static Index before(Index end, Index first, int dilation, Index taps) {
      Index distance = end.plus(first.times(-1)).plus(dilation - 1);
      return distance.greatest(Index.of(0)).over(dilation).least(taps);
    }

    private void row(Code code, Index xr, Index yr, Taps rows) {
      int[] interior = interior();
      if (interior.length == 0) {
        columns(code, Index.of(0), sizes.get("columns"), xr, yr, rows, false);
        return;
      }
      Index from = Index.of(interior[0]);
      Index to = Index.of(interior[1]);
      columns(code, Index.of(0), from, xr, yr, rows, false);
      columns(code, to, sizes.get("columns"), xr, yr, rows, false);
      if (sizes.get("kernelHeight") instanceof Index.Const(int height)
          && sizes.get("kernelWidth") instanceof Index.Const(int width)
          && height * width <= MOST_TAPS) {
        Index whole = code.define("whole", rows.inside.over(height));
        code.loop(
            "i",
            whole,
            (inner, i) -> wholeWindows(inner, interior[0], interior[1], xr, yr, height, width));
        Index clipped = Index.of(1).plus(whole.times(-1));
        code.loop("i", clipped, (inner, i) -> columns(inner, from, to, xr, yr, rows, true));
      } else {
        columns(code, from, to, xr, yr, rows, true);
      }
    }

    /** The windows of columns {@code from} to {@code to}, all inside the input. */
    private void wholeWindows(
        Code code, int from, int to, Index xr, Index yr, int height, int width) {
      Index first = sizes.get("padLeft").times(-1);
      Segment.each(
          code,
          "c",
          Index.of(to - from),
          mostWindows(width),
          (inner, i, windows) -> {
            Index c = i.plus(from);
            Index column = c.times(sizes.get("strideWidth")).plus(first);
            Index x = inner.define("xc", xr.plus(column.times(sizes.get("xPixel"))));
            Index y = inner.define("yc", yr.plus(c.times(sizes.get("yPixel"))));
            List<String> strides =
                sizes.parameters(List.of("xRow", "xPixel", "yPixel", "channels"));
            List<Index> arguments = new ArrayList<>(List.of(x, y));
            strides.forEach(stride -> arguments.add(Index.var(stride)));
            String name = "whole" + windows;
            inner.call(name, arguments);
            procedures.computeIfAbsent(
                name,
                k ->
                    tile.kind == Pool.Kind.MAX
                        ? maxima(name, strides, windows, height, width)
                        : wholeWindow(name, strides, height, width));
          });
    }

    /** The windows that are reduced together: those of a maximum have columns in common. */
    private int mostWindows(int width) {
      int span = (width - 1) * tile.dilationWidth + 1;
      int fitting = 1 + Math.max(0, MOST_COLUMNS - span) / sizes.literal("strideWidth");
      return tile.kind == Pool.Kind.MAX ? Math.min(fitting, MOST_WINDOWS) : 1;
    }

    /** Windows side by side, along all channels: the maxima of columns, then those of windows. */
    private Procedure maxima(
        String name, List<String> strides, int windows, int height, int width) {
      return whole(
          name,
          strides,
          (body, c, lanes) -> {
            Map<Integer, Vec.Ref> columns = new HashMap<>();
            for (int i = 0; i < windows; i++) {
              List<Vec> taps = new ArrayList<>();
              for (int kw = 0; kw < width; kw++) {
                int column = i * sizes.literal("strideWidth") + kw * tile.dilationWidth;
                Index x = Index.var("x").plus(c).plus(sizes.get("xPixel").times(column));
                taps.add(columns.computeIfAbsent(column, k -> column(body, x, height)));
              }
              Index y = Index.var("y").plus(c).plus(sizes.get("yPixel").times(i));
              body.store(y, taps.stream().reduce(this::max).orElseThrow(), lanes);
            }
          });
    }

    /** The maximum of the taps of a column. */
    private Vec.Ref column(Code code, Index x, int height) {
      Index row = sizes.get("xRow").times(tile.dilationHeight);
      return IntStream.range(0, height)
          .mapToObj(kh -> code.let("x" + kh, new Vec.Load(Memory.ARENA, x.plus(row.times(kh)))))
          .reduce((a, b) -> code.let("a", max(a, b)))
          .orElseThrow();
    }

    private Vec max(Vec a, Vec b) {
      return tile.rectified ? Vec.umax(a, b) : Vec.max(a, b);
    }

    /** A window with its taps written out, along all channels. */
    private Procedure wholeWindow(String name, List<String> strides, int height, int width) {
      return whole(
          name,
          strides,
          (body, c, lanes) -> {
            Vec.Ref sum = body.let("a0", start());
            for (int tap = 0; tap < height * width; tap++) {
              Index row = sizes.get("xRow").times(tap / width * tile.dilationHeight);
              Index column = sizes.get("xPixel").times(tap % width * tile.dilationWidth);
              tap(body, Index.var("x").plus(c).plus(row).plus(column), List.of(sum));
            }
            Index count = Index.of(height * width);
            body.store(Index.var("y").plus(c), result(sum, count), lanes);
          });
    }

    /** What happens to the vector of channels from {@code channel} on. */
    private interface VectorBody {
      void write(Code code, Index channel, Index lanes);
    }

    private Procedure whole(String name, List<String> strides, VectorBody body) {
      List<String> parameters = new ArrayList<>(List.of("x", "y"));
      parameters.addAll(strides);
      Code code = new Code(parameters);
      Vectors.each(
          code,
          sizes.get("channels"),
          tile.lanes,
          1,
          (inner, c, vectors, lanes) -> body.write(inner, c, lanes));
      return new Procedure(name, parameters, code.statements());
    }

    /**
     * The columns whose windows lie inside the input, if there are any and that is known and worth
     * code of its own.
     */
    private int[] interior() {
      if (sizes.get("columns") instanceof Index.Const(int columns)
          && sizes.get("strideWidth") instanceof Index.Const(int stride)
          && sizes.get("padLeft") instanceof Index.Const(int pad)
          && sizes.get("width") instanceof Index.Const(int width)
          && sizes.get("kernelWidth") instanceof Index.Const(int kernel)
          && kernel <= MOST_UNROLLED) {
        int from = Math.min(columns, Math.ceilDiv(pad, stride));
        int span = (kernel - 1) * tile.dilationWidth + 1;
        int to = Math.clamp(Math.floorDiv(width + pad - span, stride) + 1L, from, columns);
        return from < to ? new int[] {from, to} : new int[0];
      }
      return new int[0];
    }

    private void columns(
        Code code, Index from, Index to, Index xr, Index yr, Taps rows, boolean inside) {
      code.loop(
          "c",
          from,
          to,
          1,
          (inner, c) -> {
            Taps taps =
                taps(inner, "w", c, "strideWidth", "padLeft", "kernelWidth", "width", "right");
            Index x = inner.define("xc", xr.plus(taps.first.times(sizes.get("xPixel"))));
            Index y = inner.define("yc", yr.plus(c.times(sizes.get("yPixel"))));
            Index count = inner.define("count", rows.counted.times(taps.counted));
            Vectors.each(
                inner,
                sizes.get("channels"),
                tile.lanes,
                MOST_VECTORS,
                (body, offset, vectors, lanes) ->
                    window(
                        body,
                        x.plus(offset),
                        y.plus(offset),
                        rows.inside,
                        taps.inside,
                        count,
                        vectors,
                        lanes,
                        inside));
          });
    }

    private void window(
        Code code,
        Index x,
        Index y,
        Index rows,
        Index columns,
        Index count,
        int vectors,
        Index lanes,
        boolean inside) {
      boolean whole = lanes.isConst(tile.lanes);
      String name = "window" + vectors + (inside ? "inside" : "") + (whole ? "" : "tail");
      List<Index> arguments = new ArrayList<>(List.of(x, y, rows, columns, count, lanes));
      List<String> strides = sizes.parameters(List.of("xRow", "xPixel"));
      strides.forEach(s -> arguments.add(Index.var(s)));
      code.call(name, arguments);
      procedures.computeIfAbsent(
          name,
          k -> {
            List<String> parameters =
                new ArrayList<>(List.of("x", "y", "rows", "columns", "count", "lanes"));
            parameters.addAll(strides);
            Index last = lanes instanceof Index.Const ? lanes : Index.var("lanes");
            return new Procedure(name, parameters, reduction(parameters, vectors, last, inside));
          });
    }

    private List<Statement> reduction(
        List<String> parameters, int vectors, Index lanes, boolean inside) {
      Code code = new Code(parameters);
      List<Vec.Ref> sums = new ArrayList<>();
      for (int v = 0; v < vectors; v++) {
        sums.add(code.let("a" + v, start()));
      }
      code.loop(
          "kh",
          Index.var("rows"),
          (row, kh) -> {
            Index tapRow = sizes.get("xRow").times(tile.dilationHeight);
            Index tapColumn = sizes.get("xPixel").times(tile.dilationWidth);
            Index xr = row.define("xr", Index.var("x").plus(kh.times(tapRow)));
            if (inside && sizes.get("kernelWidth") instanceof Index.Const(int kernel)) {
              for (int kw = 0; kw < kernel; kw++) {
                tap(row, xr.plus(tapColumn.times(kw)), sums);
              }
            } else {
              row.loop(
                  "kw",
                  Index.var("columns"),
                  (tap, kw) -> tap(tap, xr.plus(kw.times(tapColumn)), sums));
            }
          });
      for (int v = 0; v < vectors; v++) {
        Vec result = result(sums.get(v), Index.var("count"));
        code.store(
            Index.var("y").plus(v * tile.lanes),
            result,
            v == vectors - 1 ? lanes : Index.of(tile.lanes));
      }
      return code.statements();
    }

    private Vec start() {
      return new Vec.Splat(tile.kind == Pool.Kind.MAX ? Float.NEGATIVE_INFINITY : 0);
    }

    private Vec result(Vec.Ref sum, Index count) {
      return switch (tile.kind) {
        case MAX, L1 -> sum;
        case AVERAGE, AVERAGE_PADDED -> Vec.div(sum, new Vec.FromIndex(count));
        case L2 -> new Vec.Apply(Vec.Mapping.SQRT, sum);
      };
    }

    private void tap(Code code, Index at, List<Vec.Ref> sums) {
      for (int v = 0; v < sums.size(); v++) {
        Vec.Ref sum = sums.get(v);
        Vec.Ref x = code.let("x" + v, new Vec.Load(Memory.ARENA, at.plus(v * tile.lanes)));
        code.assign(
            sum,
            switch (tile.kind) {
              case MAX -> Vec.max(sum, x);
              case AVERAGE, AVERAGE_PADDED -> Vec.add(sum, x);
              case L1 -> Vec.add(sum, new Vec.Apply(Vec.Mapping.ABS, x));
              case L2 -> new Vec.Fma(x, x, sum);
            });
      }
    }
  }
}
