package io.tilebrew.graph.lower;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.tilebrew.engine.Shape;
import io.tilebrew.engine.plan.FeatureMap;
import io.tilebrew.engine.plan.Team;
import io.tilebrew.engine.problem.Activation;
import io.tilebrew.engine.problem.Window;
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
import io.tilebrew.graph.op.Shaping.Concat;
import io.tilebrew.graph.op.Shaping.Reshape;
import java.util.Random;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.constraints.IntRange;
import org.junit.jupiter.api.Test;

class RoomTest {
  private static final CompileOptions OPTIONS = CompileOptions.DEFAULT.with(Kernels.GENERIC);

  private final GraphBuilder graph = new GraphBuilder("classifier");

  /** Maps of {@code classes} channels, by a convolution 1x1. */
  private Value maps(int images, int height, int width, int channels, int classes) {
    Value x = graph.input("x", TensorType.f32(images, channels, height, width));
    Value w = graph.constant("w", RandomTensors.of(classes, classes, channels, 1, 1));
    Value conv = graph.add("conv", new Conv(Window.of(1, 1), 1), x, w);
    return graph.add("relu", new Activate(Activation.RELU), conv);
  }

  private Value mean(String name, Value maps) {
    Window all = Window.of(maps.type().shape().dim(2), maps.type().shape().dim(3));
    return graph.add(name, new AveragePool(all, false, false), maps);
  }

  /** Where the result of the convolution stands. */
  private FeatureMap placed() {
    Graph optimized = new Compiler(OPTIONS).optimize(graph.build());
    Placement placement = new Placement(optimized, 16, problem -> null);
    return optimized.nodes().stream()
        .filter(node -> node.operator() instanceof Conv)
        .findFirst()
        .map(node -> placement.of(node.output()))
        .orElseThrow();
  }

  private void assertTight() {
    FeatureMap map = placed();
    assertFalse(map.isBlocked(), map::toString);
    assertTrue(map.isWhole(), map::toString);
  }

  @Test
  void whatAGlobalPoolingReadsIsInBlocks() {
    Value mean = mean("mean", maps(2, 5, 5, 32, 100));
    graph.output("y", graph.add("flat", new Reshape(Shape.of(2, 100)), mean));
    FeatureMap map = placed();
    assertTrue(map.isBlocked(), map::toString);
    assertEquals(100, map.channels());
    assertEquals(7 * 16, map.whole().channels());
    assertEquals("conv[0..100) 5x5x7*16", map.toString().replace("relu", "conv"));
  }

  @Test
  void whatOthersReadIsNot() {
    Value maps = maps(1, 6, 6, 32, 100);
    graph.output("y", mean("mean", maps));
    graph.output("z", graph.add("max", new MaxPool(Window.square(2, 2, 0), false), maps));
    assertTight();
  }

  @Test
  void anOutputIsNot() {
    Value maps = maps(1, 6, 6, 32, 100);
    graph.output("y", mean("mean", maps));
    graph.output("z", maps);
    assertTight();
  }

  /** The channels of another map follow those of the mean. */
  @Test
  void whatIsJoinedIsNot() {
    Value maps = maps(1, 6, 6, 32, 100);
    Value other = mean("other", graph.input("z", TensorType.f32(1, 12, 6, 6)));
    graph.output("y", graph.add("both", new Concat(1), mean("mean", maps), other));
    assertTight();
  }

  @Property(tries = 60)
  void theBitsAreThoseOfTheReferences(
      @ForAll long seed, @ForAll @IntRange(min = 1, max = 3) int threads, @ForAll boolean literal) {
    Random random = new Random(seed);
    RoomTest made = new RoomTest();
    int images = 1 + random.nextInt(3);
    int classes = 5 + random.nextInt(150);
    int height = 1 + random.nextInt(8);
    int width = 1 + random.nextInt(8);
    Value maps = made.maps(images, height, width, 1 + random.nextInt(3) * 16, classes);
    Value mean = made.mean("mean", maps);
    if (random.nextBoolean()) {
      Value w = made.graph.constant("fc.w", RandomTensors.of(1, 7, classes, 1, 1));
      mean = made.graph.add("fc", new Conv(Window.of(1, 1), 1), mean, w);
    } else if (random.nextBoolean()) {
      mean = made.graph.add("flat", new Reshape(Shape.of(images, classes)), mean);
    }
    made.graph.output("y", mean);
    if (random.nextInt(3) == 0) {
      made.graph.output("z", made.mean("again", maps));
    }
    CompileOptions options =
        OPTIONS.with(literal ? Kernels.LITERAL : Kernels.GENERIC).withLanes(4 << random.nextInt(3));
    Compiler compiler = new Compiler(options, new Team(threads, null, 0));
    CompilerTest.assertTheBitsOfTheReferences(made.graph.build(), compiler, seed);
  }
}
