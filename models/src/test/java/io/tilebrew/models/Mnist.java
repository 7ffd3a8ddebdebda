package io.tilebrew.models;

import io.tilebrew.engine.Tensor;
import io.tilebrew.models.data.Idx;
import java.awt.image.BufferedImage;
import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;

/** The test set of MNIST. */
public final class Mnist {
  /** The side of an image in pixels. */
  public static final int SIDE = 28;

  private Mnist() {}

  /** The images: u8[10000,28,28]. */
  public static Tensor images() {
    return read("mnist/t10k-images-idx3-ubyte.gz");
  }

  /** The digits: u8[10000]. */
  public static Tensor labels() {
    return read("mnist/t10k-labels-idx1-ubyte.gz");
  }

  private static Tensor read(String name) {
    try (InputStream stream = Mnist.class.getResourceAsStream(name)) {
      if (stream == null) {
        throw new AssertionError(name);
      }
      return Idx.read(stream, name);
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  /** Image {@code index} of {@code images} as a gray picture. */
  public static BufferedImage picture(Tensor images, int index) {
    BufferedImage picture = new BufferedImage(SIDE, SIDE, BufferedImage.TYPE_BYTE_GRAY);
    for (int y = 0; y < SIDE; y++) {
      for (int x = 0; x < SIDE; x++) {
        int sample = (int) images.longAt((index * SIDE + y) * SIDE + x);
        picture.getRaster().setSample(x, y, 0, sample);
      }
    }
    return picture;
  }
}
