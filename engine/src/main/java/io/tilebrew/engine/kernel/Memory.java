package io.tilebrew.engine.kernel;

import java.util.Locale;

/** The arrays that a program reads and writes. */
public enum Memory {
  /** The activations of one run. */
  ARENA,
  /** The packed constants of one kernel; never written. */
  WEIGHTS;

  /** The floats of a line of the cache. */
  public static final int LINE = 16;

  /**
   * The first float of an array that starts a line where the array itself does: behind the 16 bytes
   * that a JVM puts before the elements. A vector of 16 floats that lies across two lines takes two
   * loads. G1, ZGC and Shenandoah let large arrays start a line, and with {@code
   * -XX:ObjectAlignmentInBytes=64} every collector does so with all.
   */
  public static final int LINE_START = 12;

  /** The floats of an array from which on it is large by G1's rules: it fills half of a region. */
  private static final int LARGE =
      LINE + Math.clamp(Runtime.getRuntime().maxMemory() / 2048, 1 << 19, 1 << 24) / Float.BYTES;

  /** The part of a large array that must be used. */
  private static final int LEAST_USE = 16;

  /**
   * The length of an array for {@code floats} floats: more, so that it is large and starts a line,
   * unless most of it would be left unused. G1 makes regions of 1/2048 of the heap, rounded up to a
   * power of two, 1 to 32 MiB, and gives an array of more than half of one regions of its own.
   */
  public static int length(int floats) {
    return floats < LARGE / LEAST_USE ? floats : Math.max(floats, LARGE);
  }

  /** The name in generated source. */
  public String variable() {
    return name().toLowerCase(Locale.ROOT);
  }
}
