package io.tilebrew.graph.op;

import io.tilebrew.engine.DataType;
import io.tilebrew.engine.problem.Activation;
import io.tilebrew.graph.TensorType;
import java.util.List;
import java.util.Locale;

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

  /** An arithmetic function of two inputs of one type, which broadcast as in numpy. */
  record Binary(Function function) implements Elementwise {
    /** The functions. */
    public enum Function {
      ADD,
      SUB,
      MUL,
      DIV
    }

    @Override
    public List<TensorType> infer(List<TensorType> inputs) {
      Check.arity(inputs, 2, 2);
      TensorType a = inputs.get(0);
      TensorType b = inputs.get(1);
      Check.that(
          a.element() == b.element() && a.element() != DataType.BOOL,
          "the inputs are %s and %s, expected numbers of one type",
          a,
          b);
      return List.of(new TensorType(a.element(), Check.broadcast(a.shape(), b.shape())));
    }

    @Override
    public String name() {
      String text = function.name();
      return text.charAt(0) + text.substring(1).toLowerCase(Locale.ROOT);
    }

    @Override
    public String toString() {
      return name();
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
