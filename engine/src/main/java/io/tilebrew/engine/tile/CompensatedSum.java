package io.tilebrew.engine.tile;

import io.tilebrew.engine.kernel.Vec;
import java.util.List;
import java.util.stream.IntStream;

/**
 * A sum in vector code that has with it what its last rounding added, as the references make it.
 *
 * @param number tells sums that go side by side apart
 */
record CompensatedSum(int number, Vec.Ref value, Vec.Ref excess) {
  /** Sums side by side, 0 yet. */
  static List<CompensatedSum> each(Code code, String name, int count) {
    return IntStream.range(0, count)
        .mapToObj(i -> from(code, name + i, i, new Vec.Splat(0)))
        .toList();
  }

  /** A sum that begins with {@code start}. */
  static CompensatedSum from(Code code, String name, int number, Vec start) {
    return new CompensatedSum(
        number, code.let(name, start), code.let(name + "Excess", new Vec.Splat(0)));
  }

  void add(Code code, Vec x) {
    Vec.Ref rest = code.let("rest" + number, Vec.sub(x, excess));
    Vec.Ref next = code.let("next" + number, Vec.add(value, rest));
    code.assign(excess, Vec.sub(Vec.sub(next, value), rest));
    code.assign(value, next);
  }
}
