package io.tilebrew.graph.lower;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.tilebrew.engine.DataType;
import io.tilebrew.engine.Shape;
import io.tilebrew.engine.problem.Arithmetic;
import io.tilebrew.engine.problem.Window;
import io.tilebrew.graph.CompileOptions;
import io.tilebrew.graph.CompileOptions.Kernels;
import io.tilebrew.graph.Graph;
import io.tilebrew.graph.GraphBuilder;
import io.tilebrew.graph.Node;
import io.tilebrew.graph.RandomTensors;
import io.tilebrew.graph.TensorType;
import io.tilebrew.graph.Value;
import io.tilebrew.graph.op.Conv;
import io.tilebrew.graph.op.Elementwise.Binary;
import io.tilebrew.graph.op.Normalization.Standardization;
import java.util.List;
import java.util.Random;
import net.jqwik.api.Arbitraries;
import net.jqwik.api.Arbitrary;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.Provide;
import net.jqwik.api.constraints.IntRange;
import org.junit.jupiter.api.Test;

/** Instance normalization, which style transfer has, and layer normalization. */
class StandardizationTest {
  @Property(tries = 30)
  void instanceNormalizationGivesTheBitsOfTheReferences(
      @ForAll @IntRange(min = 1, max = 3) int images,
      @ForAll @IntRange(min = 1, max = 70) int channels,
      @ForAll @IntRange(min = 1, max = 9) int side,
      @ForAll @IntRange(min = 1, max = 2) int threads,
      @ForAll long seed) {
    GraphBuilder builder = new GraphBuilder("style");
    Shape shape = Shape.of(images, channels, side, side + 1);
    Value x = builder.input("x", new TensorType(DataType.FLOAT32, shape));
    Value standard = builder.add("standard", new Standardization(List.of(3, 2), 1e-5f), x);
    Value scale = builder.constant("scale", RandomTensors.of(seed, 1, channels, 1, 1));
    builder.output("y", builder.add("scaled", new Binary(Arithmetic.MUL), standard, scale));
    Graph graph = builder.build();
    CompileOptions options = CompileOptions.DEFAULT.with(Kernels.GENERIC).withThreads(threads);
    RowMajorStepsTest.assertTheBitsOfTheReferences(graph, options, seed);
    var totals = new Compiler(options).explain(graph, false, 1).explanation().totals();
    assertEquals(0, totals.references());
  }

  /** Layer normalization over the channels of maps between convolutions, as ConvNeXt has it. */
  @Property(tries = 60)
  void layerNormalizationOfMapsGivesTheBitsOfTheReferences(
      @ForAll @IntRange(min = 1, max = 2) int images,
      @ForAll @IntRange(min = 1, max = 50) int few,
      @ForAll boolean wholeVectors,
      @ForAll("lanes") int lanes,
      @ForAll @IntRange(min = 1, max = 2) int threads,
      @ForAll long seed) {
    int channels = wholeVectors ? few % 4 * 16 + 16 : few;
    GraphBuilder builder = new GraphBuilder("maps");
    Value x = builder.input("x", TensorType.f32(images, channels, 4, 5));
    Value w = builder.constant("w", RandomTensors.of(seed, channels, channels, 1, 1));
    Value before = builder.add("before", new Conv(Window.POINT, 1), x, w);
    Value standard = builder.add("standard", new Standardization(List.of(1), 1e-5f), before);
    Value v = builder.constant("v", RandomTensors.of(seed + 1, channels, 1, 3, 3));
    Conv deep = new Conv(Window.square(3, 1, 1), channels);
    builder.output("y", builder.add("after", deep, standard, v));
    assertKernels(builder.build(), lanes, threads, seed);
  }

  /** Layer normalization of tokens. */
  @Property(tries = 60)
  void layerNormalizationOfRowsGivesTheBitsOfTheReferences(
      @ForAll @IntRange(min = 2, max = 5) int rank,
      @ForAll @IntRange(min = 1, max = 70) int channels,
      @ForAll("lanes") int lanes,
      @ForAll @IntRange(min = 1, max = 2) int threads,
      @ForAll long seed) {
    int[] dims = new Random(seed).ints(rank, 1, 4).toArray();
    // Inputs of other ranks do not tell how many images there are.
    dims[0] = rank == 2 || rank == 4 ? dims[0] : 1;
    dims[rank - 1] = channels;
    GraphBuilder builder = new GraphBuilder("rows");
    Value x = builder.input("x", new TensorType(DataType.FLOAT32, Shape.of(dims)));
    Standardization operator = new Standardization(List.of(rank - 1), 1e-5f);
    Value standard = builder.add("standard", operator, x);
    Value scale = builder.constant("scale", RandomTensors.of(seed, channels));
    builder.output("y", builder.add("scaled", new Binary(Arithmetic.MUL), standard, scale));
    assertKernels(builder.build(), lanes, threads, seed);
  }

  @Provide
  Arbitrary<Integer> lanes() {
    return Arbitraries.of(4, 8, 16);
  }

  private static void assertKernels(Graph graph, int lanes, int threads, long seed) {
    CompileOptions options =
        CompileOptions.DEFAULT.with(Kernels.GENERIC).withLanes(lanes).withThreads(threads);
    RowMajorStepsTest.assertTheBitsOfTheReferences(graph, options, seed);
    var totals = new Compiler(options).explain(graph, false, 1).explanation().totals();
    assertEquals(0, totals.references());
  }

  /** With vectors of 16 floats, maps between kernels that take blocks stand in blocks. */
  @Test
  void layerNormalizationTakesBlocks() {
    GraphBuilder builder = new GraphBuilder("blocks");
    Value x = builder.input("x", TensorType.f32(1, 32, 4, 5));
    Value w = builder.constant("w", RandomTensors.of(1, 32, 32, 1, 1));
    Conv conv = new Conv(Window.POINT, 1);
    Value before = builder.add("before", conv, x, w);
    Value standard = builder.add("standard", new Standardization(List.of(1), 1e-5f), before);
    builder.output("y", builder.add("after", conv, standard, w));
    Graph graph = new Compiler(CompileOptions.DEFAULT).optimize(builder.build());
    Placement placement = new Placement(graph, 16, problem -> null);
    Node node =
        graph.nodes().stream()
            .filter(n -> n.operator() instanceof Standardization)
            .findFirst()
            .orElseThrow();
    assertTrue(placement.of(node.input(0)).isBlocked());
    assertTrue(placement.of(node.output()).isBlocked());
  }
}
