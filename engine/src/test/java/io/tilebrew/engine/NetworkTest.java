package io.tilebrew.engine;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;

import io.tilebrew.engine.Port.Dimension;
import io.tilebrew.engine.plan.MemoryPlan;
import io.tilebrew.engine.plan.Plan;
import io.tilebrew.engine.plan.PlanSource;
import io.tilebrew.engine.plan.PlanSource.Answer;
import io.tilebrew.engine.plan.Step;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.Set;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import org.junit.jupiter.api.Test;

class NetworkTest {
  private static final Port COUNTS =
      new Port("counts", DataType.INT64, List.of(new Dimension.Fixed(1)));
  private static final Port X =
      new Port("x", DataType.FLOAT32, List.of(new Dimension.Symbol("N"), new Dimension.Fixed(3)));
  private static final Port Z =
      new Port(
          "z", DataType.FLOAT32, List.of(new Dimension.Symbol("M"), new Dimension.Symbol("N")));

  private final List<String> compiled = new ArrayList<>();

  /**
   * As many times the first element of {@code x} as {@code counts} says, which decides the size.
   */
  private Answer repeat(Map<String, Integer> sizes, Map<String, Tensor> values) {
    Tensor counts = values.get("counts");
    if (counts == null) {
      return new Answer.Needs(Set.of("counts"));
    }
    compiled.add(sizes + " " + counts.longAt(0));
    int count = (int) counts.longAt(0);
    Step fill =
        new Step.Refer(
            "fill",
            "fill",
            (in, out) -> {
              for (int i = 0; i < count; i++) {
                out[0].floats()[i] = in[0].floats()[0];
              }
            },
            List.of(0),
            List.of(2));
    return new Answer.Ready(
        new Plan(
            List.of(
                new Plan.TensorSlot(
                    DataType.FLOAT32, Shape.of(sizes.getOrDefault("N", 0), 3), null),
                new Plan.TensorSlot(DataType.INT64, Shape.of(1), null),
                new Plan.TensorSlot(DataType.FLOAT32, Shape.of(count), null)),
            List.of(0, 1),
            List.of(2),
            List.of(fill),
            MemoryPlan.reuse(List.of(fill)),
            1,
            false));
  }

  private Network network() {
    Port y = new Port("y", DataType.FLOAT32, List.of(new Dimension.Symbol("?")));
    return new Network(List.of(X, COUNTS), List.of(y), null, this::repeat);
  }

  private static float[] run(Network network, int rows, long count) {
    Tensor x = Tensor.zeros(DataType.FLOAT32, Shape.of(rows, 3));
    x.floats()[0] = (float) count;
    Tensor counts = Tensor.of(Shape.of(1), count);
    return network.run(Map.of("x", x, "counts", counts)).values().iterator().next().floats();
  }

  /** Plans are kept by sizes and values, those that were used last. */
  @Property(tries = 50)
  void eachSizeAndValueHasItsPlan(@ForAll long seed) {
    compiled.clear();
    Network network = network();
    Random random = new Random(seed);
    LinkedHashSet<String> kept = new LinkedHashSet<>();
    List<String> expected = new ArrayList<>();
    for (int i = 0; i < 60; i++) {
      int rows = random.nextInt(1, 4);
      long count = random.nextInt(1, 5);
      float[] y = run(network, rows, count);
      assertEquals(count, y.length);
      assertEquals((float) count, y[y.length - 1]);
      String key = Map.of("N", rows) + " " + count;
      if (!kept.remove(key)) {
        expected.add(key);
      }
      kept.add(key);
      if (kept.size() > Network.MAX_PLANS) {
        kept.removeFirst();
      }
      assertEquals(expected, compiled);
    }
  }

  @Test
  void aPlanKeepsNothingOfTheCaller() {
    Network network = network();
    Tensor x = Tensor.zeros(DataType.FLOAT32, Shape.of(1, 3));
    Tensor counts = Tensor.of(Shape.of(1), 2L);
    Map<String, Tensor> in = new LinkedHashMap<>(Map.of("x", x, "counts", counts));
    assertEquals("f32[2]", network.run(in).values().iterator().next().toString());
    counts.longs()[0] = 3;
    assertEquals("f32[3]", network.run(in).values().iterator().next().toString());
    assertArrayEquals(new float[] {2, 2}, run(network, 1, 2));
  }

  @Test
  void aPlanForSizesAloneIsRefused() {
    refused(
        "the plan depends on the values of the inputs [counts], expected a run with them",
        () -> network().planFor(Map.of("N", 1)));
  }

  private static void refused(String message, Runnable call) {
    assertEquals(message, assertThrows(IllegalArgumentException.class, call::run).getMessage());
  }

  private static Tensor zeros(int... dims) {
    return Tensor.zeros(DataType.FLOAT32, Shape.of(dims));
  }

  @Test
  void wrongShapesAreRefusedWithTheSymbolsExpected() {
    PlanSource none = (sizes, values) -> new Answer.Needs(Set.of("x"));
    Network network = new Network(List.of(X, Z), List.of(), null, none);
    Tensor z = zeros(2, 4);
    refused(
        "input 'x' has a tensor f32[4,2], expected f32[N,3]",
        () -> network.run(Map.of("x", zeros(4, 2), "z", z)));
    refused(
        "input 'x' has a tensor f32[4], expected f32[N,3]",
        () -> network.run(Map.of("x", zeros(4), "z", z)));
    refused(
        "input 'x' has a tensor i64[1,3], expected f32[N,3]",
        () -> network.run(Map.of("x", Tensor.of(Shape.of(1, 3), 1L, 2L, 3L), "z", z)));
    refused(
        "input 'z' has a tensor f32[2,4], expected f32[M,N]; 'N' is 4 there and 5 in 'x'",
        () -> network.run(Map.of("x", zeros(5, 3), "z", z)));
  }
}
