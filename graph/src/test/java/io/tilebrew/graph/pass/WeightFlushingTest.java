package io.tilebrew.graph.pass;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertSame;

import io.tilebrew.engine.Shape;
import io.tilebrew.engine.Tensor;
import io.tilebrew.engine.problem.Window;
import io.tilebrew.graph.Graph;
import io.tilebrew.graph.GraphBuilder;
import io.tilebrew.graph.GraphVerifier;
import io.tilebrew.graph.Magnitude;
import io.tilebrew.graph.TensorType;
import io.tilebrew.graph.Value;
import io.tilebrew.graph.op.Conv;
import io.tilebrew.graph.op.ConvTranspose;
import io.tilebrew.graph.op.Operator;
import java.util.List;
import java.util.Objects;
import java.util.Random;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.constraints.FloatRange;
import net.jqwik.api.constraints.Size;
import org.junit.jupiter.api.Test;

class WeightFlushingTest {
  private static final int CHANNELS = 3;
  private static final int MAPS = 2;

  /** A convolution of 1x1. */
  private static Graph graph(Operator operator, float[] weights, float[] bias) {
    GraphBuilder graph = new GraphBuilder("one");
    Value x = graph.input("x", TensorType.f32(1, CHANNELS, 2, 2));
    boolean isTransposed = operator instanceof ConvTranspose;
    Shape shape = isTransposed ? Shape.of(CHANNELS, MAPS, 1, 1) : Shape.of(MAPS, CHANNELS, 1, 1);
    Value w = graph.constant("w", Tensor.of(shape, weights));
    Value b = graph.constant("b", Tensor.of(Shape.of(MAPS), bias));
    graph.output("y", graph.add("y", operator, x, w, b));
    return graph.build();
  }

  private static Graph graph(float[] weights, float[] bias) {
    return graph(new Conv(Window.POINT, 1), weights, bias);
  }

  /** What the weights, or the bias, of the convolution are. */
  private static float[] constant(Graph graph, int input) {
    Value value = graph.outputs().getFirst().value();
    return Objects.requireNonNull(
            graph.constant(Objects.requireNonNull(graph.producer(value)).input(input)))
        .floats();
  }

  private static float[] flushed(float... weights) {
    Graph before = graph(weights, new float[MAPS]);
    return constant(GraphVerifier.verify(WeightFlushing.run(before)), 1);
  }

  /** Weights of any magnitude. */
  @Property
  void keepsTheMeaning(
      @ForAll @Size(MAPS * CHANNELS) List<@FloatRange(min = -150, max = 20) Float> exponents,
      @ForAll long seed) {
    Random random = new Random(seed);
    float[] weights = new float[exponents.size()];
    for (int i = 0; i < weights.length; i++) {
      weights[i] = (float) (Math.pow(2, exponents.get(i)) * (random.nextBoolean() ? 1 : -1));
    }
    Graph before = graph(weights, new float[] {random.nextFloat(), 0});
    Graph after = GraphVerifier.verify(WeightFlushing.run(before));
    float[] x = new float[CHANNELS * 4];
    for (int i = 0; i < x.length; i++) {
      x[i] = random.nextFloat() - 0.5f;
    }
    List<Tensor> inputs = List.of(Tensor.of(Shape.of(1, CHANNELS, 2, 2), x));
    PassesTest.assertSameMeaning(before, after, inputs, Magnitude.bound(before, inputs));
    assertSame(after, WeightFlushing.run(after));
  }

  @Test
  void flushesWhatIsFarBelowTheLargest() {
    assertArrayEquals(
        new float[] {1, 0, 0, 0x1p-59f, 0, -3}, flushed(1, 0x1p-61f, -0x1p-130f, 0x1p-59f, 0, -3));
    assertArrayEquals(
        new float[] {0x1p-20f, 0, 0x1p-79f, 0, 0, 0},
        flushed(0x1p-20f, 0x1p-81f, 0x1p-79f, 0, 0, 0));
  }

  /** A layer whose weights are all tiny may be meant so. */
  @Test
  void keepsWeightsThatAreAllTiny() {
    float[] tiny = {0x1p-127f, 0x1p-140f, -0x1p-130f, 0x1p-149f, 0x1p-128f, 0};
    Graph graph = graph(tiny, new float[] {0x1p-130f, 0});
    assertSame(graph, WeightFlushing.run(graph));
  }

  /** The largest weight may be no measure of the others. */
  @Test
  void keepsWhatIsOrdinaryBesideWeightsThatAreNot() {
    float[] weights = {
      Float.POSITIVE_INFINITY, Float.NaN, Float.MAX_VALUE, 0x1p-59f, 1, Float.NEGATIVE_INFINITY
    };
    Graph graph = graph(weights, new float[MAPS]);
    assertSame(graph, WeightFlushing.run(graph));
  }

  @Test
  void flushesBiasesAndWeightsOfTransposedConvolutions() {
    float[] weights = {1, 1e-30f, 1, 1, 1, 1};
    float[] bias = {1, 1e-30f};
    Conv conv = new Conv(Window.POINT, 1);
    ConvTranspose transposed = new ConvTranspose(Window.POINT, 1, 2, 2);
    for (Operator operator : List.of(conv, transposed)) {
      Graph after = GraphVerifier.verify(WeightFlushing.run(graph(operator, weights, bias)));
      assertEquals(0, constant(after, 1)[1]);
      assertEquals(0, constant(after, 2)[1]);
      assertEquals(1, constant(after, 1)[0]);
    }
  }
}
