package io.tilebrew.engine.tile;

import io.tilebrew.engine.kernel.Memory;
import io.tilebrew.engine.plan.Argument;
import io.tilebrew.engine.plan.FeatureMap;
import io.tilebrew.engine.plan.Share;
import io.tilebrew.engine.problem.Algorithm;
import io.tilebrew.engine.problem.ConvProblem;
import io.tilebrew.engine.problem.Pointwise;
import io.tilebrew.engine.problem.Window;
import io.tilebrew.engine.reference.WinogradReference;
import io.tilebrew.engine.reference.WinogradWeights;
import io.tilebrew.engine.tile.KernelSpec.Arguments;
import java.util.Comparator;
import java.util.List;
import java.util.stream.IntStream;
import org.jspecify.annotations.Nullable;

/**
 * A convolution by Winograd's algorithm, of which threads share the tiles or the output channels,
 * each with scratch memory of its own.
 */
public final class WinogradConv implements ConvParts {
  /** The most tiles of a chunk: more would leave the cache, fewer read the weights too often. */
  private static final int MOST_TILES = 50;

  /** The same of tiles with 64 planes. */
  private static final int MOST_LARGE_TILES = 25;

  /** The taps from which on a product reads the weights of two vectors as two streams. */
  private static final int LONG_STREAM = 512;

  /** The units of tiles for each thread, at least, unless they are tiles. */
  private static final int UNITS = 4;

  /** What a block costs that has a vector less than the widest, and four times if two less. */
  private static final double NARROWNESS = 0.09;

  private final ConvProblem p;
  private final FeatureMap x;
  private final FeatureMap y;
  private final List<Operand> inputs;
  private final int lanes;
  private final Processor processor;
  private final int block;
  private final boolean sharesMaps;
  private final int parts;
  private final int mostTiles;
  private final int strips;
  private final WinogradTile tile;
  private final float[] packed;
  private final List<FeatureMap> scratch;

  /**
   * A convolution of one image, the batch is free.
   *
   * @param p the problem, whose algorithm is not the direct one
   * @param x the input, whose halo covers {@link ConvProblem#zerosBelow} and {@link
   *     ConvProblem#zerosRight}, too
   * @param w the weights [M,C,3,3] or [M,C,5,5]
   * @param bias the bias [M], or null for zeros
   * @param inputs the inputs of the epilogue
   * @param most the most threads that share it
   */
  public WinogradConv(
      ConvProblem p,
      FeatureMap x,
      FeatureMap y,
      float[] w,
      float @Nullable [] bias,
      List<Operand> inputs,
      int lanes,
      int most) {
    this(p, x, y, w, bias, inputs, lanes, most, mostTiles(p.algorithm()), Processor.current());
  }

  /** The same by chunks of at most {@code chunk} tiles, for {@code processor}. */
  WinogradConv(
      ConvProblem p,
      FeatureMap x,
      FeatureMap y,
      float[] w,
      float @Nullable [] bias,
      List<Operand> inputs,
      int lanes,
      int most,
      int chunk,
      Processor processor) {
    assert p.algorithm() != Algorithm.DIRECT : p;
    assert x.top() >= p.window().padTop() && x.left() >= p.window().padLeft() : p;
    assert x.bottom() >= p.zerosBelow() && x.right() >= p.zerosRight() : p;
    this.p = p;
    this.x = x;
    this.y = y;
    this.inputs = inputs;
    this.lanes = lanes;
    this.processor = processor;
    this.mostTiles = Math.min(chunk, tileCount());
    int even = evenBlock(most);
    this.sharesMaps = most > 1 && sharesMaps(even, most);
    this.block = sharesMaps ? even : Segment.widest(vectors(), mostVectors());
    this.parts = sharesMaps ? most : Math.min(most, tileCount());
    int share = sharesMaps ? tileCount() : Math.ceilDiv(tileCount(), parts);
    int usual = Segment.widest(share, mostTiles);
    int strip = strip(usual, Registers.of(lanes).usual(block).pixels());
    this.strips = Math.ceilDiv(sharesTiles() ? mostTiles : usual, strip);
    this.tile =
        new WinogradTile(
            p.algorithm(),
            product(strip),
            strip,
            Math.max(1, mostTiles(p.algorithm()) / usual),
            p.pool(),
            Epilogue.of(p.epilogue()),
            Operands.of(1, inputs, p.outputChannels()));
    this.packed = pack(w, bias);
    this.scratch = FeatureMap.scratch(y.buffer().name() + ".tiles", partFloats(), parts);
  }

  private static int mostTiles(Algorithm algorithm) {
    return algorithm.isLarge() ? MOST_LARGE_TILES : MOST_TILES;
  }

  @Override
  public List<FeatureMap> scratch() {
    return scratch;
  }

  private int tileCount() {
    return Math.multiplyExact(p.tileRows(), p.tileColumns());
  }

  /** The vectors of input channels. */
  private int inputVectors() {
    return Math.ceilDiv(p.inputChannels(), lanes);
  }

  /** The vectors of output channels. */
  private int vectors() {
    return Math.ceilDiv(p.outputChannels(), lanes);
  }

  /** The most vectors of output channels that a product makes together. */
  private int mostVectors() {
    return Registers.of(lanes).isMany() ? 4 : 2;
  }

  /**
   * The vectors of a block with which the largest of {@code most} shares of the output channels
   * takes the least time: smaller blocks make shares more even, but have fewer sums to a load.
   */
  private int evenBlock(int most) {
    int widest = mostVectors();
    return IntStream.rangeClosed(1, widest)
        .map(less -> Segment.widest(vectors(), widest + 1 - less))
        .boxed()
        .min(Comparator.comparingDouble(block -> shareTime(block, most)))
        .orElseThrow();
  }

  private double shareTime(int block, int most) {
    int less = mostVectors() - block;
    int chunk = Segment.widest(tileCount(), mostTiles);
    int strip = strip(chunk, Registers.of(lanes).usual(block).pixels());
    return (1 + NARROWNESS * less * less) * largestShare(block, most) * stripTime(chunk, strip);
  }

  /** The output channels of the largest of {@code most} shares of blocks. */
  private int largestShare(int block, int most) {
    int all = p.outputChannels();
    int width = block * lanes;
    return Share.all(most, Math.ceilDiv(all, width)).stream()
        .mapToInt(share -> new Argument.Count(width, all).of(share.first(), share.end()))
        .max()
        .orElseThrow();
  }

  /**
   * Whether {@code most} threads share the output channels. Each reads weights of its own then, but
   * transforms all inputs, which pays where each has as many channels as there are tiles.
   */
  private boolean sharesMaps(int block, int most) {
    int all = p.outputChannels();
    return all >= (long) most * tileCount()
        && Math.ceilDiv(vectors(), block) >= most
        && largestShare(block, most) <= KernelSpec.LARGEST_SHARE * all / most;
  }

  private boolean sharesTiles() {
    return parts > 1 && !sharesMaps;
  }

  private int roundUp(int count) {
    return Math.ceilDiv(count, lanes) * lanes;
  }

  /**
   * The tiles of a strip, {@code most} or a few less: those that take the least time for {@code
   * chunk} tiles, where two strips take as long to begin as a tile.
   */
  private static int strip(int chunk, int most) {
    return IntStream.rangeClosed(Math.max(1, most - 1), most)
        .map(tiles -> Segment.widest(chunk, tiles))
        .boxed()
        .min(Comparator.comparingInt(tiles -> stripTime(chunk, tiles)))
        .orElseThrow();
  }

  private static int stripTime(int chunk, int tiles) {
    return Math.ceilDiv(chunk, tiles) * (2 * tiles + 1);
  }

  private ConvTile product(int strip) {
    boolean isMany = Registers.of(lanes).isMany();
    boolean chunked = isMany && p.inputChannels() % lanes == 0;
    int streams = isMany || p.inputChannels() >= LONG_STREAM ? block : 1;
    Operands none = new Operands(1, List.of());
    return new ConvTile(
        lanes,
        p.weights(),
        block / streams,
        streams,
        strip,
        1,
        false,
        chunked ? UsualTile.depth(p.inputChannels(), lanes, processor) : 0,
        null,
        Epilogue.of(Pointwise.NONE),
        none,
        lanes,
        true,
        false,
        chunked && !sharesTiles() && processor.prefetches());
  }

  /** The problem of the product: each plane is a group of channels. */
  private ConvProblem productProblem() {
    int products = p.algorithm().products();
    return new ConvProblem(
        1,
        1,
        1,
        Math.multiplyExact(products, p.inputChannels()),
        Math.multiplyExact(products, roundUp(p.outputChannels())),
        Window.POINT,
        products,
        p.epilogue(),
        null);
  }

  /**
   * Packs the weights as {@link ConvWeights#pack} does, each product is a group. Where threads
   * share the output channels, all groups of a block lie together, so that each has weights of its
   * own.
   */
  private float[] pack(float[] w, float @Nullable [] bias) {
    int block = tile.product().blockChannels();
    int streams = tile.product().streams();
    int group = groupFloats();
    int blocks = Math.ceilDiv(p.outputChannels(), streams * block);
    int ofLast =
        Math.addExact(
            Math.multiplyExact(blocks - 1, blocksFloats()),
            Math.multiplyExact(p.algorithm().products() - 1, group));
    float[] packed =
        new float[Math.addExact(Math.addExact(Memory.LINE_START, ofLast), streams * blockFloats())];
    System.arraycopy(Epilogue.header(p.epilogue()), 0, packed, 0, Epilogue.HEADER);
    int taps = p.window().taps();
    WinogradWeights transform = new WinogradWeights(p.algorithm(), block);
    for (int first = 0; first < p.outputChannels(); first += block) {
      int end = Math.min(p.outputChannels(), first + block);
      int number = first / block;
      int at =
          Memory.LINE_START + number / streams * blocksFloats() + number % streams * blockFloats();
      if (bias != null) {
        int biased = WinogradReference.biased(p.algorithm()) * group;
        System.arraycopy(bias, first, packed, at + biased, end - first);
      }
      for (int c = 0; c < p.inputChannels(); c++) {
        at += block;
        int pair = first * p.inputChannels() + c;
        transform.apply(w, pair * taps, p.inputChannels() * taps, end - first, packed, at, group);
      }
    }
    return packed;
  }

  /** The floats of a block of one stream. */
  private int blockFloats() {
    return ConvWeights.blockFloats(tile.product(), productProblem());
  }

  /** The floats from one product to the next. */
  private int groupFloats() {
    return sharesMaps
        ? Math.multiplyExact(tile.product().streams(), blockFloats())
        : ConvWeights.groupFloats(tile.product(), productProblem());
  }

  /** The floats from the blocks of all streams to the next ones. */
  private int blocksFloats() {
    int ofProduct = Math.multiplyExact(tile.product().streams(), blockFloats());
    return sharesMaps ? Math.multiplyExact(p.algorithm().products(), ofProduct) : ofProduct;
  }

  /** The planes of a chunk for {@code vectors} vectors of channels. */
  private WinogradPlanes planes(int vectors) {
    return new WinogradPlanes(
        p.algorithm().products(),
        strips,
        Math.multiplyExact(vectors, tile.strip()),
        lanes,
        processor.fetchesFar());
  }

  /** The floats of scratch of a part, which may have nearly all output channels. */
  private int partFloats() {
    return Math.addExact(planes(inputVectors()).all(), planes(vectors()).all());
  }

  @Override
  public KernelSpec spec() {
    Arguments arguments = all();
    float[] weights = tile.operands().bind(arguments, inputs, y, packed, tile.product().channels());
    if (sharesMaps) {
      int units = arguments.fixed("blocks") + arguments.fixed("tails");
      return shareMaps(arguments, units).spec(tile, weights, units);
    }
    return sharesTiles()
        ? shareTiles(arguments).spec(tile, weights, Math.ceilDiv(tileCount(), unit()))
        : arguments.spec(tile, weights);
  }

  /** The arguments of a kernel that does all. */
  private Arguments all() {
    int maps = p.outputChannels();
    int padded = roundUp(maps);
    int block = tile.product().channels();
    int chunk = Segment.widest(tileCount(), mostTiles);
    WinogradPlanes v = planes(inputVectors());
    WinogradPlanes m = planes(vectors());
    return new Arguments()
        .map("x", x, -p.window().padTop(), -p.window().padLeft(), lanes)
        .map("y", y, 0, 0, lanes)
        .set("v", Argument.Scratch.of(scratch, 0))
        .set("m", Argument.Scratch.of(scratch, v.all()))
        .set("images", new Argument.Batch())
        .set("firstTile", 0)
        .set("tiles", tileCount())
        .set("chunk", chunk)
        .set("chunks", Math.ceilDiv(tileCount(), chunk))
        .set("tileRows", p.tileRows())
        .set("tileColumns", p.tileColumns())
        .set("outputRows", p.outputHeight())
        .set("outputColumns", p.outputWidth())
        .set("channels", p.inputChannels())
        .set("mapVectors", maps / lanes)
        .set("mapTail", maps % lanes)
        .set("mapTails", maps % lanes == 0 ? 0 : 1)
        .set("xRow", x.rowStride())
        .set("xColumn", x.pixelStride())
        .set("yRow", y.rowStride())
        .set("yColumn", y.pixelStride())
        .set("strips", strips)
        .set("vStrip", v.strip())
        .set("vPlane", v.plane())
        .set("mStrip", m.strip())
        .set("mPlane", m.plane())
        .set("vImage", partFloats())
        .set("w", Memory.LINE_START)
        .set("wGroup", groupFloats())
        .set("wBlocks", blocksFloats())
        .set("blocks", padded / block)
        .set("tail", padded % block)
        .set("tails", padded % block == 0 ? 0 : 1);
  }

  /** A unit is a block of output channels, or what is left over of them. */
  private Arguments shareMaps(Arguments arguments, int units) {
    int vectors = arguments.fixed("mapVectors");
    int block = tile.product().channels();
    tile.operands().channelSteps(inputs, block, lanes).forEach(arguments::moveEach);
    return arguments
        .moveEach("y", Kernels.floats(y, block, lanes))
        .moveEach("w", blocksFloats())
        .set("blocks", new Argument.Count(1, arguments.fixed("blocks")))
        .setLast("tails", units)
        .setLast("mapTails", units)
        .set("mapVectors", new Argument.Count(block / lanes, vectors));
  }

  /** The tiles of a unit. */
  private int unit() {
    return Math.clamp(tileCount() / (UNITS * parts), 1, tile.strip());
  }

  private Arguments shareTiles(Arguments arguments) {
    int unit = unit();
    Argument.Extent tiles = new Argument.Count(unit, tileCount());
    Argument.Extent chunks = new Argument.Chunks(tiles, mostTiles);
    Argument.Extent chunk = new Argument.LargestChunk(tiles, chunks);
    return arguments
        .set("firstTile", new Argument.Moving(new Argument.Fixed(0), unit))
        .set("tiles", tiles)
        .set("chunks", chunks)
        .set("chunk", chunk)
        .set("strips", new Argument.Chunks(chunk, tile.strip()));
  }
}
