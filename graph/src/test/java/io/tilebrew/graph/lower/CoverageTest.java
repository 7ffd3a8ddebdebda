package io.tilebrew.graph.lower;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.tilebrew.engine.Port;
import io.tilebrew.engine.Port.Dimension;
import io.tilebrew.engine.Shape;
import io.tilebrew.engine.Tensor;
import io.tilebrew.engine.problem.Activation;
import io.tilebrew.engine.problem.Arithmetic;
import io.tilebrew.engine.problem.Window;
import io.tilebrew.graph.CompileOptions;
import io.tilebrew.graph.CompileOptions.Kernels;
import io.tilebrew.graph.Explanation;
import io.tilebrew.graph.Explanation.Kind;
import io.tilebrew.graph.Graph;
import io.tilebrew.graph.GraphBuilder;
import io.tilebrew.graph.OnnxModel;
import io.tilebrew.graph.RandomGraphs;
import io.tilebrew.graph.TensorFile;
import io.tilebrew.graph.TensorType;
import io.tilebrew.graph.Tilebrew;
import io.tilebrew.graph.Value;
import io.tilebrew.graph.Work;
import io.tilebrew.graph.onnx.SharedData;
import io.tilebrew.graph.op.Conv;
import io.tilebrew.graph.op.ConvTranspose;
import io.tilebrew.graph.op.Elementwise.Activate;
import io.tilebrew.graph.op.Elementwise.Binary;
import io.tilebrew.graph.op.Linear.Gemm;
import io.tilebrew.graph.op.Linear.MatMul;
import io.tilebrew.graph.op.Pooling.MaxPool;
import io.tilebrew.graph.op.Shaping.Reshape;
import io.tilebrew.graph.pass.Passes;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.stream.Stream;
import net.jqwik.api.Arbitrary;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.Provide;
import org.junit.jupiter.api.DynamicTest;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestFactory;

/**
 * How much of the work of networks runs in generated kernels. The work is counted before the
 * passes, so that what a pass or a missing kernel leaves out still counts.
 */
class CoverageTest {
  private static final CompileOptions OPTIONS = CompileOptions.DEFAULT.with(Kernels.GENERIC);
  private static final double LEAST = 0.95;
  private static final Set<String> EXCLUDED = Set.of("ppocr_v4_det");

  @TestFactory
  Stream<DynamicTest> networksOfOthers() throws IOException {
    return Stream.concat(networks(SharedData.at("models")), networks(SharedData.at("onnx-light")));
  }

  private static Stream<DynamicTest> networks(Path folder) throws IOException {
    try (Stream<Path> found = Files.list(folder)) {
      return found
          .filter(path -> !EXCLUDED.contains(String.valueOf(path.getFileName())))
          .sorted()
          .map(path -> DynamicTest.dynamicTest(path.toString(), () -> requireCovered(path)))
          .toList()
          .stream();
    }
  }

  private static void requireCovered(Path folder) {
    OnnxModel model = OnnxModel.read(folder.resolve("model.onnx"));
    requireCovered(Tilebrew.explain(model, OPTIONS, sizes(model, folder)));
  }

  /** The sizes of the first data set. */
  private static Map<String, Integer> sizes(OnnxModel model, Path folder) {
    Map<String, Integer> sizes = new HashMap<>();
    for (int i = 0; i < model.inputs().size(); i++) {
      Port port = model.inputs().get(i);
      Path file = folder.resolve("test_data_set_0").resolve("input_" + i + ".pb");
      Shape shape = TensorFile.read(file).tensor().shape();
      for (int axis = 0; axis < shape.rank(); axis++) {
        if (port.dims().get(axis) instanceof Dimension.Symbol(String name)) {
          sizes.put(name, shape.dim(axis));
        }
      }
    }
    return sizes;
  }

  private static void requireCovered(Explanation explanation) {
    List<Explanation.Step> missing =
        explanation.steps().stream()
            .filter(step -> step.kind() == Kind.REFERENCE && step.multiplyAdds() > 0)
            .toList();
    assertTrue(
        explanation.totals().coverage() >= LEAST, () -> explanation.totals() + " " + missing);
  }

  @Test
  void aResidualNetwork() {
    GraphBuilder graph = new GraphBuilder("residual");
    Value x = graph.input("x", TensorType.f32(1, 3, 32, 32));
    Value stem = relu(graph, conv(graph, x, 16, Window.square(7, 2, 3), 1));
    Value pooled = graph.add("pool", new MaxPool(Window.square(3, 2, 1), false), stem);
    Value left = relu(graph, conv(graph, pooled, 16, Window.square(3, 1, 1), 1));
    Value right = conv(graph, left, 16, Window.square(3, 1, 1), 1);
    Value sum = relu(graph, graph.add("sum", new Binary(Arithmetic.ADD), right, pooled));
    graph.output("y", conv(graph, sum, 32, Window.square(1, 2, 0), 1));
    requireCovered(graph);
  }

  @Test
  void groupsAndDilations() {
    GraphBuilder graph = new GraphBuilder("groups");
    Value x = graph.input("x", TensorType.f32(2, 8, 14, 14));
    Value depthwise = conv(graph, x, 8, Window.square(3, 1, 1), 8);
    Value multiplied = conv(graph, depthwise, 16, Window.square(3, 2, 1), 8);
    Value grouped = conv(graph, multiplied, 24, Window.square(5, 1, 2), 2);
    Window dilated = new Window(3, 3, 1, 1, 2, 2, 2, 2, 2, 2);
    graph.output("y", conv(graph, grouped, 12, dilated, 1));
    requireCovered(graph);
  }

  @Test
  void fullyConnectedLayers() {
    GraphBuilder graph = new GraphBuilder("dense");
    Value x = graph.input("x", TensorType.f32(1, 4, 6, 6));
    Value flat = graph.add("flat", new Reshape(Shape.of(1, 144)), x);
    Value w1 = graph.constant("w1", Tensor.of(Shape.of(20, 144), new float[2880]));
    Value b1 = graph.constant("b1", Tensor.of(Shape.of(20), new float[20]));
    Value hidden = relu(graph, graph.add("fc1", new Gemm(false, true, 1, 1), flat, w1, b1));
    Value w2 = graph.constant("w2", Tensor.of(Shape.of(20, 10), new float[200]));
    graph.output("y", graph.add("fc2", new MatMul(), hidden, w2));
    requireCovered(graph);
  }

  @Test
  void transposedConvolutions() {
    GraphBuilder graph = new GraphBuilder("transposed");
    Value x = graph.input("x", TensorType.f32(1, 8, 7, 7));
    Value w = graph.constant("w", Tensor.of(Shape.of(8, 4, 2, 2), new float[128]));
    ConvTranspose twice = new ConvTranspose(Window.square(2, 2, 0), 1, 14, 14);
    graph.output("y", conv(graph, graph.add("up", twice, x, w), 6, Window.square(3, 1, 1), 1));
    requireCovered(graph);
  }

  private static Value conv(GraphBuilder graph, Value x, int maps, Window window, int group) {
    int channels = x.type().shape().dim(1) / group;
    Shape shape = Shape.of(maps, channels, window.kernelHeight(), window.kernelWidth());
    Value w = graph.constant("w", Tensor.of(shape, new float[shape.size()]));
    return graph.add("conv", new Conv(window, group), x, w);
  }

  private static Value relu(GraphBuilder graph, Value x) {
    return graph.add("relu", new Activate(Activation.RELU), x);
  }

  private static void requireCovered(GraphBuilder graph) {
    Explanation explanation = new Compiler(OPTIONS).explain(graph.build(), false, 1).explanation();
    assertTrue(explanation.totals().multiplyAdds() > 0);
    requireCovered(explanation);
  }

  @Provide
  Arbitrary<Graph> graphs() {
    return RandomGraphs.graphs();
  }

  /**
   * The regions lose no work, and steps claim as much as the model has without the taps that meet
   * padding alone; the kernels of a transposed convolution leave out or add taps.
   */
  @Property(tries = 200)
  void allWorkIsAccountedFor(@ForAll("graphs") Graph graph) {
    Explanation explanation = new Compiler(OPTIONS).explain(graph, false, 1).explanation();
    Graph after = new Compiler(OPTIONS).optimize(graph);
    long inRegions =
        Regions.of(graph, after).stream()
            .flatMap(region -> region.before().stream())
            .mapToLong(Work::of)
            .sum();
    boolean transposes =
        graph.nodes().stream().anyMatch(node -> node.operator() instanceof ConvTranspose);
    long inSteps = explanation.steps().stream().mapToLong(Explanation.Step::multiplyAdds).sum();
    assertEquals(Work.of(graph), inRegions, () -> graph + "\n" + after);
    if (!transposes) {
      Passes.Pass trimming =
          Passes.GRAPH.stream()
              .filter(pass -> pass.name().equals("tap-trimming"))
              .findFirst()
              .orElseThrow();
      assertEquals(Work.of(trimming.run(graph)), inSteps, () -> graph + "\n" + after);
    }
    assertEquals(Work.of(graph), explanation.totals().multiplyAdds());
  }

  @Property(tries = 100)
  void withoutKernelsNothingIsCovered(@ForAll("graphs") Graph graph) {
    CompileOptions references = OPTIONS.with(Kernels.REFERENCE);
    Explanation.Totals totals =
        new Compiler(references).explain(graph, false, 1).explanation().totals();
    assertEquals(0, totals.kernels());
    assertEquals(0, totals.inKernels());
    assertEquals(Work.of(graph) == 0 ? 1 : 0, totals.coverage());
  }
}
