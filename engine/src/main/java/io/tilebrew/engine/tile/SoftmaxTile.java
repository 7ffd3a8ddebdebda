package io.tilebrew.engine.tile;

import io.tilebrew.engine.kernel.Index;
import io.tilebrew.engine.kernel.Memory;
import io.tilebrew.engine.kernel.Procedure;
import io.tilebrew.engine.kernel.Program;
import io.tilebrew.engine.kernel.Vec;
import java.util.List;

/**
 * Softmax over the channels of each pixel. The sum follows the order of the channels, one by one,
 * so that it does not depend on the lanes.
 *
 * @param lanes the floats in a vector
 */
public record SoftmaxTile(int lanes) implements Tile {
  @Override
  public List<String> sizes() {
    return Pixels.SIZES;
  }

  @Override
  public Program program(Sizes sizes) {
    List<String> parameters = sizes.parameters(Pixels.SIZES);
    Code code = new Code(parameters);
    Pixels.each(code, sizes, (inner, x, y) -> pixel(inner, sizes.get("channels"), x, y));
    Procedure main = new Procedure("softmax", parameters, code.statements());
    return new Program("softmax, %d lanes".formatted(lanes), lanes, Pixels.SIZES, main, List.of());
  }

  private void pixel(Code code, Index channels, Index x, Index y) {
    Vec.Ref greatest = code.let("greatest", new Vec.Splat(Float.NEGATIVE_INFINITY));
    code.loop(
        "m",
        channels,
        (inner, m) ->
            inner.assign(greatest, Vec.max(greatest, new Vec.Broadcast(Memory.ARENA, x.plus(m)))));
    Vectors.each(
        code,
        channels,
        lanes,
        1,
        (inner, offset, vectors, last) -> {
          Vec value = new Vec.Load(Memory.ARENA, x.plus(offset));
          Vec exponential = Exponential.write(inner, "e", Vec.sub(value, greatest));
          inner.store(y.plus(offset), exponential, last);
        });
    Vec.Ref sum = code.let("sum", new Vec.Splat(0));
    code.loop(
        "s",
        channels,
        (inner, s) -> inner.assign(sum, Vec.add(sum, new Vec.Broadcast(Memory.ARENA, y.plus(s)))));
    Vectors.each(
        code,
        channels,
        lanes,
        1,
        (inner, offset, vectors, last) -> {
          Vec value = new Vec.Load(Memory.ARENA, y.plus(offset));
          inner.store(y.plus(offset), Vec.div(value, sum), last);
        });
  }
}
