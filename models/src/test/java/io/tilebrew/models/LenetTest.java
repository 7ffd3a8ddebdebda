package io.tilebrew.models;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.tilebrew.engine.Network;
import io.tilebrew.engine.Tensor;
import io.tilebrew.graph.Tilebrew;
import io.tilebrew.models.image.Preprocess;
import java.awt.Color;
import java.awt.Graphics2D;
import java.awt.RenderingHints;
import java.awt.image.BufferedImage;
import java.time.Duration;
import java.util.Random;
import org.junit.jupiter.api.Test;

class LenetTest {
  private static final int PIXELS = 32 * 32;

  private static final Network NETWORK = Tilebrew.compile(Lenet.model());
  private static final Preprocess PREPROCESS = Lenet.preprocess();
  private static final Tensor IMAGES = Mnist.images();
  private static final Tensor LABELS = Mnist.labels();

  @Test
  void classifiesTheTestSetOfMnist() {
    assertTrue(NETWORK.warmUp(Duration.ofMinutes(1)));
    int batch = 250;
    float[] in = new float[batch * PIXELS];
    float[] out = new float[batch * 10];
    int right = 0;
    for (int start = 0; start < IMAGES.shape().dim(0); start += batch) {
      for (int i = 0; i < batch; i++) {
        PREPROCESS.apply(Mnist.picture(IMAGES, start + i), in, i * PIXELS);
      }
      NETWORK.run(in, out);
      for (int i = 0; i < batch; i++) {
        right += best(out, i * 10) == LABELS.longAt(start + i) ? 1 : 0;
      }
    }
    assertEquals(9931, right);
  }

  @Test
  void imagesOfMnistPassUnchanged() {
    for (int i = 0; i < 100; i++) {
      float[] expected = new float[PIXELS];
      for (int k = 0; k < 28 * 28; k++) {
        expected[(k / 28 + 2) * 32 + k % 28 + 2] = IMAGES.longAt(i * 28 * 28 + k) / 255f;
      }
      assertArrayEquals(expected, PREPROCESS.apply(Mnist.picture(IMAGES, i)), 0);
    }
  }

  @Test
  void bundledDigitsAreWhatTheySay() {
    for (int digit = 0; digit < 10; digit++) {
      assertEquals(digit, classify(Lenet.digit(digit)));
    }
    assertThrows(IllegalArgumentException.class, () -> Lenet.digit(10));
  }

  /** Digits of MNIST enlarged on paper that is lit from one side, with noise, in odd places. */
  @Test
  void photographsOfDigitsAreClassified() {
    int right = 0;
    for (int i = 0; i < 40; i++) {
      right += classify(photograph(i)) == LABELS.longAt(i) ? 1 : 0;
    }
    assertTrue(right >= 39, right + " of 40");
  }

  private BufferedImage photograph(int index) {
    Random random = new Random(index);
    int width = 300 + random.nextInt(500);
    int height = 300 + random.nextInt(500);
    int side = 150 + random.nextInt(140);
    BufferedImage ink = new BufferedImage(side, side, BufferedImage.TYPE_BYTE_GRAY);
    Graphics2D graphics = ink.createGraphics();
    graphics.setRenderingHint(
        RenderingHints.KEY_INTERPOLATION, RenderingHints.VALUE_INTERPOLATION_BICUBIC);
    graphics.drawImage(Mnist.picture(IMAGES, index), 0, 0, side, side, null);
    graphics.dispose();
    int left = random.nextInt(width - side);
    int top = random.nextInt(height - side);
    BufferedImage photograph = new BufferedImage(width, height, BufferedImage.TYPE_INT_RGB);
    for (int y = 0; y < height; y++) {
      for (int x = 0; x < width; x++) {
        double paper = 150 + 70.0 * x / width - 30.0 * y / height + 5 * random.nextGaussian();
        boolean inside = x >= left && x < left + side && y >= top && y < top + side;
        double cover = inside ? ink.getRaster().getSample(x - left, y - top, 0) / 255.0 : 0;
        int light = Math.clamp(Math.round(paper * (1 - 0.7 * cover)), 0, 255);
        photograph.setRGB(x, y, new Color(light, light, light * 9 / 10).getRGB());
      }
    }
    return photograph;
  }

  private int classify(BufferedImage picture) {
    float[] out = new float[10];
    NETWORK.run(PREPROCESS.apply(picture), out);
    return best(out, 0);
  }

  private static int best(float[] scores, int offset) {
    int best = 0;
    for (int i = 1; i < 10; i++) {
      best = scores[offset + i] > scores[offset + best] ? i : best;
    }
    return best;
  }
}
