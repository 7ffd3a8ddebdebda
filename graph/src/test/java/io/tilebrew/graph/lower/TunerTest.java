package io.tilebrew.graph.lower;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.tilebrew.engine.DataType;
import io.tilebrew.engine.Shape;
import io.tilebrew.engine.Tensor;
import io.tilebrew.engine.plan.Plan;
import io.tilebrew.engine.problem.Activation;
import io.tilebrew.engine.problem.Window;
import io.tilebrew.graph.CompileOptions;
import io.tilebrew.graph.CompileOptions.Kernels;
import io.tilebrew.graph.Explanation;
import io.tilebrew.graph.Graph;
import io.tilebrew.graph.GraphBuilder;
import io.tilebrew.graph.RandomTensors;
import io.tilebrew.graph.TensorType;
import io.tilebrew.graph.Tuning;
import io.tilebrew.graph.Value;
import io.tilebrew.graph.op.Conv;
import io.tilebrew.graph.op.Elementwise.Activate;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;

class TunerTest {
  private static final CompileOptions OPTIONS =
      CompileOptions.DEFAULT.with(Kernels.ON_WARM_UP).withLanes(8);
  private static final String POINTS = "n1 12x12x16 -> 24 k1 s1 +relu";
  private static final String SQUARES = "n1 12x12x24 -> 16 k3 s1 p1";

  private static Graph graph() {
    GraphBuilder graph = new GraphBuilder("two");
    Value x = graph.input("x", new TensorType(DataType.FLOAT32, Shape.of(1, 16, 12, 12)));
    Value w = graph.constant("w", RandomTensors.of(1, 24, 16, 1, 1));
    Value a = graph.add("a", new Conv(Window.POINT, 1), x, w);
    Value b = graph.add("b", new Activate(new Activation.Relu()), a);
    Value v = graph.constant("v", RandomTensors.of(2, 16, 24, 3, 3));
    Value y = graph.add("y", new Conv(Window.square(3, 1, 1), 1), b, v);
    graph.output("y", y);
    return graph.build();
  }

  private static float[] run(Plan plan) {
    Tensor out = Tensor.zeros(plan.outputType(0), plan.outputShape(0));
    plan.run(1, new Tensor[] {RandomTensors.of(3, 1, 16, 12, 12)}, new Tensor[] {out});
    return out.floats();
  }

  /** Each convolution is timed in some ways, and networks with the choices can be compiled. */
  @Test
  void choosesForEachConvolution() {
    List<String> told = new ArrayList<>();
    Tuner tuner =
        new Tuner(
            new Compiler(OPTIONS), graph(), new Tensor[] {RandomTensors.of(3, 1, 16, 12, 12)});
    Tuning tuning = tuner.tune(Duration.ofSeconds(3), told::add);
    assertTrue(!told.isEmpty());
    for (Tuning.Entry entry : tuning.entries()) {
      assertTrue(List.of(POINTS, SQUARES).contains(entry.problem()), entry::toString);
      assertTrue(entry.micros().containsKey(entry.choice()), entry::toString);
    }
    assertEquals(tuning.entries().isEmpty() ? 0 : 2, tuning.entries().size());
    run(new Compiler(OPTIONS.withTuning(tuning)).compile(graph(), false));
  }

  @Test
  void choicesAreFollowedAndExplained() {
    Tuning tuning =
        new Tuning(
            List.of(
                new Tuning.Entry(POINTS, 8, "1x8", Map.of("1x8", 2.0, "direct", 3.0)),
                new Tuning.Entry(SQUARES, 8, "w2", Map.of()),
                new Tuning.Entry(SQUARES, 16, "direct", Map.of())));
    Compiler tuned = new Compiler(OPTIONS.withTuning(tuning));
    List<Explanation.Step> steps =
        tuned.explain(graph(), false, 1).explanation().steps().stream()
            .filter(step -> step.kind() == Explanation.Kind.KERNEL)
            .toList();
    assertTrue(steps.get(0).kernel().startsWith("direct 1x8"), steps::toString);
    assertEquals("1x8 2.0 us, direct 3.0 us", steps.get(0).tuned());
    assertTrue(steps.get(1).kernel().startsWith("winograd 2x2"), steps::toString);
  }

  /** Tiles of another size give the same bits. */
  @Test
  void directChoicesKeepTheBits() {
    Tuning direct = new Tuning(List.of(new Tuning.Entry(SQUARES, 8, "direct", Map.of())));
    Tuning tiles =
        new Tuning(
            List.of(
                new Tuning.Entry(SQUARES, 8, "2x4", Map.of()),
                new Tuning.Entry(POINTS, 8, "1x12", Map.of())));
    assertArrayEquals(
        run(new Compiler(OPTIONS.withTuning(direct)).compile(graph(), false)),
        run(new Compiler(OPTIONS.withTuning(tiles)).compile(graph(), false)));
  }
}
