package io.tilebrew.engine.tile;

import io.tilebrew.engine.kernel.Index;
import io.tilebrew.engine.kernel.Memory;
import io.tilebrew.engine.kernel.Procedure;
import io.tilebrew.engine.kernel.Program;
import io.tilebrew.engine.kernel.Vec;
import io.tilebrew.engine.plan.FeatureMap;
import java.util.ArrayList;
import java.util.List;
import java.util.function.UnaryOperator;
import java.util.stream.Stream;

/**
 * Brings the channels of each pixel to mean 0 and variance 1. The place of the first channels of
 * the result is where the lanes of vectors meet, as in {@link SoftmaxTile}; the maps do not share
 * memory.
 *
 * <p>The weights hold the number of channels and what is added to the variance.
 *
 * @param lanes the floats in a vector, and in a block of channels
 */
record ChannelStandardTile(int lanes) implements Tile {
  private static final List<String> CHANNELS = List.of("channels", "xVector", "yVector");
  private static final List<String> SIZES =
      Stream.concat(Pixels.SIZES.stream(), Stream.of("xVector", "yVector")).toList();

  /** The kernel. */
  KernelSpec spec(float epsilon, FeatureMap x, FeatureMap y) {
    return Pixels.arguments(x, y, lanes).spec(this, new float[] {y.channels(), epsilon});
  }

  @Override
  public List<String> sizes() {
    return SIZES;
  }

  @Override
  public Program program(Sizes sizes) {
    List<String> parameters = sizes.parameters(SIZES);
    Code code = new Code(parameters);
    Procedure all = Pixels.procedure("pixel", sizes, CHANNELS, body -> pixel(body, sizes));
    Pixels.each(code, sizes, (pixel, x, y) -> Pixels.call(pixel, all, sizes, x, y));
    Procedure main = new Procedure("standardize", parameters, code.statements());
    String text = "standardize channels, %d lanes".formatted(lanes);
    return new Program(text, lanes, SIZES, main, List.of(all));
  }

  private void pixel(Code code, Sizes sizes) {
    Vec.Ref count = code.let("count", new Vec.Broadcast(Memory.WEIGHTS, Index.of(0)));
    Vec.Ref mean = code.let("mean", Vec.div(sum(code, "sum", sizes, x -> x), count));
    Vec squares =
        sum(
            code,
            "square",
            sizes,
            x -> {
              Vec difference = Vec.sub(x, mean);
              return Vec.mul(difference, difference);
            });
    Vec.Ref factor = code.let("factor", StandardTile.factor(squares, count));
    Index channels = sizes.get("channels");
    Index vectors = code.define("vectors", channels.over(lanes));
    code.loop(
        "v",
        Index.of(0),
        vectors,
        1,
        (inner, v) -> store(inner, sizes, v, mean, factor, Index.of(lanes)));
    Index tail = code.define("tail", channels.plus(vectors.times(-lanes)));
    code.loop(
        "t",
        tail.least(Index.of(1)),
        (inner, t) -> store(inner, sizes, vectors, mean, factor, tail));
  }

  private void store(
      Code code, Sizes sizes, Index vector, Vec.Ref mean, Vec.Ref factor, Index stored) {
    Vec x = new Vec.Load(Memory.ARENA, vector(sizes, "x", vector));
    code.store(vector(sizes, "y", vector), Vec.mul(Vec.sub(x, mean), factor), stored);
  }

  /** The sum of {@code f} of all channels, in all lanes. */
  private Vec sum(Code code, String name, Sizes sizes, UnaryOperator<Vec> f) {
    CompensatedSum sum = CompensatedSum.from(code, name, 0, new Vec.Splat(0));
    Parts.each(
        code,
        sizes.get("channels"),
        (groups, end) -> {
          List<CompensatedSum> parts = CompensatedSum.each(groups, name + "Part", vectors());
          groups.loop(
              "g",
              Index.of(0),
              end.over(lanes),
              vectors(),
              (inner, g) ->
                  parts.forEach(
                      part -> {
                        Index at = vector(sizes, "x", g.plus(part.number()));
                        part.add(inner, f.apply(inner.let("x0", new Vec.Load(Memory.ARENA, at))));
                      }));
          groups.assign(sum.value(), across(groups, sizes, parts));
        },
        (inner, s) -> {
          Vec x = new Vec.Broadcast(Memory.ARENA, channel(sizes, "x", s));
          sum.add(inner, f.apply(inner.let("x1", x)));
        });
    return sum.value();
  }

  /** The vectors of all parts. */
  private int vectors() {
    return Parts.COUNT / lanes;
  }

  /** Adds all lanes of {@code parts} by way of the memory of the result. */
  private Vec across(Code code, Sizes sizes, List<CompensatedSum> parts) {
    for (CompensatedSum part : parts) {
      Index at = vector(sizes, "y", Index.of(part.number()));
      code.store(at, part.value(), Index.of(lanes));
    }
    List<Vec> all = new ArrayList<>();
    for (int i = 0; i < Parts.COUNT; i++) {
      all.add(new Vec.Broadcast(Memory.ARENA, channel(sizes, "y", Index.of(i))));
    }
    return Parts.pairs(all, Vec::add);
  }

  /** The place of a vector of channels. */
  private static Index vector(Sizes sizes, String map, Index number) {
    return Index.var(map).plus(number.times(sizes.get(map + "Vector")));
  }

  /** The place of a channel, which may lie in another block. */
  private Index channel(Sizes sizes, String map, Index number) {
    Index between = sizes.get(map + "Vector").plus(-lanes);
    return Index.var(map).plus(number).plus(number.over(lanes).times(between));
  }
}
