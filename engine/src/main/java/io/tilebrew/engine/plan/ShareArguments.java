package io.tilebrew.engine.plan;

import java.util.ArrayList;
import java.util.List;
import java.util.function.ToIntFunction;

/**
 * The arguments of a kernel for a number of images, some of which the share of a part tells.
 *
 * @param numbers all arguments; of those that differ between shares, what they begin with
 * @param changes those that differ
 */
record ShareArguments(int[] numbers, List<Change> changes) {
  /**
   * An argument that differs between shares.
   *
   * @param index its number among all
   * @param argument what it is
   * @param places what it is for each part, where that is a matter of the part
   */
  record Change(int index, Argument.OfShare argument, int[] places) {}

  /** The arguments, of which {@code resolve} tells those that are the same for all shares. */
  static ShareArguments of(List<Argument> arguments, ToIntFunction<Argument> resolve) {
    int[] numbers = new int[arguments.size()];
    List<Change> changes = new ArrayList<>();
    for (int i = 0; i < numbers.length; i++) {
      if (arguments.get(i) instanceof Argument.OfShare argument) {
        numbers[i] =
            argument instanceof Argument.Moving moving ? resolve.applyAsInt(moving.start()) : 0;
        changes.add(new Change(i, argument, places(argument, resolve)));
      } else {
        numbers[i] = resolve.applyAsInt(arguments.get(i));
      }
    }
    return new ShareArguments(numbers, List.copyOf(changes));
  }

  private static int[] places(Argument.OfShare argument, ToIntFunction<Argument> resolve) {
    if (!(argument instanceof Argument.Scratch scratch)) {
      return new int[0];
    }
    return scratch.buffers().stream()
        .mapToInt(buffer -> resolve.applyAsInt(new Argument.Place(buffer, scratch.within())))
        .toArray();
  }

  /**
   * The arguments of part number {@code part} for units {@code first} to {@code end}.
   *
   * @param to where they are written if they depend on that
   */
  int[] of(int[] to, int part, int first, int end) {
    if (changes.isEmpty()) {
      return numbers;
    }
    System.arraycopy(numbers, 0, to, 0, numbers.length);
    for (int i = 0; i < changes.size(); i++) {
      Change change = changes.get(i);
      to[change.index] =
          switch (change.argument) {
            case Argument.Moving moving -> numbers[change.index] + first * moving.step();
            case Argument.Extent extent -> extent.of(first, end);
            case Argument.Scratch _ -> change.places[part];
          };
    }
    return to;
  }
}
