package io.tilebrew.engine;

import java.util.List;
import java.util.stream.Collectors;

/**
 * An input or output of a network: its sizes may be symbols.
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

  /** The element type and the dimensions, such as {@code f32[batch,3,224,224]}. */
  String type() {
    return element + dims.stream().map(Object::toString).collect(Collectors.joining(",", "[", "]"));
  }

  /** Such as {@code image: f32[batch,3,224,224]}. */
  @Override
  public String toString() {
    return name + ": " + type();
  }
}
