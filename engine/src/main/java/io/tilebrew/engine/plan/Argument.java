package io.tilebrew.engine.plan;

import java.util.List;
import java.util.function.IntBinaryOperator;

/** An argument of a kernel, known once the place of the buffers and the size of the batch are. */
public sealed interface Argument {
  /** A number. */
  record Fixed(int value) implements Argument {}

  /** The images of the batch. */
  record Batch() implements Argument {}

  /** The most turns of loops around calls, see {@link io.tilebrew.engine.kernel.TurnLimit}. */
  record Turns() implements Argument {}

  /** The place {@code within} the first image of {@code buffer}. */
  record Place(Buffer buffer, int within) implements Argument {}

  /** What differs between the shares of a step, and so is no literal of its program. */
  sealed interface OfShare extends Argument {}

  /**
   * A number or place that moves with the first unit of the share.
   *
   * @param start what it is where the share begins with unit 0
   * @param step how far it moves from one unit to the next
   */
  record Moving(Argument start, int step) implements OfShare {}

  /**
   * A number that the share tells.
   *
   * @param of the number for a share, of which it takes the first unit and the end
   */
  record Extent(IntBinaryOperator of) implements OfShare {
    /** How many things a share has where each unit is {@code unit} of {@code all} things. */
    public static Extent of(int unit, int all) {
      return new Extent((first, end) -> count(unit, all, first, end));
    }

    /** The number {@code value} in the share with the last of {@code units} units, else 0. */
    public static Extent last(int units, int value) {
      return new Extent((first, end) -> end == units ? value : 0);
    }

    /** How many things a share has where each unit is {@code unit} of {@code all} things. */
    public static int count(int unit, int all, int first, int end) {
      return Math.min(all, end * unit) - first * unit;
    }
  }

  /** The place {@code within} the buffer that a part of the step has of its own. */
  record Scratch(List<Buffer> buffers, int within) implements OfShare {
    /** The place {@code within} those of {@code maps} that the part has; there may be one part. */
    public static Argument of(List<FeatureMap> maps, int within) {
      return maps.size() == 1
          ? new Place(maps.getFirst().buffer(), within)
          : new Scratch(maps.stream().map(FeatureMap::buffer).toList(), within);
    }
  }
}
