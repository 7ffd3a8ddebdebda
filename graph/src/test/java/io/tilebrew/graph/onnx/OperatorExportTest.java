package io.tilebrew.graph.onnx;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.tilebrew.engine.DataType;
import io.tilebrew.engine.Shape;
import io.tilebrew.engine.Tensor;
import io.tilebrew.engine.problem.Activation;
import io.tilebrew.engine.problem.Arithmetic;
import io.tilebrew.engine.problem.Interpolation;
import io.tilebrew.engine.problem.Pointwise;
import io.tilebrew.engine.problem.Relation;
import io.tilebrew.engine.problem.Resampling;
import io.tilebrew.engine.problem.UnaryFunction;
import io.tilebrew.engine.problem.Window;
import io.tilebrew.graph.Graph;
import io.tilebrew.graph.GraphBuilder;
import io.tilebrew.graph.GraphVerifier;
import io.tilebrew.graph.ModelException;
import io.tilebrew.graph.Node;
import io.tilebrew.graph.OnnxFile;
import io.tilebrew.graph.OnnxModel;
import io.tilebrew.graph.TensorType;
import io.tilebrew.graph.Value;
import io.tilebrew.graph.interpret.Interpreter;
import io.tilebrew.graph.op.ConvTranspose;
import io.tilebrew.graph.op.Elementwise.Activate;
import io.tilebrew.graph.op.Elementwise.Binary;
import io.tilebrew.graph.op.Elementwise.Cast;
import io.tilebrew.graph.op.Elementwise.Compare;
import io.tilebrew.graph.op.Elementwise.Fused;
import io.tilebrew.graph.op.Elementwise.Unary;
import io.tilebrew.graph.op.Elementwise.Where;
import io.tilebrew.graph.op.Indexing.GatherElements;
import io.tilebrew.graph.op.Indexing.GatherNd;
import io.tilebrew.graph.op.Indexing.ScatterElements;
import io.tilebrew.graph.op.Indexing.ScatterNd;
import io.tilebrew.graph.op.Indexing.Update;
import io.tilebrew.graph.op.Linear.Gemm;
import io.tilebrew.graph.op.Linear.MatMul;
import io.tilebrew.graph.op.Normalization.LocalResponse;
import io.tilebrew.graph.op.Normalization.Softmax;
import io.tilebrew.graph.op.Normalization.Standardization;
import io.tilebrew.graph.op.Operator;
import io.tilebrew.graph.op.Pooling.AveragePool;
import io.tilebrew.graph.op.Pooling.LpPool;
import io.tilebrew.graph.op.Pooling.MaxPool;
import io.tilebrew.graph.op.Reduction.ArgExtreme;
import io.tilebrew.graph.op.Reduction.CumSum;
import io.tilebrew.graph.op.Reduction.Reduce;
import io.tilebrew.graph.op.Reduction.TopK;
import io.tilebrew.graph.op.Reorder;
import io.tilebrew.graph.op.Resize;
import io.tilebrew.graph.op.Shaping.Concat;
import io.tilebrew.graph.op.Shaping.Expand;
import io.tilebrew.graph.op.Shaping.Gather;
import io.tilebrew.graph.op.Shaping.Pad;
import io.tilebrew.graph.op.Shaping.Reshape;
import io.tilebrew.graph.op.Shaping.Slice;
import io.tilebrew.graph.op.Shaping.Transpose;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Objects;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.jupiter.params.provider.MethodSource;

/** Each operator, written and read again. */
class OperatorExportTest {
  private static final Tensor X = floats(2, 3, 4, 5);
  private static final Interpolation CROP =
      new Interpolation(
          Interpolation.Method.LINEAR,
          Interpolation.Coordinates.TF_CROP_AND_RESIZE,
          Interpolation.Rounding.FLOOR,
          -0.5f,
          true,
          false);

  /** An operator and its inputs. */
  private record Case(Operator operator, Tensor... inputs) {
    @Override
    public String toString() {
      return operator + Arrays.toString(inputs);
    }
  }

  /** Those that are the same record when read again. */
  static Stream<Case> unchanged() {
    return Stream.of(
            List.of(
                new Case(new Activate(new Activation.Clip(-1, Float.POSITIVE_INFINITY)), X),
                new Case(new Activate(new Activation.Clip(Float.NEGATIVE_INFINITY, 1)), X),
                new Case(new Activate(new Activation.HardSwish()), X),
                new Case(new Cast(DataType.INT32), X),
                new Case(new Cast(DataType.BOOL), X),
                new Case(new Where(), bools(5), X, floats(4, 1)),
                new Case(new Binary(Arithmetic.PRELU), X, floats(3, 1, 1)),
                new Case(new Binary(Arithmetic.MOD), longs(2, 3), longs(2, 3)),
                new Case(new Binary(Arithmetic.MAX), bools(3), bools(3)),
                new Case(new Binary(Arithmetic.MIN), bools(3), bools(2, 1)),
                new Case(new Unary(UnaryFunction.NOT), bools(4)),
                new Case(new Unary(UnaryFunction.NEG), longs(4))),
            windows(),
            shapes(),
            indices(),
            reductions())
        .flatMap(List::stream);
  }

  private static List<Case> windows() {
    Window odd = new Window(2, 3, 2, 1, 1, 2, 1, 0, 0, 2);
    Window shifted = Window.square(3, 2, 0).withPadding(1, 1, 0, 0);
    return List.of(
        new Case(new ConvTranspose(shifted, 1, 7, 9), X, floats(3, 4, 3, 3), floats(4)),
        new Case(new ConvTranspose(shifted, 1, 8, 10), X, floats(3, 4, 3, 3)),
        new Case(new ConvTranspose(shifted, 3, 6, 8), X, floats(3, 2, 3, 3)),
        new Case(new MaxPool(odd, true), X),
        new Case(new MaxPool(Window.of(4, 5), false), X),
        new Case(new AveragePool(odd, false, true), X),
        new Case(new AveragePool(Window.of(4, 5), false, false), X),
        new Case(new AveragePool(Window.of(4, 5), false, true), X),
        new Case(new LpPool(odd, false, 3), X),
        new Case(new Resize(CROP, List.of(new Resampling(3, 3, 1)), 0), floats(3)),
        new Case(
            new Resize(
                CROP,
                List.of(
                    new Resampling(2, 2, 1),
                    new Resampling(3, 3, 1),
                    new Resampling(4, 4, 2, 0.25, 0.75),
                    new Resampling(5, 9, 1.25, 0, 1.5)),
                -1),
            X));
  }

  private static List<Case> shapes() {
    return List.of(
        new Case(new Reshape(Shape.of(6, 20)), X),
        new Case(new Transpose(List.of(2, 0, 3, 1)), X),
        new Case(new Concat(2), X, floats(2, 3, 1, 5), X),
        new Case(new Expand(Shape.of(2, 3, 4)), floats(3, 1)),
        new Case(new Slice(List.of(0, 1, 3, 4), List.of(1, 1, -2, -1), Shape.of(2, 2, 2, 5)), X),
        new Case(new Slice(List.of(1, 0, 0, 0), List.of(1, 2, 1, 3), Shape.of(1, 2, 0, 2)), X),
        new Case(new Gather(1), X, indices(2, 0, -1)),
        new Case(new Pad(List.of(0, 1), List.of(2, 0), Pad.Mode.CONSTANT), floats(2, 3)),
        new Case(new Pad(List.of(0, 1), List.of(2, 0), Pad.Mode.CONSTANT), floats(2, 3), floats()),
        new Case(new Pad(List.of(0, 2), List.of(1, 0), Pad.Mode.REFLECT), floats(2, 3)),
        new Case(new Pad(List.of(0, 2), List.of(1, 0), Pad.Mode.EDGE), floats(2, 3)),
        new Case(new Pad(List.of(0, 2), List.of(1, 0), Pad.Mode.WRAP), floats(2, 3)));
  }

  private static List<Case> indices() {
    Tensor places = Tensor.of(Shape.of(2, 1), 1L, -1L);
    return List.of(
        new Case(new GatherElements(0), floats(3, 1), places),
        new Case(new ScatterElements(0, Update.ADD), floats(3, 1), places, floats(2, 1)),
        new Case(new ScatterElements(0, Update.REPLACE), floats(3, 1), places, floats(2, 1)),
        new Case(new GatherNd(1), floats(2, 3), places),
        new Case(new ScatterNd(Update.MAX), floats(3, 2), places, floats(2, 2)));
  }

  private static List<Case> reductions() {
    List<Case> cases =
        new ArrayList<>(
            List.of(
                new Case(new MatMul(), X, floats(3, 5, 2)),
                new Case(new Gemm(true, true, 0.5f, 2), floats(3, 2), floats(4, 3), floats(4)),
                new Case(new Softmax(1), X),
                new Case(new LocalResponse(3, 0.5f, 0.75f, 2), X),
                new Case(new ArgExtreme(false, 1, false, true), X),
                new Case(new ArgExtreme(true, 3, true, false), X),
                new Case(new TopK(3, 2, false), X),
                new Case(new CumSum(1, true, true), X),
                new Case(new Reduce(Reduce.Function.MAX, List.of(), true), X)));
    for (Reduce.Function function : Reduce.Function.values()) {
      cases.add(new Case(new Reduce(function, List.of(1, 3), false), X));
    }
    return cases;
  }

  /** Those that become others. */
  static Stream<Case> changed() {
    return Stream.of(
        new Case(new Activate(Activation.NONE), X),
        new Case(new Activate(new Activation.Silu()), X),
        new Case(new Reorder(), X),
        new Case(new Fused(Pointwise.NONE), X),
        new Case(
            new ConvTranspose(
                Window.square(3, 2, 0), 1, 9, 11, Pointwise.parse("+relu +add +mul(0.5)")),
            X,
            floats(3, 4, 3, 3),
            floats(4),
            floats(4, 1, 1)),
        new Case(
            new Fused(Pointwise.parse("+relu +radd +sqrt +mul(0.5) +prelu[2] +min[0]")),
            floats(3, 1, 5),
            X,
            floats(4, 1)),
        new Case(new Slice(List.of(0), List.of(1), Shape.of(4)), floats(4)),
        new Case(new Reduce(Reduce.Function.SUM, List.of(), true), X),
        new Case(new Standardization(List.of(2, 3), 1e-3f), X),
        new Case(new Standardization(List.of(3, 1), 1e-3f), X),
        new Case(new Binary(Arithmetic.PRELU), floats(3, 1), floats(2, 1, 4)),
        new Case(new Binary(Arithmetic.MOD), floats(9), floats(1)));
  }

  @ParameterizedTest
  @MethodSource("unchanged")
  void isTheSameWhenReadAgain(Case test) {
    Graph graph = graph(test);
    assertEquals(graph.toString(), readAgain(graph).toString());
    assertSameResults(graph, test, 0);
  }

  @ParameterizedTest
  @MethodSource("changed")
  void meansTheSameWhenReadAgain(Case test) {
    boolean rounds = test.operator instanceof Binary(var function) && function == Arithmetic.MOD;
    assertSameResults(graph(test), test, rounds ? 1e-5 : 0);
  }

  @ParameterizedTest
  @EnumSource
  void functionsOfOneNumberMeanTheSame(UnaryFunction function) {
    Tensor x = function == UnaryFunction.NOT ? bools(7) : floats(7);
    Case test = new Case(new Unary(function), x);
    assertSameResults(graph(test), test, function == UnaryFunction.EXPM1 ? 1e-6 : 0);
  }

  @ParameterizedTest
  @EnumSource
  void functionsOfTwoNumbersMeanTheSame(Arithmetic function) {
    Case test = new Case(new Binary(function), longs(7), longs(7));
    assertSameResults(graph(test), test, 0);
  }

  @ParameterizedTest
  @EnumSource
  void relationsMeanTheSame(Relation relation) {
    Case test = new Case(new Compare(relation), X, floats(5));
    assertSameResults(graph(test), test, 0);
  }

  @ParameterizedTest
  @EnumSource
  void elementTypesMeanTheSame(DataType type) {
    Tensor x = Tensor.zeros(type, Shape.of(2, 2));
    x.set(1, 1L);
    Case test = new Case(new Transpose(List.of(1, 0)), x);
    assertSameResults(graph(test), test, 0);
  }

  @ParameterizedTest
  @EnumSource
  void coordinatesAreTheSame(Interpolation.Coordinates coordinates) {
    for (Interpolation.Method method : Interpolation.Method.values()) {
      Interpolation how =
          new Interpolation(method, coordinates, Interpolation.Rounding.CEIL, -0.75f, false, false);
      Resize bySize = new Resize(how, List.of(new Resampling(3, 7, 7 / 3.0)), 0);
      Graph graph = graph(new Case(bySize, floats(3)));
      assertEquals(bySize, onlyNode(readAgain(graph)).operator());
    }
  }

  private static Node onlyNode(Graph graph) {
    return graph.nodes().stream().filter(n -> n.constant() == null).findFirst().orElseThrow();
  }

  @Test
  void aScaleWithoutWordsIsRefused() {
    Resize odd = new Resize(CROP, List.of(new Resampling(3, 4, 1.4)), 0);
    OnnxFile file = new OnnxFile(graph(new Case(odd, floats(3))));
    ModelException e = assertThrows(ModelException.class, file::bytes);
    assertTrue(String.valueOf(e.getMessage()).startsWith("node 'y0' (Resize)"), e.getMessage());
  }

  private static Graph graph(Case test) {
    GraphBuilder builder = new GraphBuilder("test");
    List<Value> inputs = new ArrayList<>();
    for (Tensor input : test.inputs) {
      String name = "x" + inputs.size();
      inputs.add(builder.input(name, new TensorType(input.type(), input.shape())));
    }
    List<TensorType> types = test.operator.infer(inputs.stream().map(Value::type).toList());
    List<String> names = types.size() == 1 ? List.of("y0") : List.of("y0", "y1");
    Node node = builder.add(names, test.operator, inputs);
    node.outputs().forEach(value -> builder.output(value.name(), value));
    return builder.build();
  }

  private static Graph readAgain(Graph graph) {
    return GraphVerifier.verify(OnnxModel.read(new OnnxFile(graph).bytes()).graph());
  }

  private static void assertSameResults(Graph graph, Case test, double tolerance) {
    List<Tensor> inputs = List.of(test.inputs);
    List<Tensor> expected = Interpreter.run(graph, inputs);
    List<Tensor> found = Interpreter.run(readAgain(graph), inputs);
    for (int i = 0; i < expected.size(); i++) {
      Tensor y = expected.get(i);
      assertEquals(y.toString(), found.get(i).toString());
      for (int k = 0; tolerance > 0 && k < y.size(); k++) {
        assertEquals(y.doubleAt(k), found.get(i).doubleAt(k), tolerance);
      }
      assertTrue(tolerance > 0 || Objects.deepEquals(y.array(), found.get(i).array()));
    }
  }

  private static Tensor floats(int... dims) {
    Tensor x = Tensor.zeros(DataType.FLOAT32, Shape.of(dims));
    for (int i = 0; i < x.size(); i++) {
      x.set(i, (i * 37 % 23 - 11) / 8.0);
    }
    return x;
  }

  private static Tensor longs(int... dims) {
    Tensor x = Tensor.zeros(DataType.INT64, Shape.of(dims));
    for (int i = 0; i < x.size(); i++) {
      x.set(i, 1L + i * 5 % 7);
    }
    return x;
  }

  private static Tensor bools(int... dims) {
    Tensor x = Tensor.zeros(DataType.BOOL, Shape.of(dims));
    for (int i = 0; i < x.size(); i += 2) {
      x.set(i, 1L);
    }
    return x;
  }

  private static Tensor indices(long... values) {
    return Tensor.of(Shape.of(values.length), values);
  }
}
