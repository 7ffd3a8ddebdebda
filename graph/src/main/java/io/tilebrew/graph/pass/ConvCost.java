package io.tilebrew.graph.pass;

import io.tilebrew.engine.problem.Algorithm;
import io.tilebrew.engine.problem.ConvProblem;
import java.util.Comparator;

/**
 * How long the algorithms for a convolution take, by a count of what they do.
 *
 * @param lanes the floats in a vector; the more, the less arithmetic counts beside the memory
 */
record ConvCost(int lanes) {
  /**
   * The vectors of multiply-adds that take as long as it takes to bring 8 weights from memory. The
   * same for each processor, since the bits depend on the choice.
   */
  private static final int WEIGHTS = 7;

  /** The vectors of multiply-adds that take as long as it takes to transform 8 elements. */
  private static final int ELEMENTS = 10;

  /**
   * What products of tiles of eight inputs cost more than others: fewer tiles share the weights,
   * and their transforms are more code to compile.
   */
  private static final double LARGE_TILES = 1.15;

  private static final int EIGHT = 8;

  /** The fastest algorithm for {@code p}. */
  Algorithm fastest(ConvProblem p) {
    return Algorithm.fitting(p).stream()
        .min(Comparator.comparingDouble(algorithm -> cost(p, algorithm)))
        .orElseThrow();
  }

  /** The time for one image, in multiply-adds of a direct convolution, times 8. */
  private double cost(ConvProblem p, Algorithm algorithm) {
    long in = p.inputChannels();
    long out = wholeVectors(p.outputChannels());
    long brought = (long) WEIGHTS * lanes * in * out;
    if (algorithm == Algorithm.DIRECT) {
      long outputs = (long) p.convHeight() * p.convWidth();
      return p.window().taps() * (EIGHT * outputs * in * out + brought);
    }
    long tiles =
        (long) Math.ceilDiv(p.convHeight(), algorithm.outputs())
            * Math.ceilDiv(p.convWidth(), algorithm.outputs());
    long transformed = (long) ELEMENTS * lanes * (wholeVectors(p.inputChannels()) + out);
    double each = tiles * (EIGHT * in * out + transformed) + brought;
    return (algorithm.isLarge() ? LARGE_TILES : 1) * algorithm.products() * each;
  }

  private long wholeVectors(int channels) {
    return Math.ceilDiv((long) channels, lanes) * lanes;
  }
}
