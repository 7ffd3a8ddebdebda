package io.tilebrew.engine.tile;

import io.tilebrew.engine.kernel.Index;
import io.tilebrew.engine.kernel.Memory;
import io.tilebrew.engine.kernel.Procedure;
import io.tilebrew.engine.kernel.Program;
import io.tilebrew.engine.kernel.Vec;
import java.util.List;

/**
 * Each channel of a feature map {@code times} times, one after the other. Whole vectors are stored,
 * of which the next one overwrites what is too much; behind the last channel of a pixel there must
 * be room for a vector.
 *
 * @param lanes the floats in a vector
 * @param times how often
 */
record SpreadTile(int lanes, int times) implements Tile {
  /** The sizes; {@code channels} are those before. */
  private static final List<String> SIZES = Pixels.SIZES;

  @Override
  public List<String> sizes() {
    return SIZES;
  }

  @Override
  public Program program(Sizes sizes) {
    List<String> parameters = sizes.parameters(SIZES);
    Code code = new Code(parameters);
    Pixels.each(
        code,
        sizes,
        (pixel, x, y) ->
            pixel.loop(
                "m",
                Index.of(0),
                sizes.get("channels"),
                1,
                (inner, m) -> {
                  Vec.Ref value = inner.let("v", new Vec.Broadcast(Memory.ARENA, x.plus(m)));
                  Index to = inner.define("to", y.plus(m.times(times)));
                  for (int i = 0; i < times; i += lanes) {
                    inner.store(to.plus(i), value, Index.of(lanes));
                  }
                }));
    Procedure main = new Procedure("spread", parameters, code.statements());
    String text = "channels %d times, %d lanes".formatted(times, lanes);
    return new Program(text, lanes, SIZES, main, List.of());
  }
}
