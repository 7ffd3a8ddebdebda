package io.tilebrew.graph;

import io.tilebrew.engine.codegen.KernelFactory;
import io.tilebrew.engine.kernel.Kernel;
import io.tilebrew.engine.tile.Lanes;
import io.tilebrew.engine.tile.StreamTile;
import java.util.Arrays;
import java.util.List;

/**
 * A loop that reads some bytes again and again: what one core can get at most from the level of the
 * memory that they fit in. It is fast once the JIT compiler has seen it often.
 */
public final class MemoryStream implements Runnable {
  private final Kernel kernel;
  private final float[] arena;
  private final int[] arguments;

  private MemoryStream(StreamTile tile, Kernel kernel, int bytes) {
    this.kernel = kernel;
    arena = new float[bytes / Float.BYTES];
    arguments = new int[] {tile.stream(arena.length)};
  }

  /** Loops over so many bytes each, multiples of 4096; they share their code. */
  public static List<MemoryStream> of(int... bytes) {
    StreamTile tile = new StreamTile(Lanes.best());
    Kernel kernel = new KernelFactory().define(tile.program());
    return Arrays.stream(bytes).mapToObj(size -> new MemoryStream(tile, kernel, size)).toList();
  }

  /** The bytes that a run reads. */
  public long bytes() {
    return (long) Float.BYTES * arena.length;
  }

  @Override
  public void run() {
    kernel.run(arena, arena, arguments);
  }
}
