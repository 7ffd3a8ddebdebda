package io.tilebrew.engine.plan;

import io.tilebrew.engine.DataType;
import io.tilebrew.engine.Shape;
import io.tilebrew.engine.codegen.KernelFactory;
import io.tilebrew.engine.kernel.Kernel;
import io.tilebrew.engine.problem.Activation;
import io.tilebrew.engine.problem.ConvProblem;
import io.tilebrew.engine.problem.Pointwise;
import io.tilebrew.engine.problem.Pool;
import io.tilebrew.engine.problem.Window;
import io.tilebrew.engine.tile.Floats;
import io.tilebrew.engine.tile.KernelSpec;
import io.tilebrew.engine.tile.Kernels;
import io.tilebrew.engine.tile.References;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Random;
import java.util.function.Function;

/** Convolutions one after the other, as a plan and by the references. */
final class Chain {
  private final List<ConvProblem> layers;
  private final long seed;
  private final List<FeatureMap> maps = new ArrayList<>();
  private final List<Step> steps = new ArrayList<>();

  private Chain(List<ConvProblem> layers, long seed) {
    this.layers = layers;
    this.seed = seed;
  }

  /** These layers, with random weights. */
  static Chain of(long seed, String... layers) {
    return new Chain(Arrays.stream(layers).map(ConvProblem::parse).toList(), seed);
  }

  /** Two to six random layers; the same for the same seed. */
  static Chain random(long seed) {
    Random random = new Random(seed);
    List<ConvProblem> layers = new ArrayList<>();
    int height = random.nextInt(1, 13);
    int width = random.nextInt(1, 13);
    int channels = random.nextInt(1, 8);
    for (int i = random.nextInt(2, 7); i > 0; i--) {
      int kernel = random.nextInt(1, Math.min(4, Math.min(height, width) + 1));
      int pad = random.nextInt(0, 3);
      Window window =
          new Window(
              kernel, kernel, 1, random.nextInt(1, 3), 1, 1, pad, pad / 2, random.nextInt(3), pad);
      boolean pools = window.outputHeight(height) > 1 && window.outputWidth(width) > 1;
      Pool pool = pools && random.nextInt(3) == 0 ? Pool.max(Window.square(2, 2, 0)) : null;
      Activation activation = random.nextBoolean() ? Activation.RELU : Activation.NONE;
      int maps = random.nextInt(1, 20);
      ConvProblem layer =
          new ConvProblem(
              1, height, width, channels, maps, window, 1, Pointwise.of(activation), pool);
      layers.add(layer);
      height = layer.outputHeight();
      width = layer.outputWidth();
      channels = maps;
    }
    return new Chain(layers, seed);
  }

  /** A plan whose kernels are those that {@code reading} makes. */
  Plan plan(boolean reuse, Function<KernelSpec, Kernel> reading) {
    return plan(reuse, reading, Team.ALONE);
  }

  /** Such a plan for {@code team}, of which threads share every layer. */
  Plan plan(boolean reuse, Function<KernelSpec, Kernel> reading, Team team) {
    maps.clear();
    steps.clear();
    FeatureMap x = map(0);
    clear(x);
    steps.add(new Step.Pack(0, x, false));
    for (int i = 0; i < layers.size(); i++) {
      FeatureMap y = map(i + 1);
      clear(y);
      ConvProblem p = layers.get(i);
      KernelSpec spec =
          Kernels.convolution(p, x, y, weights(i), bias(i), List.of(), 8)
              .forThreads(team.threads());
      steps.add(
          new Step.Compute(
              "conv" + i,
              p.toString(),
              reading.apply(spec),
              spec.literal()::program,
              spec.weights(),
              spec.arguments(),
              spec.units(),
              Math.min(team.threads(), spec.units()),
              p.multiplyAdds(),
              List.of(x),
              List.of(y)));
      x = y;
    }
    steps.add(new Step.Unpack(x, 1, false));
    MemoryPlan memory = reuse ? MemoryPlan.reuse(steps) : MemoryPlan.separate(steps);
    List<Plan.TensorSlot> slots = List.of(slot(map(0)), slot(x));
    return new Plan(slots, List.of(0), List.of(1), steps, memory, 1, true, team);
  }

  /** A plan of generic kernels that share the arena. */
  Plan plan() {
    return plan(true, spec -> new KernelFactory().define(spec.generic().program()));
  }

  private void clear(FeatureMap map) {
    if (map.hasHalo()) {
      steps.add(new Step.ClearHalo(map));
    }
  }

  private static Plan.TensorSlot slot(FeatureMap map) {
    Shape shape = Shape.of(1, map.channels(), map.height(), map.width());
    return new Plan.TensorSlot(DataType.FLOAT32, shape, null);
  }

  /** The map between layers {@code i - 1} and {@code i}, with the halo that layer i wants. */
  private FeatureMap map(int i) {
    if (i < maps.size()) {
      return maps.get(i);
    }
    ConvProblem before = layers.get(Math.max(0, i - 1));
    int height = i == 0 ? before.height() : before.outputHeight();
    int width = i == 0 ? before.width() : before.outputWidth();
    int channels = i == 0 ? before.inputChannels() : before.outputChannels();
    Window w = i < layers.size() ? layers.get(i).window() : Window.POINT;
    int rows = w.padTop() + height + w.padBottom();
    int columns = w.padLeft() + width + w.padRight();
    FeatureMap map =
        new FeatureMap(
            new Buffer("map" + i, rows * columns * channels),
            height,
            width,
            channels,
            w.padTop(),
            w.padLeft(),
            w.padBottom(),
            w.padRight(),
            channels,
            0);
    maps.add(map);
    return map;
  }

  private float[] weights(int i) {
    ConvProblem p = layers.get(i);
    int channels = p.inputChannels() / p.group();
    return Floats.ordinary(seed + i, p.outputChannels() * channels * p.window().taps());
  }

  private float[] bias(int i) {
    return Floats.ordinary(~seed + i, layers.get(i).outputChannels());
  }

  /** The floats of an input image. */
  int inputFloats() {
    ConvProblem first = layers.getFirst();
    return first.height() * first.width() * first.inputChannels();
  }

  /** The floats of an output image. */
  int outputFloats() {
    ConvProblem last = layers.getLast();
    return last.outputHeight() * last.outputWidth() * last.outputChannels();
  }

  /** The outputs of {@code images} images, one by one by the references. */
  float[] expected(int images, float[] x) {
    float[] all = new float[images * outputFloats()];
    for (int n = 0; n < images; n++) {
      float[] y = Arrays.copyOfRange(x, n * inputFloats(), (n + 1) * inputFloats());
      for (int i = 0; i < layers.size(); i++) {
        y = References.convolution(layers.get(i), y, weights(i), bias(i), List.of());
      }
      System.arraycopy(y, 0, all, n * outputFloats(), outputFloats());
    }
    return all;
  }

  @Override
  public String toString() {
    return layers + " seed " + seed;
  }
}
