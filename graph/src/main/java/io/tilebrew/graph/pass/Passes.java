package io.tilebrew.graph.pass;

import io.tilebrew.engine.problem.Algorithm;
import io.tilebrew.engine.problem.ConvProblem;
import io.tilebrew.graph.Graph;
import io.tilebrew.graph.Node;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import java.util.function.Function;
import java.util.function.UnaryOperator;
import org.jspecify.annotations.Nullable;

/** The passes, in the order in which they run. */
public final class Passes {
  /**
   * A step from graph to graph that keeps its meaning. It gives back the same instance where it
   * finds nothing to do, and finds nothing in its own result.
   *
   * @param name the name by which it is left out
   * @param transform the step
   */
  public record Pass(String name, UnaryOperator<Graph> transform) {
    /** The result for {@code graph}. */
    public Graph run(Graph graph) {
      return transform.apply(graph);
    }
  }

  /** The last pass over graphs: who has a kernel. */
  public static final String LAYOUT = "layout";

  /** The pass that moves nodes into the epilogues of convolutions. */
  public static final String EPILOGUES = "epilogue-fusion";

  /**
   * The pass that rounds weights, and so is for those who ask for it; it runs before the layout.
   */
  public static final Pass BFLOAT16 = new Pass("bfloat16-dense", Bfloat16Dense::run);

  /** The passes over graphs, as usual. */
  public static final List<Pass> GRAPH = passes(Wishes.NONE);

  /** The last pass, over the buffers of a plan. */
  public static final String MEMORY_PLANNING = "memory-planning";

  /** What passes put behind the name of a value for another form of it. */
  private static final List<String> FORMS = List.of(".map", ".nchw");

  private Passes() {}

  /**
   * The name before the passes of what has this name after them: passes keep names, but give the
   * same numbers in another shape a longer one.
   */
  public static String originalName(String name) {
    for (String form : FORMS) {
      if (name.endsWith(form)) {
        return originalName(name.substring(0, name.length() - form.length()));
      }
    }
    return name;
  }

  /** The images that the kernels of a laid-out graph run over. */
  public static int images(Graph graph) {
    return LayoutPass.images(graph);
  }

  /** A node that stays beside a convolution, and the reason. */
  public record Unfused(Node node, Node convolution, String reason) {}

  /**
   * The nodes that could be in the epilogue of a convolution but for the reason given.
   *
   * @param graph the result of all passes before {@link #LAYOUT}
   * @param lanes the floats in a vector of the kernels, or 0 for the usual ones
   */
  public static List<Unfused> unfused(Graph graph, int lanes) {
    return EpilogueFusion.refusals(graph, cost(lanes));
  }

  /**
   * Why no kernel computes {@code node}, or null if one does.
   *
   * @param graph the result of all passes
   */
  public static @Nullable String kernelRefusal(Graph graph, Node node) {
    return KernelRefusal.of(graph, node, images(graph));
  }

  /**
   * What is wanted of passes beside the usual.
   *
   * @param bfloat16 whether {@link #BFLOAT16} is among them
   * @param lanes the floats in a vector of the kernels, or 0 for the usual ones
   * @param algorithms the algorithm for a convolution of one image, or null for the usual one
   */
  public record Wishes(
      boolean bfloat16, int lanes, Function<ConvProblem, @Nullable Algorithm> algorithms) {
    private static final Wishes NONE = new Wishes(false, 0, p -> null);

    private Algorithm algorithm(ConvProblem p) {
      Algorithm wanted = algorithms.apply(p);
      return wanted == null ? cost(lanes).fastest(p) : wanted;
    }
  }

  private static ConvCost cost(int lanes) {
    return new ConvCost(lanes == 0 ? 8 : lanes);
  }

  private static List<Pass> passes(Wishes wishes) {
    ConvCost cost = cost(wishes.lanes);
    List<Pass> passes =
        new ArrayList<>(
            List.of(
                new Pass("constant-folding", ConstantFolding::run),
                new Pass("channel-shuffle", ChannelShuffle::run),
                new Pass("transpose-motion", TransposeMotion::run),
                new Pass("reduce-to-pool", ReduceToPool::run),
                new Pass("pruning", Pruning::run),
                new Pass("dense-to-conv", DenseToConv::run),
                new Pass("tap-trimming", TapTrimming::run),
                new Pass("affine-folding", AffineFolding::run),
                new Pass("pointwise-fusion", PointwiseFusion::run),
                new Pass(EPILOGUES, graph -> EpilogueFusion.run(graph, cost)),
                new Pass("weight-flushing", WeightFlushing::run),
                new Pass("winograd", graph -> WinogradPass.run(graph, wishes::algorithm))));
    if (wishes.bfloat16) {
      passes.add(BFLOAT16);
    }
    passes.add(new Pass(LAYOUT, LayoutPass::run));
    return List.copyOf(passes);
  }

  /** The result of all passes over graphs but those named, as usual. */
  public static Graph run(Graph graph, Set<String> without) {
    return run(graph, Wishes.NONE, without);
  }

  /** The result of all passes over graphs but those named. */
  public static Graph run(Graph graph, Wishes wishes, Set<String> without) {
    Graph result = graph;
    for (Pass pass : passes(wishes)) {
      if (!without.contains(pass.name())) {
        result = pass.run(result);
      }
    }
    return result;
  }
}
