package io.tilebrew.engine.tile;

import io.tilebrew.engine.plan.Argument;
import io.tilebrew.engine.plan.Buffer;
import io.tilebrew.engine.plan.FeatureMap;
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
 * @param named the value of each of its sizes, and of the ways that {@link #forThreads} asks for
 * @param weights what its programs read as constants
 * @param units what threads may share, 1 if it runs as a whole
 */
public record KernelSpec(Tile tile, Map<String, Argument> named, float[] weights, int units) {
  /** How many times an even share of the output channels a thread has at most, unless it must. */
  static final double LARGEST_SHARE = 1.25;

  /** The pixels of a block that no two threads share, at most. */
  private static final int MOST_PIXELS = 256;

  /** Copies the map. */
  public KernelSpec {
    named = Map.copyOf(named);
  }

  /** A kernel that runs as a whole. */
  KernelSpec(Tile tile, Map<String, Argument> named, float[] weights) {
    this(tile, named, weights, 1);
  }

  /** The form with literal sizes; only places in the arena and the batch are parameters. */
  public KernelForm literal() {
    return new KernelForm(tile, sizes());
  }

  /** The form with literal sizes in its loops, and procedures that layers of other sizes share. */
  public KernelForm shared() {
    Tile shared = tile.shared();
    // The columns that are left over are other ones where a tile has other columns.
    Sizes own = shared.equals(tile) ? sizes() : sizes().without(List.of("lastColumns"));
    return new KernelForm(shared, own);
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
   * The same kernel for shares of up to {@code most} threads: each does some of the output rows (of
   * the columns, where there are more of them and too few rows), or some of the blocks of output
   * channels where the weights are more than {@code moved}, what it costs to move an image's input
   * and output, which come from other threads then, or where there are too few pixels; without
   * {@code moved}, where each block depends on one of the input, if they are small and can be
   * shared evenly: threads at work on rows of the same block take lines from each other where these
   * meet.
   *
   * <p>The place {@code p} of an operand moves by {@code pRow} from one row to the next, by {@code
   * pColumn} or {@code pPixel} from one column to the next, by {@code pBlocks} from one block to
   * the next. A tile with {@code firstRow} finds its row of {@code x} by that.
   */
  public KernelSpec forThreads(int most) {
    if (most == 1 || units > 1) {
      return this;
    }
    KernelSpec byPixels = byPixels(most);
    return named.containsKey("yBlocks") && isForBlocks(most, byPixels.units)
        ? byBlocks()
        : byPixels;
  }

  private KernelSpec byPixels(int most) {
    boolean byRows = hasFirstRow() || count("rows") >= Math.min(most, count("columns"));
    return byRows
        ? byAxis(Tile.Axis.ROWS, "rows", "Row")
        : byAxis(Tile.Axis.COLUMNS, "columns", "Column", "Pixel");
  }

  private boolean isForBlocks(int most, int pixelUnits) {
    int units = blockUnits();
    return named.containsKey("moved")
        ? units >= most && (weights.length > count("moved") || pixelUnits < most)
        : Math.ceilDiv(units, most) * most <= LARGEST_SHARE * units
            && count("rows") * count("columns") <= MOST_PIXELS;
  }

  /** The full blocks, and those channels that are left over. */
  private int blockUnits() {
    return count("blocks") + count("tails");
  }

  private KernelSpec byBlocks() {
    int all = blockUnits();
    Map<String, Argument> own = moving(1, "Blocks");
    own.put("blocks", new Argument.Count(1, count("blocks")));
    own.put("tails", new Argument.Last(all, count("tails")));
    return new KernelSpec(tile, own, weights, all);
  }

  /** By as many rows or columns as a tile has; at the end there may be less. */
  private KernelSpec byAxis(Tile.Axis axis, String size, String... ways) {
    int all = count(size);
    int unit = tile.unit(axis, all);
    if (all <= unit) {
      return this;
    }
    Map<String, Argument> own = moving(unit, ways);
    own.put(size, new Argument.Count(unit, all));
    if (hasFirstRow()) {
      own.put("x", named.get("x"));
      own.put("firstRow", new Argument.Moving(new Argument.Fixed(0), unit));
    }
    if (axis == Tile.Axis.COLUMNS && named.containsKey("lastColumns")) {
      own.put("lastColumns", new Argument.Fixed(all % unit));
    }
    return new KernelSpec(tile.ofShare(axis, unit), own, weights, Math.ceilDiv(all, unit));
  }

  private boolean hasFirstRow() {
    return named.containsKey("firstRow");
  }

  /** The size called {@code axis}, 1 if it depends on the batch. */
  private int count(String axis) {
    return named.get(axis) instanceof Argument.Fixed(int value) ? value : 1;
  }

  /** The arguments, of which the places move by {@code count} of one of {@code ways}. */
  private Map<String, Argument> moving(int count, String... ways) {
    Map<String, Argument> moving = new HashMap<>();
    named.forEach((name, place) -> moving.put(name, moving(name, place, count, ways)));
    return moving;
  }

  private Argument moving(String name, Argument place, int count, String... ways) {
    int step =
        Stream.of(ways)
            .filter(way -> named.get(name + way) instanceof Argument.Fixed)
            .mapToInt(way -> count(name + way))
            .findFirst()
            .orElse(0);
    return step == 0 ? place : new Argument.Moving(place, count * step);
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
            case Argument.Batch(), Argument.Turns(), Argument.OfShare _ ->
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

    /** Moves the place {@code name} on by {@code floats} for each unit before a share. */
    Arguments moveEach(String name, int floats) {
      Argument start = Objects.requireNonNull(named.get(name), name);
      return set(name, new Argument.Moving(start, floats));
    }

    /** Has the number that {@code name} was set to only in the share with the last unit. */
    Arguments setLast(String name, int units) {
      return set(name, new Argument.Last(units, fixed(name)));
    }

    /** The specification of a kernel of {@code tile} that runs as a whole. */
    KernelSpec spec(Tile tile, float[] weights) {
      return spec(tile, weights, 1);
    }

    /** The specification of a kernel of {@code tile} whose {@code units} threads may share. */
    KernelSpec spec(Tile tile, float[] weights, int units) {
      return new KernelSpec(tile, named, weights, units);
    }
  }
}
