package io.tilebrew.engine.reference;

import io.tilebrew.engine.Tensor;
import java.util.Arrays;
import java.util.List;
import java.util.stream.IntStream;

/** The elements of a row-major tensor along some axes, for each place on the others. */
final class Walk {
  private final int[] dims;
  private final int[] strides;
  private final int count;
  private final int results;
  private final Strided outer;

  private Walk(int[] dims, int[] strides, int[] outerDims, int[] outerStrides) {
    this.dims = dims;
    this.strides = strides;
    this.count = product(dims);
    this.results = product(outerDims);
    this.outer = new Strided(outerDims, outerStrides, 0);
  }

  /** The walk along {@code axes}, counted from the front. */
  static Walk along(List<Integer> axes, Tensor x) {
    int[] all = x.shape().dims();
    int[] strides = x.shape().strides();
    int[] inner = IntStream.range(0, all.length).filter(axes::contains).toArray();
    int[] others = IntStream.range(0, all.length).filter(i -> !axes.contains(i)).toArray();
    return new Walk(
        pick(all, inner), pick(strides, inner), pick(all, others), pick(strides, others));
  }

  private static int[] pick(int[] values, int[] indices) {
    return Arrays.stream(indices).map(i -> values[i]).toArray();
  }

  private static int product(int[] dims) {
    return Arrays.stream(dims).reduce(1, (a, b) -> a * b);
  }

  /** The number of elements along the axes. */
  int count() {
    return count;
  }

  /** The number of places. */
  int results() {
    return results;
  }

  /** The elements at the next place, in row-major order. */
  Strided next() {
    Strided elements = new Strided(dims, strides, outer.offset());
    outer.next();
    return elements;
  }
}
