package io.tilebrew.graph.pass;

import io.tilebrew.engine.DataType;
import io.tilebrew.engine.Shape;
import io.tilebrew.engine.Tensor;
import io.tilebrew.engine.problem.ConvProblem;
import io.tilebrew.engine.problem.Pointwise;
import io.tilebrew.engine.problem.Pool;
import io.tilebrew.engine.tile.Kernels;
import io.tilebrew.engine.tile.RingConv;
import io.tilebrew.graph.Graph;
import io.tilebrew.graph.Node;
import io.tilebrew.graph.TensorType;
import io.tilebrew.graph.Value;
import io.tilebrew.graph.op.Conv;
import io.tilebrew.graph.op.Convolution;
import io.tilebrew.graph.op.Elementwise;
import io.tilebrew.graph.op.Pooling;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import java.util.function.Predicate;
import org.jspecify.annotations.Nullable;

/**
 * Moves elementwise functions, the addition of another feature map among them, and poolings into
 * the epilogue of the convolution before them.
 */
final class EpilogueFusion {
  /** Says which convolutions gain by a pooling that no tile holds. */
  interface Rings {
    /** Why a ring of rows is no gain for {@code p}, or null if it is. */
    @Nullable String refusal(ConvProblem p);
  }

  private final Rings rings;
  private final ConvCost cost;

  private EpilogueFusion(Rings rings, ConvCost cost) {
    this.rings = rings;
    this.cost = cost;
  }

  static Graph run(Graph graph, ConvCost cost) {
    return run(graph, RingConv::refusal, cost);
  }

  /** Fuses; poolings that no tile holds go where {@code rings} does not refuse them. */
  static Graph run(Graph graph, Rings rings, ConvCost cost) {
    return Rewriter.exhaust(graph, new EpilogueFusion(rings, cost)::fuse);
  }

  /** A node that reads as input {@code i} what a convolution makes. */
  private record Candidate(Node node, int i, Node before, Convolution conv) {
    /** The function of an elementwise node that starts with the convolution, or null. */
    @Nullable Pointwise function() {
      Pointwise function =
          node.operator() instanceof Elementwise operator ? operator.pointwise() : null;
      return function == null || i == 0 ? function : function.turned();
    }
  }

  /** The nodes of a result of this pass that could be in an epilogue but for the reason given. */
  static List<Passes.Unfused> refusals(Graph graph, ConvCost cost) {
    EpilogueFusion fusion = new EpilogueFusion(RingConv::refusal, cost);
    List<Passes.Unfused> refusals = new ArrayList<>();
    Rewriter.rewrite(
        graph,
        (rewriter, node) -> {
          for (Candidate candidate : candidates(rewriter, node)) {
            String refusal = fusion.refusal(rewriter, candidate);
            String reason = refusal == null ? "the pass was left out" : refusal;
            refusals.add(new Passes.Unfused(node, candidate.before, reason));
          }
          return null;
        });
    return refusals;
  }

  private @Nullable Value fuse(Rewriter rewriter, Node node) {
    for (Candidate candidate : candidates(rewriter, node)) {
      if (refusal(rewriter, candidate) == null) {
        return fuse(rewriter, candidate);
      }
    }
    return null;
  }

  private static List<Candidate> candidates(Rewriter rewriter, Node node) {
    int inputs =
        switch (node.operator()) {
          case Elementwise _ -> Math.min(2, node.inputs().size());
          case Pooling _ -> 1;
          default -> 0;
        };
    List<Candidate> candidates = new ArrayList<>();
    for (int i = 0; i < inputs; i++) {
      Node before = rewriter.producer(rewriter.input(node, i));
      if (before != null && before.operator() instanceof Convolution conv) {
        candidates.add(new Candidate(node, i, before, conv));
      }
    }
    return candidates;
  }

  /** Why a node cannot be in the epilogue of the convolution, or null if it can. */
  private @Nullable String refusal(Rewriter rewriter, Candidate c) {
    if (rewriter.soleProducer(c.node, c.i) == null) {
      int readers = rewriter.old().consumers(c.node.input(c.i)).size();
      return readers == 1
          ? "the convolution's output is an output of the network"
          : "the convolution's output has %d readers".formatted(readers);
    }
    return c.node.operator() instanceof Pooling pooling
        ? poolRefusal(rewriter, c, pooling)
        : pointwiseRefusal(rewriter, c);
  }

  private static @Nullable String pointwiseRefusal(Rewriter rewriter, Candidate c) {
    Pointwise function = c.function();
    Pool pool = c.conv.pool();
    TensorType y = c.before.output().type();
    if (function == null || c.node.output().type().element() != DataType.FLOAT32) {
      return "there is no vector code for it that starts with the convolution";
    }
    if (pool != null && !(function.isMonotonic() && pool.kind() == Pool.Kind.MAX)) {
      return "it would have to move before %s, which changes the result".formatted(pool);
    }
    if (!y.equals(c.node.output().type())) {
      return "it makes %s of the convolution's %s".formatted(c.node.output().type(), y);
    }
    for (Value operand : operands(rewriter, c)) {
      if (!isOperand(rewriter, operand, c.before.output())) {
        return "'%s' %s cannot be read beside the convolution's %s"
            .formatted(operand.name(), operand.type(), y);
      }
    }
    return null;
  }

  private @Nullable String poolRefusal(Rewriter rewriter, Candidate c, Pooling pooling) {
    if (!(c.conv instanceof Conv conv)) {
      return "a transposed convolution is made in phases";
    }
    if (pooling.pool() == null) {
      return "it has no kernel beside a convolution";
    }
    if (c.conv.pool() != null) {
      return "the convolution has a pooling already";
    }
    Pool pool = pool(c, pooling);
    if (pool == null) {
      return "its last windows reach beyond the convolution's output and its padding";
    }
    String tile = Kernels.poolRefusal(c.conv.epilogue(), isChannelwise(rewriter, c.before), pool);
    String ring = tile == null ? null : ringRefusal(rewriter, c, conv, pool);
    return ring == null ? null : tile + "; " + ring;
  }

  private @Nullable String ringRefusal(Rewriter rewriter, Candidate c, Conv conv, Pool pool) {
    Tensor w = rewriter.constant(c.before.input(1));
    if (WinogradPass.isFaster(c.before, conv, w, cost)) {
      return "Winograd's algorithm, faster here than a ring of rows, makes tiles";
    }
    Conv pooled = new Conv(conv.window(), conv.group(), conv.epilogue(), pool);
    int maps = c.before.output().type().shape().dim(1);
    return rings.refusal(pooled.problem(c.before.input(0).type().shape(), maps));
  }

  /** The pooling of the convolution's output; one that rounds up pads the end instead. */
  private static @Nullable Pool pool(Candidate c, Pooling pooling) {
    Shape sums = c.before.output().type().shape();
    return pooling.pool(sums.dim(2), sums.dim(3));
  }

  private static Value fuse(Rewriter rewriter, Candidate c) {
    if (c.node.operator() instanceof Pooling pooling && c.conv instanceof Conv conv) {
      Conv fused = new Conv(conv.window(), conv.group(), conv.epilogue(), pool(c, pooling));
      return rewriter.replace(c.node, fused, c.before.inputs().toArray(Value[]::new));
    }
    List<Value> inputs = new ArrayList<>(c.before.inputs());
    List<Value> operands = operands(rewriter, c);
    if (inputs.size() == 2 && !operands.isEmpty()) {
      int maps = c.before.output().type().shape().dim(1);
      inputs.add(
          rewriter.constant(c.before.name() + ".bias", Tensor.of(Shape.of(maps), new float[maps])));
    }
    inputs.addAll(operands);
    Pointwise epilogue = c.conv.epilogue().then(Objects.requireNonNull(c.function()));
    return rewriter.replace(c.node, c.conv.with(epilogue), inputs.toArray(Value[]::new));
  }

  /** The inputs but the convolution. */
  private static List<Value> operands(Rewriter rewriter, Candidate c) {
    List<Value> operands = new ArrayList<>();
    for (int k = 0; k < c.node.inputs().size(); k++) {
      if (k != c.i) {
        operands.add(rewriter.input(c.node, k));
      }
    }
    return operands;
  }

  /** Whether kernels can read {@code operand} beside the feature maps {@code y}. */
  private static boolean isOperand(Rewriter rewriter, Value operand, Value y) {
    Shape shape = operand.type().shape();
    return rewriter.constant(operand) != null
        || (shape.rank() == 4 && shape.dim(0) == y.type().shape().dim(0));
  }

  /**
   * Whether the inputs of the epilogue of a convolution are constants with a number for each
   * channel.
   */
  static boolean isChannelwise(Rewriter rewriter, Node conv) {
    return isChannelwise(conv, v -> rewriter.constant(v) != null);
  }

  /** The same where {@code isConstant} tells constants. */
  static boolean isChannelwise(Node conv, Predicate<Value> isConstant) {
    return Conv.epilogueInputs(conv.inputs()).stream()
        .allMatch(v -> isConstant.test(v) && isChannelwise(v.type().shape()));
  }

  /** Whether a shape that broadcasts to [N,C,H,W] is the same for all of H and W. */
  private static boolean isChannelwise(Shape shape) {
    int rank = shape.rank();
    return (rank < 1 || shape.dim(-1) == 1) && (rank < 2 || shape.dim(-2) == 1);
  }
}
