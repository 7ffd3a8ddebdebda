package io.tilebrew.graph.lower;

import io.tilebrew.engine.plan.Plan;
import io.tilebrew.engine.plan.Team;
import io.tilebrew.engine.problem.ConvProblem;
import io.tilebrew.engine.tile.ConvChoice;
import io.tilebrew.graph.Graph;
import io.tilebrew.graph.Layout.Nhwc;
import io.tilebrew.graph.Node;
import io.tilebrew.graph.Value;
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
import java.util.function.Function;
import org.jspecify.annotations.Nullable;

/**
 * Binds the nodes of a laid-out graph to kernels and references: says for each which steps of a
 * plan it becomes.
 */
final class Lowering {
  private final Graph graph;
  private final boolean kernels;
  private final Placement placement;
  private final PlanBuilder plan;
  private final ConvSteps convolutions;
  private final MapSteps maps;
  private final RowMajorSteps rows;

  /**
   * A lowering, of which a plan can be made once.
   *
   * @param images the leading dimension of the graph's images
   * @param kernels whether kernels compute what stays row-major, too
   * @param choices the way to compute a convolution of one image, or null for the usual one
   */
  Lowering(
      Graph graph,
      int images,
      KernelLibrary library,
      boolean kernels,
      int lanes,
      Team team,
      Function<ConvProblem, @Nullable ConvChoice> choices) {
    this.graph = graph;
    this.kernels = kernels;
    this.placement = new Placement(graph, lanes, choices);
    this.plan = new PlanBuilder(graph, images, library, team);
    this.convolutions = new ConvSteps(graph, placement, plan, lanes, choices);
    this.maps = new MapSteps(graph, placement, plan, lanes);
    this.rows = new RowMajorSteps(graph, plan, images, lanes);
  }

  /**
   * The plan.
   *
   * @param batchFree whether there may be any number of images, if every step has a kernel
   * @param reuse whether buffers share memory
   */
  Plan plan(boolean batchFree, boolean reuse) {
    graph.nodes().forEach(this::lower);
    return plan.plan(batchFree, reuse);
  }

  private void lower(Node node) {
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
    } else if (!kernels || !rows.add(node)) {
      plan.refer(node);
    }
  }

  /** Brings a tensor into the arena or out of it. */
  private void convert(Node node, boolean toMap, boolean channelsLast) {
    Value from = node.input(0);
    Value to = node.output();
    Float value = toMap ? MapTables.uniform(graph.constant(from)) : null;
    if (value != null) {
      maps.fill(node, value);
    } else if (toMap) {
      plan.pack(from, plan.target(placement.of(to)), channelsLast);
    } else {
      plan.unpack(placement.of(from), to, channelsLast);
    }
  }

  /** Computes a feature map. */
  private void compute(Node node) {
    switch (node.operator()) {
      case Conv conv -> convolutions.convolution(node, conv);
      case ConvTranspose transposed -> convolutions.transposed(node, transposed);
      case Pooling pooling -> maps.pool(node, pooling);
      case Elementwise elementwise -> maps.pointwise(node, elementwise);
      case Normalization.Softmax softmax -> maps.softmax(node, softmax);
      case Normalization.Standardization standardization -> maps.standardize(node, standardization);
      case Normalization.LocalResponse response -> maps.localResponse(node, response);
      case Resize resize -> maps.resize(node, resize);
      case Shaping.Gather _ -> maps.gather(node);
      case Shaping.Slice slice -> maps.slice(node, slice);
      case Shaping.Pad pad -> maps.pad(node, pad);
      case Shaping.Concat _ -> maps.concat(node);
      case Shaping.Reshape _ -> maps.reshape(node);
      case Constant _, Indexing _, Linear _, Normalization _, Reduction _, Reorder _, Shaping _ ->
          throw new AssertionError("no kernel for " + node);
    }
  }
}
