package io.tilebrew.graph;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertSame;
import static org.junit.jupiter.api.Assertions.assertThrows;

import io.tilebrew.engine.DataType;
import io.tilebrew.engine.Shape;
import io.tilebrew.engine.problem.Activation;
import io.tilebrew.engine.problem.Arithmetic;
import io.tilebrew.graph.op.Elementwise.Activate;
import io.tilebrew.graph.op.Elementwise.Binary;
import io.tilebrew.graph.op.Reorder;
import java.util.List;
import org.junit.jupiter.api.Test;

class GraphVerifierTest {
  private static final TensorType TYPE = TensorType.f32(1, 2);

  private final Value x = new Value("x", TYPE);
  private final Value y = new Value("y", TYPE);
  private final Value z = new Value("z", TYPE);

  private static Node relu(Value input, Value output) {
    return new Node(new Activate(Activation.RELU), List.of(input), List.of(output));
  }

  private static Graph graph(List<Value> inputs, List<Node> nodes, Value... outputs) {
    List<Graph.Output> named =
        List.of(outputs).stream().map(v -> new Graph.Output("out " + v.name(), v)).toList();
    return new Graph("g", inputs, nodes, named);
  }

  private static void assertRefused(String sentence, Graph graph) {
    Exception e = assertThrows(IllegalStateException.class, () -> GraphVerifier.verify(graph));
    assertEquals("graph 'g', " + sentence, e.getMessage());
  }

  @Test
  void acceptsAChainAndGivesItBack() {
    Graph graph = graph(List.of(x), List.of(relu(x, y), relu(y, z)), y, z);
    assertSame(graph, GraphVerifier.verify(graph));
  }

  @Test
  void refusesAUseBeforeTheDefinition() {
    assertRefused(
        "node 'z' (Activate): 'y' is used before it is defined",
        graph(List.of(x), List.of(relu(y, z), relu(x, y)), z));
  }

  @Test
  void refusesTwoDefinitions() {
    assertRefused(
        "node 'y' (Activate): 'y' is defined twice",
        graph(List.of(x), List.of(relu(x, y), relu(x, y)), y));
  }

  @Test
  void refusesANameThatIsTaken() {
    assertRefused(
        "node 'x' (Activate): the name 'x' is taken",
        graph(List.of(x), List.of(relu(x, new Value("x", TYPE))), x));
  }

  @Test
  void refusesATypeThatTheOperatorDoesNotGive() {
    Value wide = new Value("wide", TensorType.f32(1, 3));
    assertRefused(
        "node 'wide' (Activate): the output is %wide: f32[1,3], the operator gives f32[1,2]",
        graph(List.of(x), List.of(relu(x, wide)), wide));
  }

  @Test
  void refusesInputsThatTheOperatorRefuses() {
    Node add = new Node(new Binary(Arithmetic.ADD), List.of(x), List.of(y));
    assertRefused("node 'y' (Add): has 1 inputs, expected 2", graph(List.of(x), List.of(add), y));
  }

  @Test
  void refusesAMissingOutput() {
    Node none = new Node(new Reorder(), List.of(x), List.of(y, z));
    assertRefused(
        "node 'y' (Reorder): has 2 outputs, the operator gives 1",
        graph(List.of(x), List.of(none), y));
  }

  @Test
  void refusesALayoutThatDoesNotSuitTheType() {
    TensorType vector = TensorType.f32(3).with(Layout.NHWC);
    TensorType longs = new TensorType(DataType.INT64, Shape.of(1, 2), Layout.NHWC);
    for (TensorType type : List.of(vector, longs)) {
      Value value = new Value("v", type);
      assertRefused(
          "the inputs: the layout of %s does not suit its type".formatted(value),
          graph(List.of(value), List.of(), value));
    }
    Value image = new Value("v", TensorType.f32(1, 2, 3, 3).with(new Layout.Nhwc(1, 1, 0, 0)));
    GraphVerifier.verify(graph(List.of(image), List.of(), image));
  }

  @Test
  void refusesAnOutputThatIsNotDefinedOrNotAlone() {
    assertRefused("output 'out y': 'y' is not defined", graph(List.of(x), List.of(), y));
    assertRefused("output 'out x': the name stands twice", graph(List.of(x), List.of(), x, x));
  }
}
