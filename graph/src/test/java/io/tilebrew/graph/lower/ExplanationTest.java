package io.tilebrew.graph.lower;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNotNull;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.tilebrew.engine.Shape;
import io.tilebrew.engine.Tensor;
import io.tilebrew.engine.problem.Activation;
import io.tilebrew.engine.problem.Arithmetic;
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
import io.tilebrew.graph.op.ConvTranspose;
import io.tilebrew.graph.op.Elementwise.Activate;
import io.tilebrew.graph.op.Elementwise.Binary;
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
    assertTrue(step.kernel().endsWith(", 8 lanes"), step.kernel());
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
    graph.output("y", graph.add("softmax", new Softmax(0), conv()));
    assertEquals(List.of("softmax along axis 0: kernels take each image alone"), refusals(OPTIONS));
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
    assertTrue(reasons(OPTIONS).getFirst().contains("2 KiB stays in the cache"));
    assertEquals(List.of("the pass was left out"), reasons(OPTIONS.without("epilogue-fusion")));
  }

  /** The first layers of a residual network; the arena never holds the convolution's output. */
  @Test
  void aRingOfRowsIsShown() {
    GraphBuilder stem = new GraphBuilder("stem");
    Tensor w = Tensor.of(Shape.of(64, 3, 7, 7), new float[64 * 147]);
    Value image = stem.input("x", TensorType.f32(1, 3, 112, 112));
    Value sums =
        stem.add("conv", new Conv(Window.square(7, 2, 3), 1), image, stem.constant("w", w));
    Value relu = stem.add("relu", new Activate(Activation.RELU), sums);
    stem.output("y", stem.add("pool", new MaxPool(Window.square(3, 2, 0), true), relu));
    Explanation explanation = new Compiler(OPTIONS).explain(stem.build(), false, 1).explanation();
    assertEquals(List.of(), explanation.unfused());
    Explanation.Step step = kernel(explanation);
    assertEquals(List.of("conv", "relu", "pool"), step.origins());
    assertTrue(step.kernel().contains("a ring of 15 rows"), step.kernel());
    assertTrue(explanation.totals().arenaBytes() < 4 * 56 * 56 * 64, explanation::toString);
    assertEquals(
        List.of("the pass was left out"),
        new Compiler(OPTIONS.without("epilogue-fusion"))
            .explain(stem.build(), false, 1).explanation().unfused().stream()
                .map(Unfused::reason)
                .toList());
  }

  @Test
  void anEpilogueOfATransposedConvolutionIsFused() {
    GraphBuilder decoder = new GraphBuilder("decoder");
    Value image = decoder.input("x", TensorType.f32(1, 3, 8, 8));
    Value skip = decoder.input("skip", TensorType.f32(1, 4, 16, 16));
    Value w = decoder.constant("w", Tensor.of(Shape.of(3, 4, 2, 2), new float[48]));
    ConvTranspose twice = new ConvTranspose(Window.square(2, 2, 0), 1, 16, 16);
    Value up = decoder.add("up", twice, image, w);
    Value sum = decoder.add("sum", new Binary(Arithmetic.ADD), skip, up);
    decoder.output("y", decoder.add("relu", new Activate(Activation.RELU), sum));
    Explanation explanation =
        new Compiler(OPTIONS).explain(decoder.build(), false, 1).explanation();
    assertEquals(List.of("up", "sum", "relu"), kernel(explanation).origins());
    assertEquals(4, explanation.totals().kernels());
    assertEquals(List.of(), explanation.unfused());
  }

  /** Each channel is repeated for a depthwise kernel, which has full vectors. */
  @Test
  void groupsOfOneChannelAreDepthwise() {
    GraphBuilder multiplied = new GraphBuilder("multiplied");
    Value image = multiplied.input("x", TensorType.f32(1, 16, 8, 8));
    Value w = multiplied.constant("w", Tensor.of(Shape.of(32, 1, 3, 3), new float[288]));
    multiplied.output("y", multiplied.add("y", new Conv(Window.square(3, 2, 1), 16), image, w));
    Explanation explanation =
        new Compiler(OPTIONS).explain(multiplied.build(), false, 1).explanation();
    assertEquals(
        List.of("channels 2 times, 8 lanes", "depthwise 1x6, 8 lanes"),
        explanation.steps().stream()
            .filter(step -> step.kind() == Kind.KERNEL)
            .map(Explanation.Step::kernel)
            .toList());
  }

  private List<String> reasons(CompileOptions options) {
    return explain(options).unfused().stream().map(Unfused::reason).toList();
  }
}
