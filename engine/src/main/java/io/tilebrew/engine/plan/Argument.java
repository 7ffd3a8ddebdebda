package io.tilebrew.engine.plan;

import java.util.List;

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

  /** A number that the share tells. */
  sealed interface Extent extends OfShare {
    /** The number for the share of units {@code first} to {@code end}. */
    int of(int first, int end);
  }

  /** How many things a share has where each unit is {@code unit} of {@code all} things. */
  record Count(int unit, int all) implements Extent {
    @Override
    public int of(int first, int end) {
      return Math.min(all, end * unit) - first * unit;
    }
  }

  /** The number {@code value} in the share with the last of {@code units} units, else 0. */
  record Last(int units, int value) implements Extent {
    @Override
    public int of(int first, int end) {
      return end == units ? value : 0;
    }
  }

  /** How many chunks of at most {@code most} things there are in {@code count} things. */
  record Chunks(Extent count, int most) implements Extent {
    @Override
    public int of(int first, int end) {
      return Math.ceilDiv(count.of(first, end), most);
    }
  }

  /** The things in the largest of {@code chunks} chunks of {@code count} things. */
  record LargestChunk(Extent count, Extent chunks) implements Extent {
    @Override
    public int of(int first, int end) {
      return Math.ceilDiv(count.of(first, end), chunks.of(first, end));
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
