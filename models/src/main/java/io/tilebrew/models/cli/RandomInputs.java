package io.tilebrew.models.cli;

import io.tilebrew.engine.Port;
import io.tilebrew.engine.Port.Dimension;
import io.tilebrew.engine.Shape;
import io.tilebrew.engine.Tensor;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Random;

/** Inputs for measurements, the same at each start. */
final class RandomInputs {
  private static final int SEED = 1;

  private RandomInputs() {}

  /**
   * A tensor for each of {@code ports}, in order: numbers from 0 to 1, or 0 and 1 where they are no
   * floats.
   *
   * @param sizes a size for each symbol
   */
  static Map<String, Tensor> of(List<Port> ports, Map<String, Integer> sizes) {
    Random random = new Random(SEED);
    Map<String, Tensor> tensors = new LinkedHashMap<>();
    for (Port port : ports) {
      int[] dims = port.dims().stream().mapToInt(dim -> size(dim, sizes)).toArray();
      Tensor tensor = Tensor.zeros(port.element(), Shape.of(dims));
      for (int i = 0; i < tensor.size(); i++) {
        double number = random.nextDouble();
        tensor.set(i, port.element().isFloat() ? number : (double) Math.round(number));
      }
      tensors.put(port.name(), tensor);
    }
    return tensors;
  }

  private static int size(Dimension dim, Map<String, Integer> sizes) {
    return switch (dim) {
      case Dimension.Fixed(int size) -> size;
      case Dimension.Symbol(String name) -> Objects.requireNonNull(sizes.get(name), name);
    };
  }
}
