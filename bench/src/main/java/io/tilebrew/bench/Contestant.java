package io.tilebrew.bench;

/** A network ready to run, with its inputs and outputs. */
public interface Contestant extends Runnable, AutoCloseable {
  /** A copy of the result called {@code name} of the last run, row-major. */
  float[] output(String name);

  /** Gives back what the garbage collector does not. */
  @Override
  void close();
}
