package io.tilebrew.engine.tile;

import io.tilebrew.engine.kernel.Index;
import io.tilebrew.engine.kernel.Procedure;
import io.tilebrew.engine.kernel.Program;
import io.tilebrew.engine.kernel.Vec;
import java.util.ArrayList;
import java.util.List;

/**
 * Fused multiply-adds that depend on nothing but registers: what one core can do at most.
 *
 * @param lanes the floats in a vector
 */
public record PeakTile(int lanes) {
  /** Sums that are kept apart: enough to hide the latency, few enough for the registers. */
  private static final int SUMS = 12;

  private static final int ITERATIONS = 10_000;

  /** The multiply-adds of a run. */
  public long multiplyAdds() {
    return (long) SUMS * ITERATIONS * lanes;
  }

  /** The program; it writes one vector at the start of the arena. */
  public Program program() {
    Code code = new Code(List.of());
    Vec.Ref x = code.let("x", new Vec.Splat(0.999f));
    Vec.Ref y = code.let("y", new Vec.Splat(1e-3f));
    List<Vec.Ref> sums = new ArrayList<>();
    for (int i = 0; i < SUMS; i++) {
      sums.add(code.let("a" + i, new Vec.Splat(i)));
    }
    code.loop(
        "i",
        Index.of(ITERATIONS),
        (inner, i) -> sums.forEach(sum -> inner.assign(sum, new Vec.Fma(sum, x, y))));
    Vec.Ref total = sums.getFirst();
    sums.stream().skip(1).forEach(sum -> code.assign(total, Vec.add(total, sum)));
    code.store(Index.of(0), total, Index.of(lanes));
    Procedure main = new Procedure("multiplyAdd", List.of(), code.statements());
    return new Program("peak, %d lanes".formatted(lanes), lanes, List.of(), main, List.of());
  }
}
