package io.tilebrew.engine.plan;

/**
 * A stretch of the arena that is alive from its first writer to its last reader. Identity counts.
 */
public final class Buffer {
  private static final int NO_PART = -1;

  private final String name;
  private final int floats;
  private final int part;

  /** A buffer of {@code floats} floats an image. */
  public Buffer(String name, int floats) {
    this(name, floats, NO_PART);
  }

  /**
   * A buffer that is used within one step, and there by part number {@code part} alone, so that
   * several threads write such buffers at the same time.
   */
  public Buffer(String name, int floats, int part) {
    this.name = name;
    this.floats = floats;
    this.part = part;
  }

  /** The name of the value that it is for. */
  public String name() {
    return name;
  }

  /** The floats of one image. */
  public int floats() {
    return floats;
  }

  /** Whether one part of a step alone uses it, beside other parts with buffers of their own. */
  public boolean isOfPart() {
    return part != NO_PART;
  }

  /** The number of the part that uses it. */
  public int part() {
    assert isOfPart() : name;
    return part;
  }

  @Override
  public String toString() {
    return name;
  }
}
