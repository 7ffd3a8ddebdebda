package io.tilebrew.engine.tile;

import io.tilebrew.engine.kernel.Index;
import io.tilebrew.engine.kernel.Memory;
import io.tilebrew.engine.kernel.Vec;
import io.tilebrew.engine.problem.Algorithm;
import java.util.ArrayList;
import java.util.List;

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

  /** From a vector of channels of the inputs of a tile to their planes. */
  void inputs(Code code) {
    Index plane = sizes.get("plane");
    Index column = sizes.get("xColumn");
    columns(code, Index.var("x"), column, sizes.get("xRow"), WinogradTransform::inputs);
    code.loop(
        "i",
        Index.of(inputs),
        (row, i) -> {
          List<Vec.Ref> t = load(row, scratch(i), Index.of(lanes));
          Index to = Index.var("v").plus(i.times(plane.times(inputs)));
          store(row, to, plane, WinogradTransform.inputs(row, tile.algorithm(), t));
        });
  }

  /**
   * From the planes of sums of a vector of channels to the output: the columns of a tile
   * transformed, then {@code rows} rows, with the epilogue and the pooling.
   *
   * @param columns the outputs of a row that are inside the map
   * @param last how many channels the vector has
   */
  void outputs(Code code, Index columns, Index last) {
    Index plane = sizes.get("plane");
    Index m = Index.var("m");
    columns(code, m, plane, plane.times(inputs), WinogradTransform::outputs);
    List<String> places = tile.outputMaps();
    List<Index> offsets = places.stream().map(Index::var).toList();
    code.loop(
        "i",
        Index.of(0),
        Index.var("rows"),
        1,
        (row, i) -> {
          Places inRow = new Places(sizes, places, offsets).step(row, "Row", i);
          outputs(row, inRow, scratch(i.times(pooled)), columns, last);
        });
  }

  private void outputs(Code code, Places row, Index s, Index columns, Index last) {
    List<List<Vec.Ref>> sums = new ArrayList<>();
    for (int i = 0; i < pooled; i++) {
      List<Vec.Ref> t = load(code, s.plus(inputs * lanes * i), Index.of(lanes));
      sums.add(
          WinogradTransform.outputs(code, tile.algorithm(), t).stream()
              .map(sum -> code.let("a", sum))
              .toList());
    }
    int most = columns instanceof Index.Const(int count) ? count : outputs / pooled;
    for (int b = 0; b < most; b++) {
      List<Vec.Ref> window = new ArrayList<>();
      for (List<Vec.Ref> ofRow : sums) {
        window.addAll(ofRow.subList(b * pooled, (b + 1) * pooled));
      }
      Index pixel = Index.of(b).least(columns.plus(-1));
      Epilogue.Inputs inputs =
          tile.operands().at(sizes, row::of, Index.of(0), pixel, map -> Index.of(0));
      Vec value = tile.epilogue().write(code, window, tile.pool(), inputs);
      Index at = row.of("y").plus(pixel.times(sizes.get("yColumn")));
      Index inside = columns.plus(-b).times(lanes);
      code.store(at, value, columns instanceof Index.Const ? last : inside.least(last));
    }
  }

  /** What becomes of the elements of a column or of a row. */
  private interface Transform {
    List<Vec> of(Code code, Algorithm algorithm, List<Vec.Ref> elements);
  }

  /** Transforms the columns of a tile, a vector of channels of each element, into scratch. */
  private void columns(Code code, Index from, Index column, Index row, Transform transform) {
    code.loop(
        "j",
        Index.of(inputs),
        (body, j) -> {
          List<Vec.Ref> elements = load(body, from.plus(j.times(column)), row);
          List<Vec> transformed = transform.of(body, tile.algorithm(), elements);
          store(body, scratch(Index.of(0)).plus(j.times(lanes)), scratchRow(), transformed);
        });
  }

  /** The place in scratch of a row of transformed columns. */
  private Index scratch(Index row) {
    return Index.var("scratch").plus(row.times(scratchRow()));
  }

  private Index scratchRow() {
    return Index.of(inputs * lanes);
  }

  private List<Vec.Ref> load(Code code, Index at, Index way) {
    List<Vec.Ref> loaded = new ArrayList<>();
    for (int i = 0; i < inputs; i++) {
      loaded.add(code.let("d" + i, new Vec.Load(Memory.ARENA, at.plus(way.times(i)))));
    }
    return loaded;
  }

  private void store(Code code, Index at, Index way, List<Vec> values) {
    for (int i = 0; i < values.size(); i++) {
      code.store(at.plus(way.times(i)), values.get(i), Index.of(lanes));
    }
  }
}
