package io.tilebrew.graph.op;

import io.tilebrew.engine.DataType;
import io.tilebrew.engine.Shape;
import io.tilebrew.engine.problem.Activation;
import io.tilebrew.engine.problem.Arithmetic;
import io.tilebrew.engine.problem.Pointwise;
import io.tilebrew.engine.problem.Relation;
import io.tilebrew.engine.problem.UnaryFunction;
import io.tilebrew.graph.TensorType;
import java.util.List;
import org.jspecify.annotations.Nullable;

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
  record Binary(Arithmetic function) implements Elementwise {
    @Override
    public List<TensorType> infer(List<TensorType> inputs) {
      Check.arity(inputs, 2, 2);
      TensorType a = inputs.get(0);
      TensorType b = inputs.get(1);
      Check.that(
          a.element() == b.element()
              && (a.element() != DataType.BOOL
                  || function == Arithmetic.MIN
                  || function == Arithmetic.MAX),
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

  /** A pointwise function of float32 inputs, which broadcast as in numpy. */
  record Fused(Pointwise function) implements Elementwise {
    @Override
    public List<TensorType> infer(List<TensorType> inputs) {
      Check.arity(inputs, 1 + function.inputs(), 1 + function.inputs());
      Shape shape = inputs.getFirst().shape();
      for (TensorType input : inputs) {
        Check.element("an input", input, DataType.FLOAT32);
        shape = Check.broadcast(shape, input.shape());
      }
      return List.of(new TensorType(DataType.FLOAT32, shape));
    }

    @Override
    public String toString() {
      return "Fused[%s]".formatted(function);
    }
  }

  /** This as a function of float32 inputs that vector programs have, or null. */
  default @Nullable Pointwise pointwise() {
    return switch (this) {
      case Activate(Activation activation) -> Pointwise.of(activation);
      case Unary(UnaryFunction function) when Pointwise.isVectorized(function) ->
          Pointwise.of(new Pointwise.Apply(function));
      case Binary(Arithmetic function) when Pointwise.isVectorized(function) ->
          Pointwise.of(new Pointwise.Combine(function, new Pointwise.Input(1), false));
      case Fused(Pointwise function) -> function;
      case Unary _, Binary _, Compare _, Where _, Cast _ -> null;
    };
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
