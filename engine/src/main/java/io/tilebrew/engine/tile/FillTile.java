package io.tilebrew.engine.tile;

import io.tilebrew.engine.kernel.Index;
import io.tilebrew.engine.kernel.Memory;
import io.tilebrew.engine.kernel.Procedure;
import io.tilebrew.engine.kernel.Program;
import io.tilebrew.engine.kernel.Vec;
import java.util.List;

/**
 * The first of the weights in all pixels of a feature map.
 *
 * @param lanes the floats in a vector
 */
record FillTile(int lanes) implements Tile {
  /** The sizes. */
  private static final List<String> SIZES = Pixels.SIZES;

  private static final int MOST_VECTORS = 4;

  @Override
  public List<String> sizes() {
    return SIZES;
  }

  @Override
  public Program program(Sizes sizes) {
    List<String> parameters = sizes.parameters(SIZES);
    Code code = new Code(parameters);
    Vec.Ref value = code.let("value", new Vec.Broadcast(Memory.WEIGHTS, Index.of(0)));
    Pixels.each(
        code,
        sizes,
        (pixel, x, y) ->
            Vectors.each(
                pixel,
                sizes.get("channels"),
                lanes,
                MOST_VECTORS,
                (inner, offset, vectors, last) -> {
                  for (int v = 0; v < vectors; v++) {
                    Index stored = v == vectors - 1 ? last : Index.of(lanes);
                    inner.store(y.plus(offset).plus(v * lanes), value, stored);
                  }
                }));
    Procedure main = new Procedure("fill", parameters, code.statements());
    return new Program("filling, %d lanes".formatted(lanes), lanes, SIZES, main, List.of());
  }
}
