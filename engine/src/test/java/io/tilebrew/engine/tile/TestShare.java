package io.tilebrew.engine.tile;

import java.util.ArrayList;
import java.util.List;
import java.util.Random;

/**
 * What one thread does of a kernel: part number {@code part}, the units {@code first} to {@code
 * end}.
 */
public record TestShare(int part, int first, int end) {
  /** All of {@code units}. */
  public static List<TestShare> whole(int units) {
    return List.of(new TestShare(0, 0, units));
  }

  /** All of {@code units} in {@code most} shares of any size, or less; the last one first. */
  static List<TestShare> random(long seed, int units, int most) {
    Random random = new Random(seed);
    int parts = Math.min(units, most);
    List<TestShare> shares = new ArrayList<>();
    int end = units;
    for (int part = parts - 1; part >= 0; part--) {
      int first = part == 0 ? 0 : random.nextInt(part, end);
      shares.add(new TestShare(part, first, end));
      end = first;
    }
    return shares;
  }
}
