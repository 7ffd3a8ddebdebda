package io.tilebrew.engine.tile;

import io.tilebrew.engine.kernel.Index;
import io.tilebrew.engine.kernel.Memory;
import io.tilebrew.engine.kernel.Procedure;
import io.tilebrew.engine.kernel.Program;
import io.tilebrew.engine.kernel.Vec;
import io.tilebrew.engine.plan.Argument;
import io.tilebrew.engine.plan.FeatureMap;
import io.tilebrew.engine.tile.KernelSpec.Arguments;
import java.util.ArrayList;
import java.util.List;
import java.util.function.BiConsumer;

/**
 * Brings the pixels of each channel to mean 0 and variance 1: channels in the lanes, two vectors of
 * them at a time, since each step of a compensated sum waits for the one before.
 *
 * <p>The weights hold the number of pixels and what is added to the variance.
 *
 * @param lanes the floats in a vector
 */
record StandardTile(int lanes) implements Tile {
  /** The sizes; the rows depend on each other, so they are called otherwise than those of a cut. */
  private static final List<String> SIZES =
      List.of(
          "x",
          "y",
          "images",
          "xImage",
          "yImage",
          "height",
          "width",
          "xRow",
          "yRow",
          "xPixel",
          "yPixel",
          "channels");

  private static final int VECTORS = 2;

  /** The kernel. */
  KernelSpec spec(float epsilon, FeatureMap x, FeatureMap y) {
    return new Arguments()
        .map("x", x, 0, 0)
        .map("y", y, 0, 0)
        .set("images", new Argument.Batch())
        .set("height", y.height())
        .set("width", y.width())
        .set("xRow", x.rowStride())
        .set("yRow", y.rowStride())
        .set("xPixel", x.pixelStride())
        .set("yPixel", y.pixelStride())
        .set("channels", y.channels())
        .spec(this, new float[] {y.height() * y.width(), epsilon});
  }

  @Override
  public List<String> sizes() {
    return SIZES;
  }

  @Override
  public Program program(Sizes sizes) {
    List<String> parameters = sizes.parameters(SIZES);
    Code code = new Code(parameters);
    Places.start(sizes, List.of("x", "y"))
        .each(
            code,
            "n",
            "images",
            "Image",
            (perImage, image) ->
                Vectors.each(
                    perImage,
                    sizes.get("channels"),
                    lanes,
                    VECTORS,
                    (inner, offset, vectors, last) ->
                        standardize(
                            inner,
                            image.shift(inner, "Vector", offset, List.of("x", "y")),
                            vectors,
                            last)));
    Procedure main = new Procedure("standardize", parameters, code.statements());
    return new Program("standardize, %d lanes".formatted(lanes), lanes, SIZES, main, List.of());
  }

  private void standardize(Code code, Places first, int vectors, Index last) {
    Vec.Ref count = code.let("count", new Vec.Broadcast(Memory.WEIGHTS, Index.of(0)));
    List<CompensatedSum> sums = CompensatedSum.each(code, "sum", vectors);
    pixels(code, first, (inner, pixel) -> sums.forEach(s -> s.add(inner, x(pixel, s.number()))));
    List<Vec.Ref> means = new ArrayList<>();
    for (CompensatedSum sum : sums) {
      means.add(code.let("mean" + sum.number(), Vec.div(sum.value(), count)));
    }
    List<CompensatedSum> squares = CompensatedSum.each(code, "square", vectors);
    pixels(
        code,
        first,
        (inner, pixel) ->
            squares.forEach(
                s -> {
                  Vec difference = Vec.sub(x(pixel, s.number()), means.get(s.number()));
                  Vec.Ref d = inner.let("d" + s.number(), difference);
                  s.add(inner, Vec.mul(d, d));
                }));
    List<Vec.Ref> factors = new ArrayList<>();
    for (CompensatedSum sum : squares) {
      factors.add(code.let("factor" + sum.number(), factor(sum.value(), count)));
    }
    pixels(
        code,
        first,
        (inner, pixel) -> {
          for (int v = 0; v < vectors; v++) {
            Vec result = Vec.mul(Vec.sub(x(pixel, v), means.get(v)), factors.get(v));
            inner.store(pixel.of("y").plus(v * lanes), result, last);
          }
        });
  }

  /**
   * What brings numbers to variance 1: one through the root of the mean of their {@code squares}
   * and the second number of the weights.
   */
  static Vec factor(Vec squares, Vec count) {
    Vec epsilon = new Vec.Broadcast(Memory.WEIGHTS, Index.of(1));
    Vec variance = Vec.add(Vec.div(squares, count), epsilon);
    return Vec.div(new Vec.Splat(1), new Vec.Apply(Vec.Mapping.SQRT, variance));
  }

  private Vec x(Places pixel, int vector) {
    return new Vec.Load(Memory.ARENA, pixel.of("x").plus(vector * lanes));
  }

  private static void pixels(Code code, Places first, BiConsumer<Code, Places> body) {
    first.each(
        code, "r", "height", "Row", (perRow, row) -> row.each(perRow, "c", "width", "Pixel", body));
  }
}
