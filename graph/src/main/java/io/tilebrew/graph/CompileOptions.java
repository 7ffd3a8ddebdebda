package io.tilebrew.graph;

import io.tilebrew.engine.plan.Team;
import java.util.HashSet;
import java.util.Set;
import java.util.concurrent.Executor;
import org.jspecify.annotations.Nullable;

/**
 * How a network is compiled.
 *
 * @param kernels which form of the kernels runs
 * @param lanes the floats in a vector: 4, 8 or 16, or 0 for what this machine does best
 * @param without the names of passes to leave out, of {@link Tilebrew#passes()}
 * @param threads the threads that work on one call, the caller among them, from 1 to 256
 * @param executor runs the work of the threads but the caller, or null for threads of the network's
 *     own: daemons that are parked between calls and end when idle
 * @param bfloat16Dense whether the weights of fully connected layers are rounded to bfloat16
 * @param tuning the ways to compute convolutions where they are not the usual ones
 */
public record CompileOptions(
    Kernels kernels,
    int lanes,
    Set<String> without,
    int threads,
    @Nullable Executor executor,
    boolean bfloat16Dense,
    Tuning tuning) {
  /**
   * Which form of the kernels runs. A JVM on the class path has kernels only if it was started with
   * {@code --add-modules jdk.incubator.vector}; else the references run, and a warning says so.
   */
  public enum Kernels {
    /**
     * Generic kernels at first, replaced in the background by forms that are compiled soon, and at
     * last by their literal ones.
     */
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

  /** The defaults: tiered kernels, the best vectors, all passes, one thread a call. */
  public static final CompileOptions DEFAULT = new CompileOptions(Kernels.TIERED, 0, Set.of());

  /** Checks the numbers and the names. */
  public CompileOptions {
    without = Set.copyOf(without);
    if (lanes != 0 && lanes != 4 && lanes != 8 && lanes != 16) {
      throw new IllegalArgumentException(
          "lanes is %d, expected 4, 8 or 16, or 0 for the best".formatted(lanes));
    }
    if (threads < 1 || threads > Team.MAX_THREADS) {
      throw new IllegalArgumentException(
          "threads is %d, expected 1 to %d".formatted(threads, Team.MAX_THREADS));
    }
    for (String pass : without) {
      if (!Tilebrew.passes().contains(pass)) {
        throw new IllegalArgumentException(
            "there is no pass '%s', expected one of %s".formatted(pass, Tilebrew.passes()));
      }
    }
  }

  /** Options for one thread a call. */
  public CompileOptions(Kernels kernels, int lanes, Set<String> without) {
    this(kernels, lanes, without, 1, null, false, Tuning.NONE);
  }

  /** The same with another form of kernels. */
  public CompileOptions with(Kernels form) {
    return new CompileOptions(form, lanes, without, threads, executor, bfloat16Dense, tuning);
  }

  /** The same with vectors of {@code count} floats. */
  public CompileOptions withLanes(int count) {
    return new CompileOptions(kernels, count, without, threads, executor, bfloat16Dense, tuning);
  }

  /**
   * The same with {@code count} threads at work on each call, for short calls: by default a call
   * has one, and many callers at a time use the processors better. The memory of a call is larger
   * then, since each thread has scratch of its own.
   *
   * @throws IllegalArgumentException if it is not from 1 to 256
   */
  public CompileOptions withThreads(int count) {
    return new CompileOptions(kernels, lanes, without, count, executor, bfloat16Dense, tuning);
  }

  /**
   * The same with the helpers of a call as tasks of {@code runner}. A call asks for them anew and
   * waits for none that does not come: an executor that is busy or refuses only makes it slower.
   */
  public CompileOptions withExecutor(@Nullable Executor runner) {
    return new CompileOptions(kernels, lanes, without, threads, runner, bfloat16Dense, tuning);
  }

  /**
   * The same with the weights of fully connected layers rounded to bfloat16, or not, as is the
   * default. At a batch of 1 such a layer takes as long as it takes to read its weights; so they
   * are half as many bytes, and each is off by a relative 2<sup>-8</sup> at most.
   */
  public CompileOptions withBfloat16Dense(boolean rounded) {
    return new CompileOptions(kernels, lanes, without, threads, executor, rounded, tuning);
  }

  /** The same with convolutions computed as {@code choices} says where it knows them. */
  public CompileOptions withTuning(Tuning choices) {
    return new CompileOptions(kernels, lanes, without, threads, executor, bfloat16Dense, choices);
  }

  /** The same without the pass called {@code pass}. */
  public CompileOptions without(String pass) {
    Set<String> all = new HashSet<>(without);
    all.add(pass);
    return new CompileOptions(kernels, lanes, all, threads, executor, bfloat16Dense, tuning);
  }
}
