package io.tilebrew.graph.lower;

import io.tilebrew.engine.plan.FeatureMap;
import io.tilebrew.engine.problem.Algorithm;
import io.tilebrew.engine.problem.ConvProblem;
import io.tilebrew.engine.tile.ConvChoice;
import io.tilebrew.engine.tile.ConvParts;
import io.tilebrew.engine.tile.KernelSpec;
import io.tilebrew.engine.tile.Kernels;
import io.tilebrew.engine.tile.MapKernels;
import io.tilebrew.engine.tile.Operand;
import io.tilebrew.engine.tile.PixelConv;
import io.tilebrew.engine.tile.RingConv;
import io.tilebrew.engine.tile.TileSize;
import io.tilebrew.engine.tile.WinogradConv;
import io.tilebrew.graph.Graph;
import io.tilebrew.graph.Node;
import io.tilebrew.graph.Value;
import io.tilebrew.graph.op.Conv;
import io.tilebrew.graph.op.ConvTranspose;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import java.util.function.Function;
import java.util.function.IntFunction;
import org.jspecify.annotations.Nullable;

/** Makes the steps of convolutions and transposed convolutions. */
final class ConvSteps {
  private final Graph graph;
  private final Placement placement;
  private final PlanBuilder plan;
  private final int lanes;
  private final Function<ConvProblem, @Nullable ConvChoice> choices;

  /**
   * The steps of the convolutions of {@code graph}.
   *
   * @param plan where the steps go
   * @param choices the way to compute a convolution of one image, or null for the usual one
   */
  ConvSteps(
      Graph graph,
      Placement placement,
      PlanBuilder plan,
      int lanes,
      Function<ConvProblem, @Nullable ConvChoice> choices) {
    this.graph = graph;
    this.placement = placement;
    this.plan = plan;
    this.lanes = lanes;
    this.choices = choices;
  }

  /**
   * What a convolution works on.
   *
   * @param w the weights
   * @param b the bias, or null
   * @param operands what the epilogue reads
   * @param maps the maps among them
   */
  private record Data(
      FeatureMap x,
      float[] w,
      float @Nullable [] b,
      List<Operand> operands,
      List<FeatureMap> maps,
      FeatureMap y) {
    Data withInput(FeatureMap other) {
      return new Data(other, w, b, operands, maps, y);
    }

    Task task(Node node, Object problem, long work) {
      List<FeatureMap> reads = new ArrayList<>(List.of(x));
      reads.addAll(maps);
      return new Task(node.name(), problem.toString(), reads, List.of(y), work);
    }
  }

  private Data data(Node node) {
    List<Value> operands = Conv.epilogueInputs(node.inputs());
    return new Data(
        placement.of(node.input(0)),
        constant(node.input(1)),
        node.inputs().size() >= 3 ? constant(node.input(2)) : null,
        placement.operands(operands, 4),
        placement.maps(operands),
        plan.target(placement.of(node.output())));
  }

  private float[] constant(Value value) {
    return Objects.requireNonNull(graph.constant(value), value::name).floats();
  }

  /** The convolution of one image. */
  static ConvProblem problem(Node node, Conv conv) {
    return conv.problem(
        node.input(0).type().shape().with(0, 1), node.input(1).type().shape().dim(0));
  }

  /** Adds the steps of a convolution. */
  void convolution(Node node, Conv conv) {
    ConvProblem p = problem(node, conv);
    Data data = data(node);
    FeatureMap x = data.x;
    FeatureMap y = data.y;
    List<Operand> operands = data.operands;
    if (RingConv.isWanted(p, operands)) {
      parts(node, p, data, n -> new RingConv(p, x, y, data.w, data.b, operands, lanes, n));
    } else if (p.algorithm() != Algorithm.DIRECT) {
      parts(node, p, data, n -> new WinogradConv(p, x, y, data.w, data.b, operands, lanes, n));
    } else {
      direct(node, p, data);
    }
  }

  private void direct(Node node, ConvProblem p, Data data) {
    TileSize tile = tile(p);
    if (spreads(p)) {
      direct(node, depthwise(p), data.withInput(spread(node, p, data.x)), tile);
    } else if (tile == null && PixelConv.isFaster(p, data.x, data.y, lanes)) {
      parts(node, p, data, n -> new PixelConv(p, data.x, data.y, data.w, data.b, lanes, n));
    } else {
      direct(node, p, data, tile);
    }
  }

  private @Nullable TileSize tile(ConvProblem problem) {
    ConvChoice choice = choices.apply(problem);
    return choice == null ? null : choice.tile();
  }

  /** Adds a convolution whose kernel may have scratch; {@code of} makes it for so many threads. */
  private void parts(Node node, ConvProblem p, Data data, IntFunction<ConvParts> of) {
    Task task = data.task(node, p, p.multiplyAdds());
    int most = plan.parts(task);
    ConvParts parts = of.apply(most);
    plan.compute(task.withScratch(parts.scratch()), parts.spec(), most);
  }

  private void direct(Node node, ConvProblem p, Data data, @Nullable TileSize tile) {
    plan.compute(
        data.task(node, p, p.multiplyAdds()),
        Kernels.convolution(p, data.x, data.y, data.w, data.b, data.operands, lanes, tile));
  }

  /** Whether groups of one input channel have several output channels. */
  private static boolean spreads(ConvProblem p) {
    return p.pool() == null
        && p.group() > 1
        && p.group() == p.inputChannels()
        && p.group() < p.outputChannels();
  }

  /** The same convolution of an input that has each channel as often as it is read. */
  private static ConvProblem depthwise(ConvProblem p) {
    return new ConvProblem(
        p.batch(),
        p.height(),
        p.width(),
        p.outputChannels(),
        p.outputChannels(),
        p.window(),
        p.outputChannels(),
        p.epilogue(),
        null);
  }

  /** Has each channel of {@code x} repeated, with room for a vector behind each pixel. */
  private FeatureMap spread(Node node, ConvProblem p, FeatureMap x) {
    String name = node.name() + ".spread";
    FeatureMap spread = plan.target(Placement.padded(name, p, p.outputChannels(), lanes));
    plan.compute(
        new Task(name, "spread", List.of(x), List.of(spread), 0),
        MapKernels.spread(x, spread, lanes));
    return spread;
  }

  /** Adds the steps of a transposed convolution, each of which makes some of the result. */
  void transposed(Node node, ConvTranspose operator) {
    Data data = data(node);
    List<KernelSpec> specs =
        MapKernels.convTranspose(
            operator.window(),
            operator.group(),
            data.x,
            data.y,
            data.w,
            data.b,
            operator.epilogue(),
            data.operands,
            lanes);
    long work = (long) data.x.height() * data.x.width() * data.w.length;
    for (int i = 0; i < specs.size(); i++) {
      long share = work / (specs.size() - i);
      plan.compute(data.task(node, operator, share), specs.get(i));
      work -= share;
    }
  }
}
