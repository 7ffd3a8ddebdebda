package io.tilebrew.graph.op;

import io.tilebrew.engine.Shape;
import io.tilebrew.graph.TensorType;
import java.util.Arrays;
import java.util.HashSet;
import java.util.List;

/** Operators that move elements without computing. */
public sealed interface Shaping extends Operator {
  /** The same elements in the same row-major order under another shape. */
  record Reshape(Shape shape) implements Shaping {
    @Override
    public List<TensorType> infer(List<TensorType> inputs) {
      Check.arity(inputs, 1, 1);
      TensorType x = inputs.getFirst();
      Check.that(
          x.shape().size() == shape.size(),
          "the input %s has %d elements, the shape %s has %d",
          x,
          x.shape().size(),
          shape,
          shape.size());
      return List.of(new TensorType(x.element(), shape));
    }

    @Override
    public String toString() {
      return "Reshape";
    }
  }

  /**
   * The dimensions in another order.
   *
   * @param permutation the input axis that output axis i takes its elements from
   */
  record Transpose(List<Integer> permutation) implements Shaping {
    /** Checks that each axis stands once. */
    public Transpose {
      permutation = List.copyOf(permutation);
      for (int i = 0; i < permutation.size(); i++) {
        Check.that(permutation.contains(i), "perm %s is no permutation", permutation);
      }
    }

    @Override
    public List<TensorType> infer(List<TensorType> inputs) {
      Check.arity(inputs, 1, 1);
      TensorType x = inputs.getFirst();
      Check.that(
          x.rank() == permutation.size(), "perm %s does not fit the input %s", permutation, x);
      int[] dims = permutation.stream().mapToInt(axis -> x.shape().dim(axis)).toArray();
      return List.of(new TensorType(x.element(), Shape.of(dims)));
    }

    @Override
    public String toString() {
      return "Transpose" + permutation;
    }
  }

  /**
   * The inputs one after the other along an axis.
   *
   * @param axis the axis, counted from the front
   */
  record Concat(int axis) implements Shaping {
    @Override
    public List<TensorType> infer(List<TensorType> inputs) {
      Check.that(!inputs.isEmpty(), "has no input, expected at least 1");
      TensorType first = inputs.getFirst();
      Check.axis(axis, first.rank());
      long sum = 0;
      for (TensorType x : inputs) {
        Check.that(
            x.element() == first.element()
                && x.rank() == first.rank()
                && x.shape().with(axis, 1).equals(first.shape().with(axis, 1)),
            "the inputs %s and %s differ in more than axis %d",
            first,
            x,
            axis);
        sum += x.shape().dim(axis);
      }
      long[] dims = Arrays.stream(first.shape().dims()).asLongStream().toArray();
      dims[axis] = sum;
      return List.of(new TensorType(first.element(), Shape.of(dims)));
    }

    @Override
    public String toString() {
      return "Concat[%d]".formatted(axis);
    }
  }

  /** A copy grown to {@code shape} by numpy's broadcasting. */
  record Expand(Shape shape) implements Shaping {
    @Override
    public List<TensorType> infer(List<TensorType> inputs) {
      Check.arity(inputs, 1, 1);
      TensorType x = inputs.getFirst();
      Check.that(
          Check.broadcast(x.shape(), shape).equals(shape), "%s does not expand to %s", x, shape);
      return List.of(new TensorType(x.element(), shape));
    }

    @Override
    public String toString() {
      return "Expand";
    }
  }

  /**
   * Elements at a constant distance along each axis.
   *
   * @param starts the first index taken on each axis
   * @param steps the distance on each axis, not 0; negative walks backwards
   * @param shape how many are taken on each axis
   */
  record Slice(List<Integer> starts, List<Integer> steps, Shape shape) implements Shaping {
    /** Copies the lists. */
    public Slice {
      starts = List.copyOf(starts);
      steps = List.copyOf(steps);
      Check.that(!new HashSet<>(steps).contains(0), "steps %s hold a 0", steps);
    }

    @Override
    public List<TensorType> infer(List<TensorType> inputs) {
      Check.arity(inputs, 1, 1);
      TensorType x = inputs.getFirst();
      Check.that(x.rank() == shape.rank(), "the slice %s does not fit the input %s", shape, x);
      for (int i = 0; i < shape.rank(); i++) {
        long last = starts.get(i) + (long) (shape.dim(i) - 1) * steps.get(i);
        Check.that(
            shape.dim(i) == 0
                || (starts.get(i) >= 0
                    && starts.get(i) < x.shape().dim(i)
                    && last >= 0
                    && last < x.shape().dim(i)),
            "the slice %d..%d is outside of axis %d of the input %s",
            starts.get(i),
            last,
            i,
            x);
      }
      return List.of(new TensorType(x.element(), shape));
    }

    @Override
    public String toString() {
      return "Slice[%s step %s]".formatted(starts, steps);
    }
  }

  /**
   * The elements of input 0 at the indices of input 1 (int64 or int32) along an axis.
   *
   * @param axis the axis, counted from the front
   */
  record Gather(int axis) implements Shaping {
    @Override
    public List<TensorType> infer(List<TensorType> inputs) {
      Check.arity(inputs, 2, 2);
      TensorType x = inputs.get(0);
      TensorType indices = inputs.get(1);
      Check.element(
          "the indices",
          indices,
          io.tilebrew.engine.DataType.INT64,
          io.tilebrew.engine.DataType.INT32);
      Check.axis(axis, x.rank());
      int[] dims = new int[x.rank() - 1 + indices.rank()];
      for (int i = 0; i < dims.length; i++) {
        dims[i] =
            i < axis
                ? x.shape().dim(i)
                : i < axis + indices.rank()
                    ? indices.shape().dim(i - axis)
                    : x.shape().dim(i - indices.rank() + 1);
      }
      return List.of(new TensorType(x.element(), Shape.of(dims)));
    }

    @Override
    public String toString() {
      return "Gather[%d]".formatted(axis);
    }
  }

  /**
   * The input with elements added before and after it along each axis. Inputs: x, and optionally a
   * scalar of its type, the value of constant padding, else 0.
   *
   * @param before how many are added before, at least 0, for each axis
   * @param after how many are added after, at least 0, for each axis
   * @param mode what they are
   */
  record Pad(List<Integer> before, List<Integer> after, Mode mode) implements Shaping {
    /** What the added elements are. */
    public enum Mode {
      /** One value. */
      CONSTANT,
      /** The input mirrored at its first and last element. */
      REFLECT,
      /** The first or the last element. */
      EDGE,
      /** The input again. */
      WRAP
    }

    /** Copies the lists and checks that nothing is taken away. */
    public Pad {
      before = List.copyOf(before);
      after = List.copyOf(after);
      Check.that(
          before.size() == after.size()
              && before.stream().allMatch(pad -> pad >= 0)
              && after.stream().allMatch(pad -> pad >= 0),
          "pads %s and %s, expected numbers from 0 on for each axis",
          before,
          after);
    }

    @Override
    public List<TensorType> infer(List<TensorType> inputs) {
      Check.arity(inputs, 1, mode == Mode.CONSTANT ? 2 : 1);
      TensorType x = inputs.getFirst();
      Check.that(x.rank() == before.size(), "%d pads do not fit the input %s", before.size(), x);
      if (inputs.size() == 2) {
        TensorType value = inputs.get(1);
        Check.that(
            value.element() == x.element() && value.shape().size() == 1,
            "the value is %s, expected one of %s",
            value,
            x.element());
      }
      long[] dims = new long[x.rank()];
      for (int i = 0; i < dims.length; i++) {
        int size = x.shape().dim(i);
        dims[i] = (long) before.get(i) + size + after.get(i);
        Check.that(
            mode == Mode.CONSTANT || size > 0 || dims[i] == 0,
            "axis %d of the input %s is empty and cannot be repeated",
            i,
            x);
      }
      return List.of(new TensorType(x.element(), Shape.of(dims)));
    }

    @Override
    public String toString() {
      return "Pad[%s %s,%s]".formatted(Check.capitalized(mode), before, after);
    }
  }
}
