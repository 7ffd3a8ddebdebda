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
   * Places the buffers of {@code steps}, the largest first, each at the lowest place that is free
   * during its life (greedy by size; Pisarchyk and Lee 2020, section 4.2).
   */
  public static MemoryPlan reuse(List<Step> steps) {
    List<Life> lives = lives(steps);
    List<Life> bySize = new ArrayList<>(lives);
    bySize.sort(Comparator.comparingInt((Life l) -> -l.buffer.floats()));
    List<Placed> placed = new ArrayList<>();
    for (Life life : bySize) {
      List<Placed> beside =
          placed.stream()
              .filter(p -> p.life.meets(life))
              .sorted(Comparator.comparingInt(Placed::offset))
              .toList();
      int offset = 0;
      for (Placed p : beside) {
        if (offset + (long) life.buffer.floats() <= p.offset) {
          break;
        }
        offset = Math.max(offset, p.end());
      }
      Math.addExact(offset, life.buffer.floats());
      placed.add(new Placed(life, offset));
    }
    return of(placed, lives, steps.size());
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
