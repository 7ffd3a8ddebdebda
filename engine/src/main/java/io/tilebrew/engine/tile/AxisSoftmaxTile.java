package io.tilebrew.engine.tile;

import io.tilebrew.engine.kernel.Index;
import io.tilebrew.engine.kernel.Memory;
import io.tilebrew.engine.kernel.Procedure;
import io.tilebrew.engine.kernel.Program;
import io.tilebrew.engine.kernel.Vec;
import io.tilebrew.engine.plan.Argument;
import io.tilebrew.engine.plan.FeatureMap;
import io.tilebrew.engine.tile.KernelSpec.Arguments;
import java.util.List;

/**
 * Softmax along the rows or the columns of feature maps: channels in the lanes.
 *
 * @param lanes the floats in a vector
 */
record AxisSoftmaxTile(int lanes) implements Tile {
  /**
   * The sizes. There are {@code rows} lines that do not see each other, a {@code Row} apart, each
   * of {@code count} pixels, a {@code Step} apart.
   */
  private static final List<String> SIZES =
      List.of(
          "x",
          "y",
          "images",
          "xImage",
          "yImage",
          "rows",
          "xRow",
          "yRow",
          "count",
          "xStep",
          "yStep",
          "channels");

  /** The kernel. */
  KernelSpec spec(boolean alongColumns, FeatureMap x, FeatureMap y) {
    return new Arguments()
        .map("x", x, 0, 0)
        .map("y", y, 0, 0)
        .set("images", new Argument.Batch())
        .set("rows", alongColumns ? y.height() : y.width())
        .set("xRow", alongColumns ? x.rowStride() : x.pixelStride())
        .set("yRow", alongColumns ? y.rowStride() : y.pixelStride())
        .set("count", alongColumns ? y.width() : y.height())
        .set("xStep", alongColumns ? x.pixelStride() : x.rowStride())
        .set("yStep", alongColumns ? y.pixelStride() : y.rowStride())
        .set("channels", y.channels())
        .spec(this, new float[0]);
  }

  @Override
  public List<String> sizes() {
    return SIZES;
  }

  @Override
  public Program program(Sizes sizes) {
    List<String> parameters = sizes.parameters(SIZES);
    Code code = new Code(parameters);
    Places start = Places.start(sizes, List.of("x", "y"));
    start.eachRow(
        code,
        (perRow, row) ->
            Vectors.each(
                perRow,
                sizes.get("channels"),
                lanes,
                1,
                (inner, offset, vectors, last) ->
                    line(
                        inner,
                        sizes,
                        row.shift(inner, "Vector", offset, List.of("x", "y")),
                        last)));
    Procedure main = new Procedure("softmax", parameters, code.statements());
    return new Program("softmax, %d lanes".formatted(lanes), lanes, SIZES, main, List.of());
  }

  private static void line(Code code, Sizes sizes, Places line, Index last) {
    Index count = sizes.get("count");
    Vec.Ref greatest = code.let("greatest", new Vec.Splat(Float.NEGATIVE_INFINITY));
    code.loop(
        "m",
        count,
        (inner, m) -> {
          Index x = line.step(inner, "Step", m).of("x");
          inner.assign(greatest, Vec.max(greatest, new Vec.Load(Memory.ARENA, x)));
        });
    code.loop(
        "p",
        count,
        (inner, p) -> {
          Places at = line.step(inner, "Step", p);
          Vec value = new Vec.Load(Memory.ARENA, at.of("x"));
          inner.store(at.of("y"), Exponential.write(inner, "e", Vec.sub(value, greatest)), last);
        });
    Vec.Ref sum = code.let("sum", new Vec.Splat(0));
    sum(code, count, line, sum);
    code.loop(
        "d",
        count,
        (inner, d) -> {
          Index y = line.step(inner, "Step", d).of("y");
          inner.store(y, Vec.div(new Vec.Load(Memory.ARENA, y), sum), last);
        });
  }

  private static void sum(Code code, Index count, Places line, Vec.Ref sum) {
    Parts.each(
        code,
        count,
        (groups, end) -> {
          List<Vec.Ref> parts =
              Parts.fold(
                  groups,
                  end,
                  Parts.COUNT,
                  0,
                  Vec::add,
                  (inner, g, i) -> result(inner, line, g.plus(i)));
          groups.assign(sum, Parts.pairs(parts, Vec::add));
        },
        (inner, s) -> inner.assign(sum, Vec.add(sum, result(inner, line, s))));
  }

  /** What stands in place {@code number} of the result. */
  private static Vec result(Code code, Places line, Index number) {
    return new Vec.Load(Memory.ARENA, line.step(code, "Step", number).of("y"));
  }
}
