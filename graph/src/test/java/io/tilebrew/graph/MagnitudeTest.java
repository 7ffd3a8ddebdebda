package io.tilebrew.graph;

import static org.junit.jupiter.api.Assertions.assertTrue;

import io.tilebrew.engine.Shape;
import io.tilebrew.engine.Tensor;
import io.tilebrew.engine.problem.Arithmetic;
import io.tilebrew.graph.op.Elementwise.Binary;
import io.tilebrew.graph.op.Reduction.Reduce;
import java.util.List;
import org.junit.jupiter.api.Test;

class MagnitudeTest {
  /** The least element is not the one of the least magnitude. */
  @Test
  void aMinimumIsAsLargeAsTheLargestElement() {
    GraphBuilder graph = new GraphBuilder("minimum");
    Value x = graph.input("x", TensorType.f32(1, 2));
    Value twice = graph.add("twice", new Binary(Arithmetic.ADD), x, x);
    Reduce least = new Reduce(Reduce.Function.MIN, List.of(1), true);
    graph.output("y", graph.add("least", least, twice));
    Tensor input = Tensor.of(Shape.of(1, 2), -1f, 0f);
    assertTrue(Magnitude.bound(graph.build(), List.of(input)) > 0);
  }
}
