package io.tilebrew.bench;

import io.tilebrew.engine.codegen.KernelFactory;
import io.tilebrew.engine.kernel.Kernel;
import io.tilebrew.engine.kernel.Memory;
import io.tilebrew.engine.kernel.Program;
import io.tilebrew.engine.kernel.TurnLimit;
import io.tilebrew.engine.plan.Argument;
import io.tilebrew.engine.plan.Buffer;
import io.tilebrew.engine.plan.FeatureMap;
import io.tilebrew.engine.problem.Algorithm;
import io.tilebrew.engine.problem.ConvProblem;
import io.tilebrew.engine.problem.Window;
import io.tilebrew.engine.tile.KernelSpec;
import io.tilebrew.engine.tile.Kernels;
import io.tilebrew.engine.tile.Lanes;
import io.tilebrew.engine.tile.Operand;
import io.tilebrew.engine.tile.TileSize;
import io.tilebrew.engine.tile.WinogradConv;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Random;
import java.util.stream.IntStream;
import org.jspecify.annotations.Nullable;

/**
 * One convolution over random numbers, in an arena of its own, whose maps are in blocks of channels
 * where those of a network would be.
 */
final class ConvLayer {
  /** Floats behind the arena that a vector may load. */
  private static final int GUARD = 256;

  private final ConvProblem problem;
  private final FeatureMap x;
  private final FeatureMap y;
  private final KernelSpec spec;

  /** The input, the output, then the inputs of the epilogue and the scratch. */
  private final List<FeatureMap> maps;

  private final float[] arena;

  /** The convolution {@code problem} with vectors as wide as the machine has them. */
  ConvLayer(ConvProblem problem) {
    this(problem, null);
  }

  /**
   * The convolution {@code problem} by tiles of a size.
   *
   * @param tile the tile if it is direct; null for what suits it
   */
  ConvLayer(ConvProblem problem, @Nullable TileSize tile) {
    this.problem = problem;
    Random random = new Random(1);
    x = input(problem);
    y = output(problem);
    int channels = problem.inputChannels() / problem.group();
    float[] weights = random(random, problem.outputChannels() * channels * problem.window().taps());
    for (int i = 0; i < weights.length; i++) {
      weights[i] = problem.weights().round(weights[i]);
    }
    float[] bias = random(random, problem.outputChannels());
    List<Operand> inputs = inputs();
    maps = new ArrayList<>(List.of(x, y));
    inputs.forEach(input -> maps.add(((Operand.Map) input).map()));
    if (problem.algorithm() == Algorithm.DIRECT) {
      spec = Kernels.convolution(problem, x, y, weights, bias, inputs, Lanes.best(), tile);
    } else {
      WinogradConv conv = new WinogradConv(problem, x, y, weights, bias, inputs, Lanes.best(), 1);
      spec = conv.spec();
      maps.addAll(conv.scratch());
    }
    arena = new float[Memory.length(start(maps.size()) + GUARD)];
    fill(random);
  }

  /**
   * The size of a tile such as {@code 2x6}.
   *
   * @throws IllegalArgumentException if the text is not of this form
   */
  static TileSize tile(String text) {
    String[] sides = text.split("x", -1);
    if (sides.length != 2) {
      throw new IllegalArgumentException(
          "'%s' is no tile, expected one such as '2x6'".formatted(text));
    }
    return new TileSize(Integer.parseInt(sides[0]), Integer.parseInt(sides[1]));
  }

  private static FeatureMap input(ConvProblem p) {
    Window w = p.window();
    int floats =
        (w.padTop() + p.height() + p.zerosBelow())
            * (w.padLeft() + p.width() + p.zerosRight())
            * p.inputChannels();
    FeatureMap map =
        new FeatureMap(
            new Buffer("x", floats),
            p.height(),
            p.width(),
            p.inputChannels(),
            w.padTop(),
            w.padLeft(),
            p.zerosBelow(),
            p.zerosRight(),
            p.inputChannels(),
            0);
    return usual(p, map);
  }

  /** The map as a network has it. */
  private static FeatureMap usual(ConvProblem p, FeatureMap map) {
    int lanes = Lanes.best();
    boolean blocked =
        Kernels.prefersBlocks(lanes) && Kernels.takesBlocks(p, lanes) && map.canBlock(lanes);
    return blocked ? map.inBlocks(lanes) : map;
  }

  private static FeatureMap output(ConvProblem p) {
    int height = p.outputHeight();
    int width = p.outputWidth();
    int channels = p.outputChannels();
    Buffer buffer = new Buffer("y", height * width * channels);
    FeatureMap map = new FeatureMap(buffer, height, width, channels, 0, 0, 0, 0, channels, 0);
    return usual(p, map);
  }

  /** Maps as large as the output for the inputs of the epilogue. */
  private List<Operand> inputs() {
    return IntStream.range(0, problem.epilogue().inputs())
        .<Operand>mapToObj(i -> new Operand.Map(output(problem)))
        .toList();
  }

  private static float[] random(Random random, int count) {
    float[] floats = new float[count];
    for (int i = 0; i < count; i++) {
      floats[i] = random.nextFloat() - 0.5f;
    }
    return floats;
  }

  /** Writes random pixels; the halo stays zero. */
  private void fill(Random random) {
    int row = x.width() * x.pixelStride();
    for (int image = 0; image < problem.batch(); image++) {
      for (int block = 0; block < x.blocks(); block++) {
        int start = image * x.imageStride() + block * x.blockStride();
        for (int r = 0; r < x.height(); r++) {
          System.arraycopy(random(random, row), 0, arena, start + x.at(r, 0), row);
        }
      }
    }
  }

  /** The kernel with literal sizes. */
  Runnable literal() {
    return runner(spec.literal().program());
  }

  /** The kernel with parameters for all sizes. */
  Runnable generic() {
    return runner(spec.generic().program());
  }

  private Runnable runner(Program program) {
    Kernel kernel = new KernelFactory().define(program);
    int[] arguments = spec.arguments().stream().mapToInt(this::resolve).toArray();
    return () -> kernel.run(arena, spec.weights(), arguments);
  }

  private int resolve(Argument argument) {
    return switch (argument) {
      case Argument.Fixed(int value) -> value;
      case Argument.Batch() -> problem.batch();
      case Argument.Turns() -> TurnLimit.NONE;
      case Argument.Place(Buffer buffer, int within) -> within + start(number(buffer));
      case Argument.OfShare _ -> throw new AssertionError(argument);
    };
  }

  private int number(Buffer buffer) {
    return maps.stream().map(FeatureMap::buffer).toList().indexOf(buffer);
  }

  /** The place of map {@code i}, which starts a line of the cache. */
  private int start(int i) {
    int lines =
        maps.stream()
            .limit(i)
            .mapToInt(map -> Math.ceilDiv(problem.batch() * map.imageStride(), Memory.LINE))
            .sum();
    return Memory.LINE_START + lines * Memory.LINE;
  }

  /** A copy of the result as it lies. */
  float[] result() {
    return Arrays.copyOfRange(arena, start(1), start(2));
  }
}
