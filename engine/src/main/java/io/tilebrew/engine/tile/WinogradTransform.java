package io.tilebrew.engine.tile;

import io.tilebrew.engine.kernel.Vec;
import io.tilebrew.engine.problem.Algorithm;
import io.tilebrew.engine.reference.WinogradReference;
import java.util.List;

/** Writes the transforms of {@link WinogradReference} along one row or column, step by step. */
final class WinogradTransform {
  private WinogradTransform() {}

  /** The transformed inputs. */
  static List<Vec> inputs(Code code, Algorithm algorithm, List<Vec.Ref> d) {
    if (algorithm.inputs() == 4) {
      return List.of(
          Vec.sub(d.get(0), d.get(2)),
          Vec.add(d.get(1), d.get(2)),
          Vec.sub(d.get(2), d.get(1)),
          Vec.sub(d.get(1), d.get(3)));
    }
    Vec.Ref even = code.let("even", times(-4, d.get(2), d.get(4)));
    Vec.Ref odd = code.let("odd", times(-4, d.get(1), d.get(3)));
    Vec.Ref outer = code.let("outer", Vec.sub(d.get(4), d.get(2)));
    Vec.Ref inner = code.let("inner", Vec.sub(d.get(3), d.get(1)));
    return List.of(
        times(4, d.get(0), times(-5, d.get(2), d.get(4))),
        Vec.add(even, odd),
        Vec.sub(even, odd),
        times(2, inner, outer),
        times(-2, inner, outer),
        times(4, d.get(1), times(-5, d.get(3), d.get(5))));
  }

  /** The outputs of transformed sums. */
  static List<Vec> outputs(Code code, Algorithm algorithm, List<Vec.Ref> t) {
    Vec.Ref sum = code.let("sum", Vec.add(t.get(1), t.get(2)));
    Vec.Ref difference = code.let("difference", Vec.sub(t.get(1), t.get(2)));
    if (algorithm.inputs() == 4) {
      return List.of(Vec.add(t.get(0), sum), Vec.sub(difference, t.get(3)));
    }
    Vec.Ref farSum = code.let("farSum", Vec.add(t.get(3), t.get(4)));
    Vec.Ref farDifference = code.let("farDifference", Vec.sub(t.get(3), t.get(4)));
    Vec first = Vec.add(Vec.add(t.get(0), sum), farSum);
    Vec second = times(2, farDifference, difference);
    if (algorithm.outputs() == 2) {
      return List.of(first, Vec.add(second, t.get(5)));
    }
    return List.of(
        first,
        second,
        times(4, farSum, sum),
        Vec.add(times(8, farDifference, difference), t.get(5)));
  }

  private static Vec times(float factor, Vec a, Vec b) {
    return new Vec.Fma(new Vec.Splat(factor), a, b);
  }
}
