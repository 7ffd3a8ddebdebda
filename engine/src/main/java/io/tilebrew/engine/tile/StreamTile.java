package io.tilebrew.engine.tile;

import io.tilebrew.engine.kernel.Index;
import io.tilebrew.engine.kernel.Memory;
import io.tilebrew.engine.kernel.Procedure;
import io.tilebrew.engine.kernel.Program;
import io.tilebrew.engine.kernel.Vec;
import java.util.ArrayList;
import java.util.List;

/**
 * Loads and nothing else worth mention: as fast as one core can read. It reads four streams side by
 * side, as one stream does not reach what the memory can give.
 *
 * @param lanes the floats in a vector
 */
public record StreamTile(int lanes) {
  private static final int STREAMS = 4;

  /** The vectors of a stream in an iteration. */
  private static final int VECTORS = 2;

  /** The floats of which the length of an arena must be a multiple. */
  public int unit() {
    return STREAMS * VECTORS * lanes;
  }

  /** The argument for an arena of {@code floats} floats. */
  public int stream(int floats) {
    assert floats % unit() == 0 : floats;
    return floats / STREAMS;
  }

  /** The program; it writes one vector at the start of the arena. */
  public Program program() {
    Code code = new Code(List.of("stream"));
    List<Vec.Ref> sums = new ArrayList<>();
    for (int i = 0; i < STREAMS * VECTORS; i++) {
      sums.add(code.let("a" + i, new Vec.Splat(0)));
    }
    Index length = Index.var("stream");
    code.loop(
        "i",
        Index.of(0),
        length,
        VECTORS * lanes,
        (inner, i) -> {
          for (int sum = 0; sum < sums.size(); sum++) {
            Index at = length.times(sum / VECTORS).plus(i).plus(sum % VECTORS * lanes);
            Vec loaded = new Vec.Load(Memory.ARENA, at);
            inner.assign(sums.get(sum), Vec.add(sums.get(sum), loaded));
          }
        });
    Vec.Ref total = sums.getFirst();
    sums.stream().skip(1).forEach(sum -> code.assign(total, Vec.add(total, sum)));
    code.store(Index.of(0), total, Index.of(lanes));
    List<String> parameters = List.of("stream");
    Procedure main = new Procedure("read", parameters, code.statements());
    return new Program("stream, %d lanes".formatted(lanes), lanes, parameters, main, List.of());
  }
}
