package io.tilebrew.graph.lower;

import io.tilebrew.engine.Shape;
import io.tilebrew.engine.Tensor;
import io.tilebrew.engine.plan.Buffer;
import io.tilebrew.engine.plan.FeatureMap;
import io.tilebrew.engine.plan.MemoryPlan;
import io.tilebrew.engine.plan.Plan;
import io.tilebrew.engine.plan.Step;
import io.tilebrew.engine.plan.Team;
import io.tilebrew.engine.problem.Algorithm;
import io.tilebrew.engine.problem.ConvProblem;
import io.tilebrew.engine.problem.Pointwise;
import io.tilebrew.engine.problem.Pool;
import io.tilebrew.engine.tile.ConvChoice;
import io.tilebrew.engine.tile.KernelSpec;
import io.tilebrew.engine.tile.Kernels;
import io.tilebrew.engine.tile.MapKernels;
import io.tilebrew.engine.tile.Operand;
import io.tilebrew.engine.tile.RingConv;
import io.tilebrew.engine.tile.TileSize;
import io.tilebrew.engine.tile.WinogradConv;
import io.tilebrew.graph.Graph;
import io.tilebrew.graph.Layout.Nhwc;
import io.tilebrew.graph.Node;
import io.tilebrew.graph.TensorType;
import io.tilebrew.graph.Value;
import io.tilebrew.graph.Work;
import io.tilebrew.graph.interpret.References;
import io.tilebrew.graph.op.Constant;
import io.tilebrew.graph.op.Conv;
import io.tilebrew.graph.op.ConvTranspose;
import io.tilebrew.graph.op.Elementwise;
import io.tilebrew.graph.op.Indexing;
import io.tilebrew.graph.op.Linear;
import io.tilebrew.graph.op.Normalization;
import io.tilebrew.graph.op.Pooling;
import io.tilebrew.graph.op.Reduction;
import io.tilebrew.graph.op.Reorder;
import io.tilebrew.graph.op.Resize;
import io.tilebrew.graph.op.Shaping;
import io.tilebrew.graph.pass.Views;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Set;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;

/** Binds the nodes of a laid-out graph to kernels and references. */
final class Lowering {
  /** The multiply-adds that take as long as it takes to move a float. */
  private static final int MOVING = 8;

  private final Graph graph;
  private final KernelLibrary library;
  private final boolean kernels;
  private final int lanes;
  private final Team team;
  private final Function<ConvProblem, @Nullable ConvChoice> choices;
  private final Placement placement;
  private final List<Plan.TensorSlot> tensors = new ArrayList<>();
  private final Map<Value, Integer> slots = new HashMap<>();
  private final List<Step> steps = new ArrayList<>();
  private final Set<Buffer> cleared = new HashSet<>();

  /**
   * A lowering.
   *
   * @param kernels whether kernels compute what stays row-major, too
   * @param choices the way to compute a convolution of one image, or null for the usual one
   */
  Lowering(
      Graph graph,
      KernelLibrary library,
      boolean kernels,
      int lanes,
      Team team,
      Function<ConvProblem, @Nullable ConvChoice> choices) {
    this.graph = graph;
    this.library = library;
    this.kernels = kernels;
    this.lanes = lanes;
    this.team = team;
    this.choices = choices;
    this.placement = new Placement(graph);
  }

  /**
   * The plan.
   *
   * @param images the leading dimension of the graph's images
   * @param batchFree whether it may be any number, if every step has a kernel
   * @param reuse whether buffers share memory
   */
  Plan plan(int images, boolean batchFree, boolean reuse) {
    List<Integer> inputs = graph.inputs().stream().map(this::slot).toList();
    graph.nodes().forEach(node -> lower(node, images));
    List<Integer> outputs = outputs(inputs);
    boolean allKernels = steps.stream().noneMatch(Step.Refer.class::isInstance);
    MemoryPlan memory = reuse ? MemoryPlan.reuse(steps) : MemoryPlan.separate(steps);
    return new Plan(tensors, inputs, outputs, steps, memory, images, batchFree && allKernels, team);
  }

  /** A row-major tensor for {@code value}. */
  private int slot(Value value) {
    return slots.computeIfAbsent(
        value,
        v -> {
          Node producer = graph.producer(v);
          return newSlot(v.type(), producer == null ? null : producer.constant());
        });
  }

  private int newSlot(TensorType type, @Nullable Tensor constant) {
    tensors.add(new Plan.TensorSlot(type.element(), type.shape(), constant));
    return tensors.size() - 1;
  }

  /** The slots of the outputs; one that is an input, a constant or given twice is copied. */
  private List<Integer> outputs(List<Integer> inputs) {
    List<Integer> outputs = new ArrayList<>();
    for (Graph.Output output : graph.outputs()) {
      int slot = slot(output.value());
      boolean taken =
          inputs.contains(slot) || outputs.contains(slot) || tensors.get(slot).constant() != null;
      if (taken) {
        int copy = newSlot(output.value().type(), null);
        refer(output.name(), new Reorder(), List.of(slot), List.of(copy));
        slot = copy;
      }
      outputs.add(slot);
    }
    return outputs;
  }

  private void lower(Node node, int images) {
    if (node.operator() instanceof Constant) {
      return;
    }
    boolean map = node.output(0).type().layout() instanceof Nhwc;
    boolean fromMap =
        !map && node.inputs().size() == 1 && node.input(0).type().layout() instanceof Nhwc;
    if (node.operator() instanceof Reorder) {
      convert(node, map, false);
    } else if (node.operator() instanceof Shaping.Transpose && (map || fromMap)) {
      convert(node, map, true);
    } else if (map) {
      compute(node);
    } else {
      RowMajor rows = kernels ? RowMajor.of(graph, node, images, lanes) : null;
      if (rows == null) {
        refer(
            node.name(),
            node.operator(),
            node.inputs().stream().map(this::slot).toList(),
            node.outputs().stream().map(this::slot).toList());
      } else {
        compute(node, rows, Work.of(node) / images);
      }
    }
  }

  /** Computes on copies of row-major tensors. */
  private void compute(Node node, RowMajor rows, long work) {
    for (int i = 0; i < rows.inputs().size(); i++) {
      steps.add(new Step.Pack(slot(rows.inputs().get(i)), rows.maps().get(i), true));
    }
    String problem = node.operator().toString();
    compute(node.name(), problem, rows.spec(), rows.maps(), rows.y(), work);
    steps.add(new Step.Unpack(rows.y(), slot(node.output()), true));
  }

  private void refer(
      String name,
      io.tilebrew.graph.op.Operator operator,
      List<Integer> inputs,
      List<Integer> outputs) {
    steps.add(new Step.Refer(name, operator.toString(), References.of(operator), inputs, outputs));
  }

  private void convert(Node node, boolean toMap, boolean channelsLast) {
    if (toMap) {
      FeatureMap map = target(node.output());
      Float value = MapTables.uniform(tensor(node.input(0)));
      if (value != null) {
        compute(node.name(), "fill", MapKernels.fill(value, map, lanes), List.of(), map, 0);
        return;
      }
      steps.add(new Step.Pack(slot(node.input(0)), map, channelsLast));
    } else {
      steps.add(new Step.Unpack(placement.of(node.input(0)), slot(node.output()), channelsLast));
    }
  }

  /** The map that a step is about to write to; its halo is cleared before the first does. */
  private FeatureMap target(Value value) {
    FeatureMap map = placement.of(value);
    if (map.hasHalo() && cleared.add(map.buffer())) {
      steps.add(new Step.ClearHalo(map.whole()));
    }
    return map;
  }

  private void compute(Node node) {
    switch (node.operator()) {
      case Conv conv -> convolution(node, conv);
      case ConvTranspose operator -> transposed(node, operator);
      case Pooling pooling -> {
        Pool pool = Objects.requireNonNull(pooling.pool());
        boolean rectified = Rectified.is(graph, node.input(0));
        compute(node, (x, y) -> Kernels.pool(pool, rectified, x, y, lanes));
      }
      case Elementwise elementwise -> pointwise(node, elementwise);
      case Normalization.Softmax(int axis) ->
          compute(
              node,
              (x, y) ->
                  axis == 1
                      ? Kernels.softmax(x, y, lanes)
                      : MapKernels.softmax(axis == 3, x, y, lanes));
      case Normalization.LocalResponse(int size, float alpha, float beta, float bias) ->
          compute(node, (x, y) -> MapKernels.localResponse(size, alpha, beta, bias, x, y, lanes));
      case Resize(var how, var axes, float _) ->
          compute(node, (x, y) -> MapKernels.resize(how, axes.get(2), axes.get(3), x, y, lanes));
      case Shaping.Gather _ -> {
        Tensor indices = constant(node.input(1));
        compute(
            node,
            (x, y) -> {
              int[] channels = MapTables.channels(indices, x.channels());
              return MapKernels.selectChannels(channels, x, y, lanes);
            });
      }
      case Shaping.Slice slice -> slice(node, slice);
      case Shaping.Pad pad -> pad(node, pad);
      case Shaping.Concat _ -> concat(node);
      case Shaping.Reshape _ -> {
        FeatureMap x = placement.of(node.input(0));
        FeatureMap y = placement.of(node.output());
        if (!y.equals(x)) {
          copy(node, x, target(node.output()));
        }
      }
      case Constant _, Indexing _, Linear _, Normalization _, Reduction _, Reorder _, Shaping _ ->
          throw new AssertionError("no kernel for " + node);
    }
  }

  private void convolution(Node node, Conv conv) {
    FeatureMap x = placement.of(node.input(0));
    ConvProblem problem = problem(node, conv);
    float[] w = constant(node.input(1)).floats();
    float[] b = node.inputs().size() >= 3 ? constant(node.input(2)).floats() : null;
    List<Value> inputs = Conv.epilogueInputs(node.inputs());
    FeatureMap y = target(node.output());
    List<FeatureMap> reads = new ArrayList<>(List.of(x));
    reads.addAll(maps(inputs));
    List<Operand> operands = operands(inputs, 4);
    long work = problem.multiplyAdds();
    int most = parts(reads, y, work);
    if (RingConv.isWanted(problem, operands)) {
      RingConv parts = new RingConv(problem, x, y, w, b, operands, lanes, most);
      List<FeatureMap> writes = List.of(y, parts.scratch());
      compute(node.name(), problem.toString(), parts.specs(), reads, writes, work);
      return;
    }
    ConvChoice choice = choices.apply(problem);
    TileSize tile = choice == null ? null : choice.tile();
    if (spreads(problem)) {
      x = spread(node, problem, x);
      problem = depthwise(problem);
      reads.set(0, x);
    }
    if (problem.algorithm() == Algorithm.DIRECT) {
      KernelSpec spec = Kernels.convolution(problem, x, y, w, b, operands, lanes, tile);
      compute(node.name(), problem.toString(), spec, reads, y, work);
      return;
    }
    WinogradConv parts = new WinogradConv(problem, x, y, w, b, operands, lanes, most);
    List<FeatureMap> writes = List.of(y, parts.scratch());
    compute(node.name(), problem.toString(), parts.specs(), reads, writes, work);
  }

  /** Whether groups of one input channel have several output channels. */
  private static boolean spreads(ConvProblem p) {
    return p.algorithm() == Algorithm.DIRECT
        && p.pool() == null
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
    FeatureMap spread = Placement.padded(name, p, p.outputChannels(), lanes);
    if (spread.hasHalo()) {
      steps.add(new Step.ClearHalo(spread.whole()));
    }
    compute(name, "spread", MapKernels.spread(x, spread, lanes), List.of(x), spread, 0);
    return spread;
  }

  private void transposed(Node node, ConvTranspose operator) {
    FeatureMap x = placement.of(node.input(0));
    FeatureMap y = target(node.output());
    float[] w = constant(node.input(1)).floats();
    float[] b = node.inputs().size() >= 3 ? constant(node.input(2)).floats() : null;
    List<Value> inputs = Conv.epilogueInputs(node.inputs());
    List<FeatureMap> reads = new ArrayList<>(List.of(x));
    reads.addAll(maps(inputs));
    List<KernelSpec> specs =
        MapKernels.convTranspose(
            operator.window(),
            operator.group(),
            x,
            y,
            w,
            b,
            operator.epilogue(),
            operands(inputs, 4),
            lanes);
    long work = (long) x.height() * x.width() * w.length;
    String problem = operator.toString();
    for (int i = 0; i < specs.size(); i++) {
      long share = work / (specs.size() - i);
      compute(node.name(), problem, specs.get(i), reads, y, share);
      work -= share;
    }
  }

  private void slice(Node node, Shaping.Slice slice) {
    FeatureMap y = placement.of(node.output());
    FeatureMap x = placement.of(node.input(0)).slice(slice.starts().get(1), y.channels());
    if (y.equals(x)) {
      return;
    }
    int[] rows = MapTables.slice(slice, 2);
    int[] columns = MapTables.slice(slice, 3);
    target(node.output());
    compute(node, MapKernels.select(rows, columns, x, y, lanes), x, y);
  }

  private void pad(Node node, Shaping.Pad pad) {
    FeatureMap x = placement.of(node.input(0));
    FeatureMap y = placement.of(node.output());
    if (Views.zeros(graph, node) != null && y.equals(Placement.view(graph, node, x))) {
      return;
    }
    target(node.output());
    if (pad.mode() != Shaping.Pad.Mode.CONSTANT) {
      int[] rows = MapTables.pad(pad, 2, x.height(), y.height());
      int[] columns = MapTables.pad(pad, 3, x.width(), y.width());
      compute(node, MapKernels.select(rows, columns, x, y, lanes), x, y);
      return;
    }
    float value = Objects.requireNonNull(Views.value(graph, node));
    compute(node, MapKernels.fill(value, y, lanes), x, y);
    copy(node, x, MapTables.inner(pad, x, y));
  }

  private void pointwise(Node node, Elementwise operator) {
    Pointwise function = Objects.requireNonNull(operator.pointwise());
    FeatureMap y = target(node.output());
    KernelSpec spec =
        Kernels.pointwise(function, operands(node.inputs(), node.output().type().rank()), y, lanes);
    compute(node.name(), operator.toString(), spec, maps(node.inputs()), y, 0);
  }

  /** The maps and constants beside an output of rank 4 [N,C,H,W] or 2 [N,C]. */
  private List<Operand> operands(List<Value> values, int rank) {
    return values.stream().map(value -> operand(value, rank)).toList();
  }

  private Operand operand(Value value, int rank) {
    Tensor constant = tensor(value);
    if (constant == null) {
      return new Operand.Map(placement.of(value));
    }
    int[] dims = {1, 1, 1, 1};
    int[] own = constant.shape().dims();
    int end = rank == 2 ? 2 : 4;
    System.arraycopy(own, 0, dims, end - own.length, own.length);
    return new Operand.Constant(constant.reshape(Shape.of(dims)));
  }

  /** The maps of those of {@code values} that are no constants. */
  private List<FeatureMap> maps(List<Value> values) {
    return values.stream().filter(v -> tensor(v) == null).map(placement::of).toList();
  }

  /** Copies the inputs that are not slices of the result already. */
  private void concat(Node node) {
    FeatureMap y = placement.of(node.output());
    int first = 0;
    for (Value input : node.inputs()) {
      FeatureMap x = placement.of(input);
      FeatureMap slice = y.slice(first, x.channels());
      if (!x.equals(slice)) {
        target(node.output());
        copy(node, x, slice);
      }
      first += x.channels();
    }
  }

  private void copy(Node node, FeatureMap x, FeatureMap y) {
    compute(node, Kernels.copy(x, y, lanes), x, y);
  }

  /** What makes the kernel between two maps. */
  private interface Family {
    KernelSpec spec(FeatureMap x, FeatureMap y);
  }

  private void compute(Node node, Family family) {
    FeatureMap x = placement.of(node.input(0));
    FeatureMap y = target(node.output());
    compute(node, family.spec(x, y), x, y);
  }

  private void compute(Node node, KernelSpec spec, FeatureMap x, FeatureMap y) {
    compute(node.name(), node.operator().toString(), spec, List.of(x), y, 0);
  }

  private void compute(
      String name,
      String problem,
      KernelSpec spec,
      List<FeatureMap> reads,
      FeatureMap y,
      long work) {
    compute(name, problem, spec.cut(parts(reads, y, work)), reads, List.of(y), work);
  }

  /** How many kernels should share the work of a step. */
  private int parts(List<FeatureMap> reads, FeatureMap y, long work) {
    long moved = reads.stream().mapToLong(FeatureMap::floats).sum() + y.floats();
    return team.isWorthCutting(Math.max(work, MOVING * moved)) ? team.threads() : 1;
  }

  /** Adds a step of kernels that do not depend on each other. */
  private void compute(
      String name,
      String problem,
      List<KernelSpec> cut,
      List<FeatureMap> reads,
      List<FeatureMap> writes,
      long work) {
    List<Step.Compute> parts = new ArrayList<>();
    for (KernelSpec part : cut) {
      long share = work / cut.size() + (parts.isEmpty() ? work % cut.size() : 0);
      parts.add(
          new Step.Compute(
              name,
              problem,
              library.kernel(part),
              part.literal()::program,
              part.weights(),
              part.arguments(),
              share,
              reads,
              writes));
    }
    steps.add(parts.size() == 1 ? parts.getFirst() : new Step.Parallel(parts));
  }

  /** The convolution of one image. */
  static ConvProblem problem(Node node, Conv conv) {
    return conv.problem(
        node.input(0).type().shape().with(0, 1), node.input(1).type().shape().dim(0));
  }

  private Tensor constant(Value value) {
    Node producer = Objects.requireNonNull(graph.producer(value), value::name);
    return Objects.requireNonNull(producer.constant(), value::name);
  }

  /** The tensor of {@code value} if it is constant, else null. */
  private @Nullable Tensor tensor(Value value) {
    Node producer = graph.producer(value);
    return producer == null ? null : producer.constant();
  }
}
