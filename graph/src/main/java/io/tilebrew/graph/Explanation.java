package io.tilebrew.graph;

import java.util.List;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/**
 * How a network is computed, and why so.
 *
 * @param steps the steps, in order
 * @param unfused the nodes beside convolutions that could not become part of them
 * @param totals the sums
 */
public record Explanation(List<Step> steps, List<Unfused> unfused, Totals totals) {
  /** Copies the lists. */
  public Explanation {
    steps = List.copyOf(steps);
    unfused = List.copyOf(unfused);
  }

  /** What carries a step out. */
  public enum Kind {
    /** A generated kernel on maps in the arena. */
    KERNEL,
    /** Plain loops on row-major tensors. */
    REFERENCE,
    /** A copy between the arena and row-major tensors. */
    CONVERSION,
    /** Zeros around a map. */
    HALO
  }

  /**
   * A step of the plan.
   *
   * @param node the node that it computes, or the value that it converts
   * @param kind what carries it out
   * @param problem what it computes
   * @param origins the nodes of the model that it stands for; may be none
   * @param fused the text of those of them that the problem does not begin with
   * @param tuned the times of the ways to compute it that a tuning knows, the shortest first, or ""
   * @param kernel family and tile of the kernel, such as {@code direct 2x6, 8 lanes}, or ""
   * @param multiplyAdds the multiply-adds of a run
   * @param products the products that it needs for them, fewer where Winograd's algorithm saves
   *     some
   * @param weightBytes the bytes of constants that it reads in a run
   * @param bytesRead the bytes of activations that it reads in a run
   * @param bytesWritten the bytes of activations that it writes in a run
   * @param refusal why no kernel took it, or ""
   * @param source makes the Java source of the loops of its kernel with literal sizes; null if it
   *     has none
   */
  public record Step(
      String node,
      Kind kind,
      String problem,
      List<String> origins,
      List<String> fused,
      String tuned,
      String kernel,
      long multiplyAdds,
      long products,
      long weightBytes,
      long bytesRead,
      long bytesWritten,
      String refusal,
      @Nullable Supplier<String> source) {
    /** Copies the lists. */
    public Step {
      origins = List.copyOf(origins);
      fused = List.copyOf(fused);
    }
  }

  /** A node beside a convolution that is not part of its kernel, and the reason. */
  public record Unfused(String node, String operator, String convolution, String reason) {}

  /**
   * The sums.
   *
   * @param images the images of a run
   * @param multiplyAdds those of the model as it was read
   * @param inKernels how many of them run in generated kernels
   * @param kernels the steps that are kernels
   * @param references the steps that are references
   * @param arenaBytes the arena of a run
   * @param liveBytes the largest set of maps that are needed at the same time
   * @param weightBytes the constants of all steps
   * @param literalClasses the generated classes with literal sizes
   * @param genericClasses the generated classes that serve any sizes
   */
  public record Totals(
      int images,
      long multiplyAdds,
      long inKernels,
      int kernels,
      int references,
      long arenaBytes,
      long liveBytes,
      long weightBytes,
      int literalClasses,
      int genericClasses) {
    /** The share of multiply-adds in generated kernels, from 0 to 1; 1 if there are none. */
    public double coverage() {
      return multiplyAdds == 0 ? 1 : (double) inKernels / multiplyAdds;
    }
  }
}
