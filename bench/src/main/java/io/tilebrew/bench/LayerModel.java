package io.tilebrew.bench;

import io.tilebrew.engine.Shape;
import io.tilebrew.engine.Tensor;
import io.tilebrew.engine.problem.ConvProblem;
import io.tilebrew.engine.problem.Pointwise;
import io.tilebrew.engine.problem.Pool;
import io.tilebrew.graph.Graph;
import io.tilebrew.graph.GraphBuilder;
import io.tilebrew.graph.TensorType;
import io.tilebrew.graph.Value;
import io.tilebrew.graph.op.Conv;
import io.tilebrew.graph.op.Elementwise;
import io.tilebrew.graph.op.Pooling;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;

/** A convolution as a network of its own: the sums, its epilogue, its pooling. */
final class LayerModel {
  private final ConvProblem problem;
  private final GraphBuilder builder;
  private final Random random = new Random(1);

  private LayerModel(ConvProblem problem) {
    this.problem = problem;
    this.builder = new GraphBuilder(problem.toString());
  }

  /** The graph for {@code problem} with random weights; the passes choose the algorithm. */
  static Graph of(ConvProblem problem) {
    return new LayerModel(problem).graph();
  }

  private Graph graph() {
    int maps = problem.outputChannels();
    int channels = problem.inputChannels() / problem.group();
    int kernelHeight = problem.window().kernelHeight();
    int kernelWidth = problem.window().kernelWidth();
    Value x = input("x", problem.inputChannels(), problem.height(), problem.width());
    Value w = constant("w", Shape.of(maps, channels, kernelHeight, kernelWidth));
    Value y =
        builder.add(
            "conv",
            new Conv(problem.window(), problem.group()),
            x,
            w,
            constant("b", Shape.of(maps)));
    if (!problem.epilogue().equals(Pointwise.NONE)) {
      List<Value> inputs = new ArrayList<>(List.of(y));
      for (int i = 0; i < problem.epilogue().inputs(); i++) {
        inputs.add(input("x" + i, maps, problem.convHeight(), problem.convWidth()));
      }
      y =
          builder.add(
              "epilogue", new Elementwise.Fused(problem.epilogue()), inputs.toArray(Value[]::new));
    }
    Pool pool = problem.pool();
    builder.output("y", pool == null ? y : builder.add("pool", pooling(pool), y));
    return builder.build();
  }

  private static Pooling pooling(Pool pool) {
    return switch (pool.kind()) {
      case MAX -> new Pooling.MaxPool(pool.window(), false);
      case AVERAGE -> new Pooling.AveragePool(pool.window(), false, false);
      case AVERAGE_PADDED -> new Pooling.AveragePool(pool.window(), false, true);
      case L1 -> new Pooling.LpPool(pool.window(), false, 1);
      case L2 -> new Pooling.LpPool(pool.window(), false, 2);
    };
  }

  private Value input(String name, int channels, int height, int width) {
    return builder.input(name, TensorType.f32(problem.batch(), channels, height, width));
  }

  private Value constant(String name, Shape shape) {
    float[] floats = new float[shape.size()];
    for (int i = 0; i < floats.length; i++) {
      floats[i] = random.nextFloat() - 0.5f;
    }
    return builder.constant(name, Tensor.of(shape, floats));
  }
}
