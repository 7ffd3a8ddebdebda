package io.tilebrew.engine.tile;

import io.tilebrew.engine.kernel.Program;
import io.tilebrew.engine.plan.Argument;
import io.tilebrew.engine.plan.FeatureMap;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.function.Function;

/**
 * All that a step of a plan needs of a kernel family.
 *
 * @param literal the program with literal sizes; only places in the arena and the batch are
 *     parameters
 * @param generic the program with parameters for all sizes
 * @param weights what both read as constants
 * @param arguments what both take
 */
public record KernelSpec(
    Program literal, Program generic, float[] weights, List<Argument> arguments) {
  /** Copies the list. */
  public KernelSpec {
    arguments = List.copyOf(arguments);
  }

  /** The arguments in the making, by name. */
  static final class Arguments {
    private final Map<String, Argument> named = new HashMap<>();

    Arguments set(String name, int value) {
      return set(name, new Argument.Fixed(value));
    }

    Arguments set(String name, Argument argument) {
      named.put(name, argument);
      return this;
    }

    /** The number that {@code name} was set to. */
    int fixed(String name) {
      return ((Argument.Fixed) Objects.requireNonNull(named.get(name), name)).value();
    }

    /** The place of a pixel of a map, and the way to the next image. */
    Arguments map(String name, FeatureMap map, int row, int column) {
      set(name, new Argument.Place(map.buffer(), map.at(row, column)));
      return set(name + "Image", map.imageStride());
    }

    /** The specification of a family with these {@code sizes}. */
    KernelSpec spec(
        List<String> sizes,
        Function<Sizes, Program> literal,
        Function<Sizes, Program> generic,
        float[] weights) {
      List<Argument> arguments =
          sizes.stream().map(s -> Objects.requireNonNull(named.get(s), s)).toList();
      Map<String, Integer> literals = new LinkedHashMap<>();
      named.forEach(
          (name, argument) -> {
            if (argument instanceof Argument.Fixed(int value)) {
              literals.put(name, value);
            }
          });
      Sizes all = new Sizes(sizes, literals);
      return new KernelSpec(literal.apply(all), generic.apply(all.generic()), weights, arguments);
    }
  }
}
