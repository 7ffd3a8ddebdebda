package io.tilebrew.graph.pass;

import static org.junit.jupiter.api.Assertions.assertEquals;

import io.tilebrew.engine.Tensor;
import io.tilebrew.engine.problem.Arithmetic;
import io.tilebrew.engine.problem.Window;
import io.tilebrew.graph.Graph;
import io.tilebrew.graph.GraphBuilder;
import io.tilebrew.graph.GraphVerifier;
import io.tilebrew.graph.Magnitude;
import io.tilebrew.graph.RandomGraphs;
import io.tilebrew.graph.RandomTensors;
import io.tilebrew.graph.TensorType;
import io.tilebrew.graph.Value;
import io.tilebrew.graph.op.Constant;
import io.tilebrew.graph.op.Conv;
import io.tilebrew.graph.op.Elementwise.Binary;
import io.tilebrew.graph.op.Operator;
import java.util.List;
import java.util.Random;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.constraints.IntRange;
import org.junit.jupiter.api.Test;

class AffineFoldingTest {
  private static final List<Arithmetic> FUNCTIONS =
      List.of(Arithmetic.ADD, Arithmetic.SUB, Arithmetic.MUL, Arithmetic.DIV);

  private final GraphBuilder graph = new GraphBuilder("affine");

  /** {@code function} of {@code x} and numbers for its channels, or one for all, on either side. */
  private Value affine(Random random, Arithmetic function, Value x) {
    int channels = random.nextInt(4) == 0 ? 1 : x.type().shape().dim(1);
    Tensor numbers = RandomTensors.of(random, channels, 1, 1);
    for (int i = 0; i < numbers.size(); i++) {
      numbers.floats()[i] = 1.5f + numbers.floats()[i];
    }
    Value c = graph.constant("c", numbers);
    boolean turned = function != Arithmetic.DIV && random.nextBoolean();
    return turned
        ? graph.add("f", new Binary(function), c, x)
        : graph.add("f", new Binary(function), x, c);
  }

  private Value conv(Random random, Value x, int group, Window window) {
    int inputs = x.type().shape().dim(1) / group;
    int maps = group * (1 + random.nextInt(3));
    Value w =
        graph.constant(
            "w",
            RandomTensors.of(random, maps, inputs, window.kernelHeight(), window.kernelWidth()));
    Conv conv = new Conv(window, group);
    return random.nextBoolean()
        ? graph.add("conv", conv, x, w)
        : graph.add("conv", conv, x, w, graph.constant("b", RandomTensors.of(random, maps)));
  }

  private static List<Operator> operators(Graph graph) {
    return graph.nodes().stream()
        .map(node -> node.operator())
        .filter(operator -> !(operator instanceof Constant))
        .toList();
  }

  @Property(tries = 200)
  void whatScalesAndShiftsBesideConvolutionsIsInTheirWeights(
      @ForAll @IntRange(min = 1, max = 3) int group,
      @ForAll @IntRange(min = 1, max = 3) int perGroup,
      @ForAll @IntRange(min = 1, max = 3) int kernel,
      @ForAll @IntRange(min = 1, max = 2) int stride,
      @ForAll long seed) {
    Random random = new Random(seed);
    AffineFoldingTest test = new AffineFoldingTest();
    Value x = test.graph.input("x", TensorType.f32(2, group * perGroup, 5, 4));
    for (int i = random.nextInt(3); i > 0; i--) {
      x = test.affine(random, FUNCTIONS.get(random.nextInt(4)), x);
    }
    x = test.conv(random, x, group, Window.square(kernel, stride, 0));
    for (int i = random.nextInt(3); i > 0; i--) {
      x = test.affine(random, FUNCTIONS.get(random.nextInt(4)), x);
    }
    test.graph.output("y", x);
    Graph before = test.graph.build();
    Graph after = GraphVerifier.verify(AffineFolding.run(before));
    assertEquals(1, operators(after).size(), after::toString);
    List<Tensor> inputs = RandomGraphs.inputs(before, seed);
    PassesTest.assertSameMeaning(before, after, inputs, Magnitude.bound(before, inputs));
  }

  private static int left(Window window, boolean usedTwice) {
    AffineFoldingTest test = new AffineFoldingTest();
    Random random = new Random(1);
    Value x = test.graph.input("x", TensorType.f32(1, 2, 5, 4));
    Value shifted = test.affine(random, Arithmetic.ADD, x);
    test.graph.output("y", test.conv(random, shifted, 1, window));
    if (usedTwice) {
      test.graph.output("z", shifted);
    }
    return operators(AffineFolding.run(test.graph.build())).size();
  }

  @Test
  void whatIsPaddedOrReadByOthersStays() {
    assertEquals(1, left(Window.square(3, 1, 0), false));
    assertEquals(2, left(Window.square(3, 1, 1), false));
    assertEquals(2, left(Window.square(3, 1, 0), true));
  }

  /** A number for each channel makes many maps of one. */
  @Test
  void whatSpreadsAMapStays() {
    AffineFoldingTest test = new AffineFoldingTest();
    Value x = test.graph.input("x", TensorType.f32(1, 2, 3, 3));
    Value w = test.graph.constant("w", RandomTensors.of(1, 1, 2, 1, 1));
    Value map = test.graph.add("conv", new Conv(Window.POINT, 1), x, w);
    Value c = test.graph.constant("c", RandomTensors.of(2, 4, 1, 1));
    test.graph.output("y", test.graph.add("spread", new Binary(Arithmetic.MUL), map, c));
    Graph graph = test.graph.build();
    assertEquals(2, operators(AffineFolding.run(graph)).size());
  }
}
