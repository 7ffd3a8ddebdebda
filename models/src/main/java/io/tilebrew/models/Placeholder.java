package io.tilebrew.models;

/** Placeholder. */
public final class Placeholder {
  private Placeholder() {}

  /** Returns three. */
  public static float three() {
    return io.tilebrew.graph.Placeholder.sum(1, 2);
  }
}
