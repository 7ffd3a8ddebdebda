package io.tilebrew.graph.op;

import io.tilebrew.engine.DataType;
import io.tilebrew.engine.Shape;
import io.tilebrew.engine.problem.Activation;
import io.tilebrew.engine.problem.Relation;
import io.tilebrew.engine.problem.UnaryFunction;
import io.tilebrew.graph.TensorType;
import java.util.List;

/** Operators that compute each element of the output from the elements at the same place. */
public sealed interface Elementwise extends Operator {
  /** An activation function of one float32 input. */
  record Activate(Activation activation) implements Elementwise {
    @Override
    public List<TensorType> infer(List<TensorType> inputs) {
      Check.arity(inputs, 1, 1);
      Check.element("the input", inputs.getFirst(), DataType.FLOAT32);
      return List.of(new TensorType(DataType.FLOAT32, inputs.getFirst().shape()));
    }

    @Override
    public String toString() {
      return "Activate[%s]".formatted(activation);
    }
  }

  /** A function of one input, of floats, or of integers or bool where it is defined for them. */
  record Unary(UnaryFunction function) implements Elementwise {
    @Override
    public List<TensorType> infer(List<TensorType> inputs) {
      Check.arity(inputs, 1, 1);
      TensorType x = inputs.getFirst();
      boolean fits =
          function == UnaryFunction.NOT
              ? x.element() == DataType.BOOL
              : x.element().isFloat() || (function.isForIntegers() && x.element() != DataType.BOOL);
      Check.that(fits, "the input is %s, which %s does not take", x, name());
      return List.of(new TensorType(x.element(), x.shape()));
    }

    @Override
    public String name() {
      return Check.capitalized(function);
    }

    @Override
    public String toString() {
      return name();
    }
  }

  /**
   * An arithmetic function of two inputs of one type, which broadcast as in numpy; MIN and MAX of
   * bool are "and" and "or".
   */
  record Binary(Function function) implements Elementwise {
    /** The functions. */
    public enum Function {
      ADD,
      SUB,
      MUL,
      DIV,
      MIN,
      MAX,
      POW,
      /** The remainder with the sign of the divisor. */
      MOD,
      /** The remainder with the sign of the dividend. */
      REM,
      /** {@code a * b} where a is below 0, else {@code a}. */
      PRELU
    }

    @Override
    public List<TensorType> infer(List<TensorType> inputs) {
      Check.arity(inputs, 2, 2);
      TensorType a = inputs.get(0);
      TensorType b = inputs.get(1);
      Check.that(
          a.element() == b.element()
              && (a.element() != DataType.BOOL
                  || function == Function.MIN
                  || function == Function.MAX),
          "the inputs are %s and %s, expected numbers of one type",
          a,
          b);
      return List.of(new TensorType(a.element(), Check.broadcast(a.shape(), b.shape())));
    }

    @Override
    public String name() {
      return Check.capitalized(function);
    }

    @Override
    public String toString() {
      return name();
    }
  }

  /** Whether two inputs of one type, which broadcast as in numpy, are in a relation, as bool. */
  record Compare(Relation relation) implements Elementwise {
    @Override
    public List<TensorType> infer(List<TensorType> inputs) {
      Check.arity(inputs, 2, 2);
      TensorType a = inputs.get(0);
      TensorType b = inputs.get(1);
      Check.that(a.element() == b.element(), "the inputs are %s and %s, expected one type", a, b);
      return List.of(new TensorType(DataType.BOOL, Check.broadcast(a.shape(), b.shape())));
    }

    @Override
    public String toString() {
      return "Compare[%s]".formatted(relation);
    }
  }

  /**
   * The element of input 1 where input 0 (bool) holds, else the one of input 2; all three broadcast
   * as in numpy.
   */
  record Where() implements Elementwise {
    @Override
    public List<TensorType> infer(List<TensorType> inputs) {
      Check.arity(inputs, 3, 3);
      TensorType a = inputs.get(1);
      TensorType b = inputs.get(2);
      Check.element("the condition", inputs.getFirst(), DataType.BOOL);
      Check.that(a.element() == b.element(), "the choices are %s and %s, expected one type", a, b);
      Shape choices = Check.broadcast(a.shape(), b.shape());
      Shape shape = Check.broadcast(inputs.getFirst().shape(), choices);
      return List.of(new TensorType(a.element(), shape));
    }

    @Override
    public String toString() {
      return "Where";
    }
  }

  /** The same numbers as another type, converted as by a Java cast. */
  record Cast(DataType to) implements Elementwise {
    @Override
    public List<TensorType> infer(List<TensorType> inputs) {
      Check.arity(inputs, 1, 1);
      return List.of(new TensorType(to, inputs.getFirst().shape()));
    }

    @Override
    public String toString() {
      return "Cast[%s]".formatted(to);
    }
  }
}
