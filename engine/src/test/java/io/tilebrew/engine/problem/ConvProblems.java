package io.tilebrew.engine.problem;

import net.jqwik.api.Arbitraries;
import net.jqwik.api.Arbitrary;
import net.jqwik.api.Combinators;
import net.jqwik.api.Tuple;
import org.jspecify.annotations.Nullable;

/** Random convolutions, small, whose poolings are such as a tile can hold. */
@SuppressWarnings("exports") // tests of other packages use it
public final class ConvProblems {

  private ConvProblems() {}

  /** Any convolution. */
  public static Arbitrary<ConvProblem> any() {
    Arbitrary<Integer> batches = Arbitraries.integers().between(1, 5);
    return Combinators.combine(batches, axes(), axes(), channels(), epilogues())
        .as(ConvProblems::problem);
  }

  /** Convolutions of one channel with wide rows, poolings by maxima among them. */
  public static Arbitrary<ConvProblem> ofOneChannel() {
    Arbitrary<Axis> columns =
        Combinators.combine(axes(), Arbitraries.integers().between(4, 40))
            .as((axis, outputs) -> axis.wide(outputs));
    return Combinators.combine(
            Arbitraries.integers().between(1, 3),
            axes(),
            columns,
            Arbitraries.integers().between(1, 30),
            Arbitraries.oneOf(epilogues(), activations().map(Pointwise::of)))
        .as(
            (batch, rows, wide, maps, epilogue) ->
                problem(batch, rows, wide, new Channels(1, 1, maps), epilogue))
        .map(ConvProblems::poolingByMaxima);
  }

  private static ConvProblem poolingByMaxima(ConvProblem p) {
    Pool pool = p.pool();
    return p.withPool(pool == null ? null : new Pool(Pool.Kind.MAX, pool.window()));
  }

  /** The same outputs of windows of one element, side by side. */
  public static ConvProblem pointwise(ConvProblem p) {
    return new ConvProblem(
        p.batch(),
        p.convHeight(),
        p.convWidth(),
        p.inputChannels(),
        p.outputChannels(),
        Window.POINT,
        p.group(),
        p.epilogue(),
        p.pool());
  }

  /**
   * Convolutions whose poolings no tile holds: windows overlap, leave gaps, are padded, dilated.
   */
  public static Arbitrary<ConvProblem> overlapping() {
    return Combinators.combine(
            any(), pools(), pools(), Arbitraries.of(Pool.Kind.values()), epilogues())
        .as(ConvProblems::overlapping);
  }

  /** A pooling along rows or columns. */
  private record PoolAxis(int kernel, int stride, int dilation, int before, int after) {
    private int span() {
      return (kernel - 1) * dilation + 1;
    }

    /** The padding before {@code size} elements, so that all windows meet one of them. */
    private int padBefore() {
      return Math.min(before, span() - 1);
    }

    /** The padding behind, at least so much that a window fits. */
    private int padAfter(int size) {
      return Math.max(Math.min(after, span() - 1), span() - size - padBefore());
    }
  }

  private static Arbitrary<PoolAxis> pools() {
    return Combinators.combine(
            Arbitraries.of(1, 2, 3, 3, 3, 4, 5),
            Arbitraries.of(1, 2, 2, 3, 4),
            Arbitraries.of(1, 1, 1, 2, 3),
            Arbitraries.of(0, 0, 1, 2),
            Arbitraries.of(0, 0, 1, 2))
        .as(PoolAxis::new);
  }

  private static ConvProblem overlapping(
      ConvProblem p, PoolAxis rows, PoolAxis columns, Pool.Kind kind, Pointwise epilogue) {
    Window window =
        new Window(
            rows.kernel,
            columns.kernel,
            rows.stride,
            columns.stride,
            rows.dilation,
            columns.dilation,
            rows.padBefore(),
            columns.padBefore(),
            rows.padAfter(p.convHeight()),
            columns.padAfter(p.convWidth()));
    return new ConvProblem(
        p.batch(),
        p.height(),
        p.width(),
        p.inputChannels(),
        p.outputChannels(),
        p.window(),
        p.group(),
        epilogue,
        new Pool(kind, window));
  }

  /** Fully connected layers: the window is the whole input. */
  public static Arbitrary<ConvProblem> dense() {
    return Combinators.combine(
            Arbitraries.integers().between(1, 16),
            Arbitraries.integers().between(1, 3),
            Arbitraries.integers().between(1, 20),
            Arbitraries.integers().between(1, 150),
            epilogues())
        .as(
            (batch, size, in, out, epilogue) ->
                new ConvProblem(
                    batch, size, size, in, out, Window.of(size, size), 1, epilogue, null));
  }

  /** The same with bfloat16 weights. */
  public static Arbitrary<ConvProblem> bfloat16() {
    return dense()
        .map(
            p ->
                new ConvProblem(
                    p.batch(),
                    p.height(),
                    p.width(),
                    p.inputChannels(),
                    p.outputChannels(),
                    p.window(),
                    1,
                    Algorithm.DIRECT,
                    WeightFormat.BFLOAT16,
                    p.epilogue(),
                    null));
  }

  /** Convolutions by Winograd's algorithm. */
  public static Arbitrary<ConvProblem> winograd() {
    return Arbitraries.of(Algorithm.values())
        .filter(algorithm -> algorithm != Algorithm.DIRECT)
        .flatMap(ConvProblems::winograd);
  }

  /** Convolutions by one of Winograd's algorithms. */
  public static Arbitrary<ConvProblem> winograd(Algorithm algorithm) {
    Window tight = Window.of(algorithm.taps(), algorithm.taps());
    Arbitrary<Window> windows =
        Combinators.combine(pads(), pads(), pads(), pads()).as(tight::withPadding);
    return Combinators.combine(
            Arbitraries.integers().between(1, 3),
            Arbitraries.integers().between(algorithm.taps(), 14),
            Arbitraries.integers().between(algorithm.taps(), 14),
            Arbitraries.oneOf(channels(1, 1, 9, 40), channels(1, 1, 40, 9), channels(1, 1, 1, 1)),
            windows,
            Arbitraries.just(algorithm),
            epilogues(),
            Arbitraries.of("", "max2", "avg2", "avgpadded2"))
        .as(ConvProblems::winograd);
  }

  private static Arbitrary<Integer> pads() {
    return Arbitraries.of(0, 1, 1, 1, 2, 3);
  }

  private static ConvProblem winograd(
      int batch,
      int height,
      int width,
      Channels channels,
      Window window,
      Algorithm algorithm,
      Pointwise epilogue,
      String pool) {
    boolean pools =
        !pool.isEmpty() && window.outputHeight(height) > 1 && window.outputWidth(width) > 1;
    return new ConvProblem(
        batch,
        height,
        width,
        channels.in,
        channels.out,
        window,
        1,
        algorithm,
        epilogue,
        pools ? Pool.parse(pool) : null);
  }

  /** Pointwise functions, activations above all. */
  public static Arbitrary<Pointwise> epilogues() {
    return Arbitraries.oneOf(
        activations().map(Pointwise::of),
        activations().map(Pointwise::of),
        Arbitraries.of(
                "+add",
                "+add +relu",
                "+relu +add",
                "+add +clip(0.0,6.0)",
                "+add +relu +mul +clip(-1.0,0.5)",
                "+silu +add",
                "+prelu",
                "+prelu +add",
                "+mul(0.5) +rsub(1.5)",
                "+add(3.0) +clip(0.0,6.0) +mul[0] +div(6.0)",
                "+mul +add +hardswish",
                "+sub +mul[@1]",
                "+add +relu +clip(-1.0,0.5) +add[@1] +rsub[@2] +mul[0]",
                "+sub +abs +sqrt",
                "+neg +exp +max +min",
                "+div(1.4142135) +erf +add(1.0) +mul[0] +mul(0.5)",
                "+rdiv +rprelu(0.25)")
            .map(Pointwise::parse));
  }

  /** Activations of each kind. */
  public static Arbitrary<Activation> activations() {
    return Arbitraries.oneOf(
        bounds(),
        Arbitraries.of(
            new Activation.LeakyRelu(0.125f),
            new Activation.LeakyRelu(-0.5f),
            new Activation.HardSigmoid(0.2f, 0.5f),
            new Activation.HardSwish(),
            new Activation.Sigmoid(),
            new Activation.Tanh(),
            new Activation.Silu()));
  }

  /** Activations that are bounds, clips with theirs in either order among them. */
  public static Arbitrary<Activation> bounds() {
    Arbitrary<Float> bounds =
        Arbitraries.of(
            Float.NEGATIVE_INFINITY, -0.5f, -1e-5f, -0f, 0f, 0.25f, 1f, Float.POSITIVE_INFINITY);
    return Arbitraries.oneOf(
        Arbitraries.of(Activation.NONE, Activation.RELU),
        Combinators.combine(bounds, bounds).as(Activation.Clip::new));
  }

  /** What a convolution and its pooling do along rows or columns. */
  private record Axis(
      int kernel,
      int stride,
      int dilation,
      int before,
      int after,
      int pool,
      int outputs,
      int slack) {
    /** The same with other outputs and without a stride. */
    Axis wide(int wanted) {
      return new Axis(kernel, 1, dilation, before, after, pool, Math.ceilDiv(wanted, pool), slack);
    }

    /** An input size of at least {@code outputs} outputs, and some elements that none reads. */
    int size() {
      int conv = outputs * pool + (slack > 1 ? pool - 1 : 0);
      int padded = (conv - 1) * stride + (kernel - 1) * dilation + 1 + slack % stride;
      return Math.max(1, padded - before - after);
    }
  }

  private static Arbitrary<Axis> axes() {
    Arbitrary<Integer> pads = Arbitraries.of(0, 0, 1, 2, 3);
    return Combinators.combine(
            Arbitraries.of(1, 1, 2, 3, 3, 4, 5),
            Arbitraries.of(1, 1, 2, 3),
            Arbitraries.of(1, 1, 2, 3),
            pads,
            pads,
            Arbitraries.of(1, 1, 1, 2, 2, 3),
            Arbitraries.frequencyOf(
                Tuple.of(3, Arbitraries.integers().between(1, 4)),
                Tuple.of(1, Arbitraries.integers().between(5, 14))),
            Arbitraries.integers().between(0, 3))
        .as(Axis::new);
  }

  /** Channels of one group. */
  private record Channels(int group, int in, int out) {}

  private static Arbitrary<Channels> channels() {
    return Arbitraries.oneOf(
        channels(1, 1, 9, 40),
        channels(2, 3, 4, 20),
        channels(1, 10, 1, 2),
        channels(1, 1, 3, 9),
        narrowGroups());
  }

  private static Arbitrary<Channels> narrowGroups() {
    return Combinators.combine(Arbitraries.integers().between(2, 12), Arbitraries.of(1, 2, 4, 4, 8))
        .as((group, width) -> new Channels(group, width, width));
  }

  private static Arbitrary<Channels> channels(int leastGroup, int mostGroup, int in, int out) {
    return Combinators.combine(
            Arbitraries.integers().between(leastGroup, mostGroup),
            Arbitraries.integers().between(1, in),
            Arbitraries.integers().between(1, out))
        .as(Channels::new);
  }

  private static ConvProblem problem(
      int batch, Axis rows, Axis columns, Channels channels, Pointwise epilogue) {
    Window window =
        new Window(
            rows.kernel,
            columns.kernel,
            rows.stride,
            columns.stride,
            rows.dilation,
            columns.dilation,
            rows.before,
            columns.before,
            rows.after,
            columns.after);
    return new ConvProblem(
        batch,
        rows.size(),
        columns.size(),
        channels.in * channels.group,
        channels.out * channels.group,
        window,
        channels.group,
        epilogue,
        pool(rows.pool, columns.pool));
  }

  private static @Nullable Pool pool(int height, int width) {
    Pool.Kind[] kinds = {Pool.Kind.MAX, Pool.Kind.AVERAGE, Pool.Kind.AVERAGE_PADDED};
    return height == 1 && width == 1
        ? null
        : new Pool(
            kinds[(height + width) % kinds.length],
            new Window(height, width, height, width, 1, 1, 0, 0, 0, 0));
  }
}
