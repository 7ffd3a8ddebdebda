package io.tilebrew.engine.plan;

/**
 * The conversions between row-major images, [N,C,H,W] or {@code Last} [N,H,W,C], and feature maps
 * in an arena.
 */
final class Images {
  private Images() {}

  /** Copies images {@code first} to {@code first + images} of {@code x} into the arena. */
  static void pack(float[] x, int first, int images, float[] arena, int place, FeatureMap map) {
    int pixels = map.height() * map.width();
    int channels = map.channels();
    for (int n = 0; n < images; n++) {
      int from = (first + n) * channels * pixels;
      int to = place + n * map.imageStride();
      for (int row = 0; row < map.height(); row++) {
        int source = from + row * map.width();
        int target = to + map.at(row, 0);
        if (map.pixelStride() == 1) {
          System.arraycopy(x, source, arena, target, map.width());
          continue;
        }
        if (pixels == 1) {
          System.arraycopy(x, source, arena, target, channels);
          continue;
        }
        for (int c = 0; c < channels; c++) {
          for (int column = 0; column < map.width(); column++) {
            arena[target + column * map.pixelStride() + c] = x[source + c * pixels + column];
          }
        }
      }
    }
  }

  /** Copies the feature maps to images {@code first} to {@code first + images} of {@code y}. */
  static void unpack(float[] arena, int place, FeatureMap map, int images, float[] y, int first) {
    int pixels = map.height() * map.width();
    int channels = map.channels();
    for (int n = 0; n < images; n++) {
      int to = (first + n) * channels * pixels;
      int from = place + n * map.imageStride();
      for (int row = 0; row < map.height(); row++) {
        int source = from + map.at(row, 0);
        int target = to + row * map.width();
        if (pixels == 1) {
          System.arraycopy(arena, source, y, target, channels);
          continue;
        }
        for (int c = 0; c < channels; c++) {
          for (int column = 0; column < map.width(); column++) {
            y[target + c * pixels + column] = arena[source + column * map.pixelStride() + c];
          }
        }
      }
    }
  }

  /** Copies images [N,H,W,C] into the arena. */
  static void packLast(float[] x, int first, int images, float[] arena, int place, FeatureMap map) {
    int run = run(map);
    int at = first * map.floats();
    for (int n = 0; n < images; n++) {
      int image = place + n * map.imageStride();
      for (int row = 0; row < map.height(); row++) {
        for (int c = 0; c < map.width() * map.channels(); c += run, at += run) {
          System.arraycopy(x, at, arena, image + map.at(row, c / map.channels()), run);
        }
      }
    }
  }

  /** Copies the feature maps to images [N,H,W,C]. */
  static void unpackLast(
      float[] arena, int place, FeatureMap map, int images, float[] y, int first) {
    int run = run(map);
    int at = first * map.floats();
    for (int n = 0; n < images; n++) {
      int image = place + n * map.imageStride();
      for (int row = 0; row < map.height(); row++) {
        for (int c = 0; c < map.width() * map.channels(); c += run, at += run) {
          System.arraycopy(arena, image + map.at(row, c / map.channels()), y, at, run);
        }
      }
    }
  }

  /** The floats that stand one after the other: a row, or else a pixel. */
  private static int run(FeatureMap map) {
    return map.isWhole() ? map.width() * map.channels() : map.channels();
  }
}
