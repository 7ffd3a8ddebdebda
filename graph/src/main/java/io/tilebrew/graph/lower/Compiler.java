package io.tilebrew.graph.lower;

import io.tilebrew.engine.Tensor;
import io.tilebrew.engine.kernel.Kernel;
import io.tilebrew.engine.kernel.Program;
import io.tilebrew.engine.plan.Plan;
import io.tilebrew.engine.plan.Team;
import io.tilebrew.engine.problem.Algorithm;
import io.tilebrew.engine.problem.ConvProblem;
import io.tilebrew.engine.tile.ConvChoice;
import io.tilebrew.engine.tile.Lanes;
import io.tilebrew.engine.tile.VectorSupport;
import io.tilebrew.graph.CompileOptions;
import io.tilebrew.graph.CompileOptions.Kernels;
import io.tilebrew.graph.Explanation;
import io.tilebrew.graph.Graph;
import io.tilebrew.graph.ModelException;
import io.tilebrew.graph.Trace;
import io.tilebrew.graph.Tuning;
import io.tilebrew.graph.pass.Passes;
import java.time.Duration;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;

/** Compiles graphs to plans under one set of options; the plans share their kernels. */
public final class Compiler {
  private final CompileOptions options;
  private final Kernels form;
  private final KernelLibrary library;
  private final int lanes;
  private final Team team;

  /**
   * A compiler with these options.
   *
   * @throws IllegalArgumentException if they ask for kernels that this JVM cannot run
   */
  public Compiler(CompileOptions options) {
    this(options, Team.of(options.threads(), options.executor()));
  }

  /** A compiler whose kernels {@code maker} makes. */
  public Compiler(CompileOptions options, Function<Program, Kernel> maker) {
    this(options, Team.of(options.threads(), options.executor()), maker);
  }

  /** The same for {@code team} instead of the one that {@code options} say. */
  Compiler(CompileOptions options, Team team, Function<Program, Kernel> maker) {
    this(options, team, new KernelLibrary(form(options.kernels()), maker));
  }

  /** A compiler for {@code team} instead of the one that {@code options} say. */
  Compiler(CompileOptions options, Team team) {
    this(options, team, new KernelLibrary(form(options.kernels())));
  }

  private Compiler(CompileOptions options, Team team, KernelLibrary library) {
    this.options = options;
    this.team = team;
    this.form = form(options.kernels());
    this.library = library;
    this.lanes = options.lanes() == 0 && VectorSupport.isPresent() ? Lanes.best() : options.lanes();
  }

  /** What becomes of {@code wanted} in this JVM, which may lack the Vector API. */
  private static Kernels form(Kernels wanted) {
    if (VectorSupport.isPresent()) {
      return wanted;
    }
    return switch (wanted) {
      case REFERENCE -> wanted;
      case TIERED, ON_WARM_UP -> {
        VectorSupport.warn();
        yield Kernels.REFERENCE;
      }
      case LITERAL, GENERIC ->
          throw new IllegalArgumentException(
              "kernels are %s, which this JVM runs only with %s"
                  .formatted(wanted, VectorSupport.FLAG));
    };
  }

  /** The same compiler with other choices, sharing kernels with this one. */
  Compiler with(Tuning tuning) {
    return new Compiler(options.withTuning(tuning), team, library);
  }

  private @Nullable Algorithm algorithm(ConvProblem problem) {
    ConvChoice choice = choice(problem);
    return choice == null ? null : choice.algorithm();
  }

  /** The choice for a convolution of one image, or null for what is usual. */
  private @Nullable ConvChoice choice(ConvProblem problem) {
    Tuning.Entry entry = options.tuning().entry(problem, lanes);
    return entry == null ? null : ConvChoice.parse(entry.choice());
  }

  /** The floats in a vector. */
  public int lanes() {
    return lanes;
  }

  private Passes.Wishes wishes() {
    return new Passes.Wishes(options.bfloat16Dense(), lanes, this::algorithm);
  }

  /** The result of the passes over graphs. */
  public Graph optimize(Graph graph) {
    Set<String> without = new HashSet<>(options.without());
    if (form == Kernels.REFERENCE) {
      without.add(Passes.LAYOUT);
    }
    return Passes.run(graph, wishes(), without);
  }

  /**
   * The plan of {@code graph}.
   *
   * @param batchFree whether the leading dimension, 1 here, may be any number
   * @throws ModelException if the network does not fit in an arena
   */
  public Plan compile(Graph graph, boolean batchFree) {
    return lower(optimize(graph), batchFree);
  }

  /**
   * A plan with its explanation.
   *
   * @param images the images of a run that it explains
   */
  public record Explained(Plan plan, Explanation explanation, int images) {
    /**
     * The times of the steps.
     *
     * @param in the inputs, in order
     * @param warmUp the longest that kernels may take to warm up
     * @param duration how long is measured, about
     */
    public Trace trace(Tensor[] in, Duration warmUp, Duration duration) {
      return new Tracer(plan, images, in).trace(explanation, warmUp, duration);
    }
  }

  /**
   * What {@link #compile} makes of {@code graph}, and why.
   *
   * @param times how often the images of the plan are in a run, 1 unless the batch is free
   */
  public Explained explain(Graph graph, boolean batchFree, int times) {
    Graph optimized = optimize(graph);
    Plan plan = lower(optimized, batchFree);
    Set<String> without = new HashSet<>(options.without());
    without.add(Passes.LAYOUT);
    List<Passes.Unfused> unfused = Passes.unfused(Passes.run(graph, wishes(), without), lanes);
    Explanation explanation =
        new Explainer(graph, optimized, plan, times, p -> options.tuning().entry(p, lanes))
            .explain(unfused, whyNoKernels());
    return new Explained(plan, explanation, times);
  }

  /** Why there are no kernels at all, or "". */
  private String whyNoKernels() {
    if (form == Kernels.REFERENCE) {
      return options.kernels() == Kernels.REFERENCE
          ? "kernels are switched off"
          : "this JVM lacks the Vector API, which %s adds".formatted(VectorSupport.FLAG);
    }
    return options.without().contains(Passes.LAYOUT)
        ? "the pass %s was left out".formatted(Passes.LAYOUT)
        : "";
  }

  private Plan lower(Graph optimized, boolean batchFree) {
    boolean reuse = !options.without().contains(Passes.MEMORY_PLANNING);
    try {
      Plan plan =
          new Lowering(
                  optimized,
                  Passes.images(optimized),
                  library,
                  whyNoKernels().isEmpty(),
                  lanes,
                  team,
                  this::choice)
              .plan(batchFree, reuse);
      if (plan.memory().floats(plan.images()) > Plan.MAX_ARENA_FLOATS) {
        throw new ArithmeticException();
      }
      return plan;
    } catch (ArithmeticException e) {
      throw new ModelException(
          "graph '%s' needs more than the %d MiB that an arena may have"
              .formatted(optimized.name(), Plan.MAX_ARENA_FLOATS / (1 << 18)),
          e);
    }
  }
}
