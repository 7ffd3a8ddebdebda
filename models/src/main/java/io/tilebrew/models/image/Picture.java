package io.tilebrew.models.image;

import io.tilebrew.models.image.Preprocess.Channels;
import java.awt.color.ColorSpace;
import java.awt.image.BufferedImage;
import java.awt.image.ColorModel;
import java.awt.image.ComponentColorModel;

/**
 * The samples of an image as numbers from 0 to 255 in the wanted channels, a row at a time.
 *
 * <p>Transparent pixels are laid on white. The samples of a gray image are taken as they are:
 * {@link BufferedImage#getRGB} would bend them, as Java holds gray to be linear in light.
 */
final class Picture implements Rows {
  private final BufferedImage image;
  private final Channels channels;
  private final boolean isGray;
  private final float grayMax;
  private final int[] samples;

  Picture(BufferedImage image, Channels channels) {
    this.image = image;
    this.channels = channels;
    ColorModel model = image.getColorModel();
    this.isGray =
        model instanceof ComponentColorModel
            && model.getColorSpace().getType() == ColorSpace.TYPE_GRAY
            && !model.isAlphaPremultiplied()
            && model.getComponentSize(0) <= 16;
    this.grayMax = isGray ? (1 << model.getComponentSize(0)) - 1 : 255;
    this.samples = new int[image.getWidth() * (isGray ? model.getNumComponents() : 1)];
  }

  @Override
  public int height() {
    return image.getHeight();
  }

  @Override
  public int width() {
    return image.getWidth();
  }

  @Override
  public int channels() {
    return channels.count();
  }

  @Override
  public void row(int y, float[][] into) {
    if (isGray) {
      grayRow(y, into);
    } else {
      colorRow(y, into);
    }
  }

  private void grayRow(int y, float[][] into) {
    boolean hasAlpha = image.getColorModel().hasAlpha();
    image.getRaster().getPixels(0, y, width(), 1, samples);
    for (int x = 0; x < width(); x++) {
      float value = samples[hasAlpha ? 2 * x : x] * 255f / grayMax;
      if (hasAlpha) {
        float alpha = samples[2 * x + 1] / grayMax;
        value = value * alpha + 255 * (1 - alpha);
      }
      for (float[] plane : into) {
        plane[x] = value;
      }
    }
  }

  private void colorRow(int y, float[][] into) {
    image.getRGB(0, y, width(), 1, samples, 0, width());
    for (int x = 0; x < width(); x++) {
      int argb = samples[x];
      int alpha = argb >>> 24;
      int red = onWhite(argb >> 16, alpha);
      int green = onWhite(argb >> 8, alpha);
      int blue = onWhite(argb, alpha);
      switch (channels) {
        case GRAY -> into[0][x] = (float) ((299 * red + 587 * green + 114 * blue) / 255000d);
        case RGB -> put(into, x, red, green, blue);
        case BGR -> put(into, x, blue, green, red);
      }
    }
  }

  /** 255 times the sample in the low byte of {@code bits}, laid on white. */
  private static int onWhite(int bits, int alpha) {
    return (bits & 0xff) * alpha + 255 * (255 - alpha);
  }

  private static void put(float[][] into, int x, int first, int second, int third) {
    into[0][x] = first / 255f;
    into[1][x] = second / 255f;
    into[2][x] = third / 255f;
  }
}
