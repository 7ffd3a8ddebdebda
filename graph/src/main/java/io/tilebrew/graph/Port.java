package io.tilebrew.graph;

import io.tilebrew.engine.DataType;
import java.util.List;
import java.util.stream.Collectors;

/**
 * An input as a model file declares it: its sizes may be symbols.
 *
 * @param name the name
 * @param element the element type
 * @param dims the dimensions, outermost first
 */
public record Port(String name, DataType element, List<Dimension> dims) {
  /** Copies the list. */
  public Port {
    dims = List.copyOf(dims);
  }

  /** A dimension. */
  public sealed interface Dimension {
    /** A size that the file fixes, at least 1. */
    record Fixed(int size) implements Dimension {
      @Override
      public String toString() {
        return String.valueOf(size);
      }
    }

    /** A size that is free; dimensions with one symbol have one size. */
    record Symbol(String name) implements Dimension {
      @Override
      public String toString() {
        return name;
      }
    }
  }

  /** Such as {@code image: f32[batch,3,224,224]}. */
  @Override
  public String toString() {
    return name
        + ": "
        + element
        + dims.stream().map(Object::toString).collect(Collectors.joining(",", "[", "]"));
  }
}
