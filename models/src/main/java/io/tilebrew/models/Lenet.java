package io.tilebrew.models;

import io.tilebrew.graph.OnnxModel;
import io.tilebrew.models.image.Images;
import io.tilebrew.models.image.Preprocess;
import java.awt.image.BufferedImage;
import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;

/**
 * A LeNet-5 for handwritten digits, which comes with Tilebrew: {@code image} f32[batch,1,32,32] to
 * {@code logits} f32[batch,10].
 */
public final class Lenet {
  private Lenet() {}

  /** The model. */
  public static OnnxModel model() {
    return resource("lenet5.onnx", OnnxModel::read);
  }

  /** What the model expects to be done to pictures. */
  public static Preprocess preprocess() {
    return Preprocess.parse(
        resource(
            "lenet5.preprocess",
            stream -> new String(stream.readAllBytes(), StandardCharsets.UTF_8)));
  }

  /**
   * A picture of {@code digit}: the first of its kind among the test images of MNIST.
   *
   * @throws IllegalArgumentException if the digit is not from 0 to 9
   */
  public static BufferedImage digit(int digit) {
    if (digit < 0 || digit > 9) {
      throw new IllegalArgumentException("digit %d is not from 0 to 9".formatted(digit));
    }
    String name = "digit-" + digit + ".png";
    return resource(name, stream -> Images.read(stream, name));
  }

  private interface Reader<T> {
    T read(InputStream stream) throws IOException;
  }

  private static <T> T resource(String name, Reader<T> reader) {
    try (InputStream stream = Lenet.class.getResourceAsStream(name)) {
      if (stream == null) {
        throw new AssertionError("the jar lacks " + name);
      }
      return reader.read(stream);
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }
}
