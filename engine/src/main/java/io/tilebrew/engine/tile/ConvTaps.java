package io.tilebrew.engine.tile;

import io.tilebrew.engine.plan.FeatureMap;
import io.tilebrew.engine.problem.ConvProblem;
import io.tilebrew.engine.problem.Window;

/**
 * How the taps of a window lie in the input; those that are consecutive count as channels of one
 * tap.
 *
 * @param rows the rows of taps
 * @param columns the taps of a row
 * @param channels the floats of a tap
 * @param xRow the way from one row of taps to the next
 * @param xColumn the way from one tap of a row to the next
 */
record ConvTaps(int rows, int columns, int channels, int xRow, int xColumn) {
  /** The taps of the window of {@code p} over {@code x}. */
  static ConvTaps of(ConvProblem p, FeatureMap x) {
    Window w = p.window();
    int channels = p.inputChannels() / p.group();
    int row = Math.multiplyExact(w.dilationHeight(), x.rowStride());
    int column = Math.multiplyExact(w.dilationWidth(), x.pixelStride());
    boolean flat = w.kernelWidth() == 1 || (column == channels && !x.isBlocked());
    if (!flat) {
      return new ConvTaps(w.kernelHeight(), w.kernelWidth(), channels, row, column);
    }
    int run = Math.multiplyExact(w.kernelWidth(), channels);
    return row == run && !x.isBlocked()
        ? new ConvTaps(1, 1, Math.multiplyExact(w.kernelHeight(), run), row, 0)
        : new ConvTaps(w.kernelHeight(), 1, run, row, 0);
  }
}
