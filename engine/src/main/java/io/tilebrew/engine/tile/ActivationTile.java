package io.tilebrew.engine.tile;

import io.tilebrew.engine.kernel.Index;
import io.tilebrew.engine.kernel.Memory;
import io.tilebrew.engine.kernel.Procedure;
import io.tilebrew.engine.kernel.Program;
import io.tilebrew.engine.kernel.Vec;
import io.tilebrew.engine.problem.Activation;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * An activation of each element of a feature map, into another map; with {@link Activation#NONE} a
 * copy.
 *
 * @param lanes the floats in a vector
 * @param activation the activation, or null to read its bounds from the weights
 */
public record ActivationTile(int lanes, @Nullable Activation activation) {
  /**
   * The sizes; {@code channels} is the length of a run of consecutive floats, which is a whole row
   * where both maps have their pixels to themselves.
   */
  public static final List<String> SIZES =
      List.of(
          "x",
          "y",
          "images",
          "xImage",
          "yImage",
          "rows",
          "columns",
          "channels",
          "xRow",
          "xPixel",
          "yRow",
          "yPixel");

  private static final int MOST_VECTORS = 4;

  /** The program of this tile for {@code sizes}. */
  public Program program(Sizes sizes) {
    List<String> parameters = sizes.parameters(SIZES);
    Code code = new Code(parameters);
    Pixels.each(
        code,
        sizes,
        (inner, x, y) ->
            Vectors.each(inner, sizes.get("channels"), lanes, MOST_VECTORS, body(x, y)));
    Procedure main = new Procedure("activate", parameters, code.statements());
    String kind = Activation.NONE.equals(activation) ? "copy" : "activation";
    String text = "%s, %d lanes".formatted(kind, lanes);
    return new Program(text, lanes, SIZES, main, List.of());
  }

  private Vectors.Body body(Index x, Index y) {
    return (code, offset, vectors, last) -> {
      for (int v = 0; v < vectors; v++) {
        Index at = offset.plus(v * lanes);
        Vec.Ref value = code.let("a" + v, new Vec.Load(Memory.ARENA, x.plus(at)));
        Vec result =
            activation == null
                ? Epilogue.applyGeneric(code, value)
                : Epilogue.apply(code, value, activation);
        code.store(y.plus(at), result, v == vectors - 1 ? last : Index.of(lanes));
      }
    };
  }
}
