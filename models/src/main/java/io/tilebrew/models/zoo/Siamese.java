package io.tilebrew.models.zoo;

import io.tilebrew.engine.Shape;
import io.tilebrew.engine.Tensor;
import io.tilebrew.engine.problem.Arithmetic;
import io.tilebrew.engine.problem.Relation;
import io.tilebrew.engine.problem.UnaryFunction;
import io.tilebrew.graph.op.Elementwise.Compare;
import io.tilebrew.graph.op.Elementwise.Unary;
import io.tilebrew.graph.op.Reduction.Reduce;
import java.util.List;

/**
 * Two images through one embedding network, and how far apart they come out (Hadsell, Chopra and
 * LeCun 2006).
 */
final class Siamese {
  /** Images that are closer count as the same: half the margin that a training keeps. */
  private static final float SAME = 0.5f;

  private Siamese() {}

  /**
   * Adds the inputs {@code left} and {@code right}, the output {@code distance} f32[N,1], which is
   * Euclidean, and the output {@code same} bool[N,1].
   *
   * @param numbers the length of an embedding
   */
  static void build(Net net, int size, int numbers) {
    Features left = embedding(net.input("left", 1, size, size), numbers);
    Features right = embedding(net.input("right", 1, size, size), numbers);
    Features difference = left.with("difference", Arithmetic.SUB, right.value());
    Features distance =
        difference
            .with("square", Arithmetic.MUL, difference.value())
            .then("sum", new Reduce(Reduce.Function.SUM, List.of(1), true))
            .then("root", new Unary(UnaryFunction.SQRT));
    net.output("distance", distance);
    net.output(
        "same",
        net.add(
            "same",
            new Compare(Relation.LESS),
            distance.value(),
            net.constant("same.bound", Tensor.of(Shape.SCALAR, SAME))));
  }

  private static Features embedding(Features image, int numbers) {
    return image
        .conv("conv1", 32, "k5")
        .relu()
        .maxPool("k2 s2")
        .conv("conv2", 64, "k5")
        .relu()
        .maxPool("k2 s2")
        .flatten()
        .linear("fc", numbers);
  }
}
