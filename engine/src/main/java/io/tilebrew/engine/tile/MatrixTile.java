package io.tilebrew.engine.tile;

import io.tilebrew.engine.Tensor;
import io.tilebrew.engine.kernel.Index;
import io.tilebrew.engine.kernel.Memory;
import io.tilebrew.engine.kernel.Procedure;
import io.tilebrew.engine.kernel.Program;
import io.tilebrew.engine.kernel.Statement;
import io.tilebrew.engine.kernel.Vec;
import io.tilebrew.engine.plan.Argument;
import io.tilebrew.engine.plan.FeatureMap;
import io.tilebrew.engine.tile.KernelSpec.Arguments;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/**
 * The products of row-major matrices: columns of the result in the lanes, a tile of rows by vectors
 * in registers, one element of the left row an iteration.
 *
 * @param lanes the floats in a vector
 * @param left where the left matrices stand
 * @param right where the right matrices stand
 */
record MatrixTile(int lanes, Memory left, Memory right) implements Tile {
  /** The most loops over matrices. */
  static final int MOST_LOOPS = 2;

  private static final int MOST_VECTORS = 2;
  private static final int MOST_ROWS = 5;

  /**
   * The sizes. {@code a} [rows,inner] times {@code b} [inner,width] is {@code y}; {@code bStep}
   * leads from one row of {@code b} to the next. An image has groups of matrices.
   */
  private static final List<String> SIZES =
      List.of(
          "a",
          "b",
          "y",
          "images",
          "aImage",
          "bImage",
          "yImage",
          "groups",
          "aGroup",
          "bGroup",
          "yGroup",
          "matrices",
          "aMatrix",
          "bMatrix",
          "yMatrix",
          "rows",
          "aRow",
          "yRow",
          "inner",
          "bStep",
          "width");

  private static final List<String> TILE_SIZES = List.of("aRow", "yRow", "inner", "bStep");

  /** The kernel, where at most one side is constant, and {@link #MOST_LOOPS} batches at most. */
  static KernelSpec spec(Matrices a, Matrices b, Matrices.InArena y, Batches batches, int lanes) {
    MatrixTile tile = new MatrixTile(lanes, a.memory(), b.memory());
    int rank = y.shape().rank();
    Batches.Loop inner = batches.loop(0);
    Batches.Loop outer = batches.loop(1);
    Arguments arguments =
        new Arguments()
            .set("images", new Argument.Batch())
            .set("groups", outer.count())
            .set("aGroup", outer.a())
            .set("bGroup", outer.b())
            .set("yGroup", outer.y())
            .set("matrices", inner.count())
            .set("aMatrix", inner.a())
            .set("bMatrix", inner.b())
            .set("yMatrix", inner.y())
            .set("rows", y.shape().dim(-2))
            .set("aRow", a.rowStride())
            .set("yRow", y.rowStride())
            .set("inner", a.shape().dim(-1))
            .set("bStep", b.rowStride())
            .set("width", y.shape().dim(-1));
    place(arguments, "y", y, rank);
    float[] left = place(arguments, "a", a, rank);
    float[] right = place(arguments, "b", b, rank);
    float[] weights =
        right.length == 0 ? left : Arrays.copyOf(right, right.length + MOST_VECTORS * lanes);
    return arguments.spec(tile, weights);
  }

  /** Sets the place of {@code x} and gives back what of it is constant. */
  private static float[] place(Arguments arguments, String name, Matrices x, int rank) {
    arguments.set(name + "Image", x.imageStride(rank));
    return switch (x) {
      case Matrices.InArena(var _, FeatureMap map) -> {
        arguments.set(name, new Argument.Place(map.buffer(), map.at(0, 0)));
        yield new float[0];
      }
      case Matrices.Constant(Tensor tensor) -> {
        arguments.set(name, 0);
        yield tensor.floats();
      }
    };
  }

  private String constantSide() {
    return left == Memory.WEIGHTS
        ? ", left side constant"
        : right == Memory.WEIGHTS ? ", right side constant" : "";
  }

  @Override
  public List<String> sizes() {
    return SIZES;
  }

  @Override
  public int unit(Axis axis, int all) {
    return axis == Axis.ROWS ? Math.min(all, MOST_ROWS) : 1;
  }

  @Override
  public Program program(Sizes sizes) {
    return new Writer(this, sizes).program();
  }

  private static final class Writer {
    private final MatrixTile tile;
    private final int lanes;
    private final Sizes sizes;
    private final List<String> tileSizes;
    private final Map<String, Procedure> procedures = new LinkedHashMap<>();

    Writer(MatrixTile tile, Sizes sizes) {
      this.tile = tile;
      this.lanes = tile.lanes;
      this.sizes = sizes;
      this.tileSizes = sizes.parameters(TILE_SIZES);
    }

    Program program() {
      List<String> parameters = sizes.parameters(SIZES);
      Code code = new Code(parameters);
      Places start = Places.start(sizes, List.of("a", "b", "y"));
      start.each(
          code,
          "n",
          "images",
          "Image",
          (perImage, image) ->
              image.each(
                  perImage,
                  "g",
                  "groups",
                  "Group",
                  (perGroup, group) ->
                      group.each(perGroup, "m", "matrices", "Matrix", this::product)));
      Procedure main = new Procedure("multiply", parameters, code.statements());
      String text =
          "matrix product %dx%d, %d lanes%s"
              .formatted(MOST_VECTORS, MOST_ROWS, lanes, tile.constantSide());
      return new Program(text, lanes, SIZES, main, List.copyOf(procedures.values()));
    }

    private void product(Code code, Places matrix) {
      Vectors.each(
          code,
          sizes.get("width"),
          lanes,
          MOST_VECTORS,
          (inner, offset, vectors, last) -> {
            Places columns = matrix.shift(inner, "Columns", offset, List.of("b", "y"));
            Segment.each(
                inner,
                "r",
                sizes.get("rows"),
                MOST_ROWS,
                (body, r, rows) -> tile(body, columns, r, rows, vectors, last));
          });
    }

    private void tile(Code code, Places at, Index row, int rows, int vectors, Index last) {
      String name = "tile%dx%d%s".formatted(vectors, rows, last.isConst(lanes) ? "" : "tail");
      List<String> parameters = new ArrayList<>(List.of("a", "b", "y"));
      List<Index> arguments = new ArrayList<>();
      arguments.add(at.of("a").plus(row.times(sizes.get("aRow"))));
      arguments.add(at.of("b"));
      arguments.add(at.of("y").plus(row.times(sizes.get("yRow"))));
      if (!(last instanceof Index.Const)) {
        parameters.add("lanes");
        arguments.add(last);
      }
      tileSizes.forEach(size -> arguments.add(Index.var(size)));
      parameters.addAll(tileSizes);
      Index stored = last instanceof Index.Const ? last : Index.var("lanes");
      code.call(name, arguments);
      procedures.computeIfAbsent(
          name, k -> new Procedure(name, parameters, body(parameters, rows, vectors, stored)));
    }

    private List<Statement> body(List<String> parameters, int rows, int vectors, Index stored) {
      Code code = new Code(parameters);
      List<Vec.Ref> sums = new ArrayList<>();
      for (int s = 0; s < rows * vectors; s++) {
        sums.add(code.let("s" + s, new Vec.Splat(0)));
      }
      code.loop("k", sizes.get("inner"), (inner, k) -> step(inner, k, rows, vectors, sums));
      for (int s = 0; s < sums.size(); s++) {
        int v = s % vectors;
        Index row = Index.of(s / vectors).times(sizes.get("yRow"));
        code.store(
            Index.var("y").plus(row).plus(v * lanes),
            sums.get(s),
            v == vectors - 1 ? stored : Index.of(lanes));
      }
      return code.statements();
    }

    private void step(Code code, Index k, int rows, int vectors, List<Vec.Ref> sums) {
      Index b = code.define("bk", Index.var("b").plus(k.times(sizes.get("bStep"))));
      List<Vec> right = new ArrayList<>();
      for (int v = 0; v < vectors; v++) {
        right.add(code.let("b" + v, new Vec.Load(tile.right, b.plus(v * lanes))));
      }
      for (int r = 0; r < rows; r++) {
        Index at = Index.var("a").plus(k).plus(Index.of(r).times(sizes.get("aRow")));
        Vec left = code.let("a" + r, new Vec.Broadcast(tile.left, at));
        for (int v = 0; v < vectors; v++) {
          Vec.Ref sum = sums.get(r * vectors + v);
          code.assign(sum, new Vec.Fma(left, right.get(v), sum));
        }
      }
    }
  }
}
