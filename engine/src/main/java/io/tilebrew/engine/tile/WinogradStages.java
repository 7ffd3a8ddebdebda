package io.tilebrew.engine.tile;

import io.tilebrew.engine.kernel.Index;
import io.tilebrew.engine.kernel.Memory;
import io.tilebrew.engine.kernel.Vec;
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

  /** From the inputs of a tile to scratch: their columns transformed. */
  void inputColumns(Code code) {
    Index pixel = sizes.get("vColumn");
    code.loop(
        "j",
        Index.of(inputs),
        (column, j) -> {
          Index x = column.define("xj", Index.var("x").plus(j.times(sizes.get("xColumn"))));
          Index s = column.define("sj", Index.var("scratch").plus(j.times(pixel)));
          vectors(
              column,
              pixel,
              (body, c) -> {
                List<Vec.Ref> d = load(body, x.plus(c), sizes.get("xRow"));
                List<Vec> v = WinogradTransform.inputs(body, tile.algorithm(), d);
                store(body, s.plus(c), pixel.times(inputs), v);
              });
        });
  }

  /** From scratch to the planes of inputs: the rows transformed. */
  void inputRows(Code code) {
    Index pixel = sizes.get("vColumn");
    Index plane = sizes.get("vPlane");
    code.loop(
        "i",
        Index.of(inputs),
        (row, i) -> {
          Index s = row.define("si", Index.var("scratch").plus(i.times(pixel.times(inputs))));
          Index to = row.define("vi", Index.var("v").plus(i.times(plane.times(inputs))));
          vectors(
              row,
              pixel,
              (body, c) -> {
                List<Vec.Ref> d = load(body, s.plus(c), pixel);
                List<Vec> v = WinogradTransform.inputs(body, tile.algorithm(), d);
                store(body, to.plus(c), plane, v);
              });
        });
  }

  /** From the planes of sums to scratch: the columns of a tile transformed. */
  void outputColumns(Code code) {
    Index pixel = sizes.get("mColumn");
    Index plane = sizes.get("mPlane");
    code.loop(
        "j",
        Index.of(inputs),
        (column, j) -> {
          Index from = column.define("mj", Index.var("m").plus(j.times(plane)));
          Index s = column.define("sj", Index.var("scratch").plus(j.times(pixel)));
          vectors(
              column,
              pixel,
              (body, c) -> {
                List<Vec.Ref> t = load(body, from.plus(c), plane.times(inputs));
                List<Vec> y = WinogradTransform.outputs(body, tile.algorithm(), t);
                store(body, s.plus(c), pixel.times(inputs), y);
              });
        });
  }

  /**
   * From scratch to the output: {@code rows} rows transformed, with the epilogue and the pooling.
   *
   * @param columns the outputs of a row that are inside the map
   * @param isTail whether for the channels left over by full vectors, else for these
   */
  void outputRows(Code code, Index columns, boolean isTail) {
    Index maps = sizes.get("maps");
    Index full = code.define("full", maps.over(lanes).times(lanes));
    Index last = isTail ? code.define("last", maps.plus(full.times(-1))) : Index.of(lanes);
    List<String> places = tile.outputMaps();
    List<Index> offsets = places.stream().map(Index::var).toList();
    code.loop(
        "i",
        Index.of(0),
        Index.var("rows"),
        1,
        (row, i) -> {
          Places inRow = new Places(sizes, places, offsets).step(row, "Row", i);
          Index way = sizes.get("mColumn").times(inputs);
          Index s = row.define("si", Index.var("scratch").plus(i.times(way.times(pooled))));
          if (isTail) {
            outputs(row, inRow, s, full, columns, last);
          } else {
            vectors(row, full, (body, c) -> outputs(body, inRow, s, c, columns, last));
          }
        });
  }

  private void outputs(Code code, Places row, Index s, Index c, Index columns, Index last) {
    List<List<Vec.Ref>> sums = new ArrayList<>();
    for (int i = 0; i < pooled; i++) {
      Index from = s.plus(sizes.get("mColumn").times(inputs * i)).plus(c);
      List<Vec.Ref> t = load(code, from, sizes.get("mColumn"));
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
      Epilogue.Inputs inputs = tile.operands().at(sizes, row::of, pixel, c);
      Vec value = tile.epilogue().write(code, window, tile.pool(), inputs);
      Index at = row.of("y").plus(pixel.times(sizes.get("yColumn"))).plus(c);
      Index inside = columns.plus(-b).times(lanes);
      code.store(at, value, columns instanceof Index.Const ? last : inside.least(last));
    }
  }

  private interface PerVector {
    void write(Code code, Index offset);
  }

  private void vectors(Code code, Index floats, PerVector body) {
    code.loop("c", Index.of(0), floats, lanes, body::write);
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
