package io.tilebrew.engine.reference;

import io.tilebrew.engine.Shape;
import io.tilebrew.engine.Tensor;
import java.util.List;

/** The references of the normalizations, on float32 tensors. */
public final class NormalizationReference {
  /** The parts of a sum along one axis, as many as the floats of the longest vectors. */
  public static final int PARTS = 16;

  private NormalizationReference() {}

  /**
   * {@code fma(x - mean, factor, bias)} with {@code factor = scale / sqrt(variance + epsilon)},
   * each step rounded to float32.
   *
   * @param x the input [N,C,...]
   * @param scale the scale [C]; {@code bias}, {@code mean} and {@code variance} likewise
   */
  public static void batchNormalization(
      float epsilon, Tensor x, Tensor scale, Tensor bias, Tensor mean, Tensor variance, Tensor y) {
    int channels = x.shape().dim(1);
    int pixels = x.size() == 0 ? 1 : x.shape().size(2, x.shape().rank());
    for (int i = 0; i < y.size(); i++) {
      int c = i / pixels % channels;
      float factor = scale.floats()[c] / (float) Math.sqrt(variance.floats()[c] + epsilon);
      y.floats()[i] = Math.fma(x.floats()[i] - mean.floats()[c], factor, bias.floats()[c]);
    }
  }

  /**
   * {@code exp(x - m) / sum} along {@code axis}, counted from the front: m is the greatest element,
   * exp is {@link FloatMath#exp}, and the sum starts from 0 and follows the axis.
   */
  public static void softmax(int axis, Tensor x, Tensor y) {
    Shape shape = x.shape();
    int count = shape.dim(axis);
    int stride = x.size() == 0 ? 1 : shape.size(axis + 1, shape.rank());
    for (int i = 0; i < x.size(); i++) {
      boolean first = i / stride % count == 0;
      if (first) {
        softmax(x.floats(), y.floats(), i, count, stride);
      }
    }
  }

  private static void softmax(float[] x, float[] y, int from, int count, int stride) {
    float greatest = Float.NEGATIVE_INFINITY;
    for (int i = 0; i < count; i++) {
      greatest = Math.max(greatest, x[from + i * stride]);
    }
    for (int i = 0; i < count; i++) {
      y[from + i * stride] = FloatMath.exp(x[from + i * stride] - greatest);
    }
    float sum = sum(y, from, count, stride);
    for (int i = 0; i < count; i++) {
      y[from + i * stride] /= sum;
    }
  }

  /**
   * Adds by {@link #PARTS} sums: the first of the elements 0, 16, 32 and so on, the next of 1, 17
   * and so on. A sum and the one half of them further on are added until one is left, then the
   * elements that do not fill all parts are, one by one.
   */
  private static float sum(float[] x, int from, int count, int stride) {
    float[] parts = new float[PARTS];
    int whole = count / PARTS * PARTS;
    for (int i = 0; i < whole; i++) {
      parts[i % PARTS] += x[from + i * stride];
    }
    addInPairs(parts);
    float sum = parts[0];
    for (int i = whole; i < count; i++) {
      sum += x[from + i * stride];
    }
    return sum;
  }

  /** Adds each of {@code parts} and the one half of them further on, until the first has all. */
  static void addInPairs(float[] parts) {
    for (int half = parts.length / 2; half > 0; half /= 2) {
      for (int i = 0; i < half; i++) {
        parts[i] += parts[i + half];
      }
    }
  }

  /**
   * {@code (x - mean) * (1 / sqrt(variance + epsilon))} along {@code axes}, counted from the front,
   * in float32. The sums are compensated (Kahan 1965, Further remarks on reducing truncation
   * errors), so that they are off by few roundings however many elements there are. Those along
   * several axes take the elements one by one, those along one axis by {@link #PARTS} sums, which
   * are added as those of a softmax are; the elements that do not fill all parts follow one by one.
   */
  public static void standardize(List<Integer> axes, float epsilon, Tensor x, Tensor y) {
    Walk walk = Walk.along(axes, x);
    int parts = axes.size() == 1 ? PARTS : 1;
    for (int i = 0; i < walk.results() && x.size() > 0; i++) {
      Strided at = walk.next();
      CompensatedSum sum = new CompensatedSum(parts, walk.count());
      for (int k = 0; k < walk.count(); k++, at.next()) {
        sum.add(x.floats()[at.offset()]);
      }
      float mean = sum.value() / walk.count();
      CompensatedSum squares = new CompensatedSum(parts, walk.count());
      for (int k = 0; k < walk.count(); k++, at.next()) {
        float difference = x.floats()[at.offset()] - mean;
        squares.add(difference * difference);
      }
      float factor = 1 / (float) Math.sqrt(squares.value() / walk.count() + epsilon);
      for (int k = 0; k < walk.count(); k++, at.next()) {
        y.floats()[at.offset()] = (x.floats()[at.offset()] - mean) * factor;
      }
    }
  }

  /**
   * {@code x / (bias + alpha / size * sum(x^2)) ^ beta}, the sum over {@code size} channels around
   * the own one.
   *
   * <p>The sum starts from 0 and takes the squares in the order of the channels, each by one fused
   * multiply-add; another one brings it to the power's base. For a beta of 1, 1/2 and 3/4 the power
   * is made of square roots, each step rounded to float32: the relative error is below {@code (size
   * + 6) * 2^-24}. For others it is rounded once.
   *
   * @param x the input [N,C,...]
   */
  public static void localResponse(
      int size, float alpha, float beta, float bias, Tensor x, Tensor y) {
    int channels = x.shape().dim(1);
    int pixels = x.size() == 0 ? 1 : x.shape().size(2, x.shape().rank());
    for (int i = 0; i < y.size(); i++) {
      int c = i / pixels % channels;
      int first = Math.max(c - (size - 1) / 2, 0);
      int last = (int) Math.min(c + (long) (size / 2), channels - 1);
      float sum = 0;
      for (int k = first; k <= last; k++) {
        float element = x.floats()[i + (k - c) * pixels];
        sum = Math.fma(element, element, sum);
      }
      y.floats()[i] = x.floats()[i] / power(Math.fma(alpha / size, sum, bias), beta);
    }
  }

  private static float power(float x, float beta) {
    float root = (float) Math.sqrt(x);
    if (beta == 1) {
      return x;
    }
    if (beta == 0.5f) {
      return root;
    }
    return beta == 0.75f ? root * (float) Math.sqrt(root) : (float) StrictMath.pow(x, beta);
  }
}
