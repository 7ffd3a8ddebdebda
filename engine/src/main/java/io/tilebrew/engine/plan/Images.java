package io.tilebrew.engine.plan;

/**
 * The conversions between row-major images, [N,C,H,W] or {@code Last} [N,H,W,C], and feature maps
 * in an arena.
 */
final class Images {
  private Images() {}

  /**
   * Copies rows {@code top} to {@code bottom} of images {@code first} to {@code first + images} of
   * {@code x} into the arena.
   */
  static void pack(
      float[] x,
      int first,
      int images,
      float[] arena,
      int place,
      FeatureMap map,
      int top,
      int bottom) {
    assert !map.isBlocked() : map;
    int step = rows(map) == 1 ? bottom - top : 1;
    int columns = step * map.width();
    int plane = map.height() * map.width();
    for (int n = 0; n < images; n++) {
      int from = (first + n) * map.channels() * plane;
      int to = place + n * map.imageStride();
      for (int row = top; row < bottom; row += step) {
        int source = from + row * map.width();
        int target = to + map.at(row, 0);
        if (plane == 1) {
          System.arraycopy(x, source, arena, target, map.channels());
        } else if (map.pixelStride() == 1) {
          System.arraycopy(x, source, arena, target, columns);
        } else {
          Planes.interleave(
              x, source, plane, arena, target, map.pixelStride(), map.channels(), columns);
        }
      }
    }
  }

  /** Copies the feature maps to images {@code first} to {@code first + images} of {@code y}. */
  static void unpack(float[] arena, int place, FeatureMap map, int images, float[] y, int first) {
    assert !map.isBlocked() : map;
    int rows = rows(map);
    int columns = map.height() / rows * map.width();
    int plane = map.height() * map.width();
    for (int n = 0; n < images; n++) {
      int to = (first + n) * map.channels() * plane;
      int from = place + n * map.imageStride();
      for (int row = 0; row < rows; row++) {
        int source = from + map.at(row, 0);
        int target = to + row * columns;
        if (plane == 1) {
          System.arraycopy(arena, source, y, target, map.channels());
        } else if (map.pixelStride() == 1) {
          System.arraycopy(arena, source, y, target, columns);
        } else {
          Planes.separate(
              arena, source, map.pixelStride(), y, target, plane, map.channels(), columns);
        }
      }
    }
  }

  /** One where the rows of the map follow each other without a gap, else their number. */
  private static int rows(FeatureMap map) {
    return map.rowStride() == map.width() * map.pixelStride() ? 1 : map.height();
  }

  /** Copies images [N,H,W,C] into the arena. */
  static void packLast(float[] x, int first, int images, float[] arena, int place, FeatureMap map) {
    assert !map.isBlocked() : map;
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
    assert !map.isBlocked() : map;
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
