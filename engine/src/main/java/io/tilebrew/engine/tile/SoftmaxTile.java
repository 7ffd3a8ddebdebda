package io.tilebrew.engine.tile;

import io.tilebrew.engine.kernel.Index;
import io.tilebrew.engine.kernel.Memory;
import io.tilebrew.engine.kernel.Procedure;
import io.tilebrew.engine.kernel.Program;
import io.tilebrew.engine.kernel.Vec;
import java.util.ArrayList;
import java.util.List;
import java.util.function.BinaryOperator;
import java.util.stream.IntStream;

/**
 * Softmax over the channels of each pixel. The place of the first channels of the result is where
 * the lanes of vectors meet: the kernel language has no other way from lane to lane.
 *
 * @param lanes the floats in a vector
 */
public record SoftmaxTile(int lanes) implements Tile {
  private static final List<String> CHANNELS = List.of("channels");

  @Override
  public List<String> sizes() {
    return Pixels.SIZES;
  }

  @Override
  public Program program(Sizes sizes) {
    List<String> parameters = sizes.parameters(Pixels.SIZES);
    Code code = new Code(parameters);
    // One procedure would be too much for the first compiler.
    List<Procedure> procedures =
        List.of(
            procedure("exponentials", sizes, this::exponentials),
            procedure("quotients", sizes, this::quotients));
    Pixels.each(
        code, sizes, (pixel, x, y) -> procedures.forEach(p -> Pixels.call(pixel, p, sizes, x, y)));
    Procedure main = new Procedure("softmax", parameters, code.statements());
    return new Program("softmax, %d lanes".formatted(lanes), lanes, Pixels.SIZES, main, procedures);
  }

  /** Writes what happens to the channels of a pixel. */
  private interface Body {
    void write(Code code, Index channels, Index x, Index y);
  }

  private static Procedure procedure(String name, Sizes sizes, Body body) {
    return Pixels.procedure(
        name,
        sizes,
        CHANNELS,
        code -> body.write(code, sizes.get("channels"), Index.var("x"), Index.var("y")));
  }

  private void exponentials(Code code, Index channels, Index x, Index y) {
    Vec.Ref greatest = code.let("greatest", new Vec.Splat(Float.NEGATIVE_INFINITY));
    fold(code, channels, x, y, greatest, Float.NEGATIVE_INFINITY, Vec::max);
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
  }

  private void quotients(Code code, Index channels, Index x, Index y) {
    Vec.Ref sum = code.let("sum", new Vec.Splat(0));
    fold(code, channels, y, y, sum, 0, Vec::add);
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

  /**
   * Combines the channels from {@code from} on.
   *
   * @param y the place of as many floats, which are the same afterwards
   * @param result has the neutral number of {@code f}
   */
  private void fold(
      Code code,
      Index channels,
      Index from,
      Index y,
      Vec.Ref result,
      float neutral,
      BinaryOperator<Vec> f) {
    Parts.each(
        code,
        channels,
        (groups, end) -> {
          List<Vec.Ref> parts =
              Parts.fold(
                  groups,
                  end,
                  Parts.COUNT / lanes,
                  neutral,
                  f,
                  (inner, g, i) -> new Vec.Load(Memory.ARENA, from.plus(g).plus(i * lanes)));
          groups.assign(result, across(groups, parts, y, f));
        },
        (inner, s) ->
            inner.assign(result, f.apply(result, new Vec.Broadcast(Memory.ARENA, from.plus(s)))));
  }

  /** Combines all lanes of {@code parts} by way of the memory at {@code y}. */
  private Vec across(Code code, List<Vec.Ref> parts, Index y, BinaryOperator<Vec> f) {
    List<Vec.Ref> kept = new ArrayList<>();
    for (int i = 0; i < parts.size(); i++) {
      Index at = y.plus(i * lanes);
      kept.add(code.let("kept" + i, new Vec.Load(Memory.ARENA, at)));
      code.store(at, parts.get(i), Index.of(lanes));
    }
    List<Vec> all =
        IntStream.range(0, Parts.COUNT)
            .mapToObj(i -> (Vec) new Vec.Broadcast(Memory.ARENA, y.plus(i)))
            .toList();
    Vec.Ref total = code.let("total", Parts.pairs(all, f));
    for (int i = 0; i < parts.size(); i++) {
      code.store(y.plus(i * lanes), kept.get(i), Index.of(lanes));
    }
    return total;
  }
}
