package io.tilebrew.models.image;

import java.util.Arrays;

/**
 * Finds a handwritten digit in a photograph and makes it look like those of MNIST (LeCun et al.
 * 1998): light ink on black, scaled to fit a box of 20/28 of the size, its centre of mass in the
 * middle.
 *
 * <p>The ground is taken to be a plane of brightness, fitted to the frame of the picture; ink is
 * what differs from it, dark or light, whichever differs more. Specks are dropped, and so is what
 * touches the edge if there is enough ink elsewhere. Strokes thinner than those of MNIST are
 * thickened.
 */
final class DigitFinder {
  private static final int WORKING_SIDE = 640;
  private static final double LEAST_CONTRAST = 12;
  private static final double STROKE = 2;

  private final int height;
  private final int width;
  private final float[] ink;

  private DigitFinder(Pixels gray) {
    height = gray.height();
    width = gray.width();
    ink = gray.planes()[0];
  }

  /** The digit in a gray picture, or black if nothing stands out. */
  static Pixels normalize(Rows picture, int height, int width) {
    double factor =
        Math.min(1, (double) WORKING_SIDE / Math.max(picture.height(), picture.width()));
    int h = (int) Math.max(1, Math.round(picture.height() * factor));
    int w = (int) Math.max(1, Math.round(picture.width() * factor));
    DigitFinder finder = new DigitFinder(Resampler.resize(picture, h, w));
    return finder.findInk() ? finder.place(height, width) : Pixels.zeros(1, height, width);
  }

  /** Turns brightness into ink from 0 to 255 and keeps the digit; false if there is none. */
  private boolean findInk() {
    Ground.subtract(ink, height, width);
    float[] sorted = ink.clone();
    Arrays.sort(sorted);
    int tail = sorted.length / 1000;
    float darkest = -sorted[tail];
    float lightest = sorted[sorted.length - 1 - tail];
    float contrast = Math.max(darkest, lightest);
    if (contrast < LEAST_CONTRAST) {
      return false;
    }
    float sign = darkest > lightest ? -1 : 1;
    boolean[] isInk = new boolean[ink.length];
    for (int i = 0; i < ink.length; i++) {
      float share = sign * ink[i] / contrast;
      isInk[i] = share > 0.4f;
      ink[i] = 255 * Math.clamp(2 * share - 0.4f, 0f, 1f);
    }
    boolean[] digit = Strokes.digit(isInk, height, width);
    thicken(digit);
    return true;
  }

  /** Clears the ink away from the digit and widens thin strokes. */
  private void thicken(boolean[] digit) {
    float[] near = new float[ink.length];
    int area = 0;
    int top = height;
    int bottom = 0;
    int left = width;
    int right = 0;
    for (int i = 0; i < ink.length; i++) {
      if (digit[i]) {
        near[i] = 1;
        area++;
        top = Math.min(top, i / width);
        bottom = Math.max(bottom, i / width + 1);
        left = Math.min(left, i % width);
        right = Math.max(right, i % width + 1);
      }
    }
    widen(near, 2);
    for (int i = 0; i < ink.length; i++) {
      ink[i] *= near[i];
    }
    double pixel = Math.max(bottom - top, right - left) / 20.0;
    double stroke = 2.0 * area / Strokes.edge(digit, height, width);
    widen(ink, (int) Math.max(0, Math.round((STROKE * pixel - stroke) / 2)));
  }

  /** Each pixel becomes the largest of those at most {@code radius} rows and columns away. */
  private void widen(float[] plane, int radius) {
    for (int y = 0; y < height; y++) {
      widen(plane, y * width, 1, width, radius);
    }
    for (int x = 0; x < width; x++) {
      widen(plane, x, width, height, radius);
    }
  }

  private static void widen(float[] plane, int start, int step, int count, int radius) {
    float[] line = new float[count];
    for (int i = 0; i < count; i++) {
      line[i] = plane[start + i * step];
    }
    for (int i = 0; i < count; i++) {
      float max = 0;
      for (int k = Math.max(0, i - radius); k <= Math.min(count - 1, i + radius); k++) {
        max = Math.max(max, line[k]);
      }
      plane[start + i * step] = max;
    }
  }

  /** The box around the ink, scaled, with its centre of mass in the middle. */
  private Pixels place(int toHeight, int toWidth) {
    Pixels box = box();
    double boxHeight = toHeight * 20 / 28.0;
    double boxWidth = toWidth * 20 / 28.0;
    double factor = Math.min(boxHeight / box.height(), boxWidth / box.width());
    int h = Math.clamp(Math.round(box.height() * factor), 1, toHeight);
    int w = Math.clamp(Math.round(box.width() * factor), 1, toWidth);
    Pixels digit = Resampler.resize(box, h, w);
    float[] plane = digit.planes()[0];
    double mass = 0;
    double down = 0;
    double across = 0;
    float peak = 0;
    for (int i = 0; i < plane.length; i++) {
      mass += plane[i];
      int y = i / w;
      int x = i % w;
      down += plane[i] * (y + 0.5);
      across += plane[i] * (x + 0.5);
      peak = Math.max(peak, plane[i]);
    }
    int top = Math.clamp(Math.round(toHeight / 2.0 - down / mass), 0, toHeight - h);
    int left = Math.clamp(Math.round(toWidth / 2.0 - across / mass), 0, toWidth - w);
    Pixels result = Pixels.zeros(1, toHeight, toWidth);
    for (int i = 0; i < plane.length; i++) {
      result.planes()[0][(top + i / w) * toWidth + left + i % w] = plane[i] * 255 / peak;
    }
    return result;
  }

  private Pixels box() {
    int top = height;
    int bottom = 0;
    int left = width;
    int right = 0;
    for (int i = 0; i < ink.length; i++) {
      if (ink[i] > 127) {
        top = Math.min(top, i / width);
        bottom = Math.max(bottom, i / width + 1);
        left = Math.min(left, i % width);
        right = Math.max(right, i % width + 1);
      }
    }
    Pixels box = Pixels.zeros(1, bottom - top, right - left);
    for (int y = top; y < bottom; y++) {
      System.arraycopy(
          ink, y * width + left, box.planes()[0], (y - top) * box.width(), box.width());
    }
    return box;
  }
}
