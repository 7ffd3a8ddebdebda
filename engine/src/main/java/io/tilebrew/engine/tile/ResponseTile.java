package io.tilebrew.engine.tile;

import io.tilebrew.engine.kernel.Index;
import io.tilebrew.engine.kernel.Memory;
import io.tilebrew.engine.kernel.Procedure;
import io.tilebrew.engine.kernel.Program;
import io.tilebrew.engine.kernel.Vec;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.Stream;

/**
 * Local response normalization: channels in the lanes, the squares of their neighbours from loads
 * that begin a channel further each.
 *
 * <p>The weights hold {@code alpha / size} and the bias, then a mask: a 0 for each channel of the
 * window before the own one, a 1 for each channel, zeros.
 *
 * @param lanes the floats in a vector
 * @param power the exponent
 */
record ResponseTile(int lanes, Power power) implements Tile {
  /** The exponents that square roots make. */
  enum Power {
    HALF,
    THREE_QUARTERS,
    ONE
  }

  /** The most channels of a window on one side of the own one: all are read, in the map or not. */
  static final int MOST_BESIDE = 32;

  /**
   * The sizes; {@code before} are the channels of a window before the own one, {@code after} those
   * behind it.
   */
  private static final List<String> SIZES =
      Stream.concat(Pixels.SIZES.stream(), Stream.of("before", "after")).toList();

  private static final int HEADER = 2;
  private static final int MOST_UNROLLED = 9;
  private static final List<String> WINDOW = List.of("before", "after");
  private static final Vec ZERO = new Vec.Splat(0);

  /** What the program reads as weights. */
  float[] weights(int size, float alpha, float bias, int channels) {
    int before = (size - 1) / 2;
    float[] weights = new float[HEADER + size + channels + 2 * lanes];
    weights[0] = alpha / size;
    weights[1] = bias;
    for (int c = 0; c < channels; c++) {
      weights[HEADER + before + c] = 1;
    }
    return weights;
  }

  @Override
  public List<String> sizes() {
    return SIZES;
  }

  @Override
  public Program program(Sizes sizes) {
    List<String> parameters = sizes.parameters(SIZES);
    Code code = new Code(parameters);
    Index channels = sizes.get("channels");
    Index full = code.define("full", vectors(channels));
    Index first = vectors(sizes.get("before").plus(lanes - 1)).least(full);
    Index inner = code.define("inner", first);
    Index reach = channels.plus(sizes.get("after").times(-1)).greatest(Index.of(0));
    Index outer = code.define("outer", vectors(reach).greatest(inner));
    Pixels.each(
        code,
        sizes,
        (pixel, x, y) -> {
          call(pixel, sizes, "edge", List.of(x, y, Index.of(0), inner));
          call(pixel, sizes, "middle", List.of(x, y, inner, outer));
          call(pixel, sizes, "edge", List.of(x, y, outer, full));
          call(pixel, sizes, "rest", List.of(x, y, full, channels));
        });
    Index tail = channels.plus(full.times(-1));
    boolean known = tail instanceof Index.Const(int left) && left > 0;
    Index rest = known ? tail : Index.var("to").plus(Index.var("from").times(-1));
    Procedure main = new Procedure("normalize", parameters, code.statements());
    List<Procedure> ranges =
        List.of(
            range("edge", sizes, true, Index.of(lanes)),
            range("middle", sizes, false, Index.of(lanes)),
            range("rest", sizes, true, rest));
    return new Program("local response, %d lanes".formatted(lanes), lanes, SIZES, main, ranges);
  }

  private Index vectors(Index floats) {
    return floats.over(lanes).times(lanes);
  }

  private static void call(Code code, Sizes sizes, String name, List<Index> range) {
    if (!range.get(2).equals(range.get(3))) {
      List<Index> arguments = new ArrayList<>(range);
      sizes.parameters(WINDOW).forEach(size -> arguments.add(Index.var(size)));
      code.call(name, arguments);
    }
  }

  /** The channels in a range; at an edge, what lies beyond the first and the last one is 0. */
  private Procedure range(String name, Sizes sizes, boolean edge, Index stored) {
    List<String> parameters = new ArrayList<>(List.of("x", "y", "from", "to"));
    parameters.addAll(sizes.parameters(WINDOW));
    Code code = new Code(parameters);
    Vec.Ref factor = code.let("factor", new Vec.Broadcast(Memory.WEIGHTS, Index.of(0)));
    Vec.Ref bias = code.let("bias", new Vec.Broadcast(Memory.WEIGHTS, Index.of(1)));
    code.loop(
        "c",
        Index.var("from"),
        Index.var("to"),
        lanes,
        (vector, c) -> {
          Vec.Ref sum = vector.let("sum", ZERO);
          squares(vector, sizes, c, sum, edge);
          Vec.Ref base = vector.let("base", new Vec.Fma(factor, sum, bias));
          Vec own = new Vec.Load(Memory.ARENA, Index.var("x").plus(c));
          Vec result = Vec.div(own, power(vector, base));
          vector.store(Index.var("y").plus(c), result, stored);
        });
    return new Procedure(name, parameters, code.statements());
  }

  private static void squares(Code code, Sizes sizes, Index c, Vec.Ref sum, boolean edge) {
    Index first = Index.var("x").plus(c).plus(sizes.get("before").times(-1));
    Index size = sizes.get("before").plus(sizes.get("after")).plus(1);
    if (size instanceof Index.Const(int count) && count <= MOST_UNROLLED) {
      for (int k = 0; k < count; k++) {
        square(code, first.plus(k), c.plus(k), sum, edge);
      }
    } else {
      code.loop("k", size, (tap, k) -> square(tap, first.plus(k), c.plus(k), sum, edge));
    }
  }

  private static void square(Code code, Index at, Index mask, Vec.Ref sum, boolean edge) {
    Vec.Ref x = code.let("x0", new Vec.Load(Memory.ARENA, at));
    if (edge) {
      Vec counts = new Vec.Load(Memory.WEIGHTS, mask.plus(HEADER));
      code.assign(x, new Vec.Select(Vec.Comparison.LESS_OR_EQUAL, counts, ZERO, ZERO, x));
    }
    code.assign(sum, new Vec.Fma(x, x, sum));
  }

  private Vec power(Code code, Vec.Ref x) {
    return switch (power) {
      case ONE -> x;
      case HALF -> root(x);
      case THREE_QUARTERS -> {
        Vec.Ref root = code.let("root", root(x));
        yield Vec.mul(root, root(root));
      }
    };
  }

  private static Vec root(Vec x) {
    return new Vec.Apply(Vec.Mapping.SQRT, x);
  }
}
