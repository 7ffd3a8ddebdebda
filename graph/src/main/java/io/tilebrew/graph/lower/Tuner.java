package io.tilebrew.graph.lower;

import io.tilebrew.engine.Tensor;
import io.tilebrew.engine.plan.Plan;
import io.tilebrew.engine.plan.Step;
import io.tilebrew.engine.plan.WarmUp;
import io.tilebrew.engine.problem.Algorithm;
import io.tilebrew.engine.problem.ConvProblem;
import io.tilebrew.engine.tile.ConvChoice;
import io.tilebrew.graph.Graph;
import io.tilebrew.graph.Node;
import io.tilebrew.graph.Tuning;
import io.tilebrew.graph.op.Conv;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.function.Consumer;
import java.util.stream.IntStream;

/**
 * Finds the fastest way to compute each distinct convolution of a network, by whole runs: each plan
 * computes every convolution in another of its ways, so that each is timed with its neighbours, on
 * the memory that it will have.
 */
public final class Tuner {
  /** What another way must gain over the usual one to be chosen. */
  private static final double GAIN = 0.97;

  /** The runs and the time without a step that got notably faster, after which a plan is known. */
  private static final int CALM_RUNS = 20;

  private static final long CALM_NANOS = 500_000_000;
  private static final double NOTABLE = 0.9;

  private final Compiler compiler;
  private final Graph graph;
  private final Tensor[] in;

  /** The direct problems of nodes that can be computed in several ways. */
  private final Map<String, ConvProblem> problems = new LinkedHashMap<>();

  /** The ways to compute each of them, the usual one first. */
  private final Map<ConvProblem, List<ConvChoice>> ways = new LinkedHashMap<>();

  private final Map<ConvProblem, Map<ConvChoice, Double>> times = new LinkedHashMap<>();

  /**
   * A tuner.
   *
   * @param compiler a compiler that knows no choices
   * @param in the inputs, in order
   */
  public Tuner(Compiler compiler, Graph graph, Tensor[] in) {
    this.compiler = compiler;
    this.graph = graph;
    this.in = in;
  }

  /**
   * The choices.
   *
   * @param budget how long it may take, about; ways for which no time is left are not timed
   * @param progress is told what is about to be timed
   */
  public Tuning tune(Duration budget, Consumer<String> progress) {
    compiler.optimize(graph).nodes().forEach(this::add);
    long end = System.nanoTime() + budget.toNanos();
    int most = ways.values().stream().mapToInt(List::size).max().orElse(0);
    for (int i = 0; i < most && System.nanoTime() < end; i++) {
      Map<ConvProblem, ConvChoice> wanted = new LinkedHashMap<>();
      for (Map.Entry<ConvProblem, List<ConvChoice>> of : ways.entrySet()) {
        if (i < of.getValue().size()) {
          wanted.put(of.getKey(), of.getValue().get(i));
        }
      }
      progress.accept("way %d of %d, %d convolutions".formatted(i + 1, most, wanted.size()));
      time(wanted, end);
    }
    return tuning();
  }

  private void add(Node node) {
    if (!(node.operator() instanceof Conv conv)) {
      return;
    }
    ConvProblem problem = ConvSteps.problem(node, conv).with(Algorithm.DIRECT);
    List<ConvChoice> candidates = ConvChoice.candidates(problem, compiler.lanes());
    if (candidates.size() > 1) {
      ConvChoice usual = new ConvChoice(conv.algorithm(), null);
      candidates.remove(usual);
      candidates.addFirst(usual);
      problems.put(node.name(), problem);
      ways.put(problem, candidates);
    }
  }

  private ConvChoice usual(ConvProblem problem) {
    return Objects.requireNonNull(ways.get(problem)).getFirst();
  }

  /** Times the convolutions of a plan with {@code wanted}, others being as usual. */
  private void time(Map<ConvProblem, ConvChoice> wanted, long end) {
    List<Tuning.Entry> entries = new ArrayList<>();
    wanted.forEach((p, choice) -> entries.add(entry(p, choice, Map.of())));
    Plan plan = compiler.with(new Tuning(entries)).compile(graph, false);
    if (!WarmUp.climbToLiteral(plan, end)) {
      return;
    }
    Map<String, Double> nanos = nanos(plan);
    Map<ConvProblem, Double> longest = new LinkedHashMap<>();
    problems.forEach(
        (name, problem) -> longest.merge(problem, nanos.getOrDefault(name, 0.0), Math::max));
    longest.forEach(
        (problem, time) ->
            times
                .computeIfAbsent(problem, p -> new LinkedHashMap<>())
                .merge(wanted.getOrDefault(problem, usual(problem)), time, Math::min));
  }

  /** The least nanoseconds of the steps of each name, by runs until these do not get less. */
  private Map<String, Double> nanos(Plan plan) {
    Tensor[] out =
        IntStream.range(0, plan.outputs().size())
            .mapToObj(i -> Tensor.zeros(plan.outputType(i), plan.outputShape(i)))
            .toArray(Tensor[]::new);
    long[] least = new long[plan.steps().size()];
    Arrays.fill(least, Long.MAX_VALUE);
    long last = System.nanoTime();
    for (int calm = 0; calm < CALM_RUNS || System.nanoTime() - last < CALM_NANOS; calm++) {
      long[] nanos = new long[least.length];
      plan.trace(plan.images(), in, out, nanos);
      for (int i = 0; i < least.length; i++) {
        if (nanos[i] < least[i] * NOTABLE) {
          calm = 0;
          last = System.nanoTime();
        }
        least[i] = Math.min(least[i], nanos[i]);
      }
    }
    Map<String, Double> sums = new HashMap<>();
    for (int i = 0; i < least.length; i++) {
      String name = name(plan.steps().get(i));
      if (!name.isEmpty()) {
        sums.merge(name, (double) least[i], Double::sum);
      }
    }
    return sums;
  }

  private static String name(Step step) {
    return switch (step) {
      case Step.Compute compute -> compute.name();
      case Step.Refer _, Step.Pack _, Step.Unpack _, Step.ClearHalo _ -> "";
    };
  }

  private Tuning tuning() {
    List<Tuning.Entry> entries = new ArrayList<>();
    times.forEach(
        (problem, of) -> {
          ConvChoice asUsual = usual(problem);
          ConvChoice best = asUsual;
          double limit = of.getOrDefault(asUsual, Double.MAX_VALUE) * GAIN;
          for (Map.Entry<ConvChoice, Double> way : of.entrySet()) {
            if (way.getValue() < limit) {
              best = way.getKey();
              limit = way.getValue();
            }
          }
          entries.add(entry(problem, best, of));
        });
    return new Tuning(entries);
  }

  private Tuning.Entry entry(
      ConvProblem problem, ConvChoice choice, Map<ConvChoice, Double> nanos) {
    Map<String, Double> micros = new LinkedHashMap<>();
    nanos.forEach((way, time) -> micros.put(way.toString(), time / 1e3));
    return new Tuning.Entry(problem.toString(), compiler.lanes(), choice.toString(), micros);
  }
}
