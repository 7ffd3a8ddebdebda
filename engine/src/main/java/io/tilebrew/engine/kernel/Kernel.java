package io.tilebrew.engine.kernel;

/** A program that can run. Thread-safe; it keeps nothing between runs. */
@FunctionalInterface
public interface Kernel {
  /**
   * Runs.
   *
   * @param arena the activations
   * @param weights the packed constants
   * @param arguments a value for each of {@link Program#parameters}
   */
  void run(float[] arena, float[] weights, int[] arguments);
}
