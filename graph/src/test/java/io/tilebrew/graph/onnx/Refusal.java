package io.tilebrew.graph.onnx;

import static org.junit.jupiter.api.Assertions.assertThrows;

import io.tilebrew.graph.ModelException;
import org.junit.jupiter.api.function.Executable;

/** The sentence by which something is refused. */
final class Refusal {
  private Refusal() {}

  static String of(Executable action) {
    return String.valueOf(assertThrows(ModelException.class, action).getMessage());
  }
}
