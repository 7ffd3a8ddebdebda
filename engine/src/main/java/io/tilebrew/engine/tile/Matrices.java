package io.tilebrew.engine.tile;

import io.tilebrew.engine.Shape;
import io.tilebrew.engine.Tensor;
import io.tilebrew.engine.kernel.Memory;
import io.tilebrew.engine.plan.FeatureMap;

/** Row-major matrices [...,rows,columns], a side of a product. */
public sealed interface Matrices {
  /** The dimensions; those before the last two count matrices. */
  Shape shape();

  /** The floats from one matrix to the next. */
  int matrixStride();

  /** The floats from one row of a matrix to the next. */
  int rowStride();

  /** The floats from one image to the next in a product of {@code rank} dimensions. */
  int imageStride(int rank);

  /** Where they stand. */
  Memory memory();

  /**
   * Matrices in the arena.
   *
   * @param shape the dimensions, of which the first counts images
   * @param map has a matrix in each of its rows; its columns are the rows of the matrix, its
   *     channels the columns of the matrix
   */
  record InArena(Shape shape, FeatureMap map) implements Matrices {
    /** Checks the sizes. */
    public InArena {
      int rank = shape.rank();
      assert rank > 2 && map.height() == shape.size(1, rank - 2) : shape;
      assert map.width() == shape.dim(-2) && map.channels() == shape.dim(-1) : shape;
    }

    @Override
    public int matrixStride() {
      return map.rowStride();
    }

    @Override
    public int rowStride() {
      return map.pixelStride();
    }

    @Override
    public int imageStride(int rank) {
      return map.imageStride();
    }

    @Override
    public Memory memory() {
      return Memory.ARENA;
    }
  }

  /** Matrices that are known when compiling. */
  record Constant(Tensor tensor) implements Matrices {
    @Override
    public Shape shape() {
      return tensor.shape();
    }

    @Override
    public int matrixStride() {
      return rowStride() * shape().dim(-2);
    }

    @Override
    public int rowStride() {
      return shape().dim(-1);
    }

    @Override
    public int imageStride(int rank) {
      return stride(rank - 3);
    }

    @Override
    public Memory memory() {
      return Memory.WEIGHTS;
    }
  }

  /**
   * The floats from one matrix to the next along {@code axis}, counted from the last axis that
   * counts matrices backwards; 0 where there is one for all.
   */
  default int stride(int axis) {
    int place = shape().rank() - 3 - axis;
    if (place < 0 || shape().dim(place) == 1) {
      return 0;
    }
    return Math.multiplyExact(shape().size(place + 1, shape().rank() - 2), matrixStride());
  }
}
