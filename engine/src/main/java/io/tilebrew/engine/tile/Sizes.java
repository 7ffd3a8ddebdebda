package io.tilebrew.engine.tile;

import io.tilebrew.engine.kernel.Index;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;

/**
 * The sizes of a kernel family, each a literal of the program or a parameter of it.
 *
 * @param names all sizes, in the order of the arguments of a run
 * @param literals the sizes that are literals
 */
public record Sizes(List<String> names, Map<String, Integer> literals) {
  /** Copies the collections and checks that the literals are sizes. */
  public Sizes {
    names = List.copyOf(names);
    literals = Map.copyOf(literals);
    assert names.containsAll(literals.keySet()) : literals;
  }

  /** The sizes called {@code names}, literals where their values are. */
  static Sizes of(List<String> names, Map<String, Index> values) {
    Map<String, Integer> literals = new HashMap<>();
    values.forEach(
        (name, value) -> {
          if (value instanceof Index.Const(int literal)) {
            literals.put(name, literal);
          }
        });
    return new Sizes(names, literals);
  }

  /** The size called {@code name}. */
  Index get(String name) {
    assert names.contains(name) : name;
    Integer literal = literals.get(name);
    return literal == null ? Index.var(name) : Index.of(literal);
  }

  /** The same with parameters for those called {@code names}. */
  Sizes without(List<String> names) {
    Map<String, Integer> left = new HashMap<>(literals);
    left.keySet().removeAll(names);
    return new Sizes(this.names, left);
  }

  /** The value of the size called {@code name}, which is a literal. */
  int literal(String name) {
    return Objects.requireNonNull(literals.get(name), name);
  }

  /** Those of {@code wanted} that are parameters, in the same order. */
  List<String> parameters(List<String> wanted) {
    return wanted.stream().filter(name -> !literals.containsKey(name)).toList();
  }
}
