package io.tilebrew.engine.tile;

import java.util.Random;

/** Random arrays, equal for equal seeds. */
public final class Floats {
  private static final float[] SPECIAL = {
    Float.NaN,
    Float.POSITIVE_INFINITY,
    Float.NEGATIVE_INFINITY,
    0f,
    -0f,
    Float.MIN_VALUE,
    -Float.MIN_NORMAL / 3,
    Float.MAX_VALUE,
    -Float.MAX_VALUE,
    1f
  };

  private Floats() {}

  /** Floats in [-1, 1). */
  public static float[] ordinary(long seed, int count) {
    return of(seed, count, 0);
  }

  /** Floats in [-1, 1), one in {@code rarity} of them replaced by a special value. */
  static float[] special(long seed, int count, int rarity) {
    return of(seed, count, rarity);
  }

  private static float[] of(long seed, int count, int rarity) {
    Random random = new Random(seed);
    float[] x = new float[count];
    for (int i = 0; i < count; i++) {
      boolean special = rarity > 0 && random.nextInt(rarity) == 0;
      x[i] = special ? SPECIAL[random.nextInt(SPECIAL.length)] : random.nextFloat() * 2 - 1;
    }
    return x;
  }
}
