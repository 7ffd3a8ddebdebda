package io.tilebrew.engine.tile;

import io.tilebrew.engine.plan.Argument;
import io.tilebrew.engine.plan.Buffer;
import io.tilebrew.engine.plan.FeatureMap;
import io.tilebrew.engine.plan.Share;
import io.tilebrew.engine.problem.Algorithm;
import io.tilebrew.engine.problem.ConvProblem;
import io.tilebrew.engine.problem.Pointwise;
import io.tilebrew.engine.problem.Window;
import io.tilebrew.engine.reference.WinogradReference;
import io.tilebrew.engine.tile.KernelSpec.Arguments;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.stream.IntStream;
import org.jspecify.annotations.Nullable;

/**
 * A convolution by Winograd's algorithm as kernels that do not depend on each other, each for some
 * of the tiles or for some of the output channels, and with scratch memory of its own.
 */
public final class WinogradConv implements ConvParts {
  /** The most tiles of a chunk: more would leave the cache, fewer read the weights too often. */
  private static final int MOST_TILES = 50;

  /** How many times an even share of the output channels a kernel has at most. */
  private static final double LARGEST_SHARE = 1.25;

  /** The taps from which on a product reads the weights of two vectors as two streams. */
  private static final int LONG_STREAM = 512;

  private final ConvProblem p;
  private final FeatureMap x;
  private final FeatureMap y;
  private final List<Operand> inputs;
  private final int lanes;
  private final Processor processor;
  private final int channels;
  private final int block;
  private final List<Share> maps;
  private final List<Share> tiles;
  private final int chunk;
  private final int strips;
  private final WinogradTile tile;
  private final List<float[]> packed;
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
   * @param most the most kernels
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
    this(p, x, y, w, bias, inputs, lanes, most, MOST_TILES, Processor.current());
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
    this.channels = roundUp(p.inputChannels());
    this.block = block();
    this.maps = maps(most);
    this.tiles = tiles(maps.size() > 1 ? 1 : most);
    this.chunk = Segment.widest(Math.ceilDiv(tileCount(), tiles.size()), chunk);
    int strip = strip(Registers.of(lanes).usual(block).pixels());
    this.strips = Math.ceilDiv(this.chunk, strip);
    this.tile =
        new WinogradTile(
            p.algorithm(),
            product(strip),
            strip,
            Math.max(1, MOST_TILES / this.chunk),
            p.pool(),
            Epilogue.of(p.epilogue()),
            Operands.of(1, inputs, p.outputChannels()));
    this.packed = maps.stream().map(share -> pack(w, bias, share)).toList();
    int parts = maps.size() * tiles.size();
    this.scratch = FeatureMap.scratch(y.buffer().name() + ".tiles", partFloats(), parts);
  }

  @Override
  public List<FeatureMap> scratch() {
    return scratch;
  }

  @Override
  public List<KernelSpec> specs() {
    List<KernelSpec> specs = new ArrayList<>();
    for (int i = 0; i < maps.size(); i++) {
      KernelSpec common = common(maps.get(i), packed.get(i));
      for (Share share : tiles) {
        specs.add(part(common, share, specs.size()));
      }
    }
    return specs;
  }

  private int tileCount() {
    return Math.multiplyExact(p.tileRows(), p.tileColumns());
  }

  /**
   * The output channels of each of {@code most} kernels, or of all of them. Kernels of some
   * channels read weights of their own, but each transforms all inputs, which pays where each has
   * as many channels as there are tiles.
   */
  private List<Share> maps(int most) {
    int all = p.outputChannels();
    int width = block * lanes;
    int count = Math.ceilDiv(all, width);
    List<Share> shares =
        Share.all(most, count).stream()
            .map(blocks -> new Share(blocks.first() * width, Math.min(all, blocks.end() * width)))
            .toList();
    boolean areEven = count >= most && widest(shares) <= LARGEST_SHARE * all / most;
    boolean few = all >= (long) most * tileCount();
    return few && areEven ? shares : List.of(new Share(0, all));
  }

  private static int widest(List<Share> shares) {
    return shares.stream().mapToInt(Share::count).max().orElseThrow();
  }

  /** The tiles of each of at most {@code most} kernels. */
  private List<Share> tiles(int most) {
    return Share.all(Math.min(most, tileCount()), tileCount());
  }

  private int roundUp(int count) {
    return Math.ceilDiv(count, lanes) * lanes;
  }

  /**
   * The tiles of a strip, {@code most} or a few less: those that take the least time, where two
   * strips take as long to begin as a tile.
   */
  private int strip(int most) {
    return IntStream.rangeClosed(Math.max(1, most - 1), most)
        .map(tiles -> Segment.widest(chunk, tiles))
        .boxed()
        .min(Comparator.comparingInt(tiles -> Math.ceilDiv(chunk, tiles) * (2 * tiles + 1)))
        .orElseThrow();
  }

  /** The vectors of channels of sums that a product makes together. */
  private int block() {
    return Segment.widest(
        Math.ceilDiv(p.outputChannels(), lanes), Registers.of(lanes).isMany() ? 4 : 2);
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
        true,
        true,
        false,
        chunked && tiles.size() == 1 && processor.prefetches());
  }

  /** The problem of the product for some {@code maps}: each plane is a group of channels. */
  private ConvProblem planes(Share maps) {
    int products = p.algorithm().products();
    return new ConvProblem(
        1,
        1,
        1,
        Math.multiplyExact(products, p.inputChannels()),
        Math.multiplyExact(products, roundUp(maps.count())),
        Window.POINT,
        products,
        p.epilogue(),
        null);
  }

  /** Packs those of {@code maps} as {@link ConvWeights#pack} does, each product is a group. */
  private float[] pack(float[] w, float @Nullable [] bias, Share maps) {
    int block = tile.product().blockChannels();
    int blockFloats = ConvWeights.blockFloats(tile.product(), planes(maps));
    int group = ConvWeights.groupFloats(tile.product(), planes(maps));
    int products = p.algorithm().products();
    float[] packed = new float[Math.addExact(lanes, Math.multiplyExact(products, group))];
    System.arraycopy(Epilogue.header(p.epilogue()), 0, packed, 0, Epilogue.HEADER);
    for (int first = maps.first(); first < maps.end(); first += block) {
      int end = Math.min(maps.end(), first + block);
      int at = lanes + (first - maps.first()) / block * blockFloats;
      if (bias != null) {
        int biased = WinogradReference.biased(p.algorithm()) * group;
        System.arraycopy(bias, first, packed, at + biased, end - first);
      }
      for (int c = 0; c < p.inputChannels(); c++) {
        at += block;
        pack(w, c, first, end, packed, at, group);
      }
    }
    return packed;
  }

  /** The weights from channel {@code c} to the channels {@code first} to {@code end}. */
  private void pack(float[] w, int c, int first, int end, float[] packed, int at, int group) {
    float[] u = new float[p.algorithm().products()];
    for (int m = first; m < end; m++) {
      WinogradReference.weights(
          p.algorithm(), w, (m * p.inputChannels() + c) * p.window().taps(), u);
      for (int k = 0; k < u.length; k++) {
        packed[at + m - first + k * group] = u[k];
      }
    }
  }

  /**
   * The floats between the planes of a strip and those of the next one: an odd number of vectors.
   */
  private int stripFloats() {
    return Math.multiplyExact(p.algorithm().products(), tile.plane()) + lanes;
  }

  /** The floats between vectors of channels. */
  private int vector() {
    return Math.multiplyExact(strips, stripFloats());
  }

  /** The floats of scratch of a part. */
  private int partFloats() {
    int sums = roundUp(widest(maps));
    return Math.multiplyExact(vector(), Math.addExact(channels, sums) / lanes);
  }

  /** What the kernels for {@code maps} have in common: all but their tiles and their scratch. */
  private KernelSpec common(Share maps, float[] packed) {
    int all = roundUp(maps.count());
    int block = tile.product().channels();
    FeatureMap some = y.slice(maps.first(), maps.count());
    Arguments arguments =
        new Arguments()
            .map("x", x, -p.window().padTop(), -p.window().padLeft(), lanes)
            .map("y", some, 0, 0, lanes)
            .set("images", new Argument.Batch())
            .set("tileRows", p.tileRows())
            .set("tileColumns", p.tileColumns())
            .set("outputRows", p.outputHeight())
            .set("outputColumns", p.outputWidth())
            .set("channels", p.inputChannels())
            .set("maps", maps.count())
            .set("xRow", x.rowStride())
            .set("xColumn", x.pixelStride())
            .set("yRow", y.rowStride())
            .set("yColumn", y.pixelStride())
            .set("strip", stripFloats())
            .set("strips", strips)
            .set("vector", vector())
            .set("vImage", partFloats())
            .set("wGroup", ConvWeights.groupFloats(tile.product(), planes(maps)))
            .set("blocks", all / block)
            .set("tail", all % block);
    List<Operand> operands =
        inputs.stream().map(input -> input.slice(maps.first(), maps.count())).toList();
    float[] weights = tile.operands().bind(arguments, operands, some, packed, block);
    return arguments.spec(tile, weights);
  }

  private KernelSpec part(KernelSpec common, Share share, int number) {
    int first = share.first();
    int count = share.count();
    int together = Math.min(count, chunk);
    Buffer own = scratch.get(number).buffer();
    Map<String, Argument> named = new HashMap<>(common.named());
    named.put("v", new Argument.Place(own, 0));
    named.put("m", new Argument.Place(own, vector() * (channels / lanes)));
    named.put("firstTile", tiles.size() == 1 ? new Argument.Fixed(0) : new Argument.PerPart(first));
    named.put("tiles", new Argument.Fixed(count));
    named.put("chunk", new Argument.Fixed(together));
    named.put("chunks", new Argument.Fixed(Math.ceilDiv(count, together)));
    return new KernelSpec(common.tile(), named, common.weights());
  }
}
