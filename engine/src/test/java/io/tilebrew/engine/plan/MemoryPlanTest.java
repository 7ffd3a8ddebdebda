package io.tilebrew.engine.plan;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.tilebrew.engine.kernel.Memory;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import java.util.stream.IntStream;
import net.jqwik.api.Arbitraries;
import net.jqwik.api.Arbitrary;
import net.jqwik.api.Combinators;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.Provide;
import net.jqwik.api.constraints.IntRange;
import net.jqwik.api.constraints.Size;
import org.junit.jupiter.api.Test;

class MemoryPlanTest {
  private static Step step(List<Buffer> reads, List<Buffer> writes) {
    return BareStep.of((a, w, n) -> {}, reads, writes);
  }

  private static List<Buffer> buffers(List<Integer> sizes) {
    return IntStream.range(0, sizes.size())
        .mapToObj(i -> new Buffer("b" + i, sizes.get(i)))
        .toList();
  }

  private static List<Buffer> scratch(String name, int floats, int parts) {
    return FeatureMap.scratch(name, floats, parts).stream().map(FeatureMap::buffer).toList();
  }

  /** What a buffer takes: whole lines of the cache. */
  private static int room(Buffer buffer) {
    return Math.ceilDiv(buffer.floats(), Memory.LINE) * Memory.LINE;
  }

  /** Steps that touch any of some buffers. */
  @Provide
  Arbitrary<List<Step>> steps() {
    Arbitrary<Integer> sizes = Arbitraries.integers().between(0, 50);
    return sizes
        .list()
        .ofMinSize(1)
        .ofMaxSize(12)
        .map(MemoryPlanTest::buffers)
        .flatMap(
            buffers -> {
              Arbitrary<List<Buffer>> some = Arbitraries.of(buffers).list().ofMaxSize(3);
              return Combinators.combine(some, some)
                  .as(MemoryPlanTest::step)
                  .list()
                  .ofMinSize(1)
                  .ofMaxSize(20);
            });
  }

  /** The buffers that are needed at some step: touched by then, and again later. */
  private static Set<Buffer> alive(List<Step> steps, int at) {
    Set<Buffer> before = touched(steps.subList(0, at + 1));
    before.retainAll(touched(steps.subList(at, steps.size())));
    return before;
  }

  private static Set<Buffer> touched(List<Step> steps) {
    Set<Buffer> touched = new HashSet<>();
    steps.forEach(step -> touched.addAll(step.reads()));
    steps.forEach(step -> touched.addAll(step.writes()));
    return touched;
  }

  private static void check(List<Step> steps, MemoryPlan plan) {
    int largest = 0;
    for (int at = 0; at < steps.size(); at++) {
      List<Buffer> alive = new ArrayList<>(alive(steps, at));
      largest = Math.max(largest, alive.stream().mapToInt(Buffer::floats).sum());
      for (Buffer a : alive) {
        checkPlaces(a, alive.subList(0, alive.indexOf(a)), plan, 1);
        checkPlaces(a, alive.subList(0, alive.indexOf(a)), plan, 3);
      }
    }
    assertEquals(largest, plan.largestLive());
    assertTrue(plan.floats(1) >= largest);
  }

  private static void checkPlaces(Buffer a, List<Buffer> others, MemoryPlan plan, int images) {
    int start = plan.place(a, images);
    int end = start + a.floats() * images;
    assertTrue(start >= 0 && end <= plan.floats(images));
    assertEquals(0, start % Memory.LINE, () -> a + " starts no line");
    for (Buffer b : others) {
      int other = plan.place(b, images);
      boolean apart = end <= other || other + b.floats() * images <= start;
      assertTrue(apart || a.floats() == 0 || b.floats() == 0, () -> a + " meets " + b);
    }
  }

  @Property
  void whatIsAliveTogetherIsApart(@ForAll("steps") List<Step> steps) {
    MemoryPlan reuse = MemoryPlan.reuse(steps);
    MemoryPlan separate = MemoryPlan.separate(steps);
    check(steps, reuse);
    check(steps, separate);
    assertEquals(touched(steps).stream().mapToInt(MemoryPlanTest::room).sum(), separate.floats(1));
    assertTrue(reuse.floats(1) <= separate.floats(1));
  }

  /** Some of the steps are in parts with buffers of their own. */
  @Property
  void partsHaveBuffersApart(
      @ForAll("steps") List<Step> steps,
      @ForAll @Size(min = 1, max = 5) List<@IntRange(min = 1, max = 4) Integer> parts,
      @ForAll @IntRange(min = 1, max = 1 << 21) int floats) {
    List<Step> all = new ArrayList<>();
    for (int i = 0; i < parts.size(); i++) {
      Step step = steps.get(i % steps.size());
      List<Buffer> writes = new ArrayList<>(step.writes());
      writes.addAll(scratch("s" + i, floats / (i + 1), parts.get(i)));
      all.add(step(step.reads(), writes));
    }
    MemoryPlan plan = MemoryPlan.reuse(all);
    check(all, plan);
    check(all, MemoryPlan.separate(all));
  }

  @Test
  void aPartFindsItsBuffersAtOnePlace() {
    List<Buffer> first = scratch("first", 700, 2);
    List<Buffer> second = scratch("second", 900, 2);
    List<Buffer> maps = buffers(List.of(10, 20));
    MemoryPlan plan = MemoryPlan.reuse(List.of(step(maps, first), step(maps, second)));
    for (int part = 0; part < 2; part++) {
      int place = plan.place(first.get(part), 2);
      assertEquals(2 * part * (912 + 48), place);
      assertEquals(place, plan.place(second.get(part), 2));
    }
    assertEquals(2 * (2 * 912 + 48), plan.floats(2));
    assertEquals(2 * 900 + 30, plan.largestLive());
  }

  /** The first part at the bottom, the other one at the top, and a map where neither is then. */
  @Test
  void partsAreFarApart() {
    Buffer large = new Buffer("large", 8000);
    Buffer small = new Buffer("small", 320);
    List<Buffer> scratch = scratch("scratch", 1600, 2);
    List<Step> steps = List.of(step(List.of(), List.of(large)), step(List.of(small), scratch));
    MemoryPlan plan = MemoryPlan.reuse(steps);
    check(steps, plan);
    assertEquals(8000, plan.floats(1));
    assertEquals(0, plan.place(scratch.getFirst(), 1));
    assertEquals(8000 - 1600, plan.place(scratch.getLast(), 1));
  }

  @Property
  void aChainNeedsItsLargestLiveSet(
      @ForAll @Size(min = 1, max = 30) List<@IntRange(min = 1, max = 1000) Integer> sizes) {
    List<Buffer> buffers = buffers(sizes);
    List<Step> steps = new ArrayList<>();
    steps.add(step(List.of(), buffers.subList(0, 1)));
    for (int i = 1; i < buffers.size(); i++) {
      steps.add(step(buffers.subList(i - 1, i), buffers.subList(i, i + 1)));
    }
    MemoryPlan plan = MemoryPlan.reuse(steps);
    check(steps, plan);
    int largest = 0;
    for (int i = 0; i < buffers.size(); i++) {
      int before = i == 0 ? 0 : room(buffers.get(i - 1));
      largest = Math.max(largest, before + room(buffers.get(i)));
    }
    assertEquals(largest, plan.floats(1));
  }

  /**
   * In each block the wide map that was at the bottom goes to the top, or back, beside scratch that
   * could be at one place in a larger arena only.
   */
  @Test
  void residualBlocksNeedLittleMoreThanTheirLargestLiveSet() {
    for (int floats : new int[] {100, 300, 500, 700, 900, 1100, 1500, 2000}) {
      checkResidualBlocks(floats, 2);
      checkResidualBlocks(floats, 4);
    }
  }

  private static void checkResidualBlocks(int floats, int parts) {
    Buffer residual = new Buffer("x", 3200);
    List<Step> steps = new ArrayList<>(List.of(step(List.of(), List.of(residual))));
    for (int i = 0; i < 4; i++) {
      Buffer reduced = new Buffer("reduced" + i, 800);
      Buffer convolved = new Buffer("convolved" + i, 800);
      Buffer sum = new Buffer("sum" + i, 3200);
      List<Buffer> written = new ArrayList<>(scratch("scratch" + i, floats, parts));
      written.add(convolved);
      steps.add(step(List.of(residual), List.of(reduced)));
      steps.add(step(List.of(reduced), written));
      steps.add(step(List.of(residual, convolved), List.of(sum)));
      residual = sum;
    }
    MemoryPlan plan = MemoryPlan.reuse(steps);
    check(steps, plan);
    assertTrue(plan.floats(1) <= plan.largestLive() * 1.1, () -> floats + " floats: " + plan);
  }

  @Test
  void manyPartsStandSideBySide() {
    List<Step> steps = List.of(step(List.of(), scratch("s", 100, 256)));
    MemoryPlan plan = MemoryPlan.reuse(steps);
    check(steps, plan);
    assertEquals(256 * 112, plan.floats(1));
  }

  @Test
  void refusesAnArenaBeyondAllArrays() {
    List<Buffer> buffers = buffers(List.of(1 << 30, 1 << 30));
    List<Step> steps = List.of(step(List.of(), buffers));
    assertThrows(ArithmeticException.class, () -> MemoryPlan.reuse(steps));
    assertThrows(ArithmeticException.class, () -> MemoryPlan.separate(steps));
  }
}
