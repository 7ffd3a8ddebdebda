package io.tilebrew.engine.tile;

import io.tilebrew.engine.kernel.Index;
import io.tilebrew.engine.kernel.Memory;
import io.tilebrew.engine.kernel.Vec;
import io.tilebrew.engine.problem.Algorithm;
import java.util.ArrayList;
import java.util.List;

/**
 * Writes the procedures of a {@link WinogradTile} that transform one tile of a vector of channels
 * by parts that fit the registers and are little enough code for the JIT compilers.
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
    List<List<Vec.Ref>> transformed = List.of(new ArrayList<>(), new ArrayList<>());
    for (int j = 0; j < inputs; j++) {
      Index column = Index.var("x").plus(sizes.get("xColumn").times(j));
      List<Vec> elements =
          WinogradTransform.inputs(code, algorithm, pair, i -> load(code, column, i));
      for (int h = 0; h < 2; h++) {
        transformed.get(h).add(code.let("t" + j, elements.get(h)));
      }
    }
    for (int h = 0; h < 2; h++) {
      planes(code, transformed.get(h), rows.get(h));
    }
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
        Index to = Index.var("v").plus(sizes.get("vPlane").times(plane));
        code.store(to, elements.get(h), Index.of(lanes));
      }
    }
  }

  /** The sums of a row or column of a tile, whose planes are {@code step} apart. */
  private List<Vec.Ref> sums(Code code, Index first, int step) {
    List<Vec.Ref> elements = new ArrayList<>();
    for (int i = 0; i < inputs; i++) {
      Index at = first.plus(sizes.get("mPlane").times(i * step));
      elements.add(code.let("t" + i, new Vec.Load(Memory.ARENA, at)));
    }
    return elements;
  }

  /** The sums of a tile, transformed back along its columns. */
  void outputColumns(Code code) {
    code.loop(
        "j",
        Index.of(inputs),
        (column, j) -> {
          Index m = Index.var("m").plus(j.times(sizes.get("mPlane")));
          List<Vec.Ref> sums = back(column, sums(column, m, inputs));
          for (int i = 0; i < outputs; i++) {
            column.store(
                m.plus(sizes.get("mPlane").times(inputs * i)), sums.get(i), Index.of(lanes));
          }
        });
  }

  /**
   * The transformed columns of sums, transformed back along the rows of the tile: its outputs, with
   * the epilogue and the pooling.
   *
   * @param inside the outputs of the tile that are inside the map
   */
  void outputRows(Code code, WinogradTile.Inside inside) {
    code.loop(
        "i",
        inside.rows(),
        (row, i) -> {
          List<List<Vec.Ref>> sums = new ArrayList<>();
          for (int h = 0; h < pooled; h++) {
            Index number = i.times(pooled).plus(h);
            Index m = Index.var("m").plus(number.times(inputs).times(sizes.get("mPlane")));
            sums.add(back(row, sums(row, m, 1)));
          }
          results(row, i, sums, inside)
              .reversed()
              .forEach(result -> row.store(result.at, result.value, inside.last()));
        });
  }

  private List<Vec.Ref> back(Code code, List<Vec.Ref> t) {
    return WinogradTransform.outputs(code, tile.algorithm(), t).stream()
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
      Code code, Index i, List<List<Vec.Ref>> sums, WinogradTile.Inside inside) {
    Places row = Places.parameters(sizes, tile.outputMaps()).step(code, "Row", i);
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
