package io.tilebrew.engine.tile;

import io.tilebrew.engine.Shape;
import io.tilebrew.engine.Tensor;
import io.tilebrew.engine.plan.FeatureMap;

/** An input of a pointwise function; its size along an axis is the output's or 1. */
public sealed interface Operand {
  /** The rows. */
  int height();

  /** The columns. */
  int width();

  /** The channels. */
  int channels();

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
