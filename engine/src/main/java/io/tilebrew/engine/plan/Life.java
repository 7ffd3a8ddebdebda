package io.tilebrew.engine.plan;

import io.tilebrew.engine.kernel.Memory;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.function.ToIntFunction;
import java.util.stream.IntStream;

/** The steps from the first to the last that touches a buffer. */
record Life(Buffer buffer, int first, int last) {
  /** The lives of the buffers of {@code steps}, in the order in which they begin. */
  static List<Life> of(List<Step> steps) {
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

  /** The most that the buffers alive at the same time take, at any of so many steps. */
  static int largest(List<Life> lives, int steps, ToIntFunction<Life> size) {
    return IntStream.range(0, steps).map(step -> live(lives, step, size)).max().orElse(0);
  }

  /** What the buffers take that are alive at {@code step}. */
  static int live(List<Life> lives, int step, ToIntFunction<Life> size) {
    int live = 0;
    for (Life life : lives) {
      live = Math.addExact(live, life.isAlive(step) ? size.applyAsInt(life) : 0);
    }
    return live;
  }

  /**
   * What the buffer takes of the arena: whole lines of the cache, so that the next one starts one.
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
