package io.tilebrew.engine.plan;

/**
 * The transposition between planes, one for each channel, and pixels that hold all channels.
 *
 * <p>Eight planes go together, so that a pixel's cache line is visited once for them and one bounds
 * check serves several elements; three, since that is what images have; and the rest one by one.
 * Rows go in strips whose pixels stay in the caches near the processor.
 */
final class Planes {
  /** The floats that a strip spans. */
  private static final int STRIP = 16_384;

  private Planes() {}

  /**
   * Copies {@code columns} elements of each of {@code channels} planes of {@code x}, {@code plane}
   * elements apart, into pixels of {@code y} that are {@code pixel} elements apart.
   */
  static void interleave(
      float[] x, int from, int plane, float[] y, int to, int pixel, int channels, int columns) {
    int strip = Math.max(32, STRIP / pixel);
    for (int column = 0; column < columns; column += strip) {
      int count = Math.min(strip, columns - column);
      int s = from + column;
      int t = to + column * pixel;
      int c = 0;
      for (; c + 8 <= channels; c += 8) {
        interleaveEight(x, s + c * plane, plane, y, t + c, pixel, count);
      }
      for (; c + 3 <= channels; c += 3) {
        interleaveThree(x, s + c * plane, plane, y, t + c, pixel, count);
      }
      for (; c < channels; c++) {
        interleaveOne(x, s + c * plane, y, t + c, pixel, count);
      }
    }
  }

  /** The way back: copies pixels of {@code x} into planes of {@code y}. */
  static void separate(
      float[] x, int from, int pixel, float[] y, int to, int plane, int channels, int columns) {
    int strip = Math.max(32, STRIP / pixel);
    for (int column = 0; column < columns; column += strip) {
      int count = Math.min(strip, columns - column);
      int s = from + column * pixel;
      int t = to + column;
      int c = 0;
      for (; c + 8 <= channels; c += 8) {
        separateEight(x, s + c, pixel, y, t + c * plane, plane, count);
      }
      for (; c + 3 <= channels; c += 3) {
        separateThree(x, s + c, pixel, y, t + c * plane, plane, count);
      }
      for (; c < channels; c++) {
        separateOne(x, s + c, pixel, y, t + c * plane, count);
      }
    }
  }

  private static void interleaveEight(
      float[] x, int s0, int plane, float[] y, int t, int pixel, int columns) {
    int s1 = s0 + plane;
    int s2 = s1 + plane;
    int s3 = s2 + plane;
    int s4 = s3 + plane;
    int s5 = s4 + plane;
    int s6 = s5 + plane;
    int s7 = s6 + plane;
    for (int i = 0; i < columns; i++, t += pixel) {
      y[t] = x[s0 + i];
      y[t + 1] = x[s1 + i];
      y[t + 2] = x[s2 + i];
      y[t + 3] = x[s3 + i];
      y[t + 4] = x[s4 + i];
      y[t + 5] = x[s5 + i];
      y[t + 6] = x[s6 + i];
      y[t + 7] = x[s7 + i];
    }
  }

  private static void interleaveThree(
      float[] x, int s0, int plane, float[] y, int t, int pixel, int columns) {
    int s1 = s0 + plane;
    int s2 = s1 + plane;
    if (pixel == 3) {
      // A distance that the JIT compiler knows, so that it checks bounds before the loop.
      for (int i = 0; i < columns; i++) {
        y[t + 3 * i] = x[s0 + i];
        y[t + 3 * i + 1] = x[s1 + i];
        y[t + 3 * i + 2] = x[s2 + i];
      }
      return;
    }
    for (int i = 0; i < columns; i++, t += pixel) {
      y[t] = x[s0 + i];
      y[t + 1] = x[s1 + i];
      y[t + 2] = x[s2 + i];
    }
  }

  private static void interleaveOne(float[] x, int s, float[] y, int t, int pixel, int columns) {
    for (int i = 0; i < columns; i++, t += pixel) {
      y[t] = x[s + i];
    }
  }

  private static void separateEight(
      float[] x, int s, int pixel, float[] y, int t0, int plane, int columns) {
    int t1 = t0 + plane;
    int t2 = t1 + plane;
    int t3 = t2 + plane;
    int t4 = t3 + plane;
    int t5 = t4 + plane;
    int t6 = t5 + plane;
    int t7 = t6 + plane;
    for (int i = 0; i < columns; i++, s += pixel) {
      y[t0 + i] = x[s];
      y[t1 + i] = x[s + 1];
      y[t2 + i] = x[s + 2];
      y[t3 + i] = x[s + 3];
      y[t4 + i] = x[s + 4];
      y[t5 + i] = x[s + 5];
      y[t6 + i] = x[s + 6];
      y[t7 + i] = x[s + 7];
    }
  }

  private static void separateThree(
      float[] x, int s, int pixel, float[] y, int t0, int plane, int columns) {
    int t1 = t0 + plane;
    int t2 = t1 + plane;
    for (int i = 0; i < columns; i++, s += pixel) {
      y[t0 + i] = x[s];
      y[t1 + i] = x[s + 1];
      y[t2 + i] = x[s + 2];
    }
  }

  private static void separateOne(float[] x, int s, int pixel, float[] y, int t, int columns) {
    for (int i = 0; i < columns; i++, s += pixel) {
      y[t + i] = x[s];
    }
  }
}
