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

  /** The name in generated source. */
  public String variable() {
    return name().toLowerCase(Locale.ROOT);
  }
}
