package io.tilebrew.engine.plan;

import io.tilebrew.engine.kernel.Memory;
import java.util.ArrayList;
import java.util.Collections;
import java.util.Comparator;
import java.util.HashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Set;
import java.util.function.ToIntFunction;
import java.util.stream.IntStream;

/**
 * The places of the buffers in the arena: buffers that are alive at the same time do not overlap.
 *
 * <p>Behind all others stand the buffers of parts, in a zone for each part, so that a thread finds
 * its own in its cache again. Zones are apart, since threads that write near each other slow each
 * other down.
 *
 * @param offsets the place of each buffer but those of parts, in floats an image
 * @param shared the floats of these buffers for one image
 * @param parts the most parts of a step that have buffers of their own
 * @param ofPart the floats of the largest such buffer for one image
 * @param largestLive the floats of the buffers alive at the same time, at the worst step
 */
public record MemoryPlan(
    Map<Buffer, Integer> offsets, int shared, int parts, int ofPart, int largestLive) {
  /** The floats from one zone to the next, at least: 4 MiB, if there are few. */
  static final int ZONE = 1 << 20;

  /** The floats that zones take for being apart, at most: 16 MiB. */
  static final int ZONES = 1 << 22;

  /** Copies the map. */
  public MemoryPlan {
    offsets = Map.copyOf(offsets);
  }

  /** The place of {@code buffer} in an arena of {@code images} images. */
  public int place(Buffer buffer, int images) {
    return buffer.isOfPart()
        ? zone(buffer.part(), images)
        : Math.multiplyExact(Objects.requireNonNull(offsets.get(buffer), buffer::name), images);
  }

  /** The floats of an arena of {@code images} images. */
  public int floats(int images) {
    return parts == 0
        ? Math.multiplyExact(shared, images)
        : Math.addExact(zone(parts - 1, images), Math.multiplyExact(ofPart, images));
  }

  /** The start of the zone of part number {@code part}. */
  private int zone(int part, int images) {
    int distance = Math.max(Math.min(ZONE, ZONES / parts), Math.multiplyExact(ofPart, images));
    return Math.addExact(Math.multiplyExact(shared, images), Math.multiplyExact(part, distance));
  }

  private record Life(Buffer buffer, int first, int last) {
    /**
     * What the buffer takes of the arena: whole lines of the cache, so that the next one starts
     * one.
     */
    int room() {
      return Math.multiplyExact(Math.ceilDiv(buffer.floats(), Memory.LINE), Memory.LINE);
    }

    int floats() {
      return buffer.floats();
    }

    boolean isAlive(int step) {
      return first <= step && step <= last;
    }

    boolean meets(Life other) {
      return first <= other.last && other.first <= last;
    }
  }

  private record Placed(Life life, int offset) {
    int end() {
      return offset + life.room();
    }
  }

  /** How often a way of placing is tried again with another buffer first. */
  private static final int ROUNDS = 40;

  /**
   * Places the buffers of {@code steps}, each at a place that is free during its life; the best of
   * a few ways.
   */
  public static MemoryPlan reuse(List<Step> steps) {
    List<Life> all = lives(steps);
    List<Life> lives = shared(all);
    int least = largest(lives, steps.size(), Life::room);
    List<Placed> best = byTime(lives, least);
    for (List<Life> order : List.of(bySize(lives), byBreadth(lives, steps.size()))) {
      best = smaller(best, lowest(order, least));
    }
    return of(best, all, steps.size());
  }

  private static List<Placed> smaller(List<Placed> a, List<Placed> b) {
    return end(b) < end(a) ? b : a;
  }

  private static int end(List<Placed> placed) {
    return placed.stream().mapToInt(Placed::end).max().orElse(0);
  }

  /** The largest first (greedy by size; Pisarchyk and Lee 2020, section 4.2). */
  private static List<Life> bySize(List<Life> lives) {
    List<Life> sorted = new ArrayList<>(lives);
    sorted.sort(Comparator.comparingInt((Life l) -> -l.room()));
    return sorted;
  }

  /** Those of the steps with most alive first, of a step the largest (greedy by breadth). */
  private static List<Life> byBreadth(List<Life> lives, int steps) {
    List<Integer> order = new ArrayList<>(IntStream.range(0, steps).boxed().toList());
    order.sort(Comparator.comparingInt((Integer step) -> -live(lives, step, Life::room)));
    Set<Life> sorted = new LinkedHashSet<>();
    List<Life> large = bySize(lives);
    for (int step : order) {
      large.stream().filter(life -> life.isAlive(step)).forEach(sorted::add);
    }
    return List.copyOf(sorted);
  }

  /**
   * In this order, each at the lowest place. A few times, the buffer that ends highest goes first
   * and all are placed anew.
   *
   * @param least what no way can do without
   */
  private static List<Placed> lowest(List<Life> wanted, int least) {
    List<Life> order = new ArrayList<>(wanted);
    List<Placed> placed = lowest(order);
    List<Placed> best = placed;
    for (int round = 0; round < ROUNDS && end(best) > least; round++) {
      Life highest = Collections.max(placed, Comparator.comparingInt(Placed::end)).life;
      order.remove(highest);
      order.addFirst(highest);
      placed = lowest(order);
      best = smaller(best, placed);
    }
    return best;
  }

  private static List<Placed> lowest(List<Life> order) {
    List<Placed> placed = new ArrayList<>();
    for (Life life : order) {
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
          int highest = Math.min(gap.to, top) - life.room();
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
      if (p.offset - from >= life.room()) {
        gaps.add(new Gap(from, p.offset));
      }
      from = Math.max(from, p.end());
    }
    Math.addExact(from, life.room());
    gaps.add(new Gap(from, Integer.MAX_VALUE));
    return gaps;
  }

  /** Gives each buffer a place of its own. */
  public static MemoryPlan separate(List<Step> steps) {
    List<Life> all = lives(steps);
    List<Placed> placed = new ArrayList<>();
    int offset = 0;
    for (Life life : shared(all)) {
      placed.add(new Placed(life, offset));
      offset = Math.addExact(offset, life.room());
    }
    return of(placed, all, steps.size());
  }

  /** The lives of buffers that all parts of a step use. */
  private static List<Life> shared(List<Life> lives) {
    return lives.stream().filter(life -> !life.buffer.isOfPart()).toList();
  }

  /** The plan of {@code steps} steps with the lives {@code all}, of which the shared are placed. */
  private static MemoryPlan of(List<Placed> placed, List<Life> all, int steps) {
    Map<Buffer, Integer> offsets = new HashMap<>();
    placed.forEach(p -> offsets.put(p.life.buffer, p.offset));
    List<Life> ofParts = all.stream().filter(life -> life.buffer.isOfPart()).toList();
    MemoryPlan plan =
        new MemoryPlan(
            offsets,
            end(placed),
            ofParts.stream().mapToInt(life -> life.buffer.part() + 1).max().orElse(0),
            ofParts.stream().mapToInt(Life::room).max().orElse(0),
            largest(all, steps, Life::floats));
    assert plan.floats(1) >= plan.largestLive;
    return plan;
  }

  /** The most that the buffers alive at the same time take, at any of so many steps. */
  private static int largest(List<Life> lives, int steps, ToIntFunction<Life> size) {
    return IntStream.range(0, steps).map(step -> live(lives, step, size)).max().orElse(0);
  }

  private static int live(List<Life> lives, int step, ToIntFunction<Life> size) {
    int live = 0;
    for (Life life : lives) {
      live = Math.addExact(live, life.isAlive(step) ? size.applyAsInt(life) : 0);
    }
    return live;
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
