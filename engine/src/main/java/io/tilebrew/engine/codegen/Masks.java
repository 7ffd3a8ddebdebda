package io.tilebrew.engine.codegen;

import jdk.incubator.vector.FloatVector;
import jdk.incubator.vector.IntVector;
import jdk.incubator.vector.VectorSpecies;

/**
 * The classes of masks, all of which are loaded before the first kernel: code is compiled as if no
 * other ones existed than those that are loaded, and is thrown away as soon as another one is.
 */
final class Masks {
  static {
    VectorSpecies<?>[] all = {
      FloatVector.SPECIES_128,
      FloatVector.SPECIES_256,
      FloatVector.SPECIES_512,
      IntVector.SPECIES_128,
      IntVector.SPECIES_256,
      IntVector.SPECIES_512
    };
    for (VectorSpecies<?> species : all) {
      species.maskAll(true);
    }
  }

  private Masks() {}

  /** Loads them. */
  static void load() {}
}
