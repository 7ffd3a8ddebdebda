package io.tilebrew.graph;

import io.tilebrew.engine.DataType;
import io.tilebrew.engine.Shape;
import io.tilebrew.engine.Tensor;
import java.util.Random;

/** Random float32 tensors, equal for equal seeds. */
public final class RandomTensors {
  private RandomTensors() {}

  /** Elements in [-1, 1). */
  public static Tensor of(long seed, int... dims) {
    return of(new Random(seed), dims);
  }

  /** The same with the next numbers of {@code random}. */
  public static Tensor of(Random random, int... dims) {
    return uniform(random, -1, 1, dims);
  }

  /** Elements from {@code least} to {@code most}. */
  static Tensor uniform(Random random, float least, float most, int... dims) {
    Tensor x = Tensor.zeros(DataType.FLOAT32, Shape.of(dims));
    for (int i = 0; i < x.size(); i++) {
      x.floats()[i] = least + random.nextFloat() * (most - least);
    }
    return x;
  }
}
