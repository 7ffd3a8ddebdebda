package io.tilebrew.bench;

import io.tilebrew.engine.DataType;
import io.tilebrew.engine.Port;
import io.tilebrew.engine.Port.Dimension;
import io.tilebrew.engine.Shape;
import io.tilebrew.engine.Tensor;
import io.tilebrew.graph.OnnxModel;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Random;

/**
 * The inputs of a network, the same at each start.
 *
 * @param tensors a tensor for each input, by name and in order
 * @param sizes the size of each symbol
 * @param batch the images, 1 where the model does not leave the batch open
 */
record Inputs(Map<String, Tensor> tensors, Map<String, Integer> sizes, int batch) {
  private static final int SEED = 1;

  /**
   * Random numbers from 0 to 1 for {@code model}.
   *
   * @param batch the images
   * @param given sizes for symbols that are not the batch; what the model does not have is ignored
   * @throws IllegalArgumentException if a size is missing, the model does not leave its batch open,
   *     or an input is not float32
   */
  static Inputs random(OnnxModel model, int batch, Map<String, Integer> given) {
    Map<String, Integer> sizes = new LinkedHashMap<>();
    model.defaultSizes().keySet().forEach(symbol -> sizes.put(symbol, batch));
    sizes.putAll(given);
    sizes.keySet().retainAll(model.symbols());
    if (batch != 1 && model.defaultSizes().isEmpty()) {
      throw new IllegalArgumentException(
          "batch %d for inputs %s, expected 1: the batch is not open"
              .formatted(batch, model.inputs()));
    }
    Random random = new Random(SEED);
    Map<String, Tensor> tensors = new LinkedHashMap<>();
    for (Port input : model.inputs()) {
      tensors.put(input.name(), random(input, sizes, random));
    }
    return new Inputs(tensors, sizes, batch);
  }

  private static Tensor random(Port input, Map<String, Integer> sizes, Random random) {
    if (input.element() != DataType.FLOAT32) {
      throw new IllegalArgumentException("input %s, expected f32".formatted(input));
    }
    List<Integer> dims = new ArrayList<>();
    for (Dimension dim : input.dims()) {
      dims.add(
          switch (dim) {
            case Dimension.Fixed(int size) -> size;
            case Dimension.Symbol(String name) -> {
              Integer size = sizes.get(name);
              if (size == null) {
                throw new IllegalArgumentException(
                    "input %s has no size for '%s'".formatted(input, name));
              }
              yield size;
            }
          });
    }
    Shape shape = Shape.of(dims.stream().mapToInt(Integer::intValue).toArray());
    float[] floats = new float[shape.size()];
    for (int i = 0; i < floats.length; i++) {
      floats[i] = random.nextFloat();
    }
    return Tensor.of(shape, floats);
  }
}
