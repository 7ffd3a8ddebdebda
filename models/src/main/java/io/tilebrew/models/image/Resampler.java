package io.tilebrew.models.image;

import java.util.Arrays;

/**
 * Changes the size of a picture with a triangle filter, which is bilinear when enlarging and, being
 * as wide as the pixels it makes, takes all of the picture into account when reducing.
 *
 * <p>The picture is read row by row, so that a large one needs no copy in floats.
 */
final class Resampler {
  private Resampler() {}

  /** The pixels from {@code start} on, {@code count} of them, of a side resized to {@code size}. */
  record Span(long size, long start, int count) {}

  /** The source pixels that make one pixel, and how much each counts. */
  private record Taps(int first, float[] weights) {}

  /** The whole of {@code picture} resized. */
  static Pixels resize(Rows picture, int height, int width) {
    return window(picture, new Span(height, 0, height), new Span(width, 0, width));
  }

  /** A part of {@code picture} resized. */
  static Pixels window(Rows picture, Span rows, Span columns) {
    Taps[] down = taps(picture.height(), rows);
    Taps[] across = taps(picture.width(), columns);
    Pixels result = Pixels.zeros(picture.channels(), rows.count(), columns.count());
    float[][] source = new float[picture.channels()][picture.width()];
    float[] narrow = new float[columns.count()];
    int from = Arrays.stream(down).mapToInt(Taps::first).min().orElseThrow();
    int to = Arrays.stream(down).mapToInt(t -> t.first + t.weights.length).max().orElseThrow();
    int top = 0;
    for (int y = from; y < to; y++) {
      picture.row(y, source);
      while (down[top].first + down[top].weights.length <= y) {
        top++;
      }
      for (int c = 0; c < source.length; c++) {
        narrow(source[c], across, narrow);
        for (int i = top; i < down.length && down[i].first <= y; i++) {
          int tap = y - down[i].first;
          if (tap < down[i].weights.length) {
            add(narrow, down[i].weights[tap], result.planes()[c], i * narrow.length);
          }
        }
      }
    }
    return result;
  }

  private static void narrow(float[] source, Taps[] across, float[] into) {
    for (int x = 0; x < into.length; x++) {
      float[] weights = across[x].weights;
      float sum = 0;
      for (int k = 0; k < weights.length; k++) {
        sum += source[across[x].first + k] * weights[k];
      }
      into[x] = sum;
    }
  }

  private static void add(float[] row, float weight, float[] into, int at) {
    for (int x = 0; x < row.length; x++) {
      into[at + x] += row[x] * weight;
    }
  }

  private static Taps[] taps(int length, Span span) {
    double step = length / (double) span.size();
    double reach = Math.max(1, step);
    Taps[] taps = new Taps[span.count()];
    for (int i = 0; i < taps.length; i++) {
      double centre = (span.start() + i + 0.5) * step;
      int first = Math.clamp((long) Math.ceil(centre - reach - 0.5), 0, length - 1);
      int last = Math.clamp((long) Math.floor(centre + reach - 0.5), first, length - 1);
      taps[i] = new Taps(first, weights(centre, reach, first, last));
    }
    return taps;
  }

  private static float[] weights(double centre, double reach, int first, int last) {
    double[] raw = new double[last - first + 1];
    for (int k = 0; k < raw.length; k++) {
      raw[k] = Math.max(0, 1 - Math.abs(first + k + 0.5 - centre) / reach);
    }
    double sum = Arrays.stream(raw).sum();
    float[] weights = new float[raw.length];
    for (int k = 0; k < raw.length; k++) {
      weights[k] = (float) (raw[k] / sum);
    }
    return weights;
  }
}
