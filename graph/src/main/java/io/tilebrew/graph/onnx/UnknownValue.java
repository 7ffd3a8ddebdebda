package io.tilebrew.graph.onnx;

import java.util.Set;

/** The need for a constant that follows from the values of inputs, which are not known. */
public final class UnknownValue extends IllegalArgumentException {
  private static final long serialVersionUID = 1;

  private final transient Set<String> inputs;

  UnknownValue(String message, Set<String> inputs) {
    super(message);
    this.inputs = Set.copyOf(inputs);
  }

  /** The names of the inputs, at least one, whose values would help. */
  public Set<String> inputs() {
    return inputs;
  }
}
