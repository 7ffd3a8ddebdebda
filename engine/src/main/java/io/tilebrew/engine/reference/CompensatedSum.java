package io.tilebrew.engine.reference;

/**
 * A sum by parts, each with what its last rounding added to it: the elements go to the parts in
 * turn as long as they fill all of them; then the parts are added in pairs, and the other elements
 * one by one.
 */
final class CompensatedSum {
  private final float[] values;
  private final float[] excess;
  private final int whole;
  private int count;

  /** The sum of so many {@code elements}. */
  CompensatedSum(int parts, int elements) {
    values = new float[parts];
    excess = new float[parts];
    whole = elements / parts * parts;
  }

  void add(float x) {
    int part = count < whole ? count % values.length : 0;
    float rest = x - excess[part];
    float next = values[part] + rest;
    excess[part] = (next - values[part]) - rest;
    values[part] = next;
    count++;
    if (count == whole) {
      NormalizationReference.addInPairs(values);
      excess[0] = 0;
    }
  }

  /** The sum, when all elements were added. */
  float value() {
    return values[0];
  }
}
