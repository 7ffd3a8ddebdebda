package io.tilebrew.engine.reference;

import io.tilebrew.engine.Tensor;
import io.tilebrew.engine.problem.Pool;
import io.tilebrew.engine.problem.Window;

/**
 * The references of the poolings, on float32 tensors [N,C,H,W].
 *
 * <p>The number of windows is the one of the output's rows and columns; a last window may reach
 * beyond the padded input. Elements are taken in (kernel row, kernel column) order, and only those
 * inside the input.
 */
public final class PoolReference {
  private PoolReference() {}

  /** Pools as {@code pool} says. */
  public static void run(Pool pool, Tensor x, Tensor y) {
    switch (pool.kind()) {
      case MAX -> max(pool.window(), x, y);
      case AVERAGE -> average(pool.window(), false, x, y);
      case AVERAGE_PADDED -> average(pool.window(), true, x, y);
      case L1 -> norm(pool.window(), 1, x, y);
      case L2 -> norm(pool.window(), 2, x, y);
    }
  }

  /** The greatest element of each window, starting from -infinity; NaN wins. */
  public static void max(Window w, Tensor x, Tensor y) {
    pool(w, x, y, PoolReference::greatest);
  }

  /**
   * The p-norm of each window. For a p of 1 and of 2 the sum starts from +0 and is of float32, for
   * 2 with a fused multiply-add for each element; others are of double precision and rounded once.
   */
  public static void norm(Window w, int p, Tensor x, Tensor y) {
    switch (p) {
      case 1 -> pool(w, x, y, PoolReference::magnitude);
      case 2 -> pool(w, x, y, PoolReference::length);
      default -> pool(w, x, y, (in, map, rows, columns) -> norm(p, in, map, rows, columns));
    }
  }

  /**
   * The mean of each window: a sum starting from +0, then one division by the count.
   *
   * @param countPadding whether padding counts as elements of value 0; what lies beyond the padded
   *     input is never counted. A window without any element gives NaN.
   */
  public static void average(Window w, boolean countPadding, Tensor x, Tensor y) {
    int bottom = x.shape().dim(2) + w.padBottom();
    int right = x.shape().dim(3) + w.padRight();
    pool(
        w,
        x,
        y,
        (in, map, rows, columns) -> {
          float sum = sum(in, map, rows, columns);
          int count =
              countPadding
                  ? rows.before(bottom) * columns.before(right)
                  : rows.inside() * columns.inside();
          return sum / count;
        });
  }

  /** The taps of one window along one axis, over an input of {@code size} elements. */
  private record Taps(int first, int count, int step, int size) {
    int at(int tap) {
      return first + tap * step;
    }

    boolean isInside(int tap) {
      return at(tap) >= 0 && at(tap) < size;
    }

    /** How many taps lie before {@code end}. */
    int before(int end) {
      int taps = 0;
      while (taps < count && at(taps) < end) {
        taps++;
      }
      return taps;
    }

    /** How many taps lie inside the input. */
    int inside() {
      return before(size) - before(0);
    }
  }

  /** What becomes of one window of the feature map that starts at {@code map}. */
  private interface Reduction {
    float reduce(float[] in, int map, Taps rows, Taps columns);
  }

  private static void pool(Window w, Tensor x, Tensor y, Reduction reduction) {
    int height = x.shape().dim(2);
    int width = x.shape().dim(3);
    int maps = x.shape().dim(0) * x.shape().dim(1);
    float[] out = y.floats();
    int at = 0;
    for (int map = 0; map < maps; map++) {
      for (int oy = 0; oy < y.shape().dim(2); oy++) {
        int top = oy * w.strideHeight() - w.padTop();
        Taps rows = new Taps(top, w.kernelHeight(), w.dilationHeight(), height);
        for (int ox = 0; ox < y.shape().dim(3); ox++) {
          int left = ox * w.strideWidth() - w.padLeft();
          Taps columns = new Taps(left, w.kernelWidth(), w.dilationWidth(), width);
          out[at++] = reduction.reduce(x.floats(), map * height * width, rows, columns);
        }
      }
    }
  }

  private static float greatest(float[] in, int map, Taps rows, Taps columns) {
    float greatest = Float.NEGATIVE_INFINITY;
    for (int kh = 0; kh < rows.count(); kh++) {
      for (int kw = 0; kw < columns.count(); kw++) {
        if (rows.isInside(kh) && columns.isInside(kw)) {
          greatest = Math.max(greatest, in[map + rows.at(kh) * columns.size() + columns.at(kw)]);
        }
      }
    }
    return greatest;
  }

  private static float magnitude(float[] in, int map, Taps rows, Taps columns) {
    float sum = 0;
    for (int kh = 0; kh < rows.count(); kh++) {
      for (int kw = 0; kw < columns.count(); kw++) {
        if (rows.isInside(kh) && columns.isInside(kw)) {
          sum += Math.abs(in[map + rows.at(kh) * columns.size() + columns.at(kw)]);
        }
      }
    }
    return sum;
  }

  private static float length(float[] in, int map, Taps rows, Taps columns) {
    float sum = 0;
    for (int kh = 0; kh < rows.count(); kh++) {
      for (int kw = 0; kw < columns.count(); kw++) {
        if (rows.isInside(kh) && columns.isInside(kw)) {
          float x = in[map + rows.at(kh) * columns.size() + columns.at(kw)];
          sum = Math.fma(x, x, sum);
        }
      }
    }
    return (float) Math.sqrt(sum);
  }

  private static float norm(int p, float[] in, int map, Taps rows, Taps columns) {
    double sum = 0;
    for (int kh = 0; kh < rows.count(); kh++) {
      for (int kw = 0; kw < columns.count(); kw++) {
        if (rows.isInside(kh) && columns.isInside(kw)) {
          float x = in[map + rows.at(kh) * columns.size() + columns.at(kw)];
          sum += StrictMath.pow(Math.abs(x), p);
        }
      }
    }
    return (float) StrictMath.pow(sum, 1.0 / p);
  }

  private static float sum(float[] in, int map, Taps rows, Taps columns) {
    float sum = 0;
    for (int kh = 0; kh < rows.count(); kh++) {
      for (int kw = 0; kw < columns.count(); kw++) {
        if (rows.isInside(kh) && columns.isInside(kw)) {
          sum += in[map + rows.at(kh) * columns.size() + columns.at(kw)];
        }
      }
    }
    return sum;
  }
}
