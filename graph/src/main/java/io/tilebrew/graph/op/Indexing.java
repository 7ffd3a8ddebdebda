package io.tilebrew.graph.op;

import io.tilebrew.engine.DataType;
import io.tilebrew.engine.Shape;
import io.tilebrew.graph.TensorType;
import java.util.Arrays;
import java.util.List;

/**
 * Operators that take or put elements where a tensor of indices (int64 or int32) says; a negative
 * index counts from the end.
 */
public sealed interface Indexing extends Operator {
  /** What becomes of an element and an update of it. */
  enum Update {
    REPLACE,
    ADD,
    MUL,
    MIN,
    MAX
  }

  /**
   * For each index of input 1 the element of input 0 at its place, but for the axis.
   *
   * @param axis the axis, counted from the front
   */
  record GatherElements(int axis) implements Indexing {
    @Override
    public List<TensorType> infer(List<TensorType> inputs) {
      Check.arity(inputs, 2, 2);
      checkWithin(inputs.get(0), inputs.get(1), axis);
      return List.of(new TensorType(inputs.get(0).element(), inputs.get(1).shape()));
    }

    @Override
    public String toString() {
      return "GatherElements[%d]".formatted(axis);
    }
  }

  /**
   * Input 0 with the elements of input 2 put at the indices of input 1 along an axis, one after the
   * other.
   *
   * @param axis the axis, counted from the front
   * @param update what becomes of the element there
   */
  record ScatterElements(int axis, Update update) implements Indexing {
    @Override
    public List<TensorType> infer(List<TensorType> inputs) {
      Check.arity(inputs, 3, 3);
      TensorType x = inputs.get(0);
      checkWithin(x, inputs.get(1), axis);
      checkUpdates(update, x, inputs.get(2), inputs.get(1).shape());
      return List.of(new TensorType(x.element(), x.shape()));
    }

    @Override
    public String toString() {
      return "ScatterElements[%d %s]".formatted(axis, update);
    }
  }

  /**
   * The parts of input 0 at the tuples of indices along the last axis of input 1.
   *
   * @param batchDims the leading dimensions that both inputs have in common
   */
  record GatherNd(int batchDims) implements Indexing {
    @Override
    public List<TensorType> infer(List<TensorType> inputs) {
      Check.arity(inputs, 2, 2);
      TensorType x = inputs.get(0);
      TensorType indices = inputs.get(1);
      Check.that(
          batchDims >= 0
              && batchDims < Math.min(x.rank(), indices.rank())
              && leading(x.shape(), batchDims).equals(leading(indices.shape(), batchDims)),
          "the inputs %s and %s do not have %d leading dimensions in common",
          x,
          indices,
          batchDims);
      Shape part = part(x, indices, batchDims);
      int[] dims = Arrays.copyOf(indices.shape().dims(), indices.rank() - 1 + part.rank());
      System.arraycopy(part.dims(), 0, dims, indices.rank() - 1, part.rank());
      return List.of(new TensorType(x.element(), Shape.of(dims)));
    }

    @Override
    public String toString() {
      return "GatherNd[%d]".formatted(batchDims);
    }
  }

  /**
   * Input 0 with the parts of input 2 put at the tuples of indices along the last axis of input 1,
   * one after the other.
   *
   * @param update what becomes of the elements there
   */
  record ScatterNd(Update update) implements Indexing {
    @Override
    public List<TensorType> infer(List<TensorType> inputs) {
      Check.arity(inputs, 3, 3);
      TensorType x = inputs.get(0);
      List<TensorType> parts = new GatherNd(0).infer(inputs.subList(0, 2));
      checkUpdates(update, x, inputs.get(2), parts.getFirst().shape());
      return List.of(new TensorType(x.element(), x.shape()));
    }

    @Override
    public String toString() {
      return "ScatterNd[%s]".formatted(update);
    }
  }

  private static void checkWithin(TensorType x, TensorType indices, int axis) {
    Check.element("the indices", indices, DataType.INT64, DataType.INT32);
    Check.front(axis, x.rank());
    boolean fits = x.rank() == indices.rank();
    for (int i = 0; fits && i < x.rank(); i++) {
      fits = i == axis || indices.shape().dim(i) <= x.shape().dim(i);
    }
    Check.that(fits, "the indices %s do not fit the input %s at axis %d", indices, x, axis);
  }

  private static void checkUpdates(Update update, TensorType x, TensorType updates, Shape shape) {
    Check.that(
        updates.element() == x.element() && updates.shape().equals(shape),
        "the updates are %s, expected %s%s",
        updates,
        x.element(),
        shape);
    Check.that(
        update == Update.REPLACE || x.element() != DataType.BOOL,
        "the input is %s, expected numbers",
        x);
  }

  private static Shape leading(Shape shape, int rank) {
    return Shape.of(Arrays.copyOf(shape.dims(), rank));
  }

  /** What one tuple of indices points at. */
  private static Shape part(TensorType x, TensorType indices, int batchDims) {
    Check.element("the indices", indices, DataType.INT64, DataType.INT32);
    Check.that(indices.rank() >= 1, "the indices are %s, expected rank 1 or more", indices);
    int from = batchDims + indices.shape().dim(-1);
    Check.that(from <= x.rank(), "the tuples of %s have more indices than %s has axes", indices, x);
    return Shape.of(Arrays.copyOfRange(x.shape().dims(), from, x.rank()));
  }
}
