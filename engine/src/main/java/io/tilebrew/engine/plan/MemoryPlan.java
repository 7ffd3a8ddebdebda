package io.tilebrew.engine.plan;

import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;

/**
 * The places of the buffers in the arena: buffers that are alive at the same time do not overlap.
 *
 * <p>The buffers of a part start at one place in all steps that leave room for that, so that a
 * thread finds its own in its cache again. Those places are as far from each other as the arena is
 * long, since threads that write near each other may slow each other down; other buffers lie
 * between them.
 *
 * @param offsets the place of each buffer, in floats an image
 * @param floats the floats of the arena for one image
 * @param largestLive the floats of the buffers alive at the same time, at the worst step
 */
public record MemoryPlan(Map<Buffer, Integer> offsets, int floats, int largestLive) {
  private static final int EIGHT = 8;

  /**
   * The eighths of the least arena that may be alive in a step whose parts have the places of other
   * steps, one after the other where all steps together need too large an arena.
   */
  private static final int[] ROOMY = {7, 6, 4, 0};

  /** An arena may be larger by one part in so many for such places. */
  private static final int SPARE = 16;

  /** Copies the map. */
  public MemoryPlan {
    offsets = Map.copyOf(offsets);
    assert floats >= largestLive;
  }

  /** The place of {@code buffer} in an arena of {@code images} images. */
  public int place(Buffer buffer, int images) {
    return Math.multiplyExact(Objects.requireNonNull(offsets.get(buffer), buffer::name), images);
  }

  /** The floats of an arena of {@code images} images. */
  public int floats(int images) {
    return Math.multiplyExact(floats, images);
  }

  /**
   * Places the buffers of {@code steps}, each at a place that is free during its life; the best of
   * a few ways.
   */
  public static MemoryPlan reuse(List<Step> steps) {
    List<Life> lives = Life.of(steps);
    int least = Life.largest(lives, steps.size(), Life::room);
    Placement best = Placement.smallest(Slot.of(lives, least, least), steps.size(), least);
    boolean hasParts = lives.stream().anyMatch(life -> life.buffer().isOfPart());
    for (int i = 0; hasParts && i < ROOMY.length && best.end() > least + least / SPARE; i++) {
      List<Slot> slots = Slot.of(lives, least / EIGHT * ROOMY[i], least);
      best = best.smaller(Placement.smallest(slots, steps.size(), least));
    }
    return of(best, lives, steps.size());
  }

  /** Gives each buffer a place of its own. */
  public static MemoryPlan separate(List<Step> steps) {
    List<Life> lives = Life.of(steps);
    return of(Placement.separate(lives), lives, steps.size());
  }

  private static MemoryPlan of(Placement placement, List<Life> lives, int steps) {
    Map<Buffer, Integer> offsets = new HashMap<>();
    for (Placement.Placed placed : placement.placed()) {
      placed.slot().lives().forEach(life -> offsets.put(life.buffer(), placed.offset()));
    }
    int largestLive = Life.largest(lives, steps, Life::floats);
    return new MemoryPlan(offsets, placement.end(), largestLive);
  }
}
