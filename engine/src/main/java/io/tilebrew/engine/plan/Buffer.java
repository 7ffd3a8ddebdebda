package io.tilebrew.engine.plan;

/**
 * A stretch of the arena that is alive from its first writer to its last reader. Identity counts.
 */
public final class Buffer {
  private final String name;
  private final int floats;

  /** A buffer of {@code floats} floats an image. */
  public Buffer(String name, int floats) {
    this.name = name;
    this.floats = floats;
  }

  /** The name of the value that it is for. */
  public String name() {
    return name;
  }

  /** The floats of one image. */
  public int floats() {
    return floats;
  }

  @Override
  public String toString() {
    return name;
  }
}
