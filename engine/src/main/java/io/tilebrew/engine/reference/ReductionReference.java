package io.tilebrew.engine.reference;

import io.tilebrew.engine.DataType;
import io.tilebrew.engine.Tensor;
import io.tilebrew.engine.problem.Arithmetic;
import java.util.Comparator;
import java.util.List;
import java.util.stream.IntStream;

/** The references of the operators that combine or order the elements along axes. */
public final class ReductionReference {
  private ReductionReference() {}

  /**
   * Combines the elements along {@code axes} by {@code f}, in their row-major order, in the
   * arithmetic of their type.
   *
   * @param f ADD, MUL, MIN or MAX
   * @param mean whether each result is divided by the number of elements
   * @param axes axes of {@code x}, counted from the front
   */
  public static void reduce(Arithmetic f, boolean mean, List<Integer> axes, Tensor x, Tensor y) {
    Walk walk = Walk.along(axes, x);
    DataType type = y.type();
    for (int i = 0; i < y.size(); i++) {
      Strided at = walk.next();
      if (type == DataType.FLOAT32) {
        float result = (float) neutral(f);
        for (int k = 0; k < walk.count(); k++, at.next()) {
          result = f.apply(result, x.floats()[at.offset()]);
        }
        y.floats()[i] = mean ? result / walk.count() : result;
      } else if (type == DataType.FLOAT64) {
        double result = neutral(f);
        for (int k = 0; k < walk.count(); k++, at.next()) {
          result = f.apply(result, x.doubleAt(at.offset()));
        }
        y.set(i, mean ? result / walk.count() : result);
      } else {
        long result = neutral(f, type);
        for (int k = 0; k < walk.count(); k++, at.next()) {
          long element = x.longAt(at.offset());
          result =
              type == DataType.UINT64 ? f.applyUnsigned(result, element) : f.apply(result, element);
        }
        y.set(i, mean ? result / walk.count() : result);
      }
    }
  }

  private static double neutral(Arithmetic f) {
    return switch (f) {
      case ADD -> 0;
      case MUL -> 1;
      case MIN -> Double.POSITIVE_INFINITY;
      case MAX -> Double.NEGATIVE_INFINITY;
      case SUB, DIV, POW, MOD, REM, PRELU -> throw new AssertionError(f);
    };
  }

  private static long neutral(Arithmetic f, DataType type) {
    int bits = type == DataType.BOOL ? 1 : 8 * type.bytes();
    boolean unsigned = type.isUnsigned() || type == DataType.BOOL;
    long greatest = -1L >>> (64 - bits + (unsigned ? 0 : 1));
    return switch (f) {
      case ADD -> 0;
      case MUL -> 1;
      case MIN -> greatest;
      case MAX -> unsigned ? 0 : -greatest - 1;
      case SUB, DIV, POW, MOD, REM, PRELU -> throw new AssertionError(f);
    };
  }

  /**
   * The index of the greatest or least element along {@code axis}, counted from the front; NaN is
   * greater than all others.
   *
   * @param last whether of equal elements the last counts, else the first
   */
  public static void argExtreme(boolean greatest, boolean last, int axis, Tensor x, Tensor y) {
    Walk walk = Walk.along(List.of(axis), x);
    Comparator<Integer> order = order(greatest, x);
    for (int i = 0; i < y.size(); i++) {
      Strided at = walk.next();
      int best = at.offset();
      long index = 0;
      for (int k = 0; k < walk.count(); k++, at.next()) {
        int comparison = order.compare(at.offset(), best);
        if (comparison < 0 || (last && comparison == 0)) {
          best = at.offset();
          index = k;
        }
      }
      y.set(i, index);
    }
  }

  /**
   * The greatest or least elements along {@code axis}, counted from the front, in order, and their
   * indices; of equal elements the first comes first.
   */
  public static void topK(boolean greatest, int axis, Tensor x, Tensor y, Tensor indices) {
    Walk walk = Walk.along(List.of(axis), x);
    Walk to = Walk.along(List.of(axis), y);
    Comparator<Integer> order = order(greatest, x);
    for (int i = 0; i < walk.results() && y.size() > 0; i++) {
      Strided from = walk.next();
      int[] offsets = new int[walk.count()];
      for (int k = 0; k < walk.count(); k++, from.next()) {
        offsets[k] = from.offset();
      }
      int[] sorted =
          IntStream.range(0, walk.count())
              .boxed()
              .sorted((a, b) -> order.compare(offsets[a], offsets[b]))
              .mapToInt(k -> k)
              .toArray();
      Strided at = to.next();
      for (int k = 0; k < to.count(); k++, at.next()) {
        System.arraycopy(x.array(), offsets[sorted[k]], y.array(), at.offset(), 1);
        indices.set(at.offset(), (long) sorted[k]);
      }
    }
  }

  /** The order of elements of {@code x} by their value, best first. */
  private static Comparator<Integer> order(boolean greatest, Tensor x) {
    Comparator<Integer> ascending =
        x.type().isFloat()
            ? (a, b) -> Double.compare(x.doubleAt(a) + 0.0, x.doubleAt(b) + 0.0)
            : x.type().isUnsigned()
                ? (a, b) -> Long.compareUnsigned(x.longAt(a), x.longAt(b))
                : (a, b) -> Long.compare(x.longAt(a), x.longAt(b));
    return greatest ? ascending.reversed() : ascending;
  }

  /** The sums of the elements up to each one along {@code axis}, counted from the front. */
  public static void cumSum(int axis, boolean exclusive, boolean reverse, Tensor x, Tensor y) {
    int stride = x.shape().strides()[axis];
    Walk walk = Walk.along(List.of(axis), x);
    for (int i = 0; i < walk.results() && walk.count() > 0; i++) {
      int first = walk.next().offset();
      double real = 0;
      long whole = 0;
      for (int k = 0; k < walk.count(); k++) {
        int at = first + (reverse ? walk.count() - 1 - k : k) * stride;
        double realBefore = real;
        long wholeBefore = whole;
        real += x.doubleAt(at);
        real = x.type() == DataType.FLOAT32 ? (float) real : real;
        whole += x.type().isFloat() ? 0 : x.longAt(at);
        if (x.type().isFloat()) {
          y.set(at, exclusive ? realBefore : real);
        } else {
          y.set(at, exclusive ? wholeBefore : whole);
        }
      }
    }
  }
}
