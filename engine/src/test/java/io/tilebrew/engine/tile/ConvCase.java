package io.tilebrew.engine.tile;

import io.tilebrew.engine.Shape;
import io.tilebrew.engine.codegen.KernelFactory;
import io.tilebrew.engine.codegen.SourceCompiler;
import io.tilebrew.engine.kernel.Kernel;
import io.tilebrew.engine.kernel.KernelInterpreter;
import io.tilebrew.engine.plan.FeatureMap;
import io.tilebrew.engine.problem.Algorithm;
import io.tilebrew.engine.problem.ConvProblem;
import io.tilebrew.engine.problem.Window;
import java.util.ArrayList;
import java.util.List;
import java.util.function.Function;
import net.jqwik.api.Arbitraries;
import net.jqwik.api.Arbitrary;
import net.jqwik.api.Combinators;
import org.jspecify.annotations.Nullable;

/**
 * A convolution with its numbers and the places of its maps.
 *
 * @param rarity one number in so many is NaN, infinite, subnormal or the like; 0 for none
 */
record ConvCase(
    ConvProblem problem, Layout from, Layout to, boolean biased, int lanes, long seed, int rarity) {
  static Arbitrary<ConvCase> any(Arbitrary<ConvProblem> problems, Arbitrary<Integer> rarities) {
    return Combinators.combine(
            problems,
            Layout.any(),
            Layout.any(),
            Arbitraries.of(true, false),
            Arbitraries.of(4, 4, 8, 8, 16),
            Arbitraries.longs(),
            rarities)
        .as(ConvCase::new);
  }

  /** The same with {@code lanes} times the channels, of maps some of which are in blocks. */
  static Arbitrary<ConvCase> blocked(Arbitrary<ConvProblem> problems) {
    return Combinators.combine(
            any(problems, Arbitraries.just(0)),
            Arbitraries.of(1, 1, 2, 3, 40),
            Arbitraries.integers().between(1, 6),
            Arbitraries.integers().between(0, 3),
            Arbitraries.of(1, 1, 2, 4, 8, 16, 32))
        .as(ConvCase::inBlocks)
        .filter(c -> Kernels.takesBlocks(c.problem, c.lanes));
  }

  /**
   * In blocks; groups get other channels.
   *
   * @param in the blocks of inputs
   * @param out the blocks of outputs
   * @param which 1 for the input, 2 for the output, 3 for both, 0 for those of the epilogue at most
   * @param width the output channels of a group, as many inputs or some times as many
   */
  private ConvCase inBlocks(int in, int out, int which, int width) {
    ConvProblem p = problem;
    int most = p.window().taps() > 1 ? 3 : 160 / lanes;
    boolean grouped = p.group() > 1 && p.pool() == null;
    int outputs = grouped ? Math.ceilDiv(out * lanes, width) * width : out * lanes;
    int wide = width < lanes ? 1 : Math.min(in, 2);
    ConvProblem scaled =
        new ConvProblem(
            p.batch(),
            p.height(),
            p.width(),
            grouped ? outputs * wide : Math.min(in, most) * lanes,
            outputs,
            p.window(),
            grouped ? outputs / width : 1,
            p.algorithm(),
            p.epilogue(),
            p.pool());
    return new ConvCase(
        scaled,
        (which & 1) > 0 ? from.inBlocks(lanes) : from,
        (which & 2) > 0 ? to.inBlocks(lanes) : to,
        biased,
        lanes,
        seed,
        rarity);
  }

  /** The same with an output of {@code less} channels less, in blocks with room for these. */
  ConvCase withRoom(int less) {
    ConvProblem p = problem;
    ConvProblem narrower =
        new ConvProblem(
            p.batch(),
            p.height(),
            p.width(),
            p.inputChannels(),
            p.outputChannels() - less,
            p.window(),
            p.group(),
            p.algorithm(),
            p.epilogue(),
            p.pool());
    return new ConvCase(narrower, from, to.alone().inBlocks(lanes), biased, lanes, seed, rarity);
  }

  /** The same, but each channel of the input is a plane. */
  ConvCase fromPlanes() {
    return new ConvCase(problem, from.inBlocks(1), to, biased, lanes, seed, rarity);
  }

  /** The same, but each channel of the output is a plane. */
  ConvCase toPlanes() {
    return new ConvCase(problem, from, to.inBlocks(1), biased, lanes, seed, rarity);
  }

  private FeatureMap input() {
    Window w = problem.window();
    return from.plus(w.padTop(), w.padLeft(), problem.zerosBelow(), problem.zerosRight())
        .map("x", problem.height(), problem.width(), problem.inputChannels());
  }

  private FeatureMap output() {
    return to.map("y", problem.outputHeight(), problem.outputWidth(), problem.outputChannels());
  }

  private float[] x() {
    int image = problem.inputChannels() * problem.height() * problem.width();
    return Floats.special(seed, problem.batch() * image, rarity);
  }

  private float[] w() {
    int channels = problem.inputChannels() / problem.group();
    int count = problem.outputChannels() * channels * problem.window().taps();
    float[] w = Floats.special(~seed, count, rarity);
    for (int i = 0; i < count; i++) {
      w[i] = problem.weights().round(w[i]);
    }
    return w;
  }

  private float @Nullable [] bias() {
    return biased ? Floats.special(seed + 1, problem.outputChannels(), rarity) : null;
  }

  private Inputs inputs() {
    Shape shape =
        Shape.of(
            problem.batch(), problem.outputChannels(), problem.convHeight(), problem.convWidth());
    boolean tiled = problem.pool() != null && problem.pool().window().tilesInput();
    Inputs.Kind kind = tiled ? Inputs.Kind.CHANNELWISE : Inputs.Kind.ANY;
    Inputs inputs = Inputs.random(seed + 2, problem.epilogue().inputs(), kind, shape, rarity);
    return Kernels.takesBlocks(problem, lanes) ? inputs.partlyInBlocks(lanes, seed) : inputs;
  }

  /** Checks {@code problem} with each lane count, compiled; with 8 lanes from source, too. */
  static void check(String problem) {
    for (int lanes : new int[] {4, 8, 16}) {
      ConvProblem p = ConvProblem.parse(problem);
      ConvCase c = new ConvCase(p, Layout.TIGHT, Layout.TIGHT, true, lanes, lanes, 0);
      c.checkCompiled();
      if (lanes == 8) {
        c.check(spec -> SourceCompiler.compile(List.of(spec.literal().program())).getFirst());
      }
      if (Kernels.takesBlocks(p, lanes)) {
        Layout from = blocks(p.inputChannels(), lanes);
        Layout to = blocks(p.outputChannels(), lanes);
        new ConvCase(p, from, to, true, lanes, lanes, 0).checkCompiled();
      }
    }
  }

  private static Layout blocks(int channels, int lanes) {
    return channels % lanes == 0 ? Layout.TIGHT.inBlocks(lanes) : Layout.TIGHT;
  }

  /** Checks all forms as bytecode. */
  void checkCompiled() {
    check(spec -> new KernelFactory().define(spec.literal().program()));
    check(spec -> new KernelFactory().define(spec.shared().program()));
    check(spec -> new KernelFactory().define(spec.generic().program()));
  }

  /** Checks all forms in the interpreter. */
  void checkInterpreted() {
    check(spec -> new KernelInterpreter(spec.literal().program()));
    check(spec -> new KernelInterpreter(spec.shared().program()));
    check(spec -> new KernelInterpreter(spec.generic().program()));
  }

  /** Checks both forms of a direct convolution by tiles of a size, as bytecode. */
  void checkTiles(TileSize size) {
    FeatureMap x = input();
    FeatureMap y = output();
    Inputs inputs = inputs();
    KernelSpec spec =
        Kernels.convolution(problem, x, y, w(), bias(), inputs.operands(), lanes, size);
    check(s -> new KernelFactory().define(s.literal().program()), x, inputs, y, spec, List.of());
    check(s -> new KernelFactory().define(s.generic().program()), x, inputs, y, spec, List.of());
  }

  /** Runs the kernel that {@code reading} makes, and checks all that it has done. */
  void check(Function<KernelSpec, Kernel> reading) {
    FeatureMap input = input();
    FeatureMap output = output();
    Inputs inputs = inputs();
    int most = 1 + (int) Math.floorMod(seed, 4L);
    Processor processor = (seed & 4) == 0 ? Processor.INTEL : Processor.OTHER;
    if (RingConv.isWanted(problem, inputs.operands())) {
      int bytes = (int) Math.floorMod(seed, 5000L);
      RingConv conv =
          new RingConv(problem, input, output, w(), bias(), inputs.operands(), lanes, most, bytes);
      check(reading, input, inputs, output, conv);
    } else if (problem.algorithm() == Algorithm.DIRECT) {
      KernelSpec spec =
          Kernels.convolution(
              problem, input, output, w(), bias(), inputs.operands(), lanes, null, processor);
      check(reading, input, inputs, output, spec, List.of());
    } else {
      WinogradConv conv =
          new WinogradConv(
              problem,
              input,
              output,
              w(),
              bias(),
              inputs.operands(),
              lanes,
              most,
              1 + lanes,
              processor);
      check(reading, input, inputs, output, conv);
    }
  }

  /** Whether the pixels of a row may be in the lanes. */
  boolean takesPixels() {
    return PixelConv.takes(problem, input(), output(), lanes);
  }

  /** Runs the kernel with the pixels of a row in the lanes, and checks all that it has done. */
  void checkByPixels(Function<KernelSpec, Kernel> reading) {
    FeatureMap input = input();
    FeatureMap output = output();
    int most = 1 + (int) Math.floorMod(seed, 4L);
    PixelConv conv = new PixelConv(problem, input, output, w(), bias(), lanes, most);
    check(reading, input, inputs(), output, conv);
  }

  private void check(
      Function<KernelSpec, Kernel> reading,
      FeatureMap input,
      Inputs inputs,
      FeatureMap output,
      ConvParts conv) {
    check(reading, input, inputs, output, conv.spec(), conv.scratch());
  }

  /** Runs the kernel for as many shares as there are {@code scratch} maps, three without any. */
  private void check(
      Function<KernelSpec, Kernel> reading,
      FeatureMap input,
      Inputs inputs,
      FeatureMap output,
      KernelSpec spec,
      List<FeatureMap> scratch) {
    List<FeatureMap> changing = new ArrayList<>(scratch);
    changing.add(output);
    List<FeatureMap> maps = new ArrayList<>(changing);
    maps.add(input);
    maps.addAll(inputs.maps());
    TestArena arena = new TestArena(problem.batch(), maps);
    arena.put(input, x());
    inputs.put(arena);
    TestArena before = arena.copy();
    float[] weights = spec.weights().clone();
    Kernel kernel = reading.apply(spec);
    int parts = scratch.isEmpty() ? 3 : scratch.size();
    for (TestShare share : TestShare.random(seed, spec.units(), parts)) {
      arena.run(kernel, spec, share);
    }
    TestArena.assertSameBits(weights, spec.weights(), this);
    float[] expected = References.convolution(problem, x(), w(), bias(), inputs.tensors());
    TestArena.assertSameBits(expected, arena.get(output), this);
    arena.assertOnlyChanged(changing, before, this);
  }

  @Override
  public String toString() {
    return "ConvProblem.parse(\"%s\") V=%d from %s to %s%s seed %d rarity %d"
        .formatted(problem, lanes, from, to, biased ? " with bias" : "", seed, rarity);
  }
}
