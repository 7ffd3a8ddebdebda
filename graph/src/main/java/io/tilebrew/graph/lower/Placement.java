package io.tilebrew.graph.lower;

import io.tilebrew.engine.Shape;
import io.tilebrew.engine.Tensor;
import io.tilebrew.engine.plan.Buffer;
import io.tilebrew.engine.plan.FeatureMap;
import io.tilebrew.engine.problem.ConvProblem;
import io.tilebrew.engine.problem.Window;
import io.tilebrew.engine.tile.ConvChoice;
import io.tilebrew.engine.tile.Kernels;
import io.tilebrew.engine.tile.Operand;
import io.tilebrew.graph.Graph;
import io.tilebrew.graph.Layout.Nhwc;
import io.tilebrew.graph.Node;
import io.tilebrew.graph.Value;
import io.tilebrew.graph.op.Shaping;
import io.tilebrew.graph.pass.Views;
import java.util.Collections;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;

/**
 * The feature map of each NHWC value. The inputs of a concatenation are slices of its result where
 * they can be, the two sides of a reshape from [N,C,1,1] to [N,C] are one map, and {@link Views}
 * are parts of their inputs.
 */
final class Placement {
  private final Graph graph;
  private final Map<Value, FeatureMap> maps = new HashMap<>();

  /**
   * Places the values of {@code graph}; consumers first, so that they can say where.
   *
   * @param lanes the floats in a vector
   * @param choices the way to compute a convolution of one image, or null for the usual one
   */
  Placement(Graph graph, int lanes, Function<ConvProblem, @Nullable ConvChoice> choices) {
    this.graph = graph;
    for (Node node : graph.nodes().reversed()) {
      if (!Views.isView(graph, node)
          && node.outputs().size() == 1
          && node.output().type().layout() instanceof Nhwc halo) {
        FeatureMap map = maps.computeIfAbsent(node.output(), v -> whole(v, halo));
        if (node.operator() instanceof Shaping.Concat) {
          placeSlices(node, map);
        } else if (node.operator() instanceof Shaping.Reshape) {
          maps.putIfAbsent(node.input(0), map);
        }
      }
    }
    for (Node node : graph.nodes()) {
      if (Views.isView(graph, node) && node.output().type().layout() instanceof Nhwc) {
        maps.computeIfAbsent(node.output(), v -> view(graph, node, of(node.input(0))));
      }
    }
    if (Kernels.prefersBlocks(lanes)) {
      Room.apply(graph, maps, lanes);
      Blocking.apply(graph, maps, lanes);
    }
    PlanarMaps.apply(graph, maps, lanes, choices);
  }

  /** The part of {@code x} that is the result of a view of it. */
  static FeatureMap view(Graph graph, Node node, FeatureMap x) {
    Nhwc zeros = Views.zeros(graph, node);
    if (zeros != null) {
      return x.grow(zeros.top(), zeros.left(), zeros.bottom(), zeros.right());
    }
    int first = ((Shaping.Slice) node.operator()).starts().get(1);
    return x.slice(first, node.output().type().shape().dim(1));
  }

  private void placeSlices(Node concat, FeatureMap map) {
    int first = 0;
    for (Value input : concat.inputs()) {
      int channels = input.type().shape().dim(1);
      if (Collections.frequency(concat.inputs(), input) == 1) {
        maps.putIfAbsent(input, map.slice(first, channels));
      }
      first += channels;
    }
  }

  private static FeatureMap whole(Value value, Nhwc halo) {
    Shape shape = value.type().shape();
    int height = shape.rank() == 4 ? shape.dim(2) : 1;
    int width = shape.rank() == 4 ? shape.dim(3) : 1;
    int channels = shape.dim(1);
    long rows = (long) halo.top() + height + halo.bottom();
    long columns = (long) halo.left() + width + halo.right();
    int floats = Math.toIntExact(Math.multiplyExact(Math.multiplyExact(rows, columns), channels));
    return new FeatureMap(
        new Buffer(value.name(), floats),
        height,
        width,
        channels,
        halo.top(),
        halo.left(),
        halo.bottom(),
        halo.right(),
        channels,
        0);
  }

  /**
   * A map of the input of a convolution with the zeros around it.
   *
   * @param channels the channels it has
   * @param room the floats behind the channels of a pixel
   */
  static FeatureMap padded(String name, ConvProblem p, int channels, int room) {
    Window w = p.window();
    int pixel = Math.addExact(channels, room);
    long rows = (long) w.padTop() + p.height() + w.padBottom();
    long columns = (long) w.padLeft() + p.width() + w.padRight();
    int floats = Math.toIntExact(Math.multiplyExact(Math.multiplyExact(rows, columns), pixel));
    return new FeatureMap(
        new Buffer(name, floats),
        p.height(),
        p.width(),
        channels,
        w.padTop(),
        w.padLeft(),
        w.padBottom(),
        w.padRight(),
        pixel,
        0);
  }

  /** The map of an NHWC value. */
  FeatureMap of(Value value) {
    return Objects.requireNonNull(maps.get(value), value::name);
  }

  /** The maps of those of {@code values} that are no constants. */
  List<FeatureMap> maps(List<Value> values) {
    return values.stream().filter(v -> graph.constant(v) == null).map(this::of).toList();
  }

  /** The maps and constants beside an output of rank 4 [N,C,H,W] or 2 [N,C]. */
  List<Operand> operands(List<Value> values, int rank) {
    return values.stream().map(value -> operand(value, rank)).toList();
  }

  private Operand operand(Value value, int rank) {
    Tensor constant = graph.constant(value);
    if (constant == null) {
      return new Operand.Map(of(value));
    }
    int[] dims = {1, 1, 1, 1};
    int[] own = constant.shape().dims();
    int end = rank == 2 ? 2 : 4;
    System.arraycopy(own, 0, dims, end - own.length, own.length);
    return new Operand.Constant(constant.reshape(Shape.of(dims)));
  }
}
