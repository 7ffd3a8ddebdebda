package io.tilebrew.engine.tile;

import io.tilebrew.engine.kernel.Vec;
import io.tilebrew.engine.problem.Algorithm;
import io.tilebrew.engine.reference.WinogradReference;
import java.util.ArrayList;
import java.util.List;
import java.util.function.IntFunction;

/** Writes the transforms of {@link WinogradReference} along one row or column, step by step. */
final class WinogradTransform {
  private WinogradTransform() {}

  /**
   * The elements of pair {@code pair} of transformed inputs, which have terms in common: the first
   * and the last one, or two behind them.
   */
  static List<Integer> pair(Algorithm algorithm, int pair) {
    return pair == 0 ? List.of(0, algorithm.inputs() - 1) : List.of(2 * pair - 1, 2 * pair);
  }

  /** The transformed inputs of a pair, of the inputs that {@code d} gives. */
  static List<Vec> inputs(Code code, Algorithm algorithm, int pair, IntFunction<Vec.Ref> d) {
    return switch (algorithm.inputs()) {
      case 4 -> ofFour(pair, d);
      case 6 -> ofSix(code, pair, d);
      default -> ofEight(code, pair, d);
    };
  }

  private static List<Vec> ofFour(int pair, IntFunction<Vec.Ref> d) {
    return pair == 0
        ? List.of(Vec.sub(d.apply(0), d.apply(2)), Vec.sub(d.apply(1), d.apply(3)))
        : sumAndDifference(d.apply(2), d.apply(1));
  }

  private static List<Vec> ofSix(Code code, int pair, IntFunction<Vec.Ref> d) {
    if (pair == 0) {
      return List.of(
          times(4, d.apply(0), times(-5, d.apply(2), d.apply(4))),
          times(4, d.apply(1), times(-5, d.apply(3), d.apply(5))));
    }
    Vec.Ref d1 = d.apply(1);
    Vec.Ref d2 = d.apply(2);
    Vec.Ref d3 = d.apply(3);
    Vec.Ref d4 = d.apply(4);
    if (pair == 1) {
      return sumAndDifference(
          code.let("even", times(-4, d2, d4)), code.let("odd", times(-4, d1, d3)));
    }
    Vec.Ref outer = code.let("outer", Vec.sub(d4, d2));
    Vec.Ref inner = code.let("inner", Vec.sub(d3, d1));
    return List.of(times(2, inner, outer), times(-2, inner, outer));
  }

  private static List<Vec> ofEight(Code code, int pair, IntFunction<Vec.Ref> d) {
    if (pair == 0) {
      return List.of(
          times(5.25f, Vec.sub(d.apply(4), d.apply(2)), Vec.sub(d.apply(0), d.apply(6))),
          times(5.25f, Vec.sub(d.apply(3), d.apply(5)), Vec.sub(d.apply(7), d.apply(1))));
    }
    Vec.Ref even = code.let("even", ofThree(pair, d.apply(2), d.apply(4), d.apply(6)));
    Vec.Ref odd = code.let("odd", ofThree(pair, d.apply(1), d.apply(3), d.apply(5)));
    float point = pair == 2 ? 2 : 0.5f;
    return pair == 1
        ? sumAndDifference(even, odd)
        : List.of(times(point, odd, even), times(-point, odd, even));
  }

  /** What eight inputs give for the even or the odd powers of a point. */
  private static Vec ofThree(int pair, Vec.Ref a, Vec.Ref b, Vec.Ref c) {
    return switch (pair) {
      case 1 -> Vec.add(times(-4.25f, b, c), a);
      case 2 -> times(0.25f, a, times(-1.25f, b, c));
      default -> times(4, a, times(-5, b, c));
    };
  }

  private static List<Vec> sumAndDifference(Vec.Ref a, Vec.Ref b) {
    return List.of(Vec.add(a, b), Vec.sub(a, b));
  }

  /** The outputs of the sums {@code t}. */
  static List<Vec> outputs(Code code, Algorithm algorithm, List<Vec.Ref> t) {
    int inputs = algorithm.inputs();
    Vec.Ref last = t.getLast();
    List<Vec.Ref> one = sums(code, "", t.get(1), t.get(2));
    if (inputs == 4) {
      return List.of(Vec.add(t.getFirst(), one.get(0)), Vec.sub(one.get(1), last));
    }
    List<Vec.Ref> two = sums(code, "Of2", t.get(3), t.get(4));
    List<Vec.Ref> half = inputs == 8 ? sums(code, "OfHalf", t.get(5), t.get(6)) : List.of();
    List<Vec> outputs = new ArrayList<>();
    for (int i = 0; i < algorithm.outputs(); i++) {
      int odd = i % 2;
      Vec output =
          i == 0
              ? Vec.add(Vec.add(t.getFirst(), one.get(0)), two.get(0))
              : times(1 << i, two.get(odd), one.get(odd));
      if (!half.isEmpty()) {
        output =
            i == 0 ? Vec.add(output, half.get(0)) : times(1f / (1 << i), half.get(odd), output);
      }
      outputs.add(i == algorithm.outputs() - 1 ? Vec.add(output, last) : output);
    }
    return outputs;
  }

  /** What two opposite points give for the even and for the odd powers. */
  private static List<Vec.Ref> sums(Code code, String point, Vec.Ref a, Vec.Ref b) {
    return List.of(
        code.let("sum" + point, Vec.add(a, b)), code.let("difference" + point, Vec.sub(a, b)));
  }

  private static Vec times(float factor, Vec a, Vec b) {
    return new Vec.Fma(new Vec.Splat(factor), a, b);
  }
}
