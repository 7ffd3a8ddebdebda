package io.tilebrew.graph;

/**
 * A tensor that flows through a graph: an input of it, or one output of one node. Compared by
 * identity.
 */
public final class Value {
  private final String name;
  private final TensorType type;

  Value(String name, TensorType type) {
    this.name = name;
    this.type = type;
  }

  /** The name, unique in its graph. */
  public String name() {
    return name;
  }

  public TensorType type() {
    return type;
  }

  @Override
  public String toString() {
    return "%" + name + ": " + type;
  }
}
