package io.tilebrew.models.zoo;

/** Where the numbers of a network's parameters come from. */
@FunctionalInterface
interface Weights {
  /**
   * The numbers of one parameter, in a new array or one that is never written to.
   *
   * @param name the name of the parameter
   * @param size how many numbers
   * @param middle the middle of the range to start a training with
   * @param reach how far the range goes to both sides
   */
  float[] values(String name, int size, float middle, float reach);

  /** Numbers evenly spread over the range, the same for the same seed and name. */
  static Weights seeded(long seed) {
    return (name, size, middle, reach) -> {
      float[] values = new float[size];
      long state = mixed(seed ^ hash(name));
      for (int i = 0; i < size; i++) {
        state += 0x9e3779b97f4a7c15L;
        values[i] = middle + reach * ((mixed(state) >> 40) * 0x1p-23f);
      }
      return values;
    };
  }

  /** FNV-1a over the characters. */
  private static long hash(String name) {
    long hash = 0xcbf29ce484222325L;
    for (int i = 0; i < name.length(); i++) {
      hash = (hash ^ name.charAt(i)) * 0x100000001b3L;
    }
    return hash;
  }

  /** The output function of SplitMix64 (Steele, Lea and Flood 2014). */
  private static long mixed(long state) {
    long z = (state ^ (state >>> 30)) * 0xbf58476d1ce4e5b9L;
    z = (z ^ (z >>> 27)) * 0x94d049bb133111ebL;
    return z ^ (z >>> 31);
  }
}
