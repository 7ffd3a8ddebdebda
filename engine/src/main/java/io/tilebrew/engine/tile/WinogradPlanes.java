package io.tilebrew.engine.tile;

/**
 * Where the elements of the transformed tiles of a chunk are: a plane for each element of a tile,
 * by strips of tiles that a product takes at a time. What a strip has of a plane lies together.
 *
 * @param count the planes
 * @param strips the strips
 * @param vectors the vectors that a strip has in a plane
 * @param lanes the floats of a vector
 * @param byPlane whether the strips of a plane follow each other, else the planes of a strip
 */
record WinogradPlanes(int count, int strips, int vectors, int lanes, boolean byPlane) {
  /** The floats from a strip of a plane to the same strip of the next plane. */
  int plane() {
    return floats(byPlane ? ofPlane() : vectors | 1);
  }

  /** The floats from a strip of a plane to the next strip. */
  int strip() {
    return floats(byPlane ? vectors : ofStrip());
  }

  /** The floats of all planes, the same for both orders. */
  int all() {
    return floats(
        Math.max(Math.multiplyExact(strips, ofStrip()), Math.multiplyExact(count, ofPlane())));
  }

  /** The vectors of a strip whose planes follow each other, an odd number as those of a plane. */
  private int ofStrip() {
    return Math.multiplyExact(count, vectors | 1) | 1;
  }

  /** The vectors of a plane whose strips follow each other: odd, so that few share a set. */
  private int ofPlane() {
    return Math.multiplyExact(strips, vectors) | 1;
  }

  private int floats(int vectors) {
    return Math.multiplyExact(vectors, lanes);
  }
}
