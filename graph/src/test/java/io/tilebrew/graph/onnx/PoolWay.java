package io.tilebrew.graph.onnx;

import static io.tilebrew.graph.onnx.TestModel.integer;
import static io.tilebrew.graph.onnx.TestModel.ints;

import java.util.Arrays;
import java.util.List;
import java.util.Random;
import java.util.function.ToIntFunction;
import java.util.stream.LongStream;

/** A pooling along one dimension. */
record PoolWay(int size, int kernel, int stride, int dilation, int before, int after) {
  static PoolWay random(Random random) {
    int kernel = 1 + random.nextInt(3);
    int dilation = 1 + random.nextInt(2);
    int span = (kernel - 1) * dilation + 1;
    int size = span + random.nextInt(5);
    int stride = 1 + random.nextInt(3);
    return new PoolWay(
        size, kernel, stride, dilation, random.nextInt(kernel), random.nextInt(kernel));
  }

  int outputs(boolean ceil) {
    int room = size + before + after - (kernel - 1) * dilation - 1;
    int count = (ceil ? Math.ceilDiv(room, stride) : room / stride) + 1;
    return ceil && (count - 1) * stride >= size + before ? count - 1 : count;
  }

  int place(int output, int tap) {
    return output * stride + tap * dilation - before;
  }

  boolean isInside(int place) {
    return place >= 0 && place < size;
  }

  boolean isPadded(int place) {
    return place >= -before && place < size + after;
  }

  /** Adds to {@code node} what describes a pooling along {@code ways}. */
  static Proto describe(Proto node, List<PoolWay> ways, boolean ceil) {
    return node.message(5, ints("kernel_shape", longs(ways, PoolWay::kernel)))
        .message(5, ints("strides", longs(ways, PoolWay::stride)))
        .message(5, ints("dilations", longs(ways, PoolWay::dilation)))
        .message(5, ints("pads", pads(ways)))
        .message(5, integer("ceil_mode", ceil ? 1 : 0));
  }

  private static long[] pads(List<PoolWay> ways) {
    return LongStream.concat(
            Arrays.stream(longs(ways, PoolWay::before)), Arrays.stream(longs(ways, PoolWay::after)))
        .toArray();
  }

  private static long[] longs(List<PoolWay> ways, ToIntFunction<PoolWay> size) {
    return ways.stream().mapToLong(size::applyAsInt).toArray();
  }
}
