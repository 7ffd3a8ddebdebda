package io.tilebrew.graph;

import io.tilebrew.engine.problem.Activation;
import io.tilebrew.engine.problem.Arithmetic;
import io.tilebrew.graph.op.Elementwise.Activate;
import io.tilebrew.graph.op.Elementwise.Binary;
import io.tilebrew.graph.op.Linear.MatMul;
import io.tilebrew.graph.op.Normalization.Softmax;
import io.tilebrew.graph.op.Normalization.Standardization;
import io.tilebrew.graph.op.Reduction.Reduce;
import io.tilebrew.graph.op.Shaping.Concat;
import java.util.List;
import java.util.Random;

/** Random operators over feature maps [N,H,W,C]. */
final class RandomChannelsLast {
  private RandomChannelsLast() {}

  /** Up to three operators that make maps of at most so many channels. */
  static Value operators(GraphBuilder graph, Random random, Value x, int channels) {
    Value y = x;
    for (int i = random.nextInt(4); i > 0; i--) {
      y = operator(graph, random, y, channels);
    }
    return y;
  }

  private static Value operator(GraphBuilder graph, Random random, Value x, int most) {
    int channels = x.type().shape().dim(3);
    return switch (random.nextInt(9)) {
      case 0 -> graph.add("act", new Activate(Activation.RELU), x);
      case 1 ->
          graph.add("scaled", new Binary(Arithmetic.MUL), x, numbers(graph, random, channels));
      case 2 ->
          graph.add("shifted", new Binary(Arithmetic.SUB), x, numbers(graph, random, channels));
      case 3 -> graph.add("soft", new Softmax(3), x);
      case 4 -> {
        int[] dims = x.type().shape().dims();
        dims[3] = 2;
        Value others = graph.constant("others", RandomTensors.uniform(random, 0, 1, dims));
        yield channels + 2 > most ? x : graph.add("grown", new Concat(3), x, others);
      }
      // No less is added to the variance, so that errors do not grow.
      case 5 -> graph.add("standard", new Standardization(List.of(3), 1), x);
      case 6 -> {
        Value matrix =
            graph.constant("m", RandomTensors.of(random, channels, 1 + random.nextInt(most)));
        yield graph.add("product", new MatMul(), x, matrix);
      }
      case 7 -> RandomShapings.resize(graph, random, x, 1);
      default -> {
        boolean mean = random.nextBoolean();
        Reduce.Function function = mean ? Reduce.Function.MEAN : Reduce.Function.MAX;
        yield graph.add("pooled", new Reduce(function, List.of(1, 2), true), x);
      }
    };
  }

  private static Value numbers(GraphBuilder graph, Random random, int channels) {
    return graph.constant("c", RandomTensors.uniform(random, 0.25f, 2, channels));
  }
}
