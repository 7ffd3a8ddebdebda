package io.tilebrew.engine.tile;

import io.tilebrew.engine.kernel.Index;
import io.tilebrew.engine.kernel.Memory;
import io.tilebrew.engine.kernel.Procedure;
import io.tilebrew.engine.kernel.Program;
import io.tilebrew.engine.kernel.Statement;
import io.tilebrew.engine.kernel.Vec;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.IntStream;
import java.util.stream.Stream;

/**
 * Pixels made of some rows and some columns of another map: channels in the lanes. The weights hold
 * the {@link PixelTable} of the rows, then the one of the columns.
 *
 * <p>Each pixel is the sum over its columns, from 0 by fused multiply-add, of the sums over its
 * rows; where there is one tap it is a copy.
 *
 * @param lanes the floats in a vector
 * @param rowTaps the rows that a row is made of
 * @param columnTaps the columns that a column is made of
 */
record SampleTile(int lanes, int rowTaps, int columnTaps) implements Tile {
  /**
   * The sizes; {@code firstRow} is the number of the first row, {@code tableRows} how many rows the
   * table holds.
   */
  private static final List<String> SIZES =
      Stream.concat(Pixels.SIZES.stream(), Stream.of("firstRow", "tableRows")).toList();

  private static final List<String> ROW_SIZES =
      List.of("tableRows", "columns", "channels", "xPixel", "yPixel");
  private static final int MOST_VECTORS = 4;
  private static final int MOST_LOADS = 8;

  @Override
  public List<String> sizes() {
    return SIZES;
  }

  @Override
  public Program program(Sizes sizes) {
    List<String> parameters = sizes.parameters(SIZES);
    Code code = new Code(parameters);
    code.loop("n", sizes.get("images"), (image, n) -> image(image, n, sizes));
    Procedure main = new Procedure("sample", parameters, code.statements());
    return new Program(text(), lanes, SIZES, main, List.of(row(sizes)));
  }

  private String text() {
    return "sampling of %dx%d taps, %d lanes".formatted(rowTaps, columnTaps, lanes);
  }

  private void image(Code code, Index n, Sizes sizes) {
    Index x = code.define("xn", sizes.get("x").plus(n.times(sizes.get("xImage"))));
    Index y = code.define("yn", sizes.get("y").plus(n.times(sizes.get("yImage"))));
    code.loop(
        "r",
        sizes.get("rows"),
        (row, r) -> {
          Index entries = row.define("entries", r.plus(sizes.get("firstRow")).times(2 * rowTaps));
          List<Index> arguments = new ArrayList<>();
          for (int i = 0; i < rowTaps; i++) {
            Index place = new Index.Entry(entries.plus(i));
            arguments.add(row.define("x" + i, x.plus(place.times(sizes.get("xRow")))));
          }
          arguments.add(y.plus(r.times(sizes.get("yRow"))));
          arguments.add(entries.plus(rowTaps));
          sizes.parameters(ROW_SIZES).forEach(size -> arguments.add(Index.var(size)));
          row.call("row", arguments);
        });
  }

  private Procedure row(Sizes sizes) {
    List<String> parameters = new ArrayList<>();
    IntStream.range(0, rowTaps).forEach(i -> parameters.add("x" + i));
    parameters.addAll(List.of("y", "w"));
    parameters.addAll(sizes.parameters(ROW_SIZES));
    return new Procedure("row", parameters, row(sizes, parameters));
  }

  private List<Statement> row(Sizes sizes, List<String> parameters) {
    Code code = new Code(parameters);
    List<Vec> weights = weights(code, "v", Index.var("w"), rowTaps);
    Index table = code.define("table", sizes.get("tableRows").times(2 * rowTaps));
    code.loop(
        "c",
        sizes.get("columns"),
        (pixel, c) -> {
          Index entries = pixel.define("entries", table.plus(c.times(2 * columnTaps)));
          List<Vec> columnWeights = weights(pixel, "h", entries.plus(columnTaps), columnTaps);
          List<Index> columns = new ArrayList<>();
          for (int i = 0; i < columnTaps; i++) {
            Index place = new Index.Entry(entries.plus(i));
            columns.add(pixel.define("c" + i, place.times(sizes.get("xPixel"))));
          }
          Index y = pixel.define("yc", Index.var("y").plus(c.times(sizes.get("yPixel"))));
          int most = Math.clamp(MOST_LOADS / (rowTaps * columnTaps), 1, MOST_VECTORS);
          Vectors.each(
              pixel,
              sizes.get("channels"),
              lanes,
              most,
              (inner, offset, vectors, last) -> {
                for (int v = 0; v < vectors; v++) {
                  Index at = offset.plus(v * lanes);
                  Vec value = value(inner, at, columns, weights, columnWeights);
                  inner.store(y.plus(at), value, v == vectors - 1 ? last : Index.of(lanes));
                }
              });
        });
    return code.statements();
  }

  /** The weights at {@code at}; none for one tap. */
  private static List<Vec> weights(Code code, String name, Index at, int taps) {
    List<Vec> weights = new ArrayList<>();
    for (int i = 0; i < taps && taps > 1; i++) {
      weights.add(code.let(name + i, new Vec.Broadcast(Memory.WEIGHTS, at.plus(i))));
    }
    return weights;
  }

  private Vec value(
      Code code, Index at, List<Index> columns, List<Vec> rowWeights, List<Vec> columnWeights) {
    List<Vec> sums = new ArrayList<>();
    for (Index column : columns) {
      List<Vec> loads = new ArrayList<>();
      for (int i = 0; i < rowTaps; i++) {
        loads.add(new Vec.Load(Memory.ARENA, Index.var("x" + i).plus(column).plus(at)));
      }
      sums.add(code.let("s", sum(loads, rowWeights)));
    }
    return sum(sums, columnWeights);
  }

  private static Vec sum(List<Vec> values, List<Vec> weights) {
    if (weights.isEmpty()) {
      return values.getFirst();
    }
    Vec sum = new Vec.Splat(0);
    for (int i = 0; i < values.size(); i++) {
      sum = new Vec.Fma(weights.get(i), values.get(i), sum);
    }
    return sum;
  }
}
