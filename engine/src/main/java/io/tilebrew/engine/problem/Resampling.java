package io.tilebrew.engine.problem;

import io.tilebrew.engine.problem.Interpolation.Method;
import java.util.Arrays;
import java.util.stream.IntStream;

/**
 * One axis of a tensor that is resized.
 *
 * @param from the size of the input, at least 1
 * @param to the size of the output, at least 0
 * @param scale the elements of the output for one of the input, positive; not always {@code to /
 *     from}, since sizes are rounded
 * @param start where the output begins, as a share of the input; only for parts of it
 * @param end where the output ends, likewise
 */
public record Resampling(int from, int to, double scale, double start, double end) {
  /** Checks the ranges. */
  public Resampling {
    boolean fits =
        from >= 1
            && to >= 0
            && scale > 0
            && Double.isFinite(scale)
            && Double.isFinite(start)
            && Double.isFinite(end);
    if (!fits) {
      throw new IllegalArgumentException(
          "cannot resize %d elements to %d by a scale of %s from %s to %s"
              .formatted(from, to, scale, start, end));
    }
  }

  /** An axis that is resized as a whole. */
  public Resampling(int from, int to, double scale) {
    this(from, to, scale, 0, 1);
  }

  /** The elements of the input that count for one of the output, and their weights. */
  public record Taps(int[] indices, float[] weights) {}

  /** The place of element {@code index} of the output, in elements of the input. */
  public double coordinate(Interpolation how, int index) {
    double middle = (index + 0.5) / scale - 0.5;
    return switch (how.coordinates()) {
      case HALF_PIXEL -> middle;
      case PYTORCH_HALF_PIXEL -> to > 1 ? middle : 0;
      case HALF_PIXEL_SYMMETRIC -> from / 2.0 * (1 - to / (scale * from)) + middle;
      case TF_HALF_PIXEL_FOR_NN -> (index + 0.5) / scale;
      case ASYMMETRIC -> index / scale;
      case ALIGN_CORNERS -> to == 1 ? 0 : index * (from - 1.0) / (to - 1.0);
      case TF_CROP_AND_RESIZE ->
          to > 1
              ? start * (from - 1) + index * (end - start) * (from - 1) / (to - 1.0)
              : 0.5 * (start + end) * (from - 1);
    };
  }

  /** Whether element {@code index} of the output lies outside the input and is extrapolated. */
  public boolean isOutside(Interpolation how, int index) {
    double x = coordinate(how, index);
    return how.coordinates() == Interpolation.Coordinates.TF_CROP_AND_RESIZE
        && (x < 0 || x > from - 1);
  }

  /** Whether each element of the output is the one at its place in the input. */
  public boolean isIdentity(Interpolation how) {
    return from == to
        && IntStream.range(0, to).noneMatch(i -> isOutside(how, i) || mixes(taps(how, i), i));
  }

  /** Whether another element than {@code own} counts. */
  private static boolean mixes(Taps taps, int own) {
    return IntStream.range(0, taps.indices.length)
        .anyMatch(i -> taps.weights[i] != 0 && taps.indices[i] != own);
  }

  /** What element {@code index} of the output is made of. */
  public Taps taps(Interpolation how, int index) {
    double x = coordinate(how, index);
    if (how.method() == Method.NEAREST) {
      double nearest =
          switch (how.rounding()) {
            case ROUND_PREFER_FLOOR -> Math.ceil(x - 0.5);
            case ROUND_PREFER_CEIL -> Math.floor(x + 0.5);
            case FLOOR -> Math.floor(x);
            case CEIL -> Math.ceil(x);
          };
      return new Taps(new int[] {clamp(nearest)}, new float[] {1});
    }
    double narrowing = how.antialias() ? Math.min(scale, 1) : 1;
    double floor = Math.floor(x);
    int reach = how.method() == Method.LINEAR ? 1 : 2;
    int first = (int) Math.floor(-reach / narrowing) + 1;
    int count = 2 * (1 - first);
    int[] indices = new int[count];
    double[] weights = new double[count];
    for (int i = 0; i < count; i++) {
      double at = floor + first + i;
      boolean counts = !how.excludeOutside() || (at >= 0 && at <= from - 1);
      indices[i] = clamp(at);
      weights[i] = counts ? weight(how, narrowing * (at - x)) : 0;
    }
    return new Taps(indices, normalized(weights));
  }

  private static double weight(Interpolation how, double distance) {
    double d = Math.abs(distance);
    double a = how.cubic();
    return switch (how.method()) {
      case NEAREST -> 1;
      case LINEAR -> Math.max(1 - d, 0);
      case CUBIC ->
          d <= 1
              ? ((a + 2) * d - (a + 3)) * d * d + 1
              : d < 2 ? ((a * d - 5 * a) * d + 8 * a) * d - 4 * a : 0;
    };
  }

  private static float[] normalized(double[] weights) {
    double sum = Arrays.stream(weights).sum();
    float[] result = new float[weights.length];
    for (int i = 0; i < result.length; i++) {
      result[i] = (float) (weights[i] / sum);
    }
    return result;
  }

  private int clamp(double index) {
    return (int) Math.min(Math.max(index, 0), from - 1.0);
  }
}
