package io.tilebrew.engine.tile;

import io.tilebrew.engine.plan.Argument;
import io.tilebrew.engine.plan.Buffer;
import io.tilebrew.engine.plan.FeatureMap;
import io.tilebrew.engine.plan.Share;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.stream.Stream;

/**
 * All that a step of a plan needs of a kernel family.
 *
 * @param tile the kind of its kernels
 * @param named the value of each of its sizes, and of the ways that {@link #cut} asks for
 * @param weights what its programs read as constants
 */
public record KernelSpec(Tile tile, Map<String, Argument> named, float[] weights) {
  /** Copies the map. */
  public KernelSpec {
    named = Map.copyOf(named);
  }

  /** The form with literal sizes; only places in the arena and the batch are parameters. */
  public KernelForm literal() {
    return new KernelForm(tile, sizes());
  }

  /** The form with literal sizes in its loops, and procedures that layers of other sizes share. */
  public KernelForm shared() {
    return new KernelForm(tile.shared(), sizes());
  }

  /** The form with parameters for all sizes. */
  public KernelForm generic() {
    return new KernelForm(tile.generic(), new Sizes(tile.sizes(), Map.of()));
  }

  /** What both forms take: the sizes, and the limit of turns. */
  public List<Argument> arguments() {
    Stream<Argument> sizes =
        tile.sizes().stream().map(s -> Objects.requireNonNull(named.get(s), s));
    return Stream.concat(sizes, Stream.of(new Argument.Turns())).toList();
  }

  private Sizes sizes() {
    Map<String, Integer> literals = new LinkedHashMap<>();
    for (String name : tile.sizes()) {
      if (named.get(name) instanceof Argument.Fixed(int value)) {
        literals.put(name, value);
      }
    }
    return new Sizes(tile.sizes(), literals);
  }

  /**
   * At most {@code most} kernels that together do what this one does, each for some of the output
   * rows (of the columns, where there are more of them and too few rows), or for some of the blocks
   * of output channels where the weights are more than {@code moved}, the floats of an image's
   * input and output, which come from other threads then. Those of as many rows share one program.
   *
   * <p>The place {@code p} of an operand moves by {@code pRow} from one row to the next, by {@code
   * pColumn} or {@code pPixel} from one column to the next, by {@code pBlocks} from one block to
   * the next. A tile with {@code firstRow} finds its input by that, so that only {@code y} moves.
   */
  public List<KernelSpec> cut(int most) {
    String axis = axis(most);
    int parts = Math.min(most, count(axis));
    if (parts <= 1) {
      return List.of(this);
    }
    List<KernelSpec> cut = new ArrayList<>();
    for (Share share : Share.all(parts, count(axis))) {
      cut.add(part(axis, share.first(), share.count()));
    }
    return cut;
  }

  private String axis(int most) {
    if (named.containsKey("yBlocks")
        && count("blocks") >= most
        && weights.length > count("moved")) {
      return "blocks";
    }
    boolean byRows = hasFirstRow() || count("rows") >= Math.min(most, count("columns"));
    return byRows ? "rows" : "columns";
  }

  private boolean hasFirstRow() {
    return named.containsKey("firstRow");
  }

  /** The size called {@code axis}, 1 if it depends on the batch. */
  private int count(String axis) {
    return named.get(axis) instanceof Argument.Fixed(int value) ? value : 1;
  }

  private KernelSpec part(String axis, int first, int count) {
    Map<String, Argument> part = new HashMap<>(named);
    part.replaceAll((name, place) -> moved(place, first, step(name, axis)));
    part.put(axis, new Argument.Fixed(count));
    if (axis.equals("blocks") && first + count < count("blocks")) {
      part.put("tail", new Argument.Fixed(0));
    }
    if (hasFirstRow()) {
      part.put("firstRow", new Argument.PerPart(first));
    }
    return new KernelSpec(axis.equals("blocks") ? tile : tile.ofPart(), part, weights);
  }

  /** The way of the place called {@code name} to the next of {@code axis}; 0 for other sizes. */
  private int step(String name, String axis) {
    if (hasFirstRow() && !name.equals("y")) {
      return 0;
    }
    List<String> ways =
        switch (axis) {
          case "blocks" -> List.of("Blocks");
          case "rows" -> List.of("Row");
          default -> List.of("Column", "Pixel");
        };
    return ways.stream()
        .filter(way -> named.get(name + way) instanceof Argument.Fixed)
        .mapToInt(way -> count(name + way))
        .findFirst()
        .orElse(0);
  }

  /** A place in the arena or among the weights, {@code count} steps further. */
  private static Argument moved(Argument place, int count, int step) {
    if (step == 0) {
      return place;
    }
    int way = count * step;
    return switch (place) {
      case Argument.Place(Buffer buffer, int within) -> new Argument.Place(buffer, within + way);
      case Argument.Fixed(int value) -> new Argument.PerPart(value + way);
      case Argument.PerPart(int value) -> new Argument.PerPart(value + way);
      case Argument.Batch(), Argument.Turns() -> throw new AssertionError(place + " is no place");
    };
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

    /** Moves the place {@code name} on by {@code floats}. */
    Arguments move(String name, int floats) {
      return set(
          name,
          switch (Objects.requireNonNull(named.get(name), name)) {
            case Argument.Place(Buffer buffer, int within) ->
                new Argument.Place(buffer, within + floats);
            case Argument.Fixed(int value) -> new Argument.Fixed(value + floats);
            case Argument.PerPart(int value) -> new Argument.PerPart(value + floats);
            case Argument.Batch(), Argument.Turns() ->
                throw new AssertionError(name + " is no place");
          });
    }

    /** The place of a pixel of a map that is one block, and the way to the next image. */
    Arguments map(String name, FeatureMap map, int row, int column) {
      assert !map.isBlocked() : map;
      return place(name, map, row, column);
    }

    /** The same of a map that may be blocked, and the way to the next vector of channels. */
    Arguments map(String name, FeatureMap map, int row, int column, int lanes) {
      return place(name, map, row, column).set(name + "Vector", map.vectorStride(lanes));
    }

    private Arguments place(String name, FeatureMap map, int row, int column) {
      set(name, new Argument.Place(map.buffer(), map.at(row, column)));
      return set(name + "Image", map.imageStride());
    }

    /** The specification of a kernel of {@code tile}. */
    KernelSpec spec(Tile tile, float[] weights) {
      return new KernelSpec(tile, named, weights);
    }
  }
}
