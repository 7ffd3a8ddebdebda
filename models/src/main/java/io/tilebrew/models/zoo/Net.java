package io.tilebrew.models.zoo;

import io.tilebrew.engine.Shape;
import io.tilebrew.engine.Tensor;
import io.tilebrew.graph.Graph;
import io.tilebrew.graph.GraphBuilder;
import io.tilebrew.graph.TensorType;
import io.tilebrew.graph.Value;
import io.tilebrew.graph.op.Operator;
import java.util.HashMap;
import java.util.Map;

/**
 * A network under construction, for one image. A parameter that is asked for twice under one name
 * is one parameter, so that layers of one name share their weights.
 */
final class Net {
  private final GraphBuilder builder;
  private final Weights weights;
  private final Map<String, Value> parameters = new HashMap<>();

  Net(String name, Weights weights) {
    this.builder = new GraphBuilder(name);
    this.weights = weights;
  }

  /** Adds an input of these dimensions behind the batch. */
  Features input(String name, int... dims) {
    int[] all = new int[dims.length + 1];
    all[0] = 1;
    System.arraycopy(dims, 0, all, 1, dims.length);
    return new Features(this, name, builder.input(name, TensorType.f32(all)));
  }

  /** Declares an output. */
  void output(String name, Features value) {
    builder.output(name, value.value());
  }

  /** A parameter that starts evenly spread over {@code middle} and {@code reach} to both sides. */
  Value parameter(String name, float middle, double reach, int... dims) {
    Shape shape = Shape.of(dims);
    return parameters.computeIfAbsent(
        name,
        n -> constant(n, Tensor.of(shape, weights.values(n, shape.size(), middle, (float) reach))));
  }

  /** A constant that is no parameter, or one with a start of its own. */
  Value constant(String name, Tensor tensor) {
    return builder.constant(name, tensor);
  }

  /** Adds a layer. */
  Features add(String name, Operator operator, Value... inputs) {
    return new Features(this, name, builder.add(name, operator, inputs));
  }

  Graph build() {
    return builder.build();
  }
}
