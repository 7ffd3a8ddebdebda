package io.tilebrew.engine.tile;

import io.tilebrew.engine.kernel.Index;
import io.tilebrew.engine.kernel.Memory;
import io.tilebrew.engine.kernel.Procedure;
import io.tilebrew.engine.kernel.Program;
import io.tilebrew.engine.kernel.Vec;
import java.util.List;

/**
 * Channels of a feature map in another order, moved one by one. The weights hold the source of each
 * channel of the result.
 *
 * @param lanes the floats in a vector
 */
record ChannelTile(int lanes) implements Tile {
  /** The sizes; {@code channels} are those of the result. */
  private static final List<String> SIZES = Pixels.SIZES;

  private static final int UNROLLED = 4;

  @Override
  public List<String> sizes() {
    return SIZES;
  }

  @Override
  public Program program(Sizes sizes) {
    List<String> parameters = sizes.parameters(SIZES);
    Code code = new Code(parameters);
    Index channels = sizes.get("channels");
    Index full = code.define("full", channels.over(UNROLLED).times(UNROLLED));
    Pixels.each(
        code,
        sizes,
        (pixel, x, y) -> {
          pixel.loop(
              "m",
              Index.of(0),
              full,
              UNROLLED,
              (inner, m) -> {
                for (int i = 0; i < UNROLLED; i++) {
                  move(inner, x, y, m.plus(i));
                }
              });
          pixel.loop("m", full, channels, 1, (inner, m) -> move(inner, x, y, m));
        });
    Procedure main = new Procedure("select", parameters, code.statements());
    return new Program("channels, %d lanes".formatted(lanes), lanes, SIZES, main, List.of());
  }

  private static void move(Code code, Index x, Index y, Index m) {
    Vec value = new Vec.Broadcast(Memory.ARENA, x.plus(new Index.Entry(m)));
    code.store(y.plus(m), value, Index.of(1));
  }
}
