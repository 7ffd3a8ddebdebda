package io.tilebrew.engine.tile;

import io.tilebrew.engine.kernel.Memory;
import io.tilebrew.engine.plan.Argument;
import io.tilebrew.engine.plan.FeatureMap;
import io.tilebrew.engine.problem.ConvProblem;
import io.tilebrew.engine.problem.Pointwise;
import io.tilebrew.engine.problem.TransposedAxis;
import io.tilebrew.engine.problem.TransposedAxis.Phase;
import io.tilebrew.engine.problem.Window;
import io.tilebrew.engine.tile.KernelSpec.Arguments;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * The transposed convolution as direct convolutions, one for each phase of rows and columns: the
 * outputs of a phase are a stride apart, its taps walk backwards over the input.
 */
final class TransposedConv {
  private static final int MOST_VECTORS = 2;
  private static final int MOST_PIXELS = 6;

  private final Window window;
  private final int group;
  private final FeatureMap x;
  private final FeatureMap y;
  private final float[] w;
  private final float @Nullable [] bias;
  private final Pointwise epilogue;
  private final List<Operand> inputs;
  private final Operands operands;
  private final int lanes;

  TransposedConv(
      Window window,
      int group,
      FeatureMap x,
      FeatureMap y,
      float[] w,
      float @Nullable [] bias,
      Pointwise epilogue,
      List<Operand> inputs,
      int lanes) {
    this.window = window;
    this.group = group;
    this.x = x;
    this.y = y;
    this.w = w;
    this.bias = bias;
    this.epilogue = epilogue;
    this.inputs = inputs;
    this.operands = Operands.of(1, inputs, y.channels());
    this.lanes = lanes;
  }

  List<KernelSpec> specs() {
    TransposedAxis vertical = TransposedAxis.rows(window, x.height(), y.height());
    TransposedAxis horizontal = TransposedAxis.columns(window, x.width(), y.width());
    assert x.top() >= vertical.before() && x.bottom() >= vertical.after() : window;
    assert x.left() >= horizontal.before() && x.right() >= horizontal.after() : window;
    List<KernelSpec> specs = new ArrayList<>();
    for (Phase rows : vertical.phases()) {
      for (Phase columns : horizontal.phases()) {
        specs.add(phase(rows, columns));
      }
    }
    return specs;
  }

  private KernelSpec phase(Phase rows, Phase columns) {
    boolean empty = rows.taps() == 0 || columns.taps() == 0;
    ConvProblem p = empty ? bias() : problem(rows, columns);
    float[] weights = empty ? new float[0] : weights(rows, columns);
    Arguments arguments =
        new Arguments()
            .map("x", x, empty ? 0 : rows.input(), empty ? 0 : columns.input())
            .map("y", y, rows.first(), columns.first())
            .set("images", new Argument.Batch())
            .set("rows", rows.outputs())
            .set("columns", columns.outputs())
            .set("xRow", x.rowStride())
            .set("xColumn", x.pixelStride())
            .set("yRow", Math.multiplyExact(window.strideHeight(), y.rowStride()))
            .set("yColumn", Math.multiplyExact(window.strideWidth(), y.pixelStride()))
            .set("tapRows", empty ? 0 : rows.taps())
            .set("xTapRow", Math.multiplyExact(rows.inputStep(), x.rowStride()))
            .set("xTapColumn", Math.multiplyExact(columns.inputStep(), x.pixelStride()));
    boolean depthwise = !empty && group > 1 && group == x.channels() && group == y.channels();
    return depthwise
        ? depthwise(p, weights, arguments.set("tapColumns", columns.taps()), rows, columns)
        : direct(p, weights, arguments, rows, columns);
  }

  /** Lays out the inputs of the epilogue behind {@code packed}; of each a phase reads some. */
  private float[] bind(Arguments arguments, float[] packed, int guard, Phase rows, Phase columns) {
    float[] all = operands.bind(arguments, inputs, y, packed, guard);
    for (String map : operands.maps()) {
      int row = arguments.fixed(map + "Row");
      int column = arguments.fixed(map + "Column");
      arguments
          .move(map, rows.first() * row + columns.first() * column)
          .set(map + "Row", Math.multiplyExact(window.strideHeight(), row))
          .set(map + "Column", Math.multiplyExact(window.strideWidth(), column));
    }
    return all;
  }

  /** The convolution of one phase. */
  private ConvProblem problem(Phase rows, Phase columns) {
    Window taps = Window.of(rows.taps(), columns.taps());
    return new ConvProblem(
        1, rows.taps(), columns.taps(), x.channels(), y.channels(), taps, group, epilogue, null);
  }

  /** A convolution of no channels, which leaves the bias. */
  private ConvProblem bias() {
    return new ConvProblem(1, 1, 1, 0, y.channels(), Window.POINT, 1, epilogue, null);
  }

  /** The weights [M,C/group,rows,columns] of one phase. */
  private float[] weights(Phase rows, Phase columns) {
    int channels = x.channels() / group;
    int maps = y.channels() / group;
    float[] result = new float[y.channels() * channels * rows.taps() * columns.taps()];
    int at = 0;
    for (int m = 0; m < y.channels(); m++) {
      for (int c = m / maps * channels; c < (m / maps + 1) * channels; c++) {
        for (int i = 0; i < rows.taps(); i++) {
          int row = (c * maps + m % maps) * window.kernelHeight() + rows.tap() + i * rows.tapStep();
          for (int j = 0; j < columns.taps(); j++) {
            result[at++] = w[row * window.kernelWidth() + columns.tap() + j * columns.tapStep()];
          }
        }
      }
    }
    return result;
  }

  private KernelSpec direct(
      ConvProblem p, float[] weights, Arguments arguments, Phase rows, Phase columns) {
    int channels = p.inputChannels() / p.group();
    int maps = p.outputChannels() / p.group();
    int vectors = Math.ceilDiv(maps, lanes);
    int blockVectors = Segment.widest(vectors, MOST_VECTORS);
    ConvTile tile =
        new ConvTile(
            lanes,
            p.weights(),
            blockVectors,
            1,
            MOST_PIXELS,
            1,
            false,
            0,
            null,
            Epilogue.of(epilogue),
            operands,
            0,
            false,
            false,
            false);
    int block = blockVectors * lanes;
    arguments
        .set("w", Memory.LINE_START)
        .set("groups", p.group())
        .set("xGroup", channels)
        .set("yGroup", maps)
        .set("wGroup", ConvWeights.groupFloats(tile, p))
        .set("wBlock", ConvWeights.blockFloats(tile, p))
        .set("wBlocks", Math.multiplyExact(tile.streams(), ConvWeights.blockFloats(tile, p)))
        .set("blocks", maps / block)
        .set("tail", maps % block)
        .set("tails", maps % block == 0 ? 0 : 1)
        .set("lastColumns", 1)
        .set("xConvRow", 0)
        .set("xConvColumn", 0)
        .set("tapColumns", p.window().kernelWidth())
        .set("channels", channels);
    float[] packed = ConvWeights.pack(tile, p, weights, bias);
    float[] all = bind(arguments, packed, block, rows, columns);
    return arguments.spec(tile, all);
  }

  private KernelSpec depthwise(
      ConvProblem p, float[] weights, Arguments arguments, Phase rows, Phase columns) {
    DepthwiseTile tile =
        new DepthwiseTile(lanes, MOST_PIXELS, Epilogue.of(epilogue), operands, false);
    float[] packed = ConvWeights.packNarrow(p, weights, bias, lanes);
    float[] all = bind(arguments, packed, lanes, rows, columns);
    return arguments
        .set("xVector", lanes)
        .set("yVector", lanes)
        .set("blocks", 1)
        .set("channels", p.outputChannels())
        .set("w", Memory.LINE_START)
        .set("wTap", ConvWeights.narrowTap(p, lanes))
        .spec(tile, all);
  }
}
