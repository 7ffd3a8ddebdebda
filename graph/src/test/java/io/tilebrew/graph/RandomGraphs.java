package io.tilebrew.graph;

import io.tilebrew.engine.Shape;
import io.tilebrew.engine.Tensor;
import io.tilebrew.engine.problem.Activation;
import io.tilebrew.engine.problem.Arithmetic;
import io.tilebrew.engine.problem.UnaryFunction;
import io.tilebrew.engine.problem.Window;
import io.tilebrew.graph.op.Conv;
import io.tilebrew.graph.op.ConvTranspose;
import io.tilebrew.graph.op.Elementwise.Activate;
import io.tilebrew.graph.op.Elementwise.Binary;
import io.tilebrew.graph.op.Elementwise.Unary;
import io.tilebrew.graph.op.Linear.Gemm;
import io.tilebrew.graph.op.Normalization.BatchNormalization;
import io.tilebrew.graph.op.Normalization.LocalResponse;
import io.tilebrew.graph.op.Normalization.Softmax;
import io.tilebrew.graph.op.Pooling.AveragePool;
import io.tilebrew.graph.op.Pooling.LpPool;
import io.tilebrew.graph.op.Pooling.MaxPool;
import io.tilebrew.graph.op.Shaping.Concat;
import io.tilebrew.graph.op.Shaping.Reshape;
import io.tilebrew.graph.op.Shaping.Transpose;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import net.jqwik.api.Arbitraries;
import net.jqwik.api.Arbitrary;
import net.jqwik.api.Combinators;

/**
 * Small random CNNs: one image input, then convolutions, poolings, normalizations, activations,
 * arithmetic with constants and with each other, concats and transposes in any legal order, and
 * perhaps a classifier. They shrink to fewer operators and smaller inputs.
 */
public final class RandomGraphs {
  private static final int MAX_CHANNELS = 12;
  private static final List<Arithmetic> FUNCTIONS =
      List.of(
          Arithmetic.ADD,
          Arithmetic.SUB,
          Arithmetic.MUL,
          Arithmetic.DIV,
          Arithmetic.MIN,
          Arithmetic.MAX,
          Arithmetic.PRELU);

  private final GraphBuilder graph = new GraphBuilder("random");

  /** The feature maps made so far. */
  private final List<Value> maps = new ArrayList<>();

  private Random random = new Random(0);
  private boolean squared;

  private RandomGraphs() {}

  /** Graphs of up to eight random steps. */
  @SuppressWarnings("exports")
  public static Arbitrary<Graph> graphs() {
    Arbitrary<TensorType> inputs =
        Combinators.combine(between(1, 2), between(1, 5), between(1, 9), between(1, 9))
            .as(TensorType::f32);
    Arbitrary<List<Long>> steps = Arbitraries.longs().list().ofMaxSize(8);
    return Combinators.combine(inputs, steps, Arbitraries.longs()).as(RandomGraphs::graph);
  }

  private static Arbitrary<Integer> between(int least, int most) {
    return Arbitraries.integers().between(least, most);
  }

  /** The graph over {@code input} with one step for each seed and an end by the last one. */
  public static Graph graph(TensorType input, List<Long> steps, long end) {
    RandomGraphs random = new RandomGraphs();
    random.maps.add(random.input(input, end));
    steps.forEach(random::step);
    random.end(end);
    return random.graph.build();
  }

  /** The input, in one of four graphs as [N,H,W,C]. */
  private Value input(TensorType type, long seed) {
    random = new Random(seed + 1);
    if (random.nextInt(4) > 0) {
      return graph.input("x", type);
    }
    Shape shape = type.shape();
    Value x =
        graph.input("x", TensorType.f32(shape.dim(0), shape.dim(2), shape.dim(3), shape.dim(1)));
    return graph.add("first", new Transpose(List.of(0, 3, 1, 2)), channelsLast(x));
  }

  /** Random tensors that fit the inputs of {@code graph}, with elements in [-1, 1). */
  public static List<Tensor> inputs(Graph graph, long seed) {
    Random random = new Random(seed);
    return graph.inputs().stream()
        .map(value -> RandomTensors.of(random, value.type().shape().dims()))
        .toList();
  }

  private Value constant(String name, float least, float most, int... dims) {
    return graph.constant(name, RandomTensors.uniform(random, least, most, dims));
  }

  private void step(long seed) {
    random = new Random(seed);
    Value x = random.nextInt(4) == 0 ? maps.get(random.nextInt(maps.size())) : maps.getLast();
    maps.add(
        switch (random.nextInt(24)) {
          case 0, 1, 2 -> conv(x);
          case 3 -> batchNormalization(x);
          case 4, 5 -> graph.add("act", new Activate(activation()), x);
          case 6 -> graph.add("max", new MaxPool(poolWindow(x), random.nextBoolean()), x);
          case 7 ->
              graph.add(
                  "mean",
                  new AveragePool(poolWindow(x), random.nextBoolean(), random.nextBoolean()),
                  x);
          case 8 -> residual(x);
          case 9 -> concat(x);
          case 10 -> withConstant(x);
          case 11 -> gate(x);
          case 12 -> selfGate(x);
          case 13 -> between(x);
          case 14 -> convTranspose(x);
          case 20 -> graph.add("lrn", new LocalResponse(5, 0.5f, 0.75f, 1), x);
          case 21 -> graph.add("norm", new LpPool(poolWindow(x), false, 1 + random.nextInt(3)), x);
          case 15 -> RandomShapings.slice(graph, random, x);
          case 16 -> RandomShapings.pad(graph, random, x);
          case 17 -> RandomShapings.resize(graph, random, x, 2);
          case 18 -> RandomShapings.shuffle(graph, random, x);
          case 19 -> RandomShapings.reduce(graph, random, x);
          case 22 -> square(x);
          default -> transposeTwice(x);
        });
  }

  private Activation activation() {
    return switch (random.nextInt(10)) {
      case 0 -> new Activation.Clip(0, 6);
      case 1 -> new Activation.Clip(-0.25f, 0.5f);
      case 2 -> new Activation.LeakyRelu(0.125f);
      case 3 -> new Activation.LeakyRelu(-0.5f);
      case 4 -> new Activation.HardSigmoid(0.2f, 0.5f);
      case 5 -> new Activation.HardSwish();
      case 6 -> new Activation.Sigmoid();
      case 7 -> new Activation.Tanh();
      case 8 -> new Activation.Silu();
      default -> Activation.RELU;
    };
  }

  private Value conv(Value x) {
    int channels = x.type().shape().dim(1);
    int group =
        switch (random.nextInt(4)) {
          case 0 -> channels;
          case 1 -> channels % 2 == 0 ? 2 : 1;
          default -> 1;
        };
    int outputs = group * (1 + random.nextInt(Math.max(MAX_CHANNELS / group / 2, 1)));
    return conv(x, window(x, 2), group, outputs);
  }

  private Value conv(Value x, Window window, int group, int outputs) {
    int channels = x.type().shape().dim(1) / group;
    float bound = 2 / (float) Math.sqrt((double) channels * window.taps());
    Value w =
        constant(
            "w", -bound, bound, outputs, channels, window.kernelHeight(), window.kernelWidth());
    Conv conv = new Conv(window, group);
    return random.nextBoolean()
        ? graph.add("conv", conv, x, w)
        : graph.add("conv", conv, x, w, constant("bias", -1, 1, outputs));
  }

  /** A transposed convolution that does not make large maps much larger. */
  private Value convTranspose(Value x) {
    Shape shape = x.type().shape();
    int group = shape.dim(1) % 2 == 0 && random.nextBoolean() ? 2 : 1;
    int kernel = 1 + random.nextInt(3);
    int stride = shape.dim(2) > 9 || shape.dim(3) > 9 ? 1 : 1 + random.nextInt(3);
    int dilation = 1 + random.nextInt(2);
    int pad = random.nextInt(2);
    Window w = new Window(kernel, kernel, stride, stride, dilation, dilation, pad, pad, 0, 0);
    int height = Math.max(1, (shape.dim(2) - 1) * stride + w.spanHeight() - random.nextInt(3));
    int width = Math.max(1, (shape.dim(3) - 1) * stride + w.spanWidth() - random.nextInt(3));
    int maps = 1 + random.nextInt(MAX_CHANNELS / group / 2);
    Value weights = constant("w", -1, 1, shape.dim(1), maps, kernel, kernel);
    ConvTranspose operator = new ConvTranspose(w, group, height, width);
    return random.nextBoolean()
        ? graph.add("up", operator, x, weights)
        : graph.add("up", operator, x, weights, constant("bias", -1, 1, maps * group));
  }

  private Window poolWindow(Value x) {
    Window w = window(x, 0);
    return w.withPadding(
        random.nextInt(Math.min(w.kernelHeight(), 2)),
        random.nextInt(Math.min(w.kernelWidth(), 2)),
        random.nextInt(Math.min(w.kernelHeight(), 2)),
        random.nextInt(Math.min(w.kernelWidth(), 2)));
  }

  /** A window that fits {@code x} without its padding. */
  private Window window(Value x, int maxPad) {
    int height = x.type().shape().dim(2);
    int width = x.type().shape().dim(3);
    int kh = 1 + random.nextInt(Math.min(height, 4));
    int kw = random.nextBoolean() ? Math.min(kh, width) : 1 + random.nextInt(Math.min(width, 4));
    boolean canDilate = 2 * kh - 1 <= height && 2 * kw - 1 <= width;
    int dilation = canDilate && random.nextInt(4) == 0 ? 2 : 1;
    int stride = random.nextInt(3) == 0 ? 2 : 1;
    int strideWidth = random.nextInt(8) == 0 ? 3 : stride;
    boolean even = random.nextBoolean();
    int pad = random.nextInt(maxPad + 1);
    return new Window(
        kh,
        kw,
        stride,
        strideWidth,
        dilation,
        dilation,
        pad,
        even ? pad : random.nextInt(maxPad + 1),
        even ? pad : random.nextInt(maxPad + 1),
        even ? pad : random.nextInt(maxPad + 1));
  }

  private Value batchNormalization(Value x) {
    int channels = x.type().shape().dim(1);
    return graph.add(
        "bn",
        new BatchNormalization(1e-5f),
        x,
        constant("scale", -1, 2, channels),
        constant("shift", -1, 1, channels),
        constant("mean", -0.5f, 0.5f, channels),
        constant("variance", 0.25f, 2, channels));
  }

  /** The sum of {@code x} and another value of its type, made by a convolution if there is none. */
  private Value residual(Value x) {
    int channels = x.type().shape().dim(1);
    Value other =
        maps.stream()
            .filter(value -> value != x && value.type().equals(x.type()))
            .findFirst()
            .orElseGet(() -> conv(x, Window.square(3, 1, 1), 1, channels));
    Binary add = new Binary(Arithmetic.ADD);
    return random.nextBoolean() ? graph.add("sum", add, x, other) : graph.add("sum", add, other, x);
  }

  /** {@code x} times numbers between 0 and 1 for each channel or each pixel. */
  private Value gate(Value x) {
    Shape shape = x.type().shape();
    Value squeezed;
    if (random.nextBoolean()) {
      Window whole = Window.of(shape.dim(2), shape.dim(3));
      Value pooled = graph.add("pooled", new AveragePool(whole, false, false), x);
      squeezed = conv(pooled, Window.of(1, 1), 1, shape.dim(1));
    } else {
      squeezed = conv(x, Window.of(1, 1), 1, 1);
    }
    Value gate = graph.add("gate", new Activate(new Activation.Sigmoid()), squeezed);
    Binary mul = new Binary(Arithmetic.MUL);
    return random.nextBoolean()
        ? graph.add("gated", mul, x, gate)
        : graph.add("gated", mul, gate, x);
  }

  /** {@code x} times a function of it. */
  private Value selfGate(Value x) {
    Activation gate =
        random.nextBoolean() ? new Activation.Sigmoid() : new Activation.HardSigmoid(1 / 6f, 0.5f);
    Value value = graph.add("gate", new Activate(gate), x);
    Binary mul = new Binary(Arithmetic.MUL);
    return random.nextBoolean()
        ? graph.add("gated", mul, x, value)
        : graph.add("gated", mul, value, x);
  }

  /** {@code x} times itself; once in a graph, since each time doubles the relative error. */
  private Value square(Value x) {
    boolean first = !squared;
    squared = true;
    return first ? graph.add("square", new Binary(Arithmetic.MUL), x, x) : x;
  }

  /** A chain of functions: erf of the magnitude, less a constant for each channel. */
  private Value between(Value x) {
    Value magnitude = graph.add("abs", new Unary(UnaryFunction.ABS), x);
    Value erf = graph.add("erf", new Unary(UnaryFunction.ERF), magnitude);
    Value c = constant("c", 0.25f, 1, x.type().shape().dim(1), 1, 1);
    return graph.add("shifted", new Binary(Arithmetic.ADD), erf, c);
  }

  private Value concat(Value x) {
    Shape shape = x.type().shape().with(1, 1);
    List<Value> parts =
        maps.stream().filter(value -> value.type().shape().with(1, 1).equals(shape)).toList();
    Value other = parts.get(random.nextInt(parts.size()));
    boolean fits = x.type().shape().dim(1) + other.type().shape().dim(1) <= MAX_CHANNELS;
    return fits ? graph.add("concat", new Concat(1), x, other) : x;
  }

  private Value withConstant(Value x) {
    int channels = x.type().shape().dim(1);
    int[] dims =
        switch (random.nextInt(3)) {
          case 0 -> new int[] {};
          case 1 -> new int[] {channels, 1, 1};
          default -> new int[] {1, channels, 1, 1};
        };
    Binary binary = new Binary(FUNCTIONS.get(random.nextInt(FUNCTIONS.size())));
    boolean ordered = binary.function() == Arithmetic.DIV || binary.function() == Arithmetic.PRELU;
    Value c = constant("c", 0.25f, ordered ? 1 : 2, dims);
    boolean swap = !ordered && random.nextBoolean();
    return swap ? graph.add("scaled", binary, c, x) : graph.add("scaled", binary, x, c);
  }

  private Value transposeTwice(Value x) {
    Value nhwc = graph.add("nhwc", new Transpose(List.of(0, 2, 3, 1)), x);
    return graph.add("nchw", new Transpose(List.of(0, 3, 1, 2)), channelsLast(nhwc));
  }

  private Value channelsLast(Value x) {
    return RandomChannelsLast.operators(graph, random, x, MAX_CHANNELS);
  }

  private void end(long seed) {
    random = new Random(seed);
    Value x = maps.getLast();
    if (random.nextInt(4) == 0) {
      graph.output("early", maps.get(random.nextInt(maps.size())));
    }
    Value last = graph.add("last", new Transpose(List.of(0, 2, 3, 1)), x);
    switch (random.nextInt(5)) {
      case 0, 1 -> graph.output("y", classifier(x));
      case 2 -> graph.output("y", channelsLast(last));
      default -> graph.output("y", x);
    }
  }

  private Value classifier(Value x) {
    Shape shape = x.type().shape();
    Value pooled = x;
    if (random.nextBoolean()) {
      Window whole = Window.of(shape.dim(2), shape.dim(3));
      pooled = graph.add("pooled", new AveragePool(whole, false, false), x);
    }
    int features = pooled.type().shape().size() / shape.dim(0);
    Value flat = graph.add("flat", new Reshape(Shape.of(shape.dim(0), features)), pooled);
    int classes = 1 + random.nextInt(6);
    boolean transB = random.nextBoolean();
    Value w = constant("fc", -1, 1, transB ? classes : features, transB ? features : classes);
    Value bias = constant("bias", -1, 1, classes);
    Value y = graph.add("gemm", new Gemm(false, transB, 1, 1), flat, w, bias);
    return random.nextBoolean() ? graph.add("softmax", new Softmax(1), y) : y;
  }
}
