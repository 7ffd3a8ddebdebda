package io.tilebrew.engine.tile;

import io.tilebrew.engine.Shape;
import io.tilebrew.engine.Tensor;
import io.tilebrew.engine.plan.FeatureMap;
import java.util.Arrays;

/** An input of a pointwise function; its size along an axis is the output's or 1. */
public sealed interface Operand {
  /** The rows. */
  int height();

  /** The columns. */
  int width();

  /** The channels. */
  int channels();

  /** The input of {@code count} of the output's channels, from {@code first} on. */
  Operand slice(int first, int count);

  /** Feature maps in the arena, one for each image. */
  record Map(FeatureMap map) implements Operand {
    @Override
    public int height() {
      return map.height();
    }

    @Override
    public int width() {
      return map.width();
    }

    @Override
    public int channels() {
      return map.channels();
    }

    @Override
    public Map slice(int first, int count) {
      return channels() == 1 ? this : new Map(map.slice(first, count));
    }
  }

  /** Feature maps [1,C,H,W] known when compiling, the same for all images. */
  record Constant(Tensor tensor) implements Operand {
    /** Checks the shape. */
    public Constant {
      assert tensor.shape().rank() == 4 && tensor.shape().dim(0) == 1 : tensor;
    }

    @Override
    public int height() {
      return tensor.shape().dim(2);
    }

    @Override
    public int width() {
      return tensor.shape().dim(3);
    }

    @Override
    public int channels() {
      return tensor.shape().dim(1);
    }

    @Override
    public Constant slice(int first, int count) {
      if (channels() == 1 || count == channels()) {
        return this;
      }
      int plane = height() * width();
      float[] some = Arrays.copyOfRange(tensor.floats(), first * plane, (first + count) * plane);
      return new Constant(Tensor.of(tensor.shape().with(1, count), some));
    }

    /** The same numbers as one of {@code channels} x {@code width}. */
    Constant spread(int channels, int width) {
      if (channels == channels() && width == width()) {
        return this;
      }
      Shape shape = Shape.of(1, channels, height(), width);
      float[] values = new float[shape.size()];
      for (int c = 0; c < channels; c++) {
        for (int y = 0; y < height(); y++) {
          for (int x = 0; x < width; x++) {
            values[(c * height() + y) * width + x] =
                tensor
                    .floats()[
                    ((channels() == 1 ? 0 : c) * height() + y) * width() + (width() == 1 ? 0 : x)];
          }
        }
      }
      return new Constant(Tensor.of(shape, values));
    }
  }
}
