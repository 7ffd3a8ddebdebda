package io.tilebrew.engine;

import jdk.incubator.vector.FloatVector;
import jdk.incubator.vector.VectorOperators;
import jdk.incubator.vector.VectorSpecies;

/** Placeholder that proves the Vector API is reachable. */
public final class Placeholder {
  private static final VectorSpecies<Float> SPECIES = FloatVector.SPECIES_PREFERRED;

  private Placeholder() {}

  /** Returns the sum of {@code values}. */
  public static float sum(float[] values) {
    FloatVector sum = FloatVector.zero(SPECIES);
    int i = 0;
    for (; i < SPECIES.loopBound(values.length); i += SPECIES.length()) {
      sum = sum.add(FloatVector.fromArray(SPECIES, values, i));
    }
    var tail = SPECIES.indexInRange(i, values.length);
    sum = sum.add(FloatVector.fromArray(SPECIES, values, i, tail));
    return sum.reduceLanes(VectorOperators.ADD);
  }
}
