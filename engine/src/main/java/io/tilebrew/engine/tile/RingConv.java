package io.tilebrew.engine.tile;

import io.tilebrew.engine.plan.Argument;
import io.tilebrew.engine.plan.Buffer;
import io.tilebrew.engine.plan.FeatureMap;
import io.tilebrew.engine.problem.Algorithm;
import io.tilebrew.engine.problem.ConvProblem;
import io.tilebrew.engine.problem.Pool;
import io.tilebrew.engine.problem.Window;
import io.tilebrew.engine.tile.KernelSpec.Arguments;
import java.util.List;
import java.util.Objects;
import org.jspecify.annotations.Nullable;

/**
 * A convolution whose pooling no tile holds, its windows overlapping, say, of which threads share
 * the output rows, each with a ring of rows of its own.
 */
public final class RingConv implements ConvParts {
  /** The bytes of a ring that stays in the cache. */
  private static final int CACHE = 256 << 10;

  /** The bytes of a map that leaves the cache before a pooling could read it. */
  private static final int LARGE = 256 << 10;

  private final Window window;
  private final FeatureMap y;
  private final int convHeight;
  private final int chunk;
  private final KernelSpec convolution;
  private final KernelSpec pooling;
  private final RingTile tile;
  private final List<FeatureMap> scratch;

  /**
   * A convolution of one image, the batch is free.
   *
   * @param p the problem, direct, with a pooling
   * @param x the input, whose halo covers the padding of the convolution
   * @param w the weights [M,C/group,kH,kW]
   * @param bias the bias [M], or null for zeros
   * @param inputs the inputs of the epilogue
   * @param most the most threads that share it
   */
  public RingConv(
      ConvProblem p,
      FeatureMap x,
      FeatureMap y,
      float[] w,
      float @Nullable [] bias,
      List<Operand> inputs,
      int lanes,
      int most) {
    this(p, x, y, w, bias, inputs, lanes, most, CACHE);
  }

  /** The same with rings of about {@code bytes} bytes. */
  RingConv(
      ConvProblem p,
      FeatureMap x,
      FeatureMap y,
      float[] w,
      float @Nullable [] bias,
      List<Operand> inputs,
      int widest,
      int most,
      int bytes) {
    assert p.algorithm() == Algorithm.DIRECT : p;
    ConvProblem unpooled = p.withPool(null);
    int lanes = Kernels.lanes(unpooled, widest);
    Pool pool = Objects.requireNonNull(p.pool());
    this.window = pool.window();
    this.y = y;
    int parts = Math.min(most, y.height());
    int partRows = Math.ceilDiv(y.height(), parts);
    int fitting = bytes / Float.BYTES / ring(p, 1).rowStride();
    int whole = Math.max(0, fitting - window.spanHeight()) / window.strideHeight() + 1;
    this.chunk = Segment.widest(partRows, whole);
    int span = Math.addExact(window.spanHeight(), (chunk - 1) * window.strideHeight());
    FeatureMap pixels = ring(p, Math.min(span, p.convHeight()));
    FeatureMap ring = y.isBlocked() ? pixels.inBlocks(lanes) : pixels;
    this.convHeight = p.convHeight();
    this.convolution = Kernels.convolution(unpooled, x, ring, w, bias, inputs, lanes);
    this.pooling = Kernels.pool(pool, p.epilogue().isRectified(), ring, y, lanes);
    List<String> operands = Operands.of(1, inputs, p.outputChannels()).maps();
    this.tile = new RingTile(convolution.tile(), operands, pooling.tile(), ring.height(), lanes);
    int floats = Math.addExact(ring.imageStride(), lanes);
    this.scratch = FeatureMap.scratch(y.buffer().name() + ".ring", floats, parts);
  }

  /** Whether the pooling of {@code p}, if any, goes through a ring. */
  public static boolean isWanted(ConvProblem p, List<Operand> inputs) {
    boolean channelwise =
        inputs.stream()
            .allMatch(i -> i instanceof Operand.Constant && i.height() == 1 && i.width() == 1);
    return p.algorithm() == Algorithm.DIRECT
        && p.pool() != null
        && Kernels.poolRefusal(p.epilogue(), channelwise, p.pool()) != null;
  }

  /** Why a ring is no gain for {@code p}, which has a pooling, or null if it is. */
  public static @Nullable String refusal(ConvProblem p) {
    int span = Objects.requireNonNull(p.pool()).window().spanHeight();
    long bytes = (long) Float.BYTES * p.convHeight() * p.convWidth() * p.outputChannels();
    if (bytes < LARGE) {
      return "the convolution's output of %d KiB stays in the cache anyway, a ring of rows is for %d"
          .formatted(bytes >> 10, LARGE >> 10);
    }
    return 2 * span > p.convHeight()
        ? "a ring of rows would hold %d of the convolution's %d".formatted(span, p.convHeight())
        : null;
  }

  @Override
  public List<FeatureMap> scratch() {
    return scratch;
  }

  /** Some rows of the output of the convolution; a column of halo keeps them apart. */
  private static FeatureMap ring(ConvProblem p, int rows) {
    int channels = p.outputChannels();
    Buffer none = new Buffer("rows", 0);
    return new FeatureMap(none, rows, p.convWidth(), channels, 0, 0, 0, 1, channels, 0);
  }

  @Override
  public KernelSpec spec() {
    Arguments arguments = new Arguments();
    // One image at a time, also where the convolution takes images for columns.
    convolution
        .named()
        .forEach(
            (name, argument) ->
                arguments.set(
                    RingTile.CONVOLUTION + name,
                    argument instanceof Argument.Batch ? new Argument.Fixed(1) : argument));
    pooling.named().forEach((name, argument) -> arguments.set(RingTile.POOLING + name, argument));
    int all = y.height();
    Argument ring = Argument.Scratch.of(scratch, 0);
    arguments
        .set(RingTile.CONVOLUTION + "y", ring)
        .set(RingTile.POOLING + "x", ring)
        .set(RingTile.POOLING + "height", convHeight)
        .set(RingTile.POOLING + "bottom", convHeight + window.padBottom())
        .set("chunk", chunk)
        .set("chunks", Math.ceilDiv(all, chunk))
        .set("span", window.spanHeight());
    if (scratch.size() == 1) {
      return arguments.spec(tile, convolution.weights());
    }
    Argument.Extent rows = new Argument.Count(1, all);
    return arguments
        .moveEach(RingTile.POOLING + "y", y.rowStride())
        .moveEach(RingTile.POOLING + "firstRow", 1)
        .set(RingTile.POOLING + "rows", rows)
        .set("chunks", new Argument.Chunks(rows, chunk))
        .spec(tile, convolution.weights(), all);
  }
}
