package io.tilebrew.engine.tile;

import io.tilebrew.engine.kernel.Program;
import io.tilebrew.engine.kernel.SharedSplats;
import io.tilebrew.engine.kernel.TurnLimit;

/**
 * One form of a kernel, before there is a program: equal forms have equal programs.
 *
 * @param tile the kind of kernel
 * @param sizes which sizes are literals
 */
public record KernelForm(Tile tile, Sizes sizes) {
  /** The program, which takes the limit of turns behind the sizes. */
  public Program program() {
    return TurnLimit.of(SharedSplats.of(tile.program(sizes)));
  }
}
