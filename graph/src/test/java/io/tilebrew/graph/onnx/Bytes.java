package io.tilebrew.graph.onnx;

import static org.junit.jupiter.api.Assertions.assertEquals;

import io.tilebrew.engine.DataType;
import io.tilebrew.engine.Shape;
import io.tilebrew.engine.Tensor;
import java.util.Random;

/** Random tensors of integers of 8 bits. */
final class Bytes {
  private Bytes() {}

  static DataType type(Random random) {
    return random.nextBoolean() ? DataType.UINT8 : DataType.INT8;
  }

  /** The number of {@code type} in files. */
  static int element(DataType type) {
    return type == DataType.UINT8 ? 2 : 3;
  }

  static Tensor tensor(Random random, DataType type, Shape shape) {
    byte[] bytes = new byte[shape.size()];
    random.nextBytes(bytes);
    return Tensor.of(type, shape, bytes);
  }

  /** {@code x} rounded half to even, plus the zero point, in the range of {@code type}. */
  static long rounded(double x, long zero, DataType type) {
    long least = type.isUnsigned() ? 0 : -128;
    return Math.clamp((long) Math.rint(x) + zero, least, least + 255);
  }

  static void assertSame(Tensor expected, Tensor found, String message) {
    assertEquals(expected.type(), found.type(), message);
    assertEquals(expected.shape(), found.shape(), message);
    for (int i = 0; i < expected.size(); i++) {
      assertEquals(expected.longAt(i), found.longAt(i), message);
    }
  }

  /** A float32 scale that is neither tiny nor a power of 2. */
  static float scale(Random random) {
    return 0.01f + random.nextFloat();
  }
}
