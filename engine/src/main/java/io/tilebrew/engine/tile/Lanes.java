package io.tilebrew.engine.tile;

import jdk.incubator.vector.FloatVector;

/** The vectors of this machine. */
public final class Lanes {
  private Lanes() {}

  /** The floats in a vector as wide as the machine handles at once: 4, 8 or 16. */
  public static int best() {
    return Math.clamp(FloatVector.SPECIES_PREFERRED.length(), 4, 16);
  }

  /** The floats in the narrowest vector that holds {@code count}, or {@code most} if none does. */
  static int fitting(int count, int most) {
    int lanes = most;
    while (lanes > 4 && lanes / 2 >= count) {
      lanes /= 2;
    }
    return lanes;
  }
}
