package io.tilebrew.engine.tile;

/**
 * How much of a direct convolution is computed together in registers.
 *
 * @param vectors vectors of output channels, at least 1
 * @param pixels output pixels, or windows of a pooling, at least 1; where these are few, a tile may
 *     be of fewer vectors or pixels
 */
public record TileSize(int vectors, int pixels) {
  /** Checks the numbers. */
  public TileSize {
    if (vectors < 1 || pixels < 1) {
      throw new IllegalArgumentException(
          "a tile of %dx%d, expected at least 1x1".formatted(vectors, pixels));
    }
  }

  /** The vectors of results. */
  int sums() {
    return vectors * pixels;
  }
}
