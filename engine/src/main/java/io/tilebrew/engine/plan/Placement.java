package io.tilebrew.engine.plan;

import java.util.ArrayList;
import java.util.Collections;
import java.util.Comparator;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Set;
import java.util.stream.IntStream;

/** Slots at places where no two buffers that are alive at the same time overlap. */
record Placement(List<Placed> placed) {
  /** How often a way of placing is tried again with another slot first. */
  private static final int ROUNDS = 40;

  /** A slot and where it starts. */
  record Placed(Slot slot, int offset) {
    int end() {
      return offset + slot.room();
    }
  }

  /** A stretch of the arena where a slot may start, both ends included. */
  private record Gap(int from, int to) {
    /** The place that is nearest to {@code wanted}. */
    int nearest(int wanted) {
      return Math.clamp(wanted, from, to);
    }
  }

  /** A stretch between whose ends a slot may not start. */
  private record Taken(int from, int to) {}

  /**
   * The smallest of a few ways to place {@code slots}.
   *
   * @param steps the steps of the plan
   * @param top the floats that no way can do without
   */
  static Placement smallest(List<Slot> slots, int steps, int top) {
    Placement best = byTime(slots, top);
    for (List<Slot> order : List.of(bySize(slots), byBreadth(slots, steps))) {
      best = best.smaller(nearest(order, top));
    }
    return best;
  }

  /** Gives each buffer a place of its own. */
  static Placement separate(List<Life> lives) {
    List<Placed> placed = new ArrayList<>();
    int offset = 0;
    for (Slot slot : Slot.each(lives)) {
      placed.add(new Placed(slot, offset));
      offset = Math.addExact(offset, slot.room());
    }
    return new Placement(placed);
  }

  /** The floats up to the end of the slot that ends highest. */
  int end() {
    return placed.stream().mapToInt(Placed::end).max().orElse(0);
  }

  /** This one, or {@code other} if that ends lower. */
  Placement smaller(Placement other) {
    return other.end() < end() ? other : this;
  }

  /** The largest first (greedy by size; Pisarchyk and Lee 2020, section 4.2). */
  private static List<Slot> bySize(List<Slot> slots) {
    List<Slot> sorted = new ArrayList<>(slots);
    sorted.sort(Comparator.comparingInt((Slot slot) -> -slot.room()));
    return sorted;
  }

  /** Those of the steps with most alive first, of a step the largest (greedy by breadth). */
  private static List<Slot> byBreadth(List<Slot> slots, int steps) {
    List<Life> lives = slots.stream().flatMap(slot -> slot.lives().stream()).toList();
    int[] live =
        IntStream.range(0, steps).map(step -> Life.live(lives, step, Life::room)).toArray();
    List<Integer> order = new ArrayList<>(IntStream.range(0, steps).boxed().toList());
    order.sort(Comparator.comparingInt((Integer step) -> -live[step]));
    Set<Slot> sorted = new LinkedHashSet<>();
    List<Slot> large = bySize(slots);
    for (int step : order) {
      large.stream().filter(slot -> slot.isAlive(step)).forEach(sorted::add);
    }
    return List.copyOf(sorted);
  }

  /**
   * In this order, each as near as it can be to where it would best be. A few times, the slot that
   * ends highest goes first and all are placed anew.
   */
  private static Placement nearest(List<Slot> wanted, int top) {
    List<Slot> order = new ArrayList<>(wanted);
    Placement placement = nearest(order);
    Placement best = placement;
    for (int round = 0; round < ROUNDS && best.end() > top; round++) {
      Slot highest = Collections.max(placement.placed, Comparator.comparingInt(Placed::end)).slot;
      order.remove(highest);
      order.addFirst(highest);
      placement = nearest(order);
      best = best.smaller(placement);
    }
    return best;
  }

  private static Placement nearest(List<Slot> order) {
    List<Placed> placed = new ArrayList<>();
    for (Slot slot : order) {
      placed.add(new Placed(slot, nearest(slot.wanted(), gaps(slot, placed))));
    }
    return new Placement(placed);
  }

  private static int nearest(int wanted, List<Gap> gaps) {
    return gaps.stream()
        .map(gap -> gap.nearest(wanted))
        .min(Comparator.comparingInt(place -> Math.abs(place - wanted)))
        .orElseThrow();
  }

  /**
   * In this order, those that would best be at the bottom of the arena there or else as near to
   * {@code top} as they can be; so a chain in the order of its steps, where two buffers at a time
   * are alive, needs no more than these two.
   */
  private static Placement byTime(List<Slot> slots, int top) {
    List<Placed> placed = new ArrayList<>();
    for (Slot slot : slots) {
      List<Gap> gaps = gaps(slot, placed);
      int offset = nearest(slot.wanted(), gaps);
      if (slot.wanted() == 0 && offset > 0) {
        int under = top - slot.room();
        for (Gap gap : gaps) {
          offset = gap.from <= under ? gap.nearest(under) : offset;
        }
      }
      placed.add(new Placed(slot, offset));
    }
    return new Placement(placed);
  }

  /** Where {@code slot} may start beside those that are placed, in order. */
  private static List<Gap> gaps(Slot slot, List<Placed> placed) {
    List<Taken> taken = new ArrayList<>();
    for (Placed other : placed) {
      for (Life theirs : other.slot.lives()) {
        for (Life own : slot.lives()) {
          if (own.meets(theirs) && own.room() > 0 && theirs.room() > 0) {
            taken.add(
                new Taken(other.offset - own.room(), Math.addExact(other.offset, theirs.room())));
          }
        }
      }
    }
    taken.sort(Comparator.comparingInt(Taken::from));
    List<Gap> gaps = new ArrayList<>();
    int from = 0;
    for (Taken stretch : taken) {
      if (stretch.from >= from) {
        gaps.add(new Gap(from, stretch.from));
      }
      from = Math.max(from, stretch.to);
    }
    Math.addExact(from, slot.room());
    gaps.add(new Gap(from, Integer.MAX_VALUE - slot.room()));
    return gaps;
  }
}
