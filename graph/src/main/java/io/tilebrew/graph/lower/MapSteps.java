package io.tilebrew.graph.lower;

import io.tilebrew.engine.Tensor;
import io.tilebrew.engine.plan.FeatureMap;
import io.tilebrew.engine.problem.Pointwise;
import io.tilebrew.engine.problem.Pool;
import io.tilebrew.engine.tile.KernelSpec;
import io.tilebrew.engine.tile.Kernels;
import io.tilebrew.engine.tile.MapKernels;
import io.tilebrew.graph.Graph;
import io.tilebrew.graph.Node;
import io.tilebrew.graph.Value;
import io.tilebrew.graph.op.Elementwise;
import io.tilebrew.graph.op.Normalization;
import io.tilebrew.graph.op.Pooling;
import io.tilebrew.graph.op.Resize;
import io.tilebrew.graph.op.Shaping;
import io.tilebrew.graph.pass.Views;
import java.util.List;
import java.util.Objects;

/** Makes the steps of what has no weights: from feature maps to a feature map. */
final class MapSteps {
  private final Graph graph;
  private final Placement placement;
  private final PlanBuilder plan;
  private final int lanes;

  /**
   * The steps between the feature maps of {@code graph}.
   *
   * @param plan where the steps go
   */
  MapSteps(Graph graph, Placement placement, PlanBuilder plan, int lanes) {
    this.graph = graph;
    this.placement = placement;
    this.plan = plan;
    this.lanes = lanes;
  }

  void pool(Node node, Pooling pooling) {
    FeatureMap x = source(node);
    FeatureMap y = target(node);
    Pool pool = Objects.requireNonNull(pooling.pool());
    boolean rectified = Rectified.is(graph, node.input(0));
    compute(node, Kernels.pool(pool, rectified, x, y, lanes), x, y);
  }

  void pointwise(Node node, Elementwise operator) {
    Pointwise function = Objects.requireNonNull(operator.pointwise());
    FeatureMap y = target(node);
    int rank = node.output().type().rank();
    KernelSpec spec =
        Kernels.pointwise(function, placement.operands(node.inputs(), rank), y, lanes);
    compute(node, spec, placement.maps(node.inputs()), y);
  }

  void softmax(Node node, Normalization.Softmax softmax) {
    FeatureMap x = source(node);
    FeatureMap y = target(node);
    KernelSpec spec =
        softmax.axis() == 1
            ? Kernels.softmax(x, y, lanes)
            : MapKernels.softmax(softmax.axis() == 3, x, y, lanes);
    compute(node, spec, x, y);
  }

  void standardize(Node node, Normalization.Standardization of) {
    FeatureMap x = source(node);
    FeatureMap y = target(node);
    KernelSpec spec =
        of.axes().equals(List.of(1))
            ? MapKernels.standardizeChannels(of.epsilon(), x, y, lanes)
            : MapKernels.standardize(of.epsilon(), x, y, lanes);
    compute(node, spec, x, y);
  }

  void localResponse(Node node, Normalization.LocalResponse of) {
    FeatureMap x = source(node);
    FeatureMap y = target(node);
    KernelSpec spec =
        MapKernels.localResponse(of.size(), of.alpha(), of.beta(), of.bias(), x, y, lanes);
    compute(node, spec, x, y);
  }

  void resize(Node node, Resize resize) {
    FeatureMap x = source(node);
    FeatureMap y = target(node);
    KernelSpec spec =
        MapKernels.resize(resize.how(), resize.axes().get(2), resize.axes().get(3), x, y, lanes);
    compute(node, spec, x, y);
  }

  /** Selects channels. */
  void gather(Node node) {
    FeatureMap x = source(node);
    FeatureMap y = target(node);
    Tensor indices = Objects.requireNonNull(graph.constant(node.input(1)), node::name);
    int[] channels = MapTables.channels(indices, x.channels());
    compute(node, MapKernels.selectChannels(channels, x, y, lanes), x, y);
  }

  /** Selects rows and columns of some channels, unless the result is in its place already. */
  void slice(Node node, Shaping.Slice slice) {
    FeatureMap y = placement.of(node.output());
    FeatureMap x = source(node).slice(slice.starts().get(1), y.channels());
    if (!y.equals(x)) {
      int[] rows = MapTables.slice(slice, 2);
      int[] columns = MapTables.slice(slice, 3);
      compute(node, MapKernels.select(rows, columns, x, target(node), lanes), x, y);
    }
  }

  /** Copies the input into its border, unless the border is part of the input's halo. */
  void pad(Node node, Shaping.Pad pad) {
    FeatureMap x = source(node);
    FeatureMap y = placement.of(node.output());
    if (Views.zeros(graph, node) != null && y.equals(Placement.view(graph, node, x))) {
      return;
    }
    plan.target(y);
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

  /** Copies the inputs that are not slices of the result already. */
  void concat(Node node) {
    FeatureMap y = placement.of(node.output());
    int first = 0;
    for (Value input : node.inputs()) {
      FeatureMap x = placement.of(input);
      FeatureMap slice = y.slice(first, x.channels());
      if (!x.equals(slice)) {
        plan.target(y);
        copy(node, x, slice);
      }
      first += x.channels();
    }
  }

  /** Copies the input unless it is in the place of the result already. */
  void reshape(Node node) {
    FeatureMap x = source(node);
    if (!placement.of(node.output()).equals(x)) {
      copy(node, x, target(node));
    }
  }

  /** Fills the map of the result with a number that is known. */
  void fill(Node node, float value) {
    FeatureMap y = target(node);
    plan.compute(
        new Task(node.name(), "fill", List.of(), List.of(y), 0), MapKernels.fill(value, y, lanes));
  }

  private FeatureMap source(Node node) {
    return placement.of(node.input(0));
  }

  private FeatureMap target(Node node) {
    return plan.target(placement.of(node.output()));
  }

  private void copy(Node node, FeatureMap x, FeatureMap y) {
    compute(node, Kernels.copy(x, y, lanes), x, y);
  }

  private void compute(Node node, KernelSpec spec, FeatureMap x, FeatureMap y) {
    compute(node, spec, List.of(x), y);
  }

  private void compute(Node node, KernelSpec spec, List<FeatureMap> reads, FeatureMap y) {
    plan.compute(new Task(node.name(), node.operator().toString(), reads, List.of(y), 0), spec);
  }
}
