package io.tilebrew.engine.kernel;

import java.util.Locale;

/** The arrays that a program reads and writes. */
public enum Memory {
  /** The activations of one run. */
  ARENA,
  /** The packed constants of one kernel; never written. */
  WEIGHTS;

  /** The name in generated source. */
  public String variable() {
    return name().toLowerCase(Locale.ROOT);
  }
}
