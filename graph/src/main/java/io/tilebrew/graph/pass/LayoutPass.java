package io.tilebrew.graph.pass;

import io.tilebrew.engine.Shape;
import io.tilebrew.engine.problem.ConvProblem;
import io.tilebrew.engine.problem.Pointwise;
import io.tilebrew.engine.problem.TransposedAxis;
import io.tilebrew.engine.problem.Window;
import io.tilebrew.graph.Graph;
import io.tilebrew.graph.GraphBuilder;
import io.tilebrew.graph.Layout.Nhwc;
import io.tilebrew.graph.Node;
import io.tilebrew.graph.TensorType;
import io.tilebrew.graph.Value;
import io.tilebrew.graph.op.Conv;
import io.tilebrew.graph.op.ConvTranspose;
import io.tilebrew.graph.op.Convolution;
import io.tilebrew.graph.op.Elementwise;
import io.tilebrew.graph.op.Reorder;
import io.tilebrew.graph.op.Shaping;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * Lays the values of nodes that have kernels out as NHWC, with a halo of the zeros that the
 * convolutions read around them, and puts a Reorder where a value is needed in the other layout.
 * Elementwise functions, which both layouts suit, are with their neighbours: tensors between
 * functions and matrix products stay row-major.
 */
final class LayoutPass {
  private static final Nhwc NONE = new Nhwc(0, 0, 0, 0);

  private final Graph old;
  private final GraphBuilder builder;
  private final int images;
  private final Set<Node> laidOut = new HashSet<>();
  private final Map<Value, Nhwc> halos = new HashMap<>();
  private final Map<Value, Value> plain = new HashMap<>();
  private final Map<Value, Value> nhwc = new HashMap<>();

  private LayoutPass(Graph old, int images) {
    this.old = old;
    this.images = images;
    this.builder = new GraphBuilder(old.name());
  }

  static Graph run(Graph graph) {
    boolean done =
        graph.nodes().stream()
            .flatMap(n -> n.outputs().stream())
            .anyMatch(v -> v.type().layout() instanceof Nhwc);
    return done ? graph : new LayoutPass(graph, images(graph)).run();
  }

  /** The images that kernels run over: the leading dimension of the first input, or 1. */
  static int images(Graph graph) {
    return graph.inputs().stream()
        .map(v -> v.type().shape())
        .filter(s -> s.rank() == 4 || s.rank() == 2)
        .findFirst()
        .map(s -> s.dim(0))
        .orElse(1);
  }

  private Graph run() {
    chooseLaidOut();
    if (laidOut.isEmpty()) {
      return old;
    }
    findHalos();
    for (Value input : old.inputs()) {
      plain.put(input, builder.input(input.name(), input.type()));
    }
    for (Node node : old.nodes()) {
      if (laidOut.contains(node)) {
        Node laid =
            builder.add(
                List.of(node.name()),
                node.operator(),
                operands(node),
                List.of(node.output().type().with(halo(node.output()))));
        nhwc.put(node.output(), laid.output());
      } else if (TransposeMotion.toChannelsFirst(node) && isReadByKernel(node)) {
        nhwc.put(node.output(), channelsLast(node, plain(node.input(0)), halo(node.output())));
      } else if (TransposeMotion.toChannelsLast(node) && nhwc.containsKey(node.input(0))) {
        plain.put(node.output(), channelsLast(node, nhwc(node.input(0)), null));
      } else {
        Node kept =
            builder.add(
                node.outputs().stream().map(Value::name).toList(),
                node.operator(),
                node.inputs().stream().map(this::plain).toList(),
                node.outputs().stream().map(Value::type).toList());
        for (int i = 0; i < kept.outputs().size(); i++) {
          plain.put(node.outputs().get(i), kept.outputs().get(i));
        }
      }
    }
    old.outputs().forEach(o -> builder.output(o.name(), plain(o.value())));
    return builder.build();
  }

  /** Starts with the nodes that only one layout suits; functions that join draw in others. */
  private void chooseLaidOut() {
    List<Node> kernels = old.nodes().stream().filter(this::hasKernel).toList();
    List<Node> functions = kernels.stream().filter(LayoutPass::isOfMaps).toList();
    laidOut.addAll(kernels);
    laidOut.removeAll(Set.copyOf(functions));
    boolean changed = true;
    while (changed) {
      changed = false;
      for (Node node : functions) {
        changed |= joins(node) && laidOut.add(node);
      }
    }
  }

  /** Whether {@code node} is a function of maps: vectors [N,C] are the same in both layouts. */
  private static boolean isOfMaps(Node node) {
    return node.operator() instanceof Elementwise && node.output().type().rank() == 4;
  }

  /** Whether an elementwise function reads what is laid out, or is read by what wants that. */
  private boolean joins(Node node) {
    return node.inputs().stream().map(old::producer).anyMatch(this::gives)
        || old.consumers(node.output()).stream().anyMatch(this::takes);
  }

  private boolean gives(@Nullable Node node) {
    return node != null && (laidOut.contains(node) || TransposeMotion.toChannelsFirst(node));
  }

  private boolean takes(Node node) {
    return laidOut.contains(node) || TransposeMotion.toChannelsLast(node);
  }

  /** A transpose that only says that a row-major tensor [N,H,W,C] is laid out as NHWC. */
  private Value channelsLast(Node node, Value input, @Nullable Nhwc halo) {
    TensorType type = node.output().type();
    return builder
        .add(
            List.of(node.name()),
            node.operator(),
            List.of(input),
            List.of(halo == null ? type : type.with(halo)))
        .output();
  }

  private boolean isReadByKernel(Node node) {
    return KernelRefusal.isMap(node.output(), images)
        && old.consumers(node.output()).stream().anyMatch(laidOut::contains);
  }

  /** The inputs of a kernel; constants are packed when compiling and stay as they are. */
  private List<Value> operands(Node node) {
    return node.inputs().stream()
        .map(input -> KernelRefusal.isPacked(old, node, input) ? plain(input) : nhwc(input))
        .toList();
  }

  private Value nhwc(Value value) {
    return nhwc.computeIfAbsent(
        value, v -> reorder(v.name() + ".nhwc", plain(v), v.type().with(halo(v))));
  }

  private Value plain(Value value) {
    return plain.computeIfAbsent(
        value, v -> reorder(v.name() + ".nchw", Objects.requireNonNull(nhwc.get(v)), v.type()));
  }

  private Value reorder(String name, Value from, TensorType to) {
    return builder.add(List.of(name), new Reorder(), List.of(from), List.of(to)).output();
  }

  private Nhwc halo(Value value) {
    return halos.getOrDefault(value, NONE);
  }

  /** Starts with the paddings, then lets values that share memory share the halo, too. */
  private void findHalos() {
    for (Node node : old.nodes()) {
      if (laidOut.contains(node) && node.operator() instanceof Convolution convolution) {
        halos.merge(node.input(0), halo(convolution, node), Nhwc::max);
      }
    }
    boolean changed = true;
    while (changed) {
      changed = false;
      for (Node node : old.nodes()) {
        if (node.operator() instanceof Shaping shaping && laidOut.contains(node)) {
          changed |= shareHalo(node, shaping);
        }
      }
    }
  }

  /** The zeros that a convolution reads around its input. */
  private static Nhwc halo(Convolution operator, Node node) {
    return switch (operator) {
      case Conv conv -> {
        ConvProblem p =
            conv.problem(node.input(0).type().shape(), node.input(1).type().shape().dim(0));
        Window w = conv.window();
        yield new Nhwc(w.padTop(), w.padLeft(), p.zerosBelow(), p.zerosRight());
      }
      case ConvTranspose(Window w, int _, int height, int width, Pointwise _) -> {
        Shape x = node.input(0).type().shape();
        TransposedAxis rows = TransposedAxis.rows(w, x.dim(2), height);
        TransposedAxis columns = TransposedAxis.columns(w, x.dim(3), width);
        yield new Nhwc(rows.before(), columns.before(), rows.after(), columns.after());
      }
    };
  }

  /** Whether a halo had to grow. */
  private boolean shareHalo(Node node, Shaping operator) {
    return switch (operator) {
      case Shaping.Concat _, Shaping.Reshape _ -> {
        Nhwc shared = node.inputs().stream().map(this::halo).reduce(halo(node.output()), Nhwc::max);
        boolean grown = widen(node.output(), shared);
        for (Value input : node.inputs()) {
          grown |= widen(input, shared);
        }
        yield grown;
      }
      case Shaping.Slice _, Shaping.Pad _ -> {
        Nhwc zeros = Views.isChannelSlice(node) ? NONE : Views.zeros(old, node);
        if (zeros == null) {
          yield false;
        }
        boolean grown = widen(node.input(0), Views.plus(halo(node.output()), zeros));
        yield widen(node.output(), Views.minus(halo(node.input(0)), zeros)) || grown;
      }
      case Shaping.Transpose _, Shaping.Expand _, Shaping.Gather _ -> false;
    };
  }

  private boolean widen(Value value, Nhwc least) {
    Nhwc now = halo(value);
    Nhwc halo = now.max(least);
    halos.put(value, halo);
    return !halo.equals(now);
  }

  /** Whether a kernel computes {@code node}; else its reference does. */
  private boolean hasKernel(Node node) {
    return KernelRefusal.of(old, node, images) == null;
  }
}
