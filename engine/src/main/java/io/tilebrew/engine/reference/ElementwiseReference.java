package io.tilebrew.engine.reference;

import io.tilebrew.engine.DataType;
import io.tilebrew.engine.Tensor;
import io.tilebrew.engine.problem.Activation;
import io.tilebrew.engine.problem.Arithmetic;
import io.tilebrew.engine.problem.Pointwise;
import io.tilebrew.engine.problem.Relation;
import io.tilebrew.engine.problem.UnaryFunction;

/** The references of the operators that compute each element from those at the same place. */
public final class ElementwiseReference {
  private ElementwiseReference() {}

  /** Applies {@code activation} to each element of a float32 tensor. */
  public static void activate(Activation activation, Tensor x, Tensor y) {
    float[] in = x.floats();
    float[] out = y.floats();
    for (int i = 0; i < out.length; i++) {
      out[i] = activation.apply(in[i]);
    }
  }

  /**
   * Applies {@code f} to float32 tensors that broadcast to the shape of {@code y}.
   *
   * @param x the value, then the inputs beside it
   */
  public static void pointwise(Pointwise f, Tensor[] x, Tensor y) {
    Strided[] places = new Strided[x.length];
    for (int k = 0; k < x.length; k++) {
      places[k] = Strided.broadcast(x[k].shape(), y.shape());
    }
    float[] inputs = new float[x.length - 1];
    for (int i = 0; i < y.size(); i++) {
      for (int k = 1; k < x.length; k++) {
        inputs[k - 1] = x[k].floats()[places[k].offset()];
      }
      y.floats()[i] = f.apply(x[0].floats()[places[0].offset()], inputs);
      for (Strided place : places) {
        place.next();
      }
    }
  }

  /**
   * Computes {@code f(a, b)} in the arithmetic of the common element type.
   *
   * @param a a tensor of numbers that broadcasts to the shape of {@code y}
   * @param b likewise
   * @throws IllegalArgumentException if an integer is divided by 0
   */
  public static void binary(Arithmetic f, Tensor a, Tensor b, Tensor y) {
    Strided left = Strided.broadcast(a.shape(), y.shape());
    Strided right = Strided.broadcast(b.shape(), y.shape());
    for (int i = 0; i < y.size(); i++) {
      element(f, a, left.offset(), b, right.offset(), y, i);
      left.next();
      right.next();
    }
  }

  static void element(Arithmetic f, Tensor a, int i, Tensor b, int j, Tensor y, int k) {
    switch (y.type()) {
      case FLOAT32 -> y.floats()[k] = f.apply(a.floats()[i], b.floats()[j]);
      case FLOAT64 -> y.set(k, f.apply(a.doubleAt(i), b.doubleAt(j)));
      case INT64, INT32, INT16, INT8, UINT64, UINT32, UINT16, UINT8 -> {
        long right = b.longAt(j);
        if (f.divides() && right == 0) {
          throw new IllegalArgumentException(
              "element %d of the quotient %s divides an integer by 0".formatted(k, y));
        }
        boolean wide = y.type() == DataType.UINT64;
        long left = a.longAt(i);
        y.set(k, wide ? f.applyUnsigned(left, right) : f.apply(left, right));
      }
      case BOOL -> y.set(k, f.apply(a.longAt(i), b.longAt(j)));
    }
  }

  /** Applies {@code f} to each element, in the arithmetic of the element type. */
  public static void unary(UnaryFunction f, Tensor x, Tensor y) {
    for (int i = 0; i < y.size(); i++) {
      switch (y.type()) {
        case FLOAT32 -> y.floats()[i] = f.apply(x.floats()[i]);
        case FLOAT64 -> y.set(i, f.apply(x.doubleAt(i)));
        case INT64, INT32, INT16, INT8, UINT64, UINT32, UINT16, UINT8 ->
            y.set(i, f.apply(x.longAt(i), y.type().isUnsigned()));
        case BOOL -> y.set(i, f.apply(x.doubleAt(i)));
      }
    }
  }

  /** Whether each two elements of one type, which broadcast to {@code y}, are in a relation. */
  public static void compare(Relation relation, Tensor a, Tensor b, Tensor y) {
    Strided left = Strided.broadcast(a.shape(), y.shape());
    Strided right = Strided.broadcast(b.shape(), y.shape());
    boolean real = a.type().isFloat();
    boolean unsigned = a.type().isUnsigned();
    for (int i = 0; i < y.size(); i++) {
      int l = left.offset();
      int r = right.offset();
      y.booleans()[i] =
          real
              ? relation.holds(a.doubleAt(l), b.doubleAt(r))
              : relation.holds(a.longAt(l), b.longAt(r), unsigned);
      left.next();
      right.next();
    }
  }

  /** The element of {@code a} where the condition holds, else that of {@code b}; all broadcast. */
  public static void where(Tensor condition, Tensor a, Tensor b, Tensor y) {
    Strided holds = Strided.broadcast(condition.shape(), y.shape());
    Strided left = Strided.broadcast(a.shape(), y.shape());
    Strided right = Strided.broadcast(b.shape(), y.shape());
    for (int i = 0; i < y.size(); i++) {
      boolean first = condition.booleans()[holds.offset()];
      System.arraycopy(
          first ? a.array() : b.array(), first ? left.offset() : right.offset(), y.array(), i, 1);
      holds.next();
      left.next();
      right.next();
    }
  }

  /**
   * Converts each element to the type of {@code y} as by a Java cast; true is 1, and whatever is
   * not 0 is true.
   */
  public static void cast(Tensor x, Tensor y) {
    boolean wide = x.type() == DataType.UINT64 && y.type().isFloat();
    if (x.type().isFloat() || wide) {
      for (int i = 0; i < y.size(); i++) {
        y.set(i, x.doubleAt(i));
      }
    } else {
      for (int i = 0; i < y.size(); i++) {
        y.set(i, x.longAt(i));
      }
    }
  }
}
