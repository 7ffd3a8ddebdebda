package io.tilebrew.graph;

import io.tilebrew.engine.Network;
import java.util.List;

/** The compiler: from a model to a network that runs. */
public final class Tilebrew {
  private Tilebrew() {}

  /**
   * Compiles {@code model} with the default options.
   *
   * @throws ModelException if the model is broken or has what is not supported
   */
  public static Network compile(OnnxModel model) {
    return compile(model, CompileOptions.DEFAULT);
  }

  /**
   * Compiles {@code model}.
   *
   * @throws ModelException if the model is broken or has what is not supported
   */
  public static Network compile(OnnxModel model, CompileOptions options) {
    throw new UnsupportedOperationException();
  }

  /** The names of the passes, in the order in which they run. */
  public static List<String> passes() {
    return List.of();
  }
}
