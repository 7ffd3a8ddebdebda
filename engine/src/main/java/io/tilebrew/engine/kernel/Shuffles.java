package io.tilebrew.engine.kernel;

import java.lang.invoke.MethodHandles.Lookup;
import jdk.incubator.vector.VectorShape;
import jdk.incubator.vector.VectorShuffle;
import jdk.incubator.vector.VectorSpecies;

/** The shuffles that generated classes have as constants. */
public final class Shuffles {
  private Shuffles() {}

  /**
   * The shuffle of {@link Vec.Spread}; a bootstrap method.
   *
   * @param lookup of the class that has the constant
   * @param name of the constant
   * @param type of the constant
   * @param lanes the floats in a vector
   */
  public static VectorShuffle<Float> spread(
      Lookup lookup, String name, Class<?> type, int lanes, int width, int lane) {
    return VectorShuffle.fromOp(species(lanes), i -> i - i % width + lane);
  }

  /**
   * The shuffle of {@link Vec.EverySecond}; a bootstrap method.
   *
   * @param lookup of the class that has the constant
   * @param name of the constant
   * @param type of the constant
   * @param lanes the floats in a vector
   */
  public static VectorShuffle<Float> everySecond(
      Lookup lookup, String name, Class<?> type, int lanes, int first) {
    return VectorShuffle.fromOp(species(lanes), i -> (2 * i + first) % lanes);
  }

  private static VectorSpecies<Float> species(int lanes) {
    return VectorSpecies.of(float.class, VectorShape.forBitSize(lanes * Float.SIZE));
  }
}
