package io.tilebrew.engine.tile;

import io.tilebrew.engine.problem.Pointwise;

/**
 * The vector registers that the sums, weights and inputs of a tile share.
 *
 * @param count how many there are
 */
record Registers(int count) {
  private static final Registers MANY = new Registers(32);

  private static final Registers FEW = new Registers(16);

  /** The registers of machines whose widest vectors hold {@code lanes} floats. */
  static Registers of(int lanes) {
    return lanes == 16 ? MANY : FEW;
  }

  /** Those that tiles with this epilogue use: of code that is long anyway, a tile holds less. */
  static Registers of(int lanes, Epilogue epilogue) {
    return Epilogue.isLong(epilogue.function()) ? FEW : of(lanes);
  }

  /** Whether there are as many as AVX-512 has. */
  boolean isMany() {
    return equals(MANY);
  }

  /**
   * The usual tile of one or two {@code vectors} of channels. Large ones have less pixels with each
   * input of the epilogue, whose code is as long as that of the taps: a method that the first of
   * the JVM's compilers cannot hold may never reach the other.
   *
   * @param blocked whether the input is in blocks of channels, whose places take registers, too
   */
  TileSize usual(int vectors, Pointwise epilogue, boolean blocked) {
    assert vectors == 1 || vectors == 2 : vectors;
    if (vectors == 1) {
      return usual(1);
    }
    int most = blocked ? 12 : 14;
    return new TileSize(2, isMany() ? Math.max(6, most - 2 * epilogue.inputs()) : 6);
  }

  /** The usual tile of one to four {@code vectors} of channels where these are in blocks. */
  TileSize usual(int vectors) {
    int pixels =
        switch (vectors) {
          case 1 -> isMany() ? 16 : 10;
          case 2 -> isMany() ? 12 : 6;
          case 3 -> isMany() ? 7 : 3;
          case 4 -> isMany() ? 5 : 2;
          default -> throw new AssertionError(vectors);
        };
    return new TileSize(vectors, pixels);
  }

  /** The pixels of a tile of groups of {@code width} channels, of one where it is depthwise. */
  int narrow(int width) {
    return width == 1 ? 6 : isMany() ? 8 : 4;
  }

  /** The most vectors of channels beside {@code pixels}, so that 8 sums and more are live. */
  int vectors(int pixels) {
    if (isMany()) {
      return Math.clamp((count - 1) / (pixels + 1), 1, 8);
    }
    return pixels == 1 ? 8 : pixels == 2 ? 4 : pixels <= 6 ? 2 : 1;
  }
}
