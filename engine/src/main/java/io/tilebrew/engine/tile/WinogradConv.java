package io.tilebrew.engine.tile;

import io.tilebrew.engine.plan.Argument;
import io.tilebrew.engine.plan.FeatureMap;
import io.tilebrew.engine.plan.Share;
import io.tilebrew.engine.problem.Algorithm;
import io.tilebrew.engine.problem.ConvProblem;
import io.tilebrew.engine.problem.Pointwise;
import io.tilebrew.engine.problem.Window;
import io.tilebrew.engine.reference.WinogradReference;
import io.tilebrew.engine.tile.KernelSpec.Arguments;
import java.util.Comparator;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.stream.IntStream;
import org.jspecify.annotations.Nullable;

/**
 * A convolution by Winograd's algorithm as kernels that do not depend on each other, each for some
 * of the tiles and with scratch memory of its own.
 */
public final class WinogradConv implements ConvParts {
  /** The most tiles of a chunk: more would leave the cache, fewer read the weights too often. */
  private static final int MOST_TILES = 50;

  /** The taps from which on a product reads the weights of two vectors as two streams. */
  private static final int LONG_STREAM = 512;

  private final ConvProblem p;
  private final FeatureMap x;
  private final FeatureMap y;
  private final List<Operand> inputs;
  private final int lanes;
  private final int parts;
  private final int channels;
  private final int maps;
  private final int chunk;
  private final int strips;
  private final WinogradTile tile;
  private final float[] packed;
  private final FeatureMap scratch;

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
    this(p, x, y, w, bias, inputs, lanes, most, MOST_TILES);
  }

  /** The same by chunks of at most {@code chunk} tiles. */
  WinogradConv(
      ConvProblem p,
      FeatureMap x,
      FeatureMap y,
      float[] w,
      float @Nullable [] bias,
      List<Operand> inputs,
      int lanes,
      int most,
      int chunk) {
    assert p.algorithm() != Algorithm.DIRECT : p;
    assert x.top() >= p.window().padTop() && x.left() >= p.window().padLeft() : p;
    assert x.bottom() >= p.zerosBelow() && x.right() >= p.zerosRight() : p;
    this.p = p;
    this.x = x;
    this.y = y;
    this.inputs = inputs;
    this.lanes = lanes;
    this.parts = Math.min(most, tiles());
    this.channels = roundUp(p.inputChannels());
    this.maps = roundUp(p.outputChannels());
    this.chunk = Segment.widest(Math.ceilDiv(tiles(), parts), chunk);
    int block = block();
    int strip = strip(Registers.of(lanes).usual(block).pixels());
    this.strips = Math.ceilDiv(this.chunk, strip);
    this.tile =
        new WinogradTile(
            p.algorithm(),
            product(block, strip),
            strip,
            Math.max(1, MOST_TILES / this.chunk),
            p.pool(),
            Epilogue.of(p.epilogue()),
            Operands.of(1, inputs, p.outputChannels()));
    this.packed = pack(w, bias);
    int floats = Math.multiplyExact(parts, partFloats());
    this.scratch = FeatureMap.scratch(y.buffer().name() + ".tiles", floats);
  }

  @Override
  public FeatureMap scratch() {
    return scratch;
  }

  @Override
  public List<KernelSpec> specs() {
    KernelSpec common = common();
    return IntStream.range(0, parts).mapToObj(number -> part(common, number)).toList();
  }

  private int tiles() {
    return Math.multiplyExact(p.tileRows(), p.tileColumns());
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
    return Segment.widest(maps / lanes, Registers.of(lanes).isMany() ? 4 : 2);
  }

  private ConvTile product(int block, int strip) {
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
        chunked ? UsualTile.depth(p.inputChannels(), lanes) : 0,
        null,
        Epilogue.of(Pointwise.NONE),
        none,
        true,
        true,
        chunked && parts == 1);
  }

  /** The problem of the product: each plane is a group of channels. */
  private ConvProblem planes() {
    int products = p.algorithm().products();
    return new ConvProblem(
        1,
        1,
        1,
        Math.multiplyExact(products, p.inputChannels()),
        Math.multiplyExact(products, maps),
        Window.POINT,
        products,
        p.epilogue(),
        null);
  }

  /** Packs as {@link ConvWeights#pack} does, where each product is a group. */
  private float[] pack(float[] w, float @Nullable [] bias) {
    int block = tile.product().blockChannels();
    int blockFloats = ConvWeights.blockFloats(tile.product(), planes());
    int group = ConvWeights.groupFloats(tile.product(), planes());
    int products = p.algorithm().products();
    float[] packed = new float[Math.addExact(lanes, Math.multiplyExact(products, group))];
    System.arraycopy(Epilogue.header(p.epilogue()), 0, packed, 0, Epilogue.HEADER);
    for (int first = 0; first < p.outputChannels(); first += block) {
      int end = Math.min(p.outputChannels(), first + block);
      int at = lanes + first / block * blockFloats;
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
    return Math.multiplyExact(vector(), Math.addExact(channels, maps) / lanes);
  }

  /** What the kernels have in common: all but their tiles and their scratch. */
  private KernelSpec common() {
    int block = tile.product().channels();
    Arguments arguments =
        new Arguments()
            .map("x", x, -p.window().padTop(), -p.window().padLeft(), lanes)
            .map("y", y, 0, 0, lanes)
            .set("images", new Argument.Batch())
            .set("tileRows", p.tileRows())
            .set("tileColumns", p.tileColumns())
            .set("outputRows", p.outputHeight())
            .set("outputColumns", p.outputWidth())
            .set("channels", p.inputChannels())
            .set("maps", p.outputChannels())
            .set("xRow", x.rowStride())
            .set("xColumn", x.pixelStride())
            .set("yRow", y.rowStride())
            .set("yColumn", y.pixelStride())
            .set("strip", stripFloats())
            .set("strips", strips)
            .set("vector", vector())
            .set("vImage", scratch.imageStride())
            .set("wGroup", ConvWeights.groupFloats(tile.product(), planes()))
            .set("blocks", maps / block)
            .set("tail", maps % block);
    float[] weights = tile.operands().bind(arguments, inputs, y, packed, block);
    return arguments.spec(tile, weights);
  }

  private KernelSpec part(KernelSpec common, int number) {
    Share share = Share.of(number, parts, tiles());
    int first = share.first();
    int count = share.count();
    int own = Math.min(count, chunk);
    int v = number * partFloats();
    int m = v + vector() * (channels / lanes);
    Map<String, Argument> named = new HashMap<>(common.named());
    named.put("v", new Argument.Place(scratch.buffer(), v));
    named.put("m", new Argument.Place(scratch.buffer(), m));
    named.put("firstTile", parts == 1 ? new Argument.Fixed(0) : new Argument.PerPart(first));
    named.put("tiles", new Argument.Fixed(count));
    named.put("chunk", new Argument.Fixed(own));
    named.put("chunks", new Argument.Fixed(Math.ceilDiv(count, own)));
    return new KernelSpec(common.tile(), named, common.weights());
  }
}
