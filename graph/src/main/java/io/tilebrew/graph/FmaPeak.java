package io.tilebrew.graph;

import io.tilebrew.engine.codegen.KernelFactory;
import io.tilebrew.engine.kernel.Kernel;
import io.tilebrew.engine.tile.Lanes;
import io.tilebrew.engine.tile.PeakTile;

/**
 * A loop of fused multiply-adds that depend on nothing but registers: what one core can do at most,
 * to compare kernels with. Like them it is fast once the JIT compiler has seen it often.
 */
public final class FmaPeak implements Runnable {
  private final PeakTile tile;
  private final Kernel kernel;
  private final float[] arena;

  /** The loop with vectors as wide as the machine has them. */
  public FmaPeak() {
    tile = new PeakTile(Lanes.best());
    kernel = new KernelFactory().define(tile.program());
    arena = new float[tile.lanes()];
  }

  /** The multiply-adds of a run. */
  public long multiplyAdds() {
    return tile.multiplyAdds();
  }

  @Override
  public void run() {
    kernel.run(arena, arena, new int[0]);
  }
}
