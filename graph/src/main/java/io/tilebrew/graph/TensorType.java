package io.tilebrew.graph;

import io.tilebrew.engine.DataType;
import io.tilebrew.engine.Shape;

/** The type of a value: elements, shape (always [N,C,H,W] for images) and layout in memory. */
public record TensorType(DataType element, Shape shape, Layout layout) {
  /** A row-major tensor. */
  public TensorType(DataType element, Shape shape) {
    this(element, shape, Layout.PLAIN);
  }

  /** A row-major tensor of float32. */
  public static TensorType f32(int... dims) {
    return new TensorType(DataType.FLOAT32, Shape.of(dims));
  }

  /** The same elements and shape in another layout. */
  public TensorType with(Layout to) {
    return new TensorType(element, shape, to);
  }

  /** The number of dimensions. */
  public int rank() {
    return shape.rank();
  }

  /** Such as {@code f32[1,64,56,56] nhwc halo 1,1,1,1}. */
  @Override
  public String toString() {
    return element + shape.toString() + layout;
  }
}
