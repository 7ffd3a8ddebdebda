package io.tilebrew.engine.tile;

import jdk.incubator.vector.FloatVector;

/** The vectors of this machine. */
public final class Lanes {
  private Lanes() {}

  /** The floats in a vector as wide as the machine handles at once: 4, 8 or 16. */
  public static int best() {
    return Math.clamp(FloatVector.SPECIES_PREFERRED.length(), 4, 16);
  }
}
