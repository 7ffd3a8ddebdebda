package io.tilebrew.engine.tile;

import io.tilebrew.engine.kernel.Index;
import io.tilebrew.engine.kernel.Memory;
import io.tilebrew.engine.kernel.Vec;
import io.tilebrew.engine.plan.FeatureMap;
import io.tilebrew.engine.tile.KernelSpec.Arguments;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.function.Function;
import java.util.stream.IntStream;
import java.util.stream.Stream;

/**
 * How a tile reads the inputs of its pointwise function. The input of index k is the map {@code rk}
 * of the tile's sizes.
 *
 * @param first the index of the first input
 * @param sources where the numbers of each stand
 */
record Operands(int first, List<Source> sources) {
  /** Where the numbers of an input stand. */
  enum Source {
    /** In the arena, a pixel's channels one after the other. */
    MAP,
    /** In the arena, in blocks of one vector of channels. */
    BLOCKS,
    /** In the arena, one number for all channels of a pixel. */
    PIXEL,
    /** In the weights, a pixel's channels one after the other. */
    CONSTANT
  }

  /** Copies the list. */
  Operands {
    sources = List.copyOf(sources);
  }

  /** The sources of {@code operands} beside an output of {@code channels}. */
  static Operands of(int first, List<Operand> operands, int channels) {
    List<Source> sources = new ArrayList<>();
    for (Operand operand : operands) {
      sources.add(
          switch (operand) {
            case Operand.Constant _ -> Source.CONSTANT;
            case Operand.Map map when map.map().isBlocked() -> Source.BLOCKS;
            case Operand.Map map -> map.channels() == 1 && channels > 1 ? Source.PIXEL : Source.MAP;
          });
    }
    return new Operands(first, sources);
  }

  private String name(int i) {
    return "r" + (first + i);
  }

  /** The names of the maps. */
  List<String> maps() {
    return IntStream.range(0, sources.size()).mapToObj(this::name).toList();
  }

  /** The names of the maps with a number for each channel. */
  List<String> channelMaps() {
    return IntStream.range(0, sources.size())
        .filter(i -> sources.get(i) != Source.PIXEL)
        .mapToObj(this::name)
        .toList();
  }

  /** The way of each of {@link #channelMaps} to the channel {@code count} channels further. */
  Map<String, Integer> channelSteps(List<Operand> operands, int count, int lanes) {
    Map<String, Integer> steps = new LinkedHashMap<>();
    for (String name : channelMaps()) {
      Operand operand = operands.get(maps().indexOf(name));
      steps.put(
          name,
          operand instanceof Operand.Map(FeatureMap map)
              ? Kernels.floats(map, count, lanes)
              : count);
    }
    return steps;
  }

  /** The names of the sizes, behind {@code others}. */
  List<String> sizesBehind(List<String> others) {
    Stream<String> own =
        maps().stream().flatMap(map -> Stream.of(map, map + "Image", map + "Row", map + "Column"));
    return Stream.of(others.stream(), own, vectorSizes()).flatMap(s -> s).toList();
  }

  /** The names of the ways from one vector of channels to the next. */
  Stream<String> vectorSizes() {
    return maps().stream().filter(this::isBlocked).map(map -> map + "Vector");
  }

  /** Whether one of them is in blocks. */
  boolean areBlocked() {
    return sources.contains(Source.BLOCKS);
  }

  private boolean isBlocked(String map) {
    return sources.get(maps().indexOf(map)) == Source.BLOCKS;
  }

  /** The sizes that a tile of several columns and vectors needs. */
  List<String> tileSizes() {
    return Stream.concat(maps().stream().map(map -> map + "Column"), vectorSizes()).toList();
  }

  /**
   * The vector {@code count}, or the last one that {@code channels} fill: those of blocks behind it
   * may lie outside the arena.
   */
  Index inside(String map, int count, Index channels, int lanes) {
    if (count == 0 || !isBlocked(map)) {
      return Index.of(count);
    }
    Index last = channels.greatest(Index.of(1)).plus(lanes - 1).over(lanes).plus(-1);
    return Index.of(count).least(last);
  }

  /**
   * The way to the vector of channels {@code count} vectors further in {@code map}, an input or
   * another map whose way the sizes tell.
   */
  Index vectors(Sizes sizes, String map, Index count, int lanes) {
    boolean isPlain = maps().contains(map) && !isBlocked(map);
    return count.times(isPlain ? Index.of(lanes) : sizes.get(map + "Vector"));
  }

  /** The inputs at a pixel of a row, of maps that are not blocked. */
  Epilogue.Inputs at(Sizes sizes, Function<String, Index> places, Index column, Index channel) {
    assert !areBlocked() : this;
    return at(sizes, places, Index.of(0), column, map -> channel);
  }

  /**
   * The inputs at a pixel.
   *
   * @param places the place of each map
   * @param row the rows from there to the pixel
   * @param column the columns from there to the pixel
   * @param channel the way from there to the channel that the vector begins with
   */
  Epilogue.Inputs at(
      Sizes sizes,
      Function<String, Index> places,
      Index row,
      Index column,
      Function<String, Index> channel) {
    return index -> {
      String map = name(index - first);
      Index pixel =
          places
              .apply(map)
              .plus(row.times(sizes.get(map + "Row")))
              .plus(column.times(sizes.get(map + "Column")));
      return read(index, pixel, channel.apply(map));
    };
  }

  private Vec read(int index, Index pixel, Index channel) {
    return switch (sources.get(index - first)) {
      case MAP, BLOCKS -> new Vec.Load(Memory.ARENA, pixel.plus(channel));
      case PIXEL -> new Vec.Broadcast(Memory.ARENA, pixel);
      case CONSTANT -> new Vec.Load(Memory.WEIGHTS, pixel.plus(channel));
    };
  }

  /**
   * Sets the places and strides of {@code operands} and lays the constants out behind {@code
   * weights}, each pixel's channels together, with room for {@code guard} floats to be read past
   * the end.
   */
  float[] bind(
      Arguments arguments, List<Operand> operands, FeatureMap y, float[] weights, int guard) {
    List<float[]> parts = new ArrayList<>(List.of(weights));
    int end = weights.length;
    for (int i = 0; i < operands.size(); i++) {
      Operand operand = operands.get(i);
      int pixel;
      int row;
      switch (operand) {
        case Operand.Map(FeatureMap map) -> {
          arguments.map(name(i), map, 0, 0, map.pixelStride());
          pixel = map.pixelStride();
          row = map.rowStride();
        }
        case Operand.Constant constant -> {
          Operand.Constant spread = constant.spread(y.channels(), constant.width());
          arguments.set(name(i), end).set(name(i) + "Image", 0);
          float[] part = pixels(spread, guard);
          parts.add(part);
          end = Math.addExact(end, part.length);
          pixel = spread.channels();
          row = spread.width() * pixel;
        }
      }
      arguments
          .set(name(i) + "Row", operand.height() == 1 ? 0 : row)
          .set(name(i) + "Column", operand.width() == 1 ? 0 : pixel);
    }
    float[] all = new float[end];
    int at = 0;
    for (float[] part : parts) {
      System.arraycopy(part, 0, all, at, part.length);
      at += part.length;
    }
    return all;
  }

  private static float[] pixels(Operand.Constant constant, int guard) {
    int channels = constant.channels();
    int pixels = constant.height() * constant.width();
    float[] values = new float[Math.addExact(Math.multiplyExact(pixels, channels), guard)];
    for (int p = 0; p < pixels; p++) {
      for (int c = 0; c < channels; c++) {
        values[p * channels + c] = constant.tensor().floats()[c * pixels + p];
      }
    }
    return values;
  }

  /** Whether each row of {@code columns} columns ends where the next one begins. */
  boolean areJoined(Arguments arguments, int columns) {
    return maps().stream()
        .allMatch(map -> arguments.fixed(map + "Row") == columns * arguments.fixed(map + "Column"));
  }
}
