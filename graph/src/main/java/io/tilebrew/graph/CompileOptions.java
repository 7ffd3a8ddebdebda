package io.tilebrew.graph;

import java.util.HashSet;
import java.util.Set;

/**
 * How a network is compiled.
 *
 * @param kernels which form of the kernels runs
 * @param lanes the floats in a vector: 4, 8 or 16, or 0 for what this machine does best
 * @param without the names of passes to leave out, of {@link Tilebrew#passes()}
 */
public record CompileOptions(Kernels kernels, int lanes, Set<String> without) {
  /**
   * Which form of the kernels runs. A JVM on the class path has kernels only if it was started with
   * {@code --add-modules jdk.incubator.vector}; else the references run, and a warning says so.
   */
  public enum Kernels {
    /** Generic kernels at first, each replaced by its literal form in the background. */
    TIERED,
    /** Generic kernels, replaced by their literal form in {@code warmUp} only. */
    ON_WARM_UP,
    /** Literal kernels from the first run on, which the JIT compiler has not seen yet. */
    LITERAL,
    /** Generic kernels for good. */
    GENERIC,
    /** No kernels: the references, which define what the kernels compute. */
    REFERENCE
  }

  /** The defaults: tiered kernels, the best vectors, all passes. */
  public static final CompileOptions DEFAULT = new CompileOptions(Kernels.TIERED, 0, Set.of());

  /** Checks the lanes and the names. */
  public CompileOptions {
    without = Set.copyOf(without);
    if (lanes != 0 && lanes != 4 && lanes != 8 && lanes != 16) {
      throw new IllegalArgumentException(
          "lanes is %d, expected 4, 8 or 16, or 0 for the best".formatted(lanes));
    }
    for (String pass : without) {
      if (!Tilebrew.passes().contains(pass)) {
        throw new IllegalArgumentException(
            "there is no pass '%s', expected one of %s".formatted(pass, Tilebrew.passes()));
      }
    }
  }

  /** The same with another form of kernels. */
  public CompileOptions with(Kernels form) {
    return new CompileOptions(form, lanes, without);
  }

  /** The same with vectors of {@code count} floats. */
  public CompileOptions withLanes(int count) {
    return new CompileOptions(kernels, count, without);
  }

  /** The same without the pass called {@code pass}. */
  public CompileOptions without(String pass) {
    Set<String> all = new HashSet<>(without);
    all.add(pass);
    return new CompileOptions(kernels, lanes, all);
  }
}
