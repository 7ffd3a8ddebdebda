package io.tilebrew.graph.lower;

import io.tilebrew.engine.codegen.SourceWriter;
import io.tilebrew.engine.kernel.Kernel;
import io.tilebrew.engine.kernel.Program;
import io.tilebrew.engine.kernel.TieredKernel;
import io.tilebrew.engine.plan.FeatureMap;
import io.tilebrew.engine.plan.Plan;
import io.tilebrew.engine.plan.Step;
import io.tilebrew.engine.problem.Algorithm;
import io.tilebrew.engine.problem.ConvProblem;
import io.tilebrew.graph.Explanation;
import io.tilebrew.graph.Explanation.Kind;
import io.tilebrew.graph.Graph;
import io.tilebrew.graph.Node;
import io.tilebrew.graph.Tuning;
import io.tilebrew.graph.Work;
import io.tilebrew.graph.lower.Regions.Region;
import io.tilebrew.graph.op.Conv;
import io.tilebrew.graph.pass.Passes;
import java.util.Collections;
import java.util.HashMap;
import java.util.HashSet;
import java.util.IdentityHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.function.Function;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/** Explains a plan by the graph that it was made of and the one before the passes. */
final class Explainer {
  private static final int FLOAT = Float.BYTES;

  private final Graph before;
  private final Graph after;
  private final Plan plan;
  private final int times;
  private final Function<ConvProblem, Tuning.@Nullable Entry> tuning;
  private final List<Region> regions;
  private final Map<String, Region> regionOf = new HashMap<>();
  private final Map<String, Node> nodes = new HashMap<>();
  private final Set<String> told = new HashSet<>();

  /**
   * An explainer.
   *
   * @param times how often the images of the plan are in a run
   * @param tuning what is known of a convolution of one image by timing
   */
  Explainer(
      Graph before,
      Graph after,
      Plan plan,
      int times,
      Function<ConvProblem, Tuning.@Nullable Entry> tuning) {
    this.before = before;
    this.after = after;
    this.plan = plan;
    this.times = times;
    this.tuning = tuning;
    this.regions = Regions.of(before, after);
    for (Region region : regions) {
      region.after().forEach(node -> regionOf.put(node.name(), region));
    }
    after.nodes().forEach(node -> nodes.put(node.name(), node));
  }

  /**
   * The explanation.
   *
   * @param unfused the nodes that stay beside convolutions
   * @param whyNoKernels why there are no kernels at all, or ""
   */
  Explanation explain(List<Passes.Unfused> unfused, String whyNoKernels) {
    List<Explanation.Step> steps =
        plan.steps().stream().map(step -> explain(step, whyNoKernels)).toList();
    return new Explanation(steps, unfused.stream().map(Explainer::explain).toList(), totals(steps));
  }

  private static Explanation.Unfused explain(Passes.Unfused unfused) {
    Node node = unfused.node();
    return new Explanation.Unfused(
        node.name(), node.operator().toString(), unfused.convolution().name(), unfused.reason());
  }

  private Explanation.Step explain(Step step, String whyNoKernels) {
    return switch (step) {
      case Step.Compute compute -> compute(compute);
      case Step.Refer refer -> refer(refer, whyNoKernels);
      case Step.Pack(int tensor, FeatureMap map, boolean last) ->
          moves(
              map,
              Kind.CONVERSION,
              "from " + rowMajor(map, last),
              tensorBytes(tensor),
              mapBytes(map));
      case Step.Unpack(FeatureMap map, int tensor, boolean last) ->
          moves(
              map,
              Kind.CONVERSION,
              "to " + rowMajor(map, last),
              mapBytes(map),
              tensorBytes(tensor));
      case Step.ClearHalo(FeatureMap map) ->
          moves(
              map,
              Kind.HALO,
              "zeros around " + map,
              0,
              (long) FLOAT * images() * map.imageStride() - mapBytes(map.whole()));
    };
  }

  /** The axes of a row-major tensor; those of one pixel, or of a run, may be any. */
  private static String rowMajor(FeatureMap map, boolean channelsLast) {
    if (map.height() * map.width() == 1) {
      return "[N,...]";
    }
    return channelsLast ? "[N,H,W,C]" : "[N,C,H,W]";
  }

  private static Explanation.Step moves(
      FeatureMap map, Kind kind, String what, long bytesRead, long bytesWritten) {
    return new Explanation.Step(
        map.buffer().name(),
        kind,
        what,
        List.of(),
        List.of(),
        "",
        "",
        0,
        0,
        0,
        bytesRead,
        bytesWritten,
        "",
        null);
  }

  private Explanation.Step compute(Step.Compute step) {
    List<Node> origins = origins(step.name());
    Program program = step.program().get();
    long work = step.multiplyAdds();
    return new Explanation.Step(
        name(step.name(), origins),
        Kind.KERNEL,
        step.problem(),
        origins.stream().map(Node::name).toList(),
        fused(origins),
        tuned(step.name()),
        program.name() + (step.parts() == 1 ? "" : ", in %d parts".formatted(step.parts())),
        work * images(),
        products(step.name(), work) * images(),
        (long) FLOAT * step.weights().length,
        step.sources().stream().mapToLong(this::mapBytes).sum(),
        step.targets().stream().mapToLong(this::mapBytes).sum(),
        "",
        () -> SourceWriter.write(className(step.name()), program));
  }

  /** The products that the kernel of a node needs for one image. */
  private long products(String name, long multiplyAdds) {
    ConvProblem problem = problem(name);
    return problem == null || problem.algorithm() == Algorithm.DIRECT
        ? multiplyAdds
        : problem.products();
  }

  /** The convolution of one image that the node called {@code name} is, or null. */
  private @Nullable ConvProblem problem(String name) {
    Node node = nodes.get(name);
    return node != null && node.operator() instanceof Conv conv
        ? ConvSteps.problem(node, conv)
        : null;
  }

  /** What is known of a convolution by timing, or "". */
  private String tuned(String name) {
    ConvProblem problem = problem(name);
    Tuning.Entry entry = problem == null ? null : tuning.apply(problem);
    return entry == null ? "" : entry.times();
  }

  /** The constants of kernels, where those that share some count once. */
  private static long floats(Stream<Step.Compute> computes) {
    Set<float[]> weights = Collections.newSetFromMap(new IdentityHashMap<>());
    computes.forEach(compute -> weights.add(compute.weights()));
    return weights.stream().mapToLong(w -> w.length).sum();
  }

  private Explanation.Step refer(Step.Refer step, String whyNoKernels) {
    List<Node> origins = origins(step.name());
    Node node = nodes.get(step.name());
    return new Explanation.Step(
        name(step.name(), origins),
        Kind.REFERENCE,
        step.problem(),
        origins.stream().map(Node::name).toList(),
        fused(origins),
        "",
        "",
        node == null ? 0 : Work.of(node) * times,
        node == null ? 0 : Work.of(node) * times,
        step.inputs().stream().mapToLong(this::constantBytes).sum(),
        step.inputs().stream().mapToLong(this::tensorBytes).sum(),
        step.outputs().stream().mapToLong(this::tensorBytes).sum(),
        whyNoKernels.isEmpty() ? refusal(node) : whyNoKernels,
        null);
  }

  private String refusal(@Nullable Node node) {
    String refusal = node == null ? null : Passes.kernelRefusal(after, node);
    return refusal == null ? "a copy of an input, a constant or another output" : refusal;
  }

  /** The nodes that the step called {@code name} stands for, the first time that it is asked. */
  private List<Node> origins(String name) {
    Region region = regionOf.get(name);
    if (region == null) {
      return List.of();
    }
    boolean first = name.equals(heaviest(region.after()).name()) && told.add(name);
    return first ? region.before() : List.of();
  }

  /** The node with most work; the last if there is none. */
  private static Node heaviest(List<Node> nodes) {
    Node heaviest = nodes.getLast();
    for (Node node : nodes) {
      heaviest = Work.of(node) > Work.of(heaviest) ? node : heaviest;
    }
    return heaviest;
  }

  /** The name in the model: passes may make up another for a node in the middle of a region. */
  private static String name(String step, List<Node> origins) {
    return origins.isEmpty() ? step : origins.getLast().name();
  }

  private static List<String> fused(List<Node> origins) {
    if (origins.isEmpty()) {
      return List.of();
    }
    Node main = heaviest(origins);
    return origins.stream()
        .filter(node -> !node.name().equals(main.name()))
        .map(node -> "%s %s".formatted(node.name(), node.operator()))
        .toList();
  }

  private int images() {
    return plan.images() * times;
  }

  private long mapBytes(FeatureMap map) {
    return (long) FLOAT * images() * map.floats();
  }

  /** The bytes of a tensor, 0 for a constant. */
  private long tensorBytes(int tensor) {
    Plan.TensorSlot slot = plan.tensors().get(tensor);
    return slot.constant() == null ? (long) slot.type().bytes() * times * slot.shape().size() : 0;
  }

  /** The bytes of a tensor that is a constant, else 0. */
  private long constantBytes(int tensor) {
    Plan.TensorSlot slot = plan.tensors().get(tensor);
    return slot.constant() == null ? 0 : (long) slot.type().bytes() * slot.shape().size();
  }

  private static String className(String node) {
    String name = node.replaceAll("[^A-Za-z0-9_]+", "_");
    return Character.isLetter(name.charAt(0)) ? capitalized(name) : "Kernel" + name;
  }

  private static String capitalized(String name) {
    return Character.toUpperCase(name.charAt(0)) + name.substring(1);
  }

  private Explanation.Totals totals(List<Explanation.Step> steps) {
    Set<Kernel> generic = Collections.newSetFromMap(new IdentityHashMap<>());
    Set<Kernel> kernels = Collections.newSetFromMap(new IdentityHashMap<>());
    for (Step.Compute compute : plan.computes().toList()) {
      kernels.add(compute.kernel());
      if (compute.kernel() instanceof TieredKernel tiered) {
        generic.add(tiered.generic());
      }
    }
    int together = plan.together(times);
    return new Explanation.Totals(
        images(),
        Work.of(before) * times,
        workInKernels() * times,
        count(steps, Kind.KERNEL),
        count(steps, Kind.REFERENCE),
        (long) FLOAT * plan.memory().floats(together),
        (long) FLOAT * together * plan.memory().largestLive(),
        IntStream.range(0, plan.tensors().size()).mapToLong(this::constantBytes).sum()
            + FLOAT * floats(plan.computes()),
        kernels.size(),
        generic.size());
  }

  private static int count(List<Explanation.Step> steps, Kind kind) {
    return (int) steps.stream().filter(step -> step.kind() == kind).count();
  }

  /** The multiply-adds of the model that run in kernels. */
  private long workInKernels() {
    Set<String> computed = new HashSet<>();
    Set<String> referred = new HashSet<>();
    for (Step step : plan.steps()) {
      switch (step) {
        case Step.Compute compute -> computed.add(compute.name());
        case Step.Refer refer -> referred.add(refer.name());
        case Step.ClearHalo _, Step.Pack _, Step.Unpack _ -> {}
      }
    }
    return regions.stream()
        .filter(region -> isInKernels(region, computed, referred))
        .flatMap(region -> region.before().stream())
        .mapToLong(Work::of)
        .sum();
  }

  /** Whether no reference does the work of {@code region}. */
  private static boolean isInKernels(Region region, Set<String> computed, Set<String> referred) {
    List<Node> working = region.after().stream().filter(node -> Work.of(node) > 0).toList();
    List<Node> all = region.after();
    return working.isEmpty()
        ? !all.isEmpty() && all.stream().noneMatch(node -> referred.contains(node.name()))
        : working.stream().allMatch(node -> computed.contains(node.name()));
  }
}
