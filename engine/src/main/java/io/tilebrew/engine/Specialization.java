package io.tilebrew.engine;

import java.util.ArrayList;
import java.util.List;
import java.util.Map;

/**
 * What a plan is made for.
 *
 * @param sizes a size for each symbol in the dimensions of the inputs
 * @param values the bits of the elements of each input that holds shapes, axes or sizes, by name
 */
record Specialization(Map<String, Integer> sizes, Map<String, List<Long>> values) {
  /** Copies the maps. */
  Specialization {
    sizes = Map.copyOf(sizes);
    values = Map.copyOf(values);
  }

  // Those of a record are linked when they are first called, for which the first run would wait.

  @Override
  public boolean equals(Object other) {
    return other instanceof Specialization that
        && sizes.equals(that.sizes)
        && values.equals(that.values);
  }

  @Override
  public int hashCode() {
    return 31 * sizes.hashCode() + values.hashCode();
  }

  /** The bits of the elements of {@code tensor}. */
  static List<Long> bits(Tensor tensor) {
    List<Long> bits = new ArrayList<>();
    for (int i = 0; i < tensor.size(); i++) {
      bits.add(bits(tensor, i));
    }
    return List.copyOf(bits);
  }

  /** Whether {@code tensor} has the elements with these {@code bits}. */
  static boolean areBits(List<Long> bits, Tensor tensor) {
    boolean same = bits.size() == tensor.size();
    for (int i = 0; same && i < bits.size(); i++) {
      same = bits.get(i) == bits(tensor, i);
    }
    return same;
  }

  private static long bits(Tensor tensor, int i) {
    return tensor.type().isFloat()
        ? Double.doubleToRawLongBits(tensor.doubleAt(i))
        : tensor.longAt(i);
  }
}
