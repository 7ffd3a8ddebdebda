package io.tilebrew.engine.problem;

import java.util.ArrayList;
import java.util.List;

/**
 * One axis of a transposed convolution: input element i adds to the outputs at {@code i * stride +
 * tap * dilation - pad}. Outputs that are {@code stride} apart have the same taps, so that each of
 * these phases is a convolution of its own.
 *
 * @param from the elements of the input
 * @param to the elements of the output
 * @param kernel the taps
 * @param stride the outputs between the places of two neighbouring inputs
 * @param dilation the outputs between two neighbouring taps
 * @param pad the outputs cut off before the first
 */
public record TransposedAxis(int from, int to, int kernel, int stride, int dilation, int pad) {
  /** The rows of {@code w} over an input of {@code from} rows. */
  public static TransposedAxis rows(Window w, int from, int to) {
    return new TransposedAxis(
        from, to, w.kernelHeight(), w.strideHeight(), w.dilationHeight(), w.padTop());
  }

  /** The columns of {@code w} over an input of {@code from} columns. */
  public static TransposedAxis columns(Window w, int from, int to) {
    return new TransposedAxis(
        from, to, w.kernelWidth(), w.strideWidth(), w.dilationWidth(), w.padLeft());
  }

  /**
   * The outputs {@code first}, {@code first + stride} and so on.
   *
   * @param first the first output
   * @param outputs how many there are, at least 1
   * @param tap the first tap that meets inputs
   * @param tapStep from one tap to the next that does
   * @param taps how many do, perhaps none
   * @param input the input, perhaps outside, that the first tap of the first output meets
   * @param inputStep from one tap's input to the next one's, below 0 if there is one
   */
  public record Phase(
      int first, int outputs, int tap, int tapStep, int taps, int input, int inputStep) {
    private int leastInput() {
      return input + (taps - 1) * inputStep;
    }

    private int greatestInput() {
      return input + outputs - 1;
    }
  }

  /** The phases that have outputs. */
  public List<Phase> phases() {
    List<Phase> phases = new ArrayList<>();
    int shared = gcd(stride, dilation);
    int tapStep = stride / shared;
    for (int first = 0; first < Math.min(stride, to); first++) {
      int outputs = Math.ceilDiv(to - first, stride);
      int tap = 0;
      while (tap < tapStep && !meets(first, tap)) {
        tap++;
      }
      int taps = tap == tapStep || tap >= kernel ? 0 : Math.ceilDiv(kernel - tap, tapStep);
      int input = taps == 0 ? 0 : (first + pad - tap * dilation) / stride;
      phases.add(
          new Phase(
              first, outputs, tap, tapStep, taps, input, taps > 1 ? -(dilation / shared) : 0));
    }
    return phases;
  }

  private boolean meets(int output, int tap) {
    return (output + pad - (long) tap * dilation) % stride == 0;
  }

  private static int gcd(int a, int b) {
    return b == 0 ? a : gcd(b, a % b);
  }

  /** The zeros that taps meet before the first input. */
  public int before() {
    return phases().stream()
        .filter(p -> p.taps > 0)
        .mapToInt(p -> -p.leastInput())
        .reduce(0, Math::max);
  }

  /** The zeros that taps meet behind the last input. */
  public int after() {
    return phases().stream()
        .filter(p -> p.taps > 0)
        .mapToInt(p -> p.greatestInput() - (from - 1))
        .reduce(0, Math::max);
  }
}
