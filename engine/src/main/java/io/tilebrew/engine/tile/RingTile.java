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
import java.util.stream.Stream;

/**
 * A convolution and the pooling of its rows, which stay in a few rows of scratch.
 *
 * <p>The rows of the result are made by chunks. Of the rows that the windows of a chunk meet, the
 * scratch holds those that the chunk before met, too; they move to its start, the convolution
 * appends the others, and the pooling reads all of them.
 *
 * @param convolution the kernel of the convolution, which goes row by row
 * @param operands the maps that the epilogue of the convolution reads
 * @param pooling the kernel of the pooling
 * @param rows the rows of scratch
 * @param lanes the floats in a vector
 */
record RingTile(Tile convolution, List<String> operands, Tile pooling, int rows, int lanes)
    implements Tile {
  /** What the names of the sizes of the convolution begin with. */
  static final String CONVOLUTION = "conv_";

  /** What the names of the sizes of the pooling begin with. */
  static final String POOLING = "pool_";

  /**
   * The sizes beside those of the two: the kernel makes {@code pool_rows} rows from {@code
   * pool_firstRow} on by {@code chunks} chunks of {@code chunk}, the last of them perhaps smaller;
   * a window spans {@code span} rows.
   */
  private static final List<String> SIZES = List.of("chunk", "chunks", "span");

  /** The names of the sizes; {@code conv_y} and {@code pool_x} are the place of the scratch. */
  @Override
  public List<String> sizes() {
    return Stream.of(
            convolution.sizes().stream().map(CONVOLUTION::concat),
            pooling.sizes().stream().map(POOLING::concat),
            SIZES.stream())
        .flatMap(s -> s)
        .toList();
  }

  @Override
  public RingTile generic() {
    return new RingTile(convolution.generic(), operands, pooling.generic(), rows, lanes);
  }

  @Override
  public RingTile shared() {
    return new RingTile(convolution.shared(), operands, pooling.shared(), rows, lanes);
  }

  @Override
  public Program program(Sizes sizes) {
    return new Writer(this, sizes).program();
  }

  private static final class Writer {
    private final RingTile tile;
    private final Sizes sizes;
    private final List<Procedure> procedures = new ArrayList<>();
    private final List<String> steps = new ArrayList<>();

    Writer(RingTile tile, Sizes sizes) {
      this.tile = tile;
      this.sizes = sizes;
    }

    private Index conv(String name) {
      return sizes.get(CONVOLUTION + name);
    }

    private Index pool(String name) {
      return sizes.get(POOLING + name);
    }

    Program program() {
      List<String> names = tile.sizes();
      List<String> parameters = sizes.parameters(names);
      Code code = new Code(parameters);
      code.loop(
          "n",
          pool("images"),
          (image, n) -> image.loop("k", sizes.get("chunks"), (chunk, k) -> chunk(chunk, n, k)));
      Procedure main = new Procedure("convolveAndPool", parameters, code.statements());
      String text = "%s, a ring of %d rows, %s".formatted(steps.get(0), tile.rows, steps.get(1));
      return new Program(text, tile.lanes, names, main, procedures);
    }

    /** Rows of the convolution, of which the scratch holds those from {@code first} on. */
    private record Rows(Index first, Index end) {}

    private void chunk(Code code, Index n, Index k) {
      Index done = code.define("done", k.times(sizes.get("chunk")));
      Index row = code.define("row", done.plus(pool("firstRow")));
      Index left = pool("rows").plus(done.times(-1));
      Index count = code.define("count", left.least(sizes.get("chunk")));
      Rows now = met(code, "", row, count);
      Rows before = met(code, "Before", row.plus(sizes.get("chunk").times(-1)), sizes.get("chunk"));
      Index shared = before.end.plus(now.first.times(-1)).greatest(Index.of(0));
      Index kept = code.define("kept", shared.times(k.least(Index.of(1))));
      move(code, now.first.plus(before.first.times(-1)), kept);
      convolve(code, n, now, kept);
      pool(code, n, done, row, count, now);
    }

    /** The rows that the windows of {@code count} rows from {@code row} on meet. */
    private Rows met(Code code, String name, Index row, Index count) {
      Index top = pool("padTop").times(-1);
      Index first = row.times(pool("strideHeight")).plus(top).greatest(Index.of(0));
      Index last = row.plus(count).plus(-1).times(pool("strideHeight")).plus(top);
      Index end = last.plus(sizes.get("span")).least(pool("height"));
      return new Rows(code.define("first" + name, first), code.define("end" + name, end));
    }

    /**
     * Moves {@code count} rows of each block of the scratch, of which {@code from} is the first, to
     * the start of the block.
     */
    private void move(Code code, Index from, Index count) {
      Index way = code.define("way", from.times(conv("yRow")));
      Index floats = code.define("moved", count.times(conv("yRow")));
      code.loop(
          "b",
          pool("blocks"),
          (block, b) -> {
            Index to = block.define("start", conv("y").plus(b.times(pool("xVector"))));
            block.loop(
                "v",
                Index.of(0),
                floats,
                tile.lanes,
                (inner, v) -> {
                  Vec row = new Vec.Load(Memory.ARENA, to.plus(way).plus(v));
                  inner.store(to.plus(v), row, Index.of(tile.lanes));
                });
          });
    }

    private void convolve(Code code, Index n, Rows now, Index kept) {
      Map<String, Index> own = own(CONVOLUTION, tile.convolution);
      Index row = code.define("next", now.first.plus(kept));
      for (String map : Stream.concat(Stream.of("x"), tile.operands.stream()).toList()) {
        Index image = conv(map).plus(n.times(conv(map + "Image")));
        own.put(map, image.plus(row.times(conv(map + "Row"))));
      }
      own.put("y", conv("y").plus(kept.times(conv("yRow"))));
      own.put("rows", now.end.plus(row.times(-1)));
      call(code, tile.convolution, own);
    }

    private void pool(Code code, Index n, Index done, Index row, Index count, Rows now) {
      Map<String, Index> own = own(POOLING, tile.pooling);
      own.put("x", pool("x").plus(now.first.times(pool("xRow")).times(-1)));
      Index image = pool("y").plus(n.times(pool("yImage")));
      own.put("y", image.plus(done.times(pool("yRow"))));
      own.put("firstRow", row);
      own.put("rows", count);
      call(code, tile.pooling, own);
    }

    /** The sizes of one of the two, which runs for one image. */
    private Map<String, Index> own(String prefix, Tile part) {
      Map<String, Index> own = new LinkedHashMap<>();
      part.sizes().forEach(name -> own.put(name, sizes.get(prefix + name)));
      own.put("images", Index.of(1));
      return own;
    }

    private void call(Code code, Tile part, Map<String, Index> own) {
      Program called = part.program(Sizes.of(part.sizes(), own));
      procedures.addAll(called.procedures());
      procedures.add(called.main());
      steps.add(called.name());
      code.call(called.main().name(), called.main().parameters().stream().map(own::get).toList());
    }
  }
}
