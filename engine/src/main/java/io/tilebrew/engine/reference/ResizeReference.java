package io.tilebrew.engine.reference;

import io.tilebrew.engine.Shape;
import io.tilebrew.engine.Tensor;
import io.tilebrew.engine.problem.Interpolation;
import io.tilebrew.engine.problem.Resampling;
import java.util.List;

/**
 * The reference of resizing: axis by axis from the first to the last, each element a sum from 0
 * over its taps by fused multiply-add; the nearest element is copied, and so is an axis whose
 * elements stay as they are.
 */
public final class ResizeReference {
  private ResizeReference() {}

  /**
   * Resizes.
   *
   * @param axes one for each axis of {@code x} and {@code y}
   * @param extrapolation the value of elements that lie outside the input
   * @param x a tensor of float32, or for the nearest element of any type
   */
  public static void resize(
      Interpolation how, List<Resampling> axes, float extrapolation, Tensor x, Tensor y) {
    Tensor now = x;
    for (int axis = 0; axis < axes.size(); axis++) {
      if (axes.get(axis).isIdentity(how)) {
        continue;
      }
      Tensor next = Tensor.zeros(x.type(), now.shape().with(axis, axes.get(axis).to()));
      resize(how, axes.get(axis), axis, now, next);
      now = next;
    }
    ShapingReference.copy(now, y);
    for (int axis = 0; axis < axes.size(); axis++) {
      extrapolate(how, axes.get(axis), axis, extrapolation, y);
    }
  }

  private static void resize(
      Interpolation how, Resampling resampling, int axis, Tensor x, Tensor y) {
    if (y.size() == 0) {
      return;
    }
    Shape shape = x.shape();
    int outer = shape.size(0, axis);
    int run = shape.size(axis + 1, shape.rank());
    for (int to = 0; to < resampling.to(); to++) {
      Resampling.Taps taps = resampling.taps(how, to);
      for (int o = 0; o < outer; o++) {
        int at = (o * resampling.to() + to) * run;
        int base = o * resampling.from();
        if (how.method() == Interpolation.Method.NEAREST) {
          int from = (base + taps.indices()[0]) * run;
          System.arraycopy(x.array(), from, y.array(), at, run);
          continue;
        }
        for (int i = 0; i < taps.indices().length; i++) {
          int from = (base + taps.indices()[i]) * run;
          float weight = taps.weights()[i];
          for (int k = 0; k < run; k++) {
            y.floats()[at + k] = Math.fma(weight, x.floats()[from + k], y.floats()[at + k]);
          }
        }
      }
    }
  }

  private static void extrapolate(
      Interpolation how, Resampling resampling, int axis, float value, Tensor y) {
    int run = y.size() == 0 ? 1 : y.shape().size(axis + 1, y.shape().rank());
    for (int to = 0; to < resampling.to(); to++) {
      if (resampling.isOutside(how, to)) {
        for (int i = 0; i < y.size(); i++) {
          if (i / run % resampling.to() == to) {
            y.set(i, value);
          }
        }
      }
    }
  }
}
