package io.tilebrew.engine.tile;

import io.tilebrew.engine.kernel.Index;
import io.tilebrew.engine.kernel.Memory;
import io.tilebrew.engine.kernel.Vec;
import io.tilebrew.engine.problem.Algorithm;
import java.util.ArrayList;
import java.util.List;
import java.util.function.IntFunction;

/**
 * Writes the procedures of a {@link WinogradTile} that transform one tile. Each goes along the
 * channels with the rows or the columns of a vector at a time, which fit the registers.
 */
final class WinogradStages {
  private final WinogradTile tile;
  private final Sizes sizes;
  private final int lanes;
  private final int inputs;
  private final int outputs;
  private final int pooled;

  WinogradStages(WinogradTile tile, Sizes sizes) {
    this.tile = tile;
    this.sizes = sizes;
    this.lanes = tile.product().lanes();
    this.inputs = tile.algorithm().inputs();
    this.outputs = tile.algorithm().outputs();
    this.pooled = tile.pooled();
  }

  /**
   * From a vector of channels of the inputs of a tile to the planes of a pair of rows: the columns
   * of the tile give these, so that all stays in registers.
   */
  void inputs(Code code, int pair) {
    Algorithm algorithm = tile.algorithm();
    List<Integer> rows = WinogradTransform.pair(algorithm, pair);
    List<List<Vec.Ref>> transformed =
        rows(
            code,
            2,
            j -> {
              Index column = Index.var("x").plus(sizes.get("xColumn").times(j));
              return WinogradTransform.inputs(code, algorithm, pair, i -> load(code, column, i));
            });
    for (int h = 0; h < 2; h++) {
      planes(code, transformed.get(h), rows.get(h));
    }
  }

  /** The {@code count} rows of elements that the columns of a tile give. */
  private List<List<Vec.Ref>> rows(Code code, int count, IntFunction<List<Vec>> column) {
    List<List<Vec.Ref>> rows = new ArrayList<>();
    for (int h = 0; h < count; h++) {
      rows.add(new ArrayList<>());
    }
    for (int j = 0; j < inputs; j++) {
      List<Vec> elements = column.apply(j);
      for (int h = 0; h < count; h++) {
        rows.get(h).add(code.let("t" + j, elements.get(h)));
      }
    }
    return rows;
  }

  private Vec.Ref load(Code code, Index column, int row) {
    Index at = column.plus(sizes.get("xRow").times(row));
    return code.let("d" + row, new Vec.Load(Memory.ARENA, at));
  }

  /** Transforms row {@code i} of transformed columns into its planes. */
  private void planes(Code code, List<Vec.Ref> columns, int i) {
    for (int pair = 0; pair < inputs / 2; pair++) {
      List<Vec> elements = WinogradTransform.inputs(code, tile.algorithm(), pair, columns::get);
      List<Integer> places = WinogradTransform.pair(tile.algorithm(), pair);
      for (int h = 0; h < 2; h++) {
        int plane = inputs * i + places.get(h);
        Index to = Index.var("v").plus(tile.plane(plane));
        code.store(to, elements.get(h), Index.of(lanes));
      }
    }
  }

  /**
   * From the planes of sums of a vector of channels to a row or two of outputs before the pooling,
   * of which at least one is inside the map: the columns of the tile give these, and they the
   * outputs, with the epilogue and the pooling.
   *
   * @param from the first of the rows
   * @param count the rows, as many as a pooling window has or twice that
   * @param inside the outputs of the tile that are inside the map
   */
  void outputs(Code code, int from, int count, WinogradTile.Inside inside) {
    List<List<Vec.Ref>> columns =
        rows(
            code,
            count,
            j ->
                WinogradTransform.outputs(
                    code, tile.algorithm(), from, from + count, i -> sum(code, inputs * i + j)));
    List<List<Vec.Ref>> rows = columns.stream().map(row -> sums(code, row)).toList();
    List<Output> results = new ArrayList<>();
    for (int h = 0; h < count; h += pooled) {
      results.addAll(results(code, (from + h) / pooled, rows.subList(h, h + pooled), inside));
    }
    results.reversed().forEach(result -> code.store(result.at, result.value, inside.last()));
  }

  private Vec.Ref sum(Code code, int plane) {
    Index at = Index.var("m").plus(tile.plane(plane));
    return code.let("m" + plane, new Vec.Load(Memory.ARENA, at));
  }

  /** The sums of a row of transformed columns. */
  private List<Vec.Ref> sums(Code code, List<Vec.Ref> columns) {
    return WinogradTransform.outputs(code, tile.algorithm(), 0, outputs, columns::get).stream()
        .map(sum -> code.let("a", sum))
        .toList();
  }

  /** An output and its place. */
  private record Output(Index at, Vec value) {}

  /**
   * Row {@code i} of the outputs of a tile. Those that are outside of the map have the place of the
   * last one inside, and must be stored before it.
   *
   * @param sums the rows of a pooling window
   */
  private List<Output> results(
      Code code, int i, List<List<Vec.Ref>> sums, WinogradTile.Inside inside) {
    Places start = Places.parameters(sizes, tile.outputMaps());
    Places row = start.step(code, "Row", within(Index.of(i), inside.rows()));
    List<Output> results = new ArrayList<>();
    for (int b = 0; b < outputs / pooled; b++) {
      List<Vec.Ref> window = new ArrayList<>();
      for (List<Vec.Ref> ofRow : sums) {
        window.addAll(ofRow.subList(b * pooled, (b + 1) * pooled));
      }
      Index pixel = within(Index.of(b), inside.columns());
      Epilogue.Inputs inputs =
          tile.operands().at(sizes, row::of, Index.of(0), pixel, map -> Index.of(0));
      Vec value = tile.epilogue().write(code, window, tile.pool(), inputs);
      Index at = row.of("y").plus(pixel.times(sizes.get("yColumn")));
      results.add(new Output(at, code.let("y", value)));
    }
    return results;
  }

  private static Index within(Index i, Index count) {
    return i.isConst(0) ? i : i.least(count.plus(-1));
  }
}
