package io.tilebrew.graph.lower;

import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.tilebrew.engine.plan.Team;
import io.tilebrew.engine.problem.Activation;
import io.tilebrew.engine.problem.Window;
import io.tilebrew.engine.tile.ConvChoice;
import io.tilebrew.graph.CompileOptions;
import io.tilebrew.graph.CompileOptions.Kernels;
import io.tilebrew.graph.Graph;
import io.tilebrew.graph.GraphBuilder;
import io.tilebrew.graph.RandomTensors;
import io.tilebrew.graph.TensorType;
import io.tilebrew.graph.Value;
import io.tilebrew.graph.op.Conv;
import io.tilebrew.graph.op.Elementwise.Activate;
import io.tilebrew.graph.op.Pooling.AveragePool;
import io.tilebrew.graph.op.Pooling.MaxPool;
import java.util.Random;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.constraints.IntRange;
import org.junit.jupiter.api.Test;

class PlanarMapsTest {
  private static final CompileOptions OPTIONS = CompileOptions.DEFAULT.with(Kernels.GENERIC);

  private final GraphBuilder graph = new GraphBuilder("planar");

  private Value conv(String name, Value x, int channels, Window window) {
    int inputs = x.type().shape().dim(1);
    int height = window.kernelHeight();
    int width = window.kernelWidth();
    Value w =
        graph.constant(name + ".w", RandomTensors.of(channels, channels, inputs, height, width));
    return graph.add(name, new Conv(window, 1), x, w);
  }

  /** A convolution of an image of one channel, with a pooling of two columns. */
  private Value pooled(int height, int width, int channels) {
    Value x = graph.input("x", TensorType.f32(1, 1, height, width));
    Value conv = conv("conv", x, channels, Window.square(5, 1, 0));
    Value relu = graph.add("relu", new Activate(Activation.RELU), conv);
    return graph.add("pool", new MaxPool(Window.square(2, 2, 0), false), relu);
  }

  private boolean isPlanar() {
    Graph optimized = new Compiler(OPTIONS).optimize(graph.build());
    Placement placement = new Placement(optimized, 16, problem -> null);
    return placement
        .of(
            optimized.nodes().stream()
                .filter(node -> node.operator() instanceof Conv)
                .findFirst()
                .orElseThrow()
                .output())
        .isPlanar();
  }

  /** Whether what two convolutions read, one of them with so many maps, is planar. */
  private boolean isPlanarFor(int maps) {
    Value pooled = pooled(32, 32, 6);
    graph.output("y", conv("next", pooled, 16, Window.square(5, 1, 0)));
    graph.output("z", conv("beside", pooled, maps, Window.square(3, 2, 1)));
    return isPlanar();
  }

  @Test
  void whatOnlyConvolutionsReadIsPlanar() {
    assertTrue(isPlanarFor(10));
  }

  /** The JIT compiler makes slow code of planes and several vectors of output channels. */
  @Test
  void whatWideConvolutionsReadIsNot() {
    assertFalse(isPlanarFor(17));
  }

  @Test
  void whatOthersReadIsNot() {
    Value pooled = pooled(32, 32, 6);
    graph.output("y", conv("next", pooled, 16, Window.square(5, 1, 0)));
    graph.output(
        "z", graph.add("mean", new AveragePool(Window.square(2, 2, 0), false, false), pooled));
    assertFalse(isPlanar());
  }

  @Test
  void anOutputIsNot() {
    Value pooled = pooled(32, 32, 6);
    graph.output("y", conv("next", pooled, 16, Window.square(5, 1, 0)));
    graph.output("z", pooled);
    assertFalse(isPlanar());
  }

  /** The second vector of a row would begin within a window. */
  @Test
  void windowsThatVectorsCutAreNot() {
    graph.output("y", conv("next", pooled(32, 33, 6), 16, Window.square(5, 1, 0)));
    assertFalse(isPlanar());
  }

  /** Who has tuned the layer gets the tile that was found. */
  @Test
  void aChosenTileIsKept() {
    graph.output("y", conv("next", pooled(32, 32, 6), 16, Window.square(5, 1, 0)));
    Graph optimized = new Compiler(OPTIONS).optimize(graph.build());
    Placement placement = new Placement(optimized, 16, problem -> ConvChoice.parse("1x8"));
    optimized.nodes().stream()
        .filter(node -> node.operator() instanceof Conv)
        .forEach(node -> assertFalse(placement.of(node.output()).isPlanar()));
  }

  @Property(tries = 60)
  void theBitsAreThoseOfTheReferences(
      @ForAll long seed, @ForAll @IntRange(min = 1, max = 3) int threads, @ForAll boolean literal) {
    Random random = new Random(seed);
    PlanarMapsTest made = new PlanarMapsTest();
    int halo = random.nextInt(2);
    Value pooled =
        made.pooled(12 + random.nextInt(30), 20 + random.nextInt(40), 2 + random.nextInt(9));
    for (int i = 0; i <= random.nextInt(2); i++) {
      Window window = Window.square(1 + random.nextInt(3), 1 + random.nextInt(2), halo);
      made.graph.output("y" + i, made.conv("next" + i, pooled, 1 + random.nextInt(20), window));
    }
    if (random.nextInt(4) == 0) {
      made.graph.output("z", made.graph.add("also", new Activate(Activation.RELU), pooled));
    }
    CompileOptions options =
        OPTIONS.with(literal ? Kernels.LITERAL : Kernels.GENERIC).withLanes(4 << random.nextInt(3));
    Compiler compiler = new Compiler(options, new Team(threads, null, 0));
    CompilerTest.assertTheBitsOfTheReferences(made.graph.build(), compiler, seed);
  }
}
