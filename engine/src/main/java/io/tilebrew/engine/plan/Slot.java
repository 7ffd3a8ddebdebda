package io.tilebrew.engine.plan;

import io.tilebrew.engine.kernel.Memory;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;

/**
 * A place in the arena, for one buffer or for those of a part in several steps, which start
 * together.
 *
 * @param lives when its buffers need it, at least one
 * @param wanted where it would best be
 */
record Slot(List<Life> lives, int wanted) {
  private Slot(Life life) {
    this(List.of(life), 0);
  }

  /** A slot for each of {@code lives}. */
  static List<Slot> each(List<Life> lives) {
    return lives.stream().map(Slot::new).toList();
  }

  /**
   * The slots for {@code lives} in an arena of {@code top} floats. Those of parts come first and
   * would best be as far from each other as the arena is long, all others at its bottom.
   *
   * @param roomy the most floats alive in a step whose parts have the places of other steps
   */
  static List<Slot> of(List<Life> lives, int roomy, int top) {
    Map<Integer, List<Life>> parts = new TreeMap<>();
    List<Life> others = new ArrayList<>();
    for (Life life : lives) {
      boolean isTogether =
          life.buffer().isOfPart() && Life.live(lives, life.first(), Life::room) <= roomy;
      (isTogether ? parts.computeIfAbsent(life.buffer().part(), part -> new ArrayList<>()) : others)
          .add(life);
    }
    int room = parts.values().stream().mapToInt(Slot::room).max().orElse(0);
    int distance = Math.max(0, top - room) / Math.max(1, parts.size() - 1);
    List<Slot> slots = new ArrayList<>();
    parts.values().forEach(own -> slots.add(new Slot(own, line(slots.size() * distance))));
    slots.addAll(each(others));
    return slots;
  }

  private static int line(int place) {
    return place / Memory.LINE * Memory.LINE;
  }

  private static int room(List<Life> lives) {
    return lives.stream().mapToInt(Life::room).max().orElseThrow();
  }

  /** What its largest buffer takes of the arena. */
  int room() {
    return room(lives);
  }

  /** Whether a buffer of it is alive at {@code step}. */
  boolean isAlive(int step) {
    return lives.stream().anyMatch(life -> life.isAlive(step));
  }
}
