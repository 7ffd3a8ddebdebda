package io.tilebrew.graph.onnx;

import static io.tilebrew.graph.onnx.TestModel.node;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.tilebrew.engine.Shape;
import io.tilebrew.engine.Tensor;
import io.tilebrew.graph.Graph;
import io.tilebrew.graph.ModelException;
import io.tilebrew.graph.OnnxModel;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.junit.jupiter.api.Test;

/** The wiring, the inputs and the refusals; the operators have tests of their own. */
class ImporterTest {
  private static Proto relu(String x, String y) {
    return new Proto().text(4, "Relu").text(1, x).text(2, y);
  }

  private static TestModel model() {
    return new TestModel(13).input("x", 1, "batch", 4);
  }

  private static void refused(String problem, TestModel model) {
    String message = Refusal.of(model::graph);
    assertTrue(message.contains(problem), message);
  }

  @Test
  void nodesMayStandInAnyOrder() {
    Graph graph =
        model().node(relu("b", "y")).node(relu("a", "b")).node(relu("x", "a")).output("y").graph();
    assertEquals(
        List.of("a", "b", "y"), graph.nodes().stream().map(n -> n.output().name()).toList());
  }

  @Test
  void brokenWiringIsRefused() {
    refused("reads 'z', which nothing makes", model().node(relu("z", "y")).output("y"));
    refused("reads its own output 'y'", model().node(relu("y", "y")).output("y"));
    refused("cycle", model().node(relu("b", "y")).node(relu("y", "b")).output("y"));
    refused(
        "makes 'y', which node 'y' makes, too",
        model().node(relu("x", "y")).node(relu("x", "y")).output("y"));
    refused("makes 'x', which is an input", model().node(relu("x", "x")).output("x"));
    refused("'z' of the graph is made by no node", model().node(relu("x", "y")).output("z"));
    refused("listed twice", model().node(relu("x", "y")).output("y").output("y"));
    refused("has no outputs", model().node(relu("x", "y")));
    refused("has no nodes", model().output("x"));
    refused("has no output", model().node(new Proto().text(4, "Relu").text(1, "x")).output("x"));
    refused(
        "given twice",
        model()
            .initializer("w", Tensor.of(Shape.of(1), 1f))
            .initializer("w", Tensor.of(Shape.of(1), 1f))
            .node(relu("x", "y"))
            .output("y"));
  }

  @Test
  void anOutputMayBeAnInput() {
    Graph graph = model().node(relu("x", "y")).output("x").output("y").graph();
    assertEquals("x", graph.outputs().getFirst().value().name());
  }

  @Test
  void allUnsupportedOperatorsAreNamedAtOnce() {
    TestModel model =
        model()
            .node(new Proto().text(4, "Foo").text(1, "x").text(2, "a"))
            .node(new Proto().text(4, "Foo").text(1, "a").text(2, "b"))
            .node(new Proto().text(4, "Relu").text(7, "com.bar").text(1, "b").text(2, "y"))
            .output("y");
    refused("not supported (opset 13): Foo (2x), com.bar:Relu (1x)", model);
  }

  @Test
  void anOperatorThatTheOpsetDoesNotHaveIsNotSupported() {
    refused("not supported (opset 7): Expand", TestModel.model(7, node("Expand", "x", "x"), 4));
  }

  @Test
  void theDefaultDomainHasTwoNames() {
    Graph graph = model().node(relu("x", "y").text(7, "ai.onnx")).output("y").graph();
    assertEquals(1, graph.nodes().size());
  }

  @Test
  void opsetsOutOfRangeAreRefused() {
    for (int opset : new int[] {0, -3, 99}) {
      refused("imports version " + opset, new TestModel(opset).node(relu("x", "y")).output("y"));
    }
  }

  @Test
  void aModelWithoutGraphOrOpsetIsRefused() {
    byte[] none = new Proto().varint(1, 8).bytes();
    assertThrows(ModelException.class, () -> OnnxModel.read(none));
    Proto graph = new Proto().message(1, relu("x", "y"));
    OnnxModel model = OnnxModel.read(new Proto().message(7, graph).bytes());
    assertThrows(ModelException.class, model::graph);
  }

  @Test
  void anInitializerIsNoInput() {
    OnnxModel model =
        model()
            .input("w", 1, 4)
            .initializer("w", Tensor.of(Shape.of(4), 1f, 2f, 3f, 4f))
            .node(node("Add", "x", "w"))
            .output("y")
            .read();
    assertEquals(1, model.inputs().size());
    assertEquals(1, model.graph().inputs().size());
  }

  @Test
  void symbolsGetSizes() {
    OnnxModel model =
        new TestModel(13).input("x", 1, "batch", 3, "H", 0).node(relu("x", "y")).output("y").read();
    assertEquals("[x: f32[batch,3,H,x_3]]", model.inputs().toString());
    assertEquals(Set.of("batch", "H", "x_3"), model.symbols());
    assertEquals(Map.of("batch", 1), model.defaultSizes());
    Graph graph = model.graph(Map.of("H", 5, "x_3", 6));
    assertEquals("[1,3,5,6]", graph.inputs().getFirst().type().shape().toString());
    String missing = Refusal.of(model::graph);
    assertTrue(missing.contains("'H'"), missing);
    assertThrows(IllegalArgumentException.class, () -> model.graph(Map.of("W", 5)));
    assertThrows(IllegalArgumentException.class, () -> model.graph(Map.of("H", -1)));
  }

  @Test
  void sizesBelowOneAreUnknown() {
    assertEquals(
        "[x: f32[x_0,4]]",
        new TestModel(13).input("x", 1, -7, 4).node(relu("x", "y")).read().inputs().toString());
  }

  @Test
  void inputsWithoutTypeOrRankAreRefused() {
    Proto noRank =
        new Proto().text(1, "x").message(2, new Proto().message(1, new Proto().varint(1, 1)));
    refused("'x': has no shape", new TestModel(13).add(11, noRank).node(relu("x", "y")));
    Proto noType = new Proto().text(1, "x");
    refused("'x': has no type", new TestModel(13).add(11, noType).node(relu("x", "y")));
    refused("STRING", new TestModel(13).input("x", 8, 1).node(relu("x", "y")));
  }

  @Test
  void shapesAreComputedAtImport() {
    Proto constant =
        new Proto()
            .text(4, "Constant")
            .text(2, "rest")
            .message(5, TestModel.ints("value_ints", -1));
    TestModel model =
        new TestModel(13)
            .input("x", 1, "batch", 2, 3)
            .initializer("zero", Tensor.of(Shape.of(1), 0L))
            .node(new Proto().text(4, "Shape").text(1, "x").text(2, "s"))
            .node(new Proto().text(4, "Gather").text(1, "s").text(1, "zero").text(2, "n"))
            .node(constant)
            .node(
                new Proto()
                    .text(4, "Concat")
                    .text(1, "n")
                    .text(1, "rest")
                    .text(2, "t")
                    .message(5, TestModel.integer("axis", 0)))
            .node(node("Reshape", "x", "t"))
            .output("y");
    assertEquals("%y: f32[1,6] = Reshape %x", model.nodes());
  }

  @Test
  void aShapeThatDependsOnAnInputNeedsItsValue() {
    TestModel model =
        new TestModel(13).input("x", 1, 6).input("s", 7, 2).node(node("Reshape", "x", "s"));
    model.output("y");
    refused("shape ('s') depends on the inputs", model);
    Graph graph = model.read().graph(Map.of(), Map.of("s", Tensor.of(Shape.of(2), 2L, 3L)));
    assertEquals("[2,3]", graph.outputs().getFirst().value().type().shape().toString());
    assertEquals(2, graph.inputs().size());
    assertThrows(
        IllegalArgumentException.class,
        () -> model.read().graph(Map.of(), Map.of("s", Tensor.of(Shape.of(1), 6L))));
  }

  @Test
  void foldingHasALimit() {
    TestModel model =
        new TestModel(13)
            .input("x", 1, 6)
            .initializer("big", Tensor.of(Shape.of(2), 1L << 13, 1L << 13))
            .initializer("one", Tensor.of(Shape.of(1, 1), 1L))
            .initializer("from", Tensor.of(Shape.of(1), 0L))
            .initializer("to", Tensor.of(Shape.of(1), 1L))
            .node(new Proto().text(4, "Expand").text(1, "one").text(1, "big").text(2, "e"))
            .node(
                new Proto()
                    .text(4, "Slice")
                    .text(1, "e")
                    .text(1, "from")
                    .text(1, "to")
                    .text(2, "s"))
            .node(node("Reshape", "x", "s"))
            .output("y");
    assertThrows(ModelException.class, model::graph);
  }

  @Test
  void attributesHaveTheRightTypes() {
    refused(
        "attribute 'axis' is a float, expected an int",
        TestModel.model(13, node("Softmax", "x").message(5, TestModel.real("axis", 1)), 4));
    refused(
        "attribute 'perm' has 1 values, expected 2",
        TestModel.model(13, node("Transpose", "x").message(5, TestModel.ints("perm", 0)), 4, 4));
    refused(
        "attribute 'axis' has 4294967296, expected an int of 32 bits",
        TestModel.model(
            13, node("Softmax", "x").message(5, TestModel.integer("axis", 1L << 32)), 4));
    Proto twice =
        node("Softmax", "x")
            .message(5, TestModel.integer("axis", 0))
            .message(5, TestModel.integer("axis", 0));
    refused("attribute 'axis' is given twice", TestModel.model(13, twice, 4));
    Proto unnamed = node("Softmax", "x").message(5, new Proto().varint(3, 0));
    refused("without a name", TestModel.model(13, unnamed, 4));
  }

  @Test
  void anAttributeWithoutTypeIsWhatItHas() {
    Proto axis = new Proto().text(1, "axis").varint(3, 0);
    assertEquals(
        "%y: f32[4,2] = Softmax[0] %x",
        TestModel.model(13, node("Softmax", "x").message(5, axis), 4, 2).nodes());
  }

  @Test
  void anOperatorThatTheModelDefinesIsNotSupported() {
    byte[] model =
        new Proto()
            .bytes(7, graphBytes())
            .message(8, new Proto().varint(2, 13))
            .message(25, new Proto().text(1, "Relu"))
            .bytes();
    assertThrows(ModelException.class, () -> OnnxModel.read(model).graph());
  }

  private static byte[] graphBytes() {
    Proto type = new Proto().message(1, new Proto().varint(1, 1).message(2, new Proto().bytes(1)));
    return new Proto()
        .message(1, relu("x", "y"))
        .message(11, new Proto().text(1, "x").message(2, type))
        .message(12, new Proto().text(1, "y"))
        .bytes();
  }

  @Test
  void graphsAreNestedAtMost64Deep() {
    Proto graph = new Proto();
    for (int i = 0; i < 100; i++) {
      Proto attribute = new Proto().text(1, "g").message(6, graph).varint(20, 5);
      graph = new Proto().message(1, new Proto().text(4, "If").message(5, attribute));
    }
    byte[] bytes = new Proto().message(7, graph).bytes();
    assertThrows(ModelException.class, () -> OnnxModel.read(bytes));
  }

  @Test
  void ranksHaveALimit() {
    Proto unsqueeze = node("Unsqueeze", "x");
    long[] axes = new long[40];
    for (int i = 0; i < axes.length; i++) {
      axes[i] = i;
    }
    refused("rank 41", TestModel.model(11, unsqueeze.message(5, TestModel.ints("axes", axes)), 4));
  }

  @Test
  void nodesAreAtMost100000() {
    Proto graph = new Proto();
    for (int i = 0; i <= 100_000; i++) {
      graph.bytes(1);
    }
    byte[] bytes = new Proto().message(7, graph).bytes();
    String message = Refusal.of(() -> OnnxModel.read(bytes));
    assertTrue(message.contains("more than 100000 nodes"), message);
  }
}
