package io.tilebrew.graph.onnx;

import io.tilebrew.graph.ModelException;

/** What a file says is valid, but not supported; the caller adds the place. */
final class Unsupported extends IllegalArgumentException {
  private static final long serialVersionUID = 1;

  Unsupported(String message) {
    super(message);
  }

  /** {@code fault}, which counts as unsupported if {@code cause} does. */
  static ModelException mark(ModelException fault, IllegalArgumentException cause) {
    return cause instanceof Unsupported
        ? ModelException.unsupported(String.valueOf(fault.getMessage()))
        : fault;
  }
}
