package io.tilebrew.graph.onnx;

import io.tilebrew.engine.DataType;
import io.tilebrew.engine.Shape;
import io.tilebrew.engine.Tensor;
import io.tilebrew.engine.problem.Arithmetic;
import io.tilebrew.graph.Value;
import io.tilebrew.graph.op.Elementwise.Cast;
import io.tilebrew.graph.op.Shaping.Slice;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Objects;
import java.util.function.BinaryOperator;

/**
 * Sums of products of integers of 8 bits, as int32, by float32.
 *
 * <p>Where a sum may be more than 2^24 in magnitude, up to which every step is exact, it is made in
 * parts along the axis that is summed over, and those are added as int32.
 *
 * @param n the node
 * @param left the input that is the left factor
 * @param leftZero the input that is its zero point
 * @param right the input that is the right factor
 * @param rightZero the input that is its zero point
 */
record IntegerSums(NodeImport n, int left, int leftZero, int right, int rightZero) {
  private static final int EXACT = 1 << 24;

  /**
   * What is summed over.
   *
   * @param left the axis of the left factor
   * @param right the axis of the right factor
   * @param taps the products for each index of it
   * @param divides whether parts of it may be summed up
   */
  record Axes(int left, int right, int taps, boolean divides) {}

  /** The first output: the sums over {@code axes} that {@code product} makes of two factors. */
  Value of(Value a, Value b, Axes axes, BinaryOperator<Value> product) {
    int count = b.type().shape().dim(axes.right);
    int most = EXACT / greatest(left, leftZero) / greatest(right, rightZero);
    int part = most / axes.taps;
    if (count <= part) {
      return n.narrow(0, DataType.INT32, new Shifted(product.apply(a, b), 0));
    }
    Check.that(
        part > 0 && axes.divides,
        "sums %d by %d products of integers, which may be beyond 2^24, where no float is exact",
        count,
        axes.taps);
    Check.that(
        a.type().shape().dim(axes.left) == count,
        "%s and %s do not have the same number of channels or columns",
        n.input(left).type(),
        n.input(right).type());
    Value sum = null;
    for (int first = 0; first < count; first += part) {
      int size = Math.min(part, count - first);
      Value x = slice(a, axes.left, first, size);
      Value y = slice(b, axes.right, first, size);
      Value sums = n.step(new Cast(DataType.INT32), product.apply(x, y));
      sum = sum == null ? sums : n.step(Arithmetic.ADD, sum, sums);
    }
    return Objects.requireNonNull(sum);
  }

  private Value slice(Value x, int axis, int first, int size) {
    int[] dims = x.type().shape().dims();
    List<Integer> starts = new ArrayList<>(Collections.nCopies(dims.length, 0));
    starts.set(axis, first);
    dims[axis] = size;
    return n.step(new Slice(starts, Collections.nCopies(dims.length, 1), Shape.of(dims)), x);
  }

  /** The greatest magnitude of a factor less its zero point. */
  private int greatest(int factor, int zero) {
    DataType type = n.input(factor).type().element();
    int least = type.isUnsigned() ? 0 : -128;
    if (!n.has(zero)) {
      return type.isUnsigned() ? 255 : 128;
    }
    Tensor literal = n.literalOrNull(zero);
    int greatest = 0;
    for (int i = 0; literal != null && i < literal.size(); i++) {
      int point = (int) literal.longAt(i);
      greatest = Math.max(greatest, Math.max(point - least, least + 255 - point));
    }
    return literal == null ? 255 : Math.max(1, greatest);
  }
}
