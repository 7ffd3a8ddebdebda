package io.tilebrew.graph.op;

import io.tilebrew.engine.DataType;
import io.tilebrew.engine.Shape;
import io.tilebrew.graph.TensorType;
import java.util.Arrays;
import java.util.HashSet;
import java.util.List;

/** Operators that combine, compare or order the elements along axes. */
public sealed interface Reduction extends Operator {
  /**
   * One number for all elements along some axes.
   *
   * @param function how they are combined
   * @param axes the axes, counted from the front, each once; none leaves the input as it is
   * @param keepDims whether the axes remain, with size 1
   */
  record Reduce(Function function, List<Integer> axes, boolean keepDims) implements Reduction {
    /** The functions; over no elements each is neutral, and the mean is NaN. */
    public enum Function {
      SUM,
      MEAN,
      PROD,
      MIN,
      MAX
    }

    /** Checks that no axis is there twice. */
    public Reduce {
      axes = List.copyOf(axes);
      Check.that(new HashSet<>(axes).size() == axes.size(), "axes %s name one twice", axes);
    }

    @Override
    public List<TensorType> infer(List<TensorType> inputs) {
      Check.arity(inputs, 1, 1);
      TensorType x = inputs.getFirst();
      boolean orders = function == Function.MIN || function == Function.MAX;
      Check.that(orders || x.element() != DataType.BOOL, "the input is %s, expected numbers", x);
      int[] dims = x.shape().dims();
      for (int axis : axes) {
        Check.front(axis, x.rank());
        Check.that(
            function != Function.MEAN || x.element().isFloat() || dims[axis] > 0,
            "the mean of no integers, the input %s, is not defined",
            x);
        dims[axis] = keepDims ? 1 : -1;
      }
      Shape shape = Shape.of(Arrays.stream(dims).filter(dim -> dim >= 0).toArray());
      return List.of(new TensorType(x.element(), shape));
    }

    @Override
    public String toString() {
      return "Reduce%s%s".formatted(Check.capitalized(function), axes);
    }
  }

  /**
   * The index (int64) of the greatest or least element along an axis.
   *
   * @param greatest whether the greatest counts, else the least
   * @param axis the axis, counted from the front
   * @param keepDims whether the axis remains, with size 1
   * @param last whether of equal elements the last counts, else the first
   */
  record ArgExtreme(boolean greatest, int axis, boolean keepDims, boolean last)
      implements Reduction {
    @Override
    public List<TensorType> infer(List<TensorType> inputs) {
      Check.arity(inputs, 1, 1);
      TensorType x = inputs.getFirst();
      Check.that(x.element() != DataType.BOOL, "the input is %s, expected numbers", x);
      Check.front(axis, x.rank());
      Check.that(x.shape().dim(axis) > 0, "axis %d of the input %s is empty", axis, x);
      int[] dims = x.shape().dims();
      dims[axis] = keepDims ? 1 : -1;
      Shape shape = Shape.of(Arrays.stream(dims).filter(dim -> dim >= 0).toArray());
      return List.of(new TensorType(DataType.INT64, shape));
    }

    @Override
    public String name() {
      return greatest ? "ArgMax" : "ArgMin";
    }

    @Override
    public String toString() {
      return "%s[%d]".formatted(name(), axis);
    }
  }

  /**
   * The greatest or least elements along an axis in order, and their indices (int64); of equal
   * elements the one with the lower index comes first.
   *
   * @param axis the axis, counted from the front
   * @param count how many, at least 0
   * @param greatest whether the greatest, else the least
   */
  record TopK(int axis, int count, boolean greatest) implements Reduction {
    @Override
    public List<TensorType> infer(List<TensorType> inputs) {
      Check.arity(inputs, 1, 1);
      TensorType x = inputs.getFirst();
      Check.that(x.element() != DataType.BOOL, "the input is %s, expected numbers", x);
      Check.front(axis, x.rank());
      Check.that(
          count >= 0 && count <= x.shape().dim(axis),
          "%d elements of axis %d of the input %s, expected at most all",
          count,
          axis,
          x);
      Shape shape = x.shape().with(axis, count);
      return List.of(new TensorType(x.element(), shape), new TensorType(DataType.INT64, shape));
    }

    @Override
    public String toString() {
      return "TopK[%d of %d%s]".formatted(count, axis, greatest ? "" : " least");
    }
  }

  /**
   * The sums of the elements up to each one along an axis.
   *
   * @param axis the axis, counted from the front
   * @param exclusive whether the element itself does not count
   * @param reverse whether the sums begin at the end
   */
  record CumSum(int axis, boolean exclusive, boolean reverse) implements Reduction {
    @Override
    public List<TensorType> infer(List<TensorType> inputs) {
      Check.arity(inputs, 1, 1);
      TensorType x = inputs.getFirst();
      Check.that(x.element() != DataType.BOOL, "the input is %s, expected numbers", x);
      Check.front(axis, x.rank());
      return List.of(new TensorType(x.element(), x.shape()));
    }

    @Override
    public String toString() {
      return "CumSum[%d%s%s]"
          .formatted(axis, exclusive ? " exclusive" : "", reverse ? " reverse" : "");
    }
  }
}
