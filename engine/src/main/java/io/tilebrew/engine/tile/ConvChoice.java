package io.tilebrew.engine.tile;

import io.tilebrew.engine.problem.Algorithm;
import io.tilebrew.engine.problem.ConvProblem;
import io.tilebrew.engine.problem.Pool;
import java.util.ArrayList;
import java.util.List;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/**
 * One of the ways to compute a convolution. Its text is that of its {@link Algorithm}, such as
 * {@code w4}, {@code direct} for the direct one by the usual tile, and {@code 2x5} for the direct
 * one by tiles of 2 vectors by 5 pixels.
 *
 * @param tile the size of a direct tile, or null for the usual one
 */
public record ConvChoice(Algorithm algorithm, @Nullable TileSize tile) {
  private static final String DIRECT = "direct";
  private static final Pattern TEXT = Pattern.compile(DIRECT + "|w\\w+|(\\d{1,2})x(\\d{1,2})");

  /** Sums in registers from which on the arithmetic units do not wait for them. */
  private static final int LEAST_SUMS = 8;

  /** Sizes of direct tiles for 16 registers. */
  private static final List<TileSize> SIZES =
      List.of(
          new TileSize(2, 6),
          new TileSize(2, 5),
          new TileSize(2, 4),
          new TileSize(1, 12),
          new TileSize(1, 10),
          new TileSize(1, 8));

  /** The same for 32 registers. */
  private static final List<TileSize> LARGE =
      List.of(
          new TileSize(2, 14),
          new TileSize(2, 12),
          new TileSize(2, 10),
          new TileSize(3, 8),
          new TileSize(4, 6),
          new TileSize(1, 16),
          new TileSize(1, 12));

  private static final List<TileSize> NARROW =
      List.of(
          new TileSize(1, 3),
          new TileSize(1, 4),
          new TileSize(1, 6),
          new TileSize(1, 8),
          new TileSize(1, 12));

  /** The most multiply-adds of a channel that the code of a tile of narrow groups holds. */
  private static final int NARROW_CODE = 200;

  /**
   * The ways to compute {@code p}, whatever its own is.
   *
   * @param lanes the floats in a vector
   */
  public static List<ConvChoice> candidates(ConvProblem p, int lanes) {
    List<ConvChoice> candidates = new ArrayList<>();
    for (Algorithm algorithm : Algorithm.fitting(p)) {
      candidates.add(new ConvChoice(algorithm, null));
    }
    sizes(p, lanes).forEach(size -> candidates.add(new ConvChoice(Algorithm.DIRECT, size)));
    return candidates;
  }

  private static List<TileSize> sizes(ConvProblem p, int lanes) {
    if (Kernels.isNarrow(p, lanes)) {
      int usual = Registers.of(lanes).narrow(p.inputChannels() / p.group());
      return NARROW.stream()
          .filter(size -> size.pixels() != usual)
          .filter(size -> size.pixels() * p.window().taps() <= NARROW_CODE)
          .toList();
    }
    boolean dense = p.convHeight() == 1 && p.convWidth() == 1;
    Pool pool = p.pool();
    boolean pooledElsewhere = pool != null && Kernels.poolRefusal(p.epilogue(), true, pool) != null;
    if (dense || pooledElsewhere || (pool != null && Epilogue.isLong(p.epilogue()))) {
      return List.of();
    }
    int taps = pool == null ? 1 : pool.window().taps();
    Registers registers = Registers.of(lanes);
    List<TileSize> sizes = registers.isMany() ? LARGE : SIZES;
    int vectors = p.outputChannels() / p.group() > lanes ? 2 : 1;
    TileSize usual = registers.usual(vectors, p.epilogue(), false);
    int most = registers.usual(2, p.epilogue(), false).sums();
    return sizes.stream()
        .filter(size -> size.sums() <= most)
        .filter(size -> pool == null ? !size.equals(usual) : size.pixels() >= taps)
        .map(size -> new TileSize(size.vectors(), size.pixels() / taps))
        .filter(size -> size.sums() * taps >= LEAST_SUMS)
        .distinct()
        .toList();
  }

  /**
   * Reads the text form.
   *
   * @throws IllegalArgumentException if the text is not of the form above
   */
  public static ConvChoice parse(String text) {
    Matcher m = TEXT.matcher(text);
    if (!m.matches()) {
      throw new IllegalArgumentException(
          "'%s' is no way to compute a convolution; expected direct, w2, w4, w6, w2k5, w4k5, or a tile such as 2x6"
              .formatted(text));
    }
    if (m.group(1) != null) {
      TileSize size = new TileSize(Integer.parseInt(m.group(1)), Integer.parseInt(m.group(2)));
      return new ConvChoice(Algorithm.DIRECT, size);
    }
    return new ConvChoice(Algorithm.parse(text.equals(DIRECT) ? "" : " " + text), null);
  }

  @Override
  public String toString() {
    if (tile != null) {
      return tile.vectors() + "x" + tile.pixels();
    }
    return algorithm == Algorithm.DIRECT ? DIRECT : algorithm.text().strip();
  }
}
