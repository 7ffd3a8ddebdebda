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
    if (algorithm.inputs() == 4) {
      return pair == 0
          ? List.of(Vec.sub(d.apply(0), d.apply(2)), Vec.sub(d.apply(1), d.apply(3)))
          : sumAndDifference(d.apply(2), d.apply(1));
    }
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

  private static List<Vec> sumAndDifference(Vec.Ref a, Vec.Ref b) {
    return List.of(Vec.add(a, b), Vec.sub(a, b));
  }

  /** The outputs {@code from} to {@code end}, of the sums that {@code t} gives. */
  static List<Vec> outputs(
      Code code, Algorithm algorithm, int from, int end, IntFunction<Vec.Ref> t) {
    Vec.Ref t1 = t.apply(1);
    Vec.Ref t2 = t.apply(2);
    Vec.Ref sum = code.let("sum", Vec.add(t1, t2));
    Vec.Ref difference = code.let("difference", Vec.sub(t1, t2));
    List<Vec> outputs = new ArrayList<>();
    if (algorithm.inputs() == 4) {
      for (int i = from; i < end; i++) {
        outputs.add(i == 0 ? Vec.add(t.apply(0), sum) : Vec.sub(difference, t.apply(3)));
      }
      return outputs;
    }
    Vec.Ref t3 = t.apply(3);
    Vec.Ref t4 = t.apply(4);
    Vec.Ref farSum = code.let("farSum", Vec.add(t3, t4));
    Vec.Ref farDifference = code.let("farDifference", Vec.sub(t3, t4));
    for (int i = from; i < end; i++) {
      boolean isEven = i % 2 == 0;
      Vec output =
          i == 0
              ? Vec.add(Vec.add(t.apply(0), sum), farSum)
              : times(1 << i, isEven ? farSum : farDifference, isEven ? sum : difference);
      outputs.add(i == algorithm.outputs() - 1 ? Vec.add(output, t.apply(5)) : output);
    }
    return outputs;
  }

  private static Vec times(float factor, Vec a, Vec b) {
    return new Vec.Fma(new Vec.Splat(factor), a, b);
  }
}
