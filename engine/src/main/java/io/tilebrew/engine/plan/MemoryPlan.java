package io.tilebrew.engine.plan;

import java.util.ArrayList;
import java.util.Comparator;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;

/**
 * The places of the buffers in the arena, in floats an image: buffers that are alive at the same
 * time do not overlap.
 *
 * @param offsets the place of each buffer
 * @param floats the floats of the arena for one image
 * @param largestLive the floats of the buffers alive at the same time, at the worst step
 */
public record MemoryPlan(Map<Buffer, Integer> offsets, int floats, int largestLive) {
  /** Copies the map. */
  public MemoryPlan {
    offsets = Map.copyOf(offsets);
  }

  /** The place of {@code buffer}. */
  public int offset(Buffer buffer) {
    return Objects.requireNonNull(offsets.get(buffer), buffer::name);
  }

  private record Life(Buffer buffer, int first, int last) {
    boolean meets(Life other) {
      return first <= other.last && other.first <= last;
    }
  }

  private record Placed(Life life, int offset) {
    int end() {
      return offset + life.buffer.floats();
    }
  }

  /**
   * Places the buffers of {@code steps}, each at a place that is free during its life; the better
   * of two ways.
   */
  public static MemoryPlan reuse(List<Step> steps) {
    List<Life> lives = lives(steps);
    MemoryPlan bySize = of(bySize(lives), lives, steps.size());
    MemoryPlan byTime = of(byTime(lives, bySize.largestLive), lives, steps.size());
    return byTime.floats < bySize.floats ? byTime : bySize;
  }

  /**
   * The largest first, each at the lowest place (greedy by size; Pisarchyk and Lee 2020, section
   * 4.2).
   */
  private static List<Placed> bySize(List<Life> lives) {
    List<Life> sorted = new ArrayList<>(lives);
    sorted.sort(Comparator.comparingInt((Life l) -> -l.buffer.floats()));
    List<Placed> placed = new ArrayList<>();
    for (Life life : sorted) {
      placed.add(new Placed(life, gaps(life, placed).getFirst().from));
    }
    return placed;
  }

  /**
   * In the order of the steps, each at the bottom of the arena or else as near to {@code top} as it
   * can be; so a chain, where two buffers at a time are alive, needs no more than these two.
   */
  private static List<Placed> byTime(List<Life> lives, int top) {
    List<Placed> placed = new ArrayList<>();
    for (Life life : lives) {
      List<Gap> gaps = gaps(life, placed);
      int offset = gaps.getFirst().from;
      if (offset > 0) {
        for (Gap gap : gaps) {
          int highest = Math.min(gap.to, top) - life.buffer.floats();
          offset = highest >= gap.from ? highest : offset;
        }
      }
      placed.add(new Placed(life, offset));
    }
    return placed;
  }

  /** A free stretch of the arena. */
  private record Gap(int from, int to) {}

  /** The stretches, in order, that are long enough and free during {@code life}. */
  private static List<Gap> gaps(Life life, List<Placed> placed) {
    List<Placed> beside =
        placed.stream()
            .filter(p -> p.life.meets(life))
            .sorted(Comparator.comparingInt(Placed::offset))
            .toList();
    List<Gap> gaps = new ArrayList<>();
    int from = 0;
    for (Placed p : beside) {
      if (p.offset - from >= life.buffer.floats()) {
        gaps.add(new Gap(from, p.offset));
      }
      from = Math.max(from, p.end());
    }
    Math.addExact(from, life.buffer.floats());
    gaps.add(new Gap(from, Integer.MAX_VALUE));
    return gaps;
  }

  /** Gives each buffer a place of its own. */
  public static MemoryPlan separate(List<Step> steps) {
    List<Life> lives = lives(steps);
    List<Placed> placed = new ArrayList<>();
    int offset = 0;
    for (Life life : lives) {
      placed.add(new Placed(life, offset));
      offset = Math.addExact(offset, life.buffer.floats());
    }
    return of(placed, lives, steps.size());
  }

  private static MemoryPlan of(List<Placed> placed, List<Life> lives, int steps) {
    Map<Buffer, Integer> offsets = new HashMap<>();
    int floats = 0;
    for (Placed p : placed) {
      offsets.put(p.life.buffer, p.offset);
      floats = Math.max(floats, p.end());
    }
    int largest = 0;
    for (int step = 0; step < steps; step++) {
      int live = 0;
      for (Life life : lives) {
        if (life.first <= step && step <= life.last) {
          live = Math.addExact(live, life.buffer.floats());
        }
      }
      largest = Math.max(largest, live);
    }
    return new MemoryPlan(offsets, floats, largest);
  }

  private static List<Life> lives(List<Step> steps) {
    Map<Buffer, Life> lives = new HashMap<>();
    List<Buffer> order = new ArrayList<>();
    for (int i = 0; i < steps.size(); i++) {
      List<Buffer> touched = new ArrayList<>(steps.get(i).writes());
      touched.addAll(steps.get(i).reads());
      for (Buffer buffer : touched) {
        Life life = lives.get(buffer);
        if (life == null) {
          order.add(buffer);
        }
        lives.put(buffer, new Life(buffer, life == null ? i : life.first, i));
      }
    }
    return order.stream().map(lives::get).toList();
  }
}
