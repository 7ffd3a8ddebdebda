package io.tilebrew.graph;

/** Placeholder. */
public final class Placeholder {
  private Placeholder() {}

  /** Returns the sum of {@code values}, through the engine. */
  public static float sum(float... values) {
    return io.tilebrew.engine.Placeholder.sum(values);
  }
}
