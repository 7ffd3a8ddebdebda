package io.tilebrew.graph.lower;

import static org.junit.jupiter.api.Assertions.assertEquals;

import io.tilebrew.engine.DataType;
import io.tilebrew.engine.Shape;
import io.tilebrew.engine.problem.Arithmetic;
import io.tilebrew.graph.CompileOptions;
import io.tilebrew.graph.CompileOptions.Kernels;
import io.tilebrew.graph.Graph;
import io.tilebrew.graph.GraphBuilder;
import io.tilebrew.graph.RandomTensors;
import io.tilebrew.graph.TensorType;
import io.tilebrew.graph.Value;
import io.tilebrew.graph.op.Elementwise.Binary;
import io.tilebrew.graph.op.Normalization.Standardization;
import java.util.List;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.constraints.IntRange;

/** Instance normalization, which style transfer has after each convolution. */
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
}
