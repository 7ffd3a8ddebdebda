package io.tilebrew.graph;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.tilebrew.engine.DataType;
import io.tilebrew.engine.Shape;
import io.tilebrew.engine.Tensor;
import io.tilebrew.engine.problem.Activation;
import io.tilebrew.engine.problem.Arithmetic;
import io.tilebrew.engine.problem.Pointwise;
import io.tilebrew.engine.problem.Pool;
import io.tilebrew.engine.problem.Window;
import io.tilebrew.graph.interpret.Interpreter;
import io.tilebrew.graph.op.Conv;
import io.tilebrew.graph.op.Elementwise.Activate;
import io.tilebrew.graph.op.Elementwise.Binary;
import io.tilebrew.graph.op.Linear.Gemm;
import io.tilebrew.graph.op.Normalization.Standardization;
import io.tilebrew.graph.op.Shaping.Concat;
import io.tilebrew.graph.op.Shaping.Reshape;
import io.tilebrew.graph.op.Shaping.Slice;
import io.tilebrew.graph.pass.Passes;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Set;
import net.jqwik.api.Arbitrary;
import net.jqwik.api.Assume;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.Provide;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class OnnxFileTest {
  @TempDir Path folder = Path.of("");

  @Provide
  Arbitrary<Graph> graphs() {
    return RandomGraphs.graphs();
  }

  @Property(tries = 400)
  void aGraphReadAgainComputesTheSame(@ForAll("graphs") Graph graph, @ForAll long seed) {
    assertSameResults(graph, readAgain(graph), seed);
  }

  @Property(tries = 200)
  void anOptimizedGraphReadAgainComputesTheSame(@ForAll("graphs") Graph graph, @ForAll long seed) {
    Graph optimized = Passes.run(graph, Set.of());
    assertSameResults(optimized, readAgain(optimized), seed);
  }

  @Property(tries = 400)
  void aGraphReadAgainIsTheSameGraph(@ForAll("graphs") Graph graph) {
    boolean hasNodes = graph.nodes().stream().anyMatch(node -> node.constant() == null);
    Assume.that(hasNodes && graph.nodes().stream().noneMatch(OnnxFileTest::isAltered));
    assertEquals(text(graph), text(readAgain(graph)));
  }

  /** Whether the node becomes several, or none as it changes nothing. */
  private static boolean isAltered(Node node) {
    return switch (node.operator()) {
      case Activate(Activation activation) -> activation instanceof Activation.Silu;
      case Standardization _ -> true;
      case Reshape _, Slice _ -> node.output().type().equals(node.input(0).type());
      default -> false;
    };
  }

  /** The text without the rounding of poolings, which is dropped where it changes no size. */
  private static String text(Graph graph) {
    return graph.toString().replace(" ceil", "");
  }

  @Property(tries = 200)
  void anOpenBatchIsOpen(@ForAll("graphs") Graph graph, @ForAll long seed) {
    Assume.that(graph.nodes().stream().noneMatch(node -> joinsConstant(graph, node)));
    OnnxModel model = OnnxModel.read(new OnnxFile(graph).withBatch("N").bytes());
    assertEquals(Set.of("N"), model.symbols());
    Shape shape = graph.inputs().getFirst().type().shape();
    assertSameResults(graph, model.graph(Map.of("N", shape.dim(0))), seed);
    Graph three = model.graph(Map.of("N", 3));
    for (int i = 0; i < graph.outputs().size(); i++) {
      Shape expected = graph.outputs().get(i).value().type().shape().with(0, 3);
      assertEquals(expected, three.outputs().get(i).value().type().shape());
    }
  }

  /** Whether a node concatenates with a constant, which has as many images as it has. */
  private static boolean joinsConstant(Graph graph, Node node) {
    return node.operator() instanceof Concat
        && node.inputs().stream()
            .map(graph::producer)
            .anyMatch(producer -> producer != null && producer.constant() != null);
  }

  private static Graph readAgain(Graph graph) {
    return GraphVerifier.verify(OnnxModel.read(new OnnxFile(graph).bytes()).graph());
  }

  private static void assertSameResults(Graph expected, Graph found, long seed) {
    List<Tensor> inputs = RandomGraphs.inputs(expected, seed);
    List<Tensor> before = Interpreter.run(expected, inputs);
    List<Tensor> after = Interpreter.run(found, inputs);
    for (int i = 0; i < before.size(); i++) {
      assertEquals(expected.outputs().get(i).name(), found.outputs().get(i).name());
      assertEquals(before.get(i).toString(), after.get(i).toString());
      assertTrue(
          Objects.deepEquals(before.get(i).array(), after.get(i).array()),
          () -> "%s\n%s".formatted(expected, found));
    }
  }

  /** One convolution: x [2,3,6,5] to y [2,4,4,3]. */
  private static Graph conv() {
    GraphBuilder builder = new GraphBuilder("conv");
    Value x = builder.input("x", TensorType.f32(2, 3, 6, 5));
    Value w = builder.constant("w", ramp(4, 3, 3, 3));
    builder.output("y", builder.add("y", new Conv(Window.square(3, 1, 0), 1), x, w));
    return builder.build();
  }

  private static Tensor ramp(int... dims) {
    Tensor ramp = Tensor.zeros(DataType.FLOAT32, Shape.of(dims));
    for (int i = 0; i < ramp.size(); i++) {
      ramp.floats()[i] = i % 7 - 3;
    }
    return ramp;
  }

  @Test
  void anEpilogueBecomesNodes() {
    GraphBuilder builder = new GraphBuilder("fused");
    Value x = builder.input("x", TensorType.f32(1, 3, 8, 8));
    Value w = builder.constant("w", ramp(4, 3, 3, 3));
    Value bias = builder.constant("bias", ramp(4));
    Value other = builder.constant("other", ramp(1, 4, 8, 8));
    Pointwise epilogue = Pointwise.parse("+add +mul(0.5) +prelu[2] +clip(0,6) +rsub[0]");
    Pool pool = new Pool(Pool.Kind.AVERAGE_PADDED, Window.square(3, 2, 1));
    Conv fused = new Conv(Window.square(3, 1, 1), 1, epilogue, pool);
    builder.output(
        "y", builder.add("y", fused, x, w, bias, other, builder.constant("slope", ramp(4, 1, 1))));
    Graph graph = builder.build();
    OnnxModel model = OnnxModel.read(new OnnxFile(graph).bytes());
    assertEquals(
        "{Add=1, AveragePool=1, Clip=1, Conv=1, Less=1, Mul=2, Sub=1, Where=1}",
        model.operators().toString());
    assertSameResults(graph, model.graph(), 1);
  }

  @Test
  void weightsMayStandInAnotherFile() throws IOException {
    GraphBuilder builder = new GraphBuilder("apart");
    Value x = builder.input("x", TensorType.f32(1, 300));
    Value big = builder.constant("big", ramp(400, 300));
    Value small = builder.constant("small", ramp(400));
    Value y = builder.add("y", new Gemm(false, true, 1, 1), x, big, small);
    Value other = builder.constant("other", ramp(300, 400));
    builder.output("z", builder.add("z", new Gemm(false, true, 1, 1), y, other));
    Graph graph = builder.build();
    Path file = folder.resolve("apart.onnx");
    new OnnxFile(graph).writeApart(file);
    assertTrue(Files.size(file) < 4000);
    assertEquals(0, Files.size(folder.resolve("apart.onnx.data")) % 4096);
    assertEquals(graph.toString(), OnnxModel.read(file).graph().toString());
    assertSameResults(graph, OnnxModel.read(file).graph(), 1);
  }

  @Test
  void aFileCanBeReplacedByItsOwnGraph() throws IOException {
    Path file = folder.resolve("model.onnx");
    new OnnxFile(conv()).write(file);
    OnnxModel model = OnnxModel.read(file);
    new OnnxFile(model.graph()).write(file);
    assertSameResults(conv(), OnnxModel.read(file).graph(), 1);
    try (var files = Files.list(folder)) {
      assertEquals(List.of(file), files.toList());
    }
  }

  @Test
  void aFileThatCannotBeWrittenIsAnIoException() {
    OnnxFile file = new OnnxFile(conv());
    assertThrows(IOException.class, () -> file.write(folder.resolve("none/model.onnx")));
    assertThrows(IOException.class, () -> file.write(folder));
    assertFalse(Files.exists(folder.resolve("none")));
  }

  @Test
  void outputsKeepTheirNames() {
    GraphBuilder builder = new GraphBuilder("");
    Value x = builder.input("x", TensorType.f32(2));
    Value a = builder.add("y", new Activate(Activation.RELU), x);
    Value b = builder.add("", new Activate(new Activation.Tanh()), a);
    builder.output("x2", x);
    builder.output("first", a);
    builder.output("y", b);
    builder.output("second", a);
    Graph graph = builder.build();
    assertSameResults(graph, readAgain(graph), 1);
  }

  @Test
  void imagesThatAreMixedCannotHaveAnOpenBatch() {
    GraphBuilder builder = new GraphBuilder("mixed");
    Value x = builder.input("x", TensorType.f32(1, 4));
    Value both = builder.add("both", new Concat(0), x, x);
    builder.output("y", builder.add("y", new Activate(Activation.RELU), both));
    assertRefused(builder.build(), "node 'both' (Concat): does not treat each image alone");
    GraphBuilder flat = new GraphBuilder("flat");
    Value map = flat.input("x", TensorType.f32(1, 4));
    flat.output("y", flat.add("flat", new Reshape(Shape.of(4)), map));
    assertRefused(flat.build(), "node 'flat' (Reshape)");
    GraphBuilder two = new GraphBuilder("two");
    Value a = two.input("a", TensorType.f32(1, 4));
    Value b = two.input("b", TensorType.f32(4));
    two.output("y", two.add("sum", new Binary(Arithmetic.ADD), a, b));
    assertRefused(two.build(), "have no batch in common");
  }

  private static void assertRefused(Graph graph, String reason) {
    OnnxFile file = new OnnxFile(graph).withBatch("N");
    ModelException e = assertThrows(ModelException.class, file::bytes);
    assertTrue(String.valueOf(e.getMessage()).contains(reason), e.getMessage());
  }
}
