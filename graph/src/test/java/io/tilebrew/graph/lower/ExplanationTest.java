package io.tilebrew.graph.lower;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNotNull;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.tilebrew.engine.Shape;
import io.tilebrew.engine.Tensor;
import io.tilebrew.engine.problem.Activation;
import io.tilebrew.engine.problem.Window;
import io.tilebrew.graph.CompileOptions;
import io.tilebrew.graph.CompileOptions.Kernels;
import io.tilebrew.graph.Explanation;
import io.tilebrew.graph.Explanation.Kind;
import io.tilebrew.graph.Explanation.Unfused;
import io.tilebrew.graph.Graph;
import io.tilebrew.graph.GraphBuilder;
import io.tilebrew.graph.RandomGraphs;
import io.tilebrew.graph.TensorType;
import io.tilebrew.graph.Value;
import io.tilebrew.graph.op.Conv;
import io.tilebrew.graph.op.Elementwise.Activate;
import io.tilebrew.graph.op.Normalization.Softmax;
import io.tilebrew.graph.op.Pooling.MaxPool;
import java.util.List;
import net.jqwik.api.Arbitrary;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.Provide;
import org.junit.jupiter.api.Test;

class ExplanationTest {
  private static final CompileOptions OPTIONS =
      CompileOptions.DEFAULT.with(Kernels.GENERIC).withLanes(8);

  private final GraphBuilder graph = new GraphBuilder("explained");
  private final Value x = graph.input("x", TensorType.f32(1, 3, 8, 8));

  private Value conv() {
    Tensor w = Tensor.of(Shape.of(8, 3, 3, 3), new float[216]);
    return graph.add("conv", new Conv(Window.square(3, 1, 1), 1), x, graph.constant("w", w));
  }

  private Value relu(String name, Value of) {
    return graph.add(name, new Activate(Activation.RELU), of);
  }

  private Explanation explain(CompileOptions options) {
    return new Compiler(options).explain(graph.build(), false, 1).explanation();
  }

  @Provide
  Arbitrary<Graph> graphs() {
    return RandomGraphs.graphs();
  }

  /** A step is either a kernel with its loops or a reference with its reason. */
  @Property(tries = 100)
  void eachStepHasLoopsOrAReason(@ForAll("graphs") Graph random) {
    Explanation explanation = new Compiler(OPTIONS).explain(random, false, 1).explanation();
    for (Explanation.Step step : explanation.steps()) {
      assertEquals(step.kind() == Kind.KERNEL, step.source() != null, step::toString);
      assertEquals(step.kind() == Kind.KERNEL, !step.kernel().isEmpty(), step::toString);
      assertEquals(step.kind() == Kind.REFERENCE, !step.refusal().isEmpty(), step::toString);
    }
    for (Unfused node : explanation.unfused()) {
      assertTrue(!node.reason().equals("the pass was left out"), node::toString);
    }
  }

  @Test
  void fusedNodesAreNamed() {
    Value pooled =
        graph.add("pool", new MaxPool(Window.square(2, 2, 0), false), relu("relu", conv()));
    graph.output("y", pooled);
    Explanation.Step step = kernel(explain(OPTIONS));
    assertEquals("pool", step.node());
    assertEquals(List.of("conv", "relu", "pool"), step.origins());
    assertEquals(List.of("relu Activate[relu]", "pool MaxPool[k2 s2]"), step.fused());
    assertTrue(step.kernel().endsWith(", 8 lanes, flat"), step.kernel());
    assertEquals(8 * 8 * 8 * 27, step.multiplyAdds());
    assertEquals(4 * 3 * 64, step.bytesRead());
    assertEquals(4 * 8 * 16, step.bytesWritten());
    assertNotNull(step.source());
    assertTrue(step.source().get().contains("class Pool implements Kernel"));
  }

  private static Explanation.Step kernel(Explanation explanation) {
    return explanation.steps().stream()
        .filter(step -> step.kind() == Kind.KERNEL)
        .findFirst()
        .orElseThrow();
  }

  @Test
  void whatHasNoKernelHasAReason() {
    graph.output("y", graph.add("softmax", new Softmax(2), conv()));
    assertEquals(
        List.of("softmax along axis 2: kernels take the channel axis only"), refusals(OPTIONS));
    assertEquals(
        List.of("the pass layout was left out", "the pass layout was left out"),
        refusals(OPTIONS.without("layout")));
    assertEquals(
        List.of("kernels are switched off", "kernels are switched off"),
        refusals(OPTIONS.with(Kernels.REFERENCE)));
  }

  private List<String> refusals(CompileOptions options) {
    return explain(options).steps().stream()
        .filter(step -> step.kind() == Kind.REFERENCE)
        .map(Explanation.Step::refusal)
        .toList();
  }

  @Test
  void whatIsNotFusedHasAReason() {
    Value conv = conv();
    graph.output("a", relu("first", conv));
    graph.output("b", relu("second", conv));
    assertEquals(
        List.of("the convolution's output has 2 readers", "the convolution's output has 2 readers"),
        reasons(OPTIONS));
  }

  @Test
  void overlappingWindowsAreNotFused() {
    graph.output(
        "y", graph.add("pool", new MaxPool(Window.square(3, 2, 0), false), relu("relu", conv())));
    assertEquals(1, reasons(OPTIONS).size());
    assertTrue(reasons(OPTIONS).getFirst().contains("max3s2 overlap"));
    assertEquals(List.of("the pass was left out"), reasons(OPTIONS.without("epilogue-fusion")));
  }

  private List<String> reasons(CompileOptions options) {
    return explain(options).unfused().stream().map(Unfused::reason).toList();
  }
}
