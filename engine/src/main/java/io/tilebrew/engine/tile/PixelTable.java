package io.tilebrew.engine.tile;

import io.tilebrew.engine.problem.Interpolation;
import io.tilebrew.engine.problem.Resampling;
import java.util.Arrays;

/**
 * What the rows or the columns of a map are made of: for each one the places of its taps, then
 * their weights.
 *
 * @param taps the taps of each; one alone has the weight 1
 * @param floats the places and weights
 */
record PixelTable(int taps, float[] floats) {
  /** The taps of each element of {@code axis}. */
  static int taps(Interpolation how, Resampling axis) {
    boolean copies = how.method() == Interpolation.Method.NEAREST || axis.isIdentity(how);
    return copies ? 1 : axis.taps(how, 0).indices().length;
  }

  /** The table of an axis that is resized. */
  static PixelTable of(Interpolation how, Resampling axis) {
    boolean identity = axis.isIdentity(how);
    int taps = taps(how, axis);
    float[] floats = new float[axis.to() * 2 * taps];
    for (int i = 0; i < axis.to(); i++) {
      Resampling.Taps made = axis.taps(how, i);
      for (int k = 0; k < taps; k++) {
        floats[2 * taps * i + k] = identity ? i : made.indices()[k];
        floats[2 * taps * i + taps + k] = taps == 1 ? 1 : made.weights()[k];
      }
    }
    return new PixelTable(taps, floats);
  }

  /** The table of copies of the elements {@code from}. */
  static PixelTable of(int[] from) {
    float[] floats = new float[from.length * 2];
    for (int i = 0; i < from.length; i++) {
      floats[2 * i] = from[i];
      floats[2 * i + 1] = 1;
    }
    return new PixelTable(1, floats);
  }

  /** This table and {@code other} in one array. */
  float[] followedBy(PixelTable other) {
    float[] both = Arrays.copyOf(floats, floats.length + other.floats.length);
    System.arraycopy(other.floats, 0, both, floats.length, other.floats.length);
    return both;
  }
}
