package io.tilebrew.engine.tile;

import io.tilebrew.engine.kernel.Index;
import io.tilebrew.engine.kernel.Memory;
import io.tilebrew.engine.kernel.Procedure;
import io.tilebrew.engine.kernel.Program;
import io.tilebrew.engine.kernel.Vec;
import java.util.List;
import java.util.function.BinaryOperator;

/**
 * Softmax over fewer channels than a vector has lanes, of pixels that lie behind one another: a
 * vector holds all channels of some pixels. A row of pixels is one run of {@code channels} floats.
 *
 * @param lanes the floats in a vector
 * @param width the channels of a pixel, a power of two less than the lanes
 */
record GroupSoftmaxTile(int lanes, int width) implements Tile {
  @Override
  public List<String> sizes() {
    return Pixels.SIZES;
  }

  @Override
  public Program program(Sizes sizes) {
    List<String> parameters = sizes.parameters(Pixels.SIZES);
    Procedure run = Pixels.procedure("run", sizes, List.of("channels"), body -> run(body, sizes));
    Code code = new Code(parameters);
    Pixels.each(code, sizes, (row, x, y) -> Pixels.call(row, run, sizes, x, y));
    Procedure main = new Procedure("softmax", parameters, code.statements());
    String text = "softmax of %d, %d lanes".formatted(width, lanes);
    return new Program(text, lanes, Pixels.SIZES, main, List.of(run));
  }

  private void run(Code code, Sizes sizes) {
    Vectors.each(
        code,
        sizes.get("channels"),
        lanes,
        1,
        (inner, offset, vectors, last) -> {
          Vec.Ref x = inner.let("value", new Vec.Load(Memory.ARENA, Index.var("x").plus(offset)));
          Vec.Ref greatest = fold(inner, "greatest", x, Float.NEGATIVE_INFINITY, Vec::max);
          Vec.Ref e = inner.let("power", Exponential.write(inner, "e", Vec.sub(x, greatest)));
          Vec.Ref sum = fold(inner, "sum", e, 0, Vec::add);
          inner.store(Index.var("y").plus(offset), Vec.div(e, sum), last);
        });
  }

  /** The channels of each pixel of {@code x} combined, one after the other, in all of its lanes. */
  private Vec.Ref fold(
      Code code, String name, Vec.Ref x, float neutral, BinaryOperator<Vec> operator) {
    Vec.Ref result = code.let(name, new Vec.Splat(neutral));
    for (int c = 0; c < width; c++) {
      code.assign(result, operator.apply(result, new Vec.Spread(x, width, c)));
    }
    return result;
  }
}
